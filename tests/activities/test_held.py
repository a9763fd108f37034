"""A case that is paused or blocked has not said that its messages are unwanted: none is lost by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.testing import ActivityEnvironment

from activities.decisions import Ask, Collected, Decisions
from activities.platform.reconciliation import Reconciliation
from adapters.holidays import PublicHolidays
from database.shared.cases import StandingOrder, give_order, lift_order, record
from database.shared.tables import message
from domain.case import Review
from domain.decision import Bilingual, Decision, Waiting
from domain.effects import Done
from rules.library import Library
from tests.activities.test_messages import AT, Sending, sending
from tests.ground import ROOT

__all__ = ["sending"]

PAUSE = StandingOrder("paused", "the driver is in hospital", "key:1")
STOP = StandingOrder("stopped", "a mistake", "key:1")
SAID = Bilingual("", "")
DECISIONS = Decisions(Library.load(ROOT / "rules"), PublicHolidays())


async def refused(tx: AsyncConnection, review: Review) -> Collected:  # noqa: ARG001
    """A fact is missing."""
    return Collected((Ask("internships/deliverable", {}),), {}, {}, SAID)


async def decided(sending: Sending, order: StandingOrder | None, number: int = 2) -> Decision:
    """A review of the case under an order of operations; without one its facts are refused."""
    case = sending.order("sms").case
    async with sending.database.tenant(sending.tenant) as tx:
        await (give_order(tx, case, order) if order else lift_order(tx, case))
        return await DECISIONS.conclude(tx, Review(case, AT, "run", number), refused)


async def wanted(sending: Sending, fault: str) -> None:
    """The book wanted the message; the provider did not take it."""
    order = sending.order("sms")
    made = Decision("late", Waiting(SAID, SAID), (order.step,), book="internships/deliverable", revision="1")
    async with sending.database.tenant(sending.tenant) as tx:
        await record(tx, Review(order.case, AT, "run", 1), made)
    await sending.twin.order(channel="sms", plan=[fault])
    assert (await sending.send("sms")).retry_at


@pytest.mark.parametrize(("order", "stage"), [(PAUSE, "paused"), (None, "blocked")])
async def test_what_waits_is_sent_when_the_case_goes_on(
    sending: Sending, order: StandingOrder | None, stage: str
) -> None:
    await wanted(sending, "429")
    assert (await decided(sending, order)).stage == stage
    assert await sending.rows() == [("sms", "pending")]
    assert await sending.send("sms") == Done()
    assert (await sending.rows(), await sending.arrived()) == ([("sms", "accepted")], 1)


@pytest.mark.parametrize(
    ("order", "state"), [(PAUSE, "pending"), (None, "pending"), (STOP, "withheld")]
)  # fmt: skip
async def test_reconciliation_withholds_only_what_nobody_wants(
    sending: Sending, order: StandingOrder | None, state: str
) -> None:
    await wanted(sending, "reset")
    await decided(sending, order)
    reconciliation = Reconciliation(sending.database, sending.messages, timedelta(0))
    assert await ActivityEnvironment().run(reconciliation.reconcile, AT)
    assert await sending.rows() == [("sms", state)]


async def test_what_waits_for_a_stopped_case_is_never_sent(sending: Sending) -> None:
    await wanted(sending, "429")
    assert (await decided(sending, STOP)).closes == "stopped"
    async with sending.database.tenant(sending.tenant) as tx:
        row = (await tx.execute(select(message.c.state, message.c.reason))).one()
    assert tuple(row) == ("withheld", "overtaken: stopped")
