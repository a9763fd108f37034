"""An agent of a firm in Douala takes cash from drivers, and brings it to the bank, or does not."""

from datetime import date

from database.fleet import cash, payments
from database.shared import ledger
from domain.fleet.cash import Agent, Deposit
from domain.fleet.intake import PaidBy, PaymentEntry
from tests.stories.fleet import at, reverse, signed, xaf
from tests.stories.telling import Story, Telling

CASH = "fleet.cash"


async def agent_at(telling: Telling, ceiling: int = 20_000) -> Story:
    """AG-1 may hold 20 000 F."""
    story = await signed(telling)
    await story.person("P-1", full_name="Solange Etoa", phone="+237679284212")
    async with story.fact("2032-02-01 08:00") as (tx, _):
        agent = Agent("AG-1", "P-1", xaf(ceiling), date(2032, 2, 1))
        assert await cash.open_agent(tx, story.tenant, agent)
        assert not await cash.open_agent(tx, story.tenant, agent)
    return story


async def take(story: Story, ref: str, minor: int, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        given = PaymentEntry(ref, "C-1", at(local), xaf(minor), PaidBy.CASH, "agent", "AG-1")
        await payments.record_payment(tx, story.tenant, given, moment)


async def bring(story: Story, ref: str, minor: int, local: str) -> None:
    async with story.fact(local) as (tx, moment):
        given = Deposit(ref, "AG-1", xaf(minor), at(local), f"BANK-{ref}")
        await cash.deposit_cash(tx, story.tenant, given, moment)


async def held(story: Story) -> int:
    async with story.telling.database.tenant(story.tenant) as tx:
        return (await cash.held(tx, story.tenant, ["AG-1"])).get("AG-1", 0)


async def test_cash_that_is_deposited_at_once_bothers_nobody(telling: Telling) -> None:
    story = await agent_at(telling)
    await take(story, "P-1", 10_000, "2032-02-02 09:00")
    await bring(story, "V-1", 10_000, "2032-02-02 16:00")
    assert await story.told(CASH, "AG-1") == ["2032-02-02 16:00 closed: deposited"]
    await story.until("2032-03-01 12:00")
    assert len(await story.told(CASH, "AG-1")) == 1
    async with telling.database.tenant(story.tenant) as tx:
        assert (await ledger.balance(tx, story.tenant, "cash:bank", "AG-1", "XAF")).minor == 10_000
        assert (await ledger.balance(tx, story.tenant, "cash_in_hand", "AG-1", "XAF")).minor == 0


async def test_cash_that_is_kept_is_asked_for_then_a_person_is(telling: Telling) -> None:
    """The 2nd of February 2032 is a Monday."""
    story = await agent_at(telling)
    await take(story, "P-1", 10_000, "2032-02-02 09:00")
    await story.until("2032-02-10 12:00")
    assert await story.told(CASH, "AG-1") == [
        "2032-02-04 09:00 sms fleet/cash/held → P-1",
        f"2032-02-06 09:00 alert {LATE}",
        f"2032-02-09 09:00 alert {MISSING}",
    ]
    await bring(story, "V-1", 10_000, "2032-02-10 15:00")
    assert (await story.told(CASH, "AG-1"))[-1] == "2032-02-10 15:00 closed: deposited"


async def test_above_the_ceiling_the_agent_hears_it_at_once_and_operations_the_next_day(
    telling: Telling,
) -> None:
    story = await agent_at(telling)
    await take(story, "P-1", 15_000, "2032-02-02 09:00")
    assert await story.told(CASH, "AG-1") == []
    await take(story, "P-2", 15_000, "2032-02-02 11:00")
    assert await story.told(CASH, "AG-1") == ["2032-02-02 11:00 sms fleet/cash/over → P-1"]
    await story.until("2032-02-03 12:00")
    assert (await story.told(CASH, "AG-1"))[-1] == f"2032-02-03 07:00 alert {OVER}"
    await bring(story, "V-1", 15_000, "2032-02-03 15:00")
    await story.until("2032-02-04 08:00")
    assert len(await story.told(CASH, "AG-1")) == 2
    assert await held(story) == 15_000


async def test_a_deposit_that_never_reached_the_bank_is_held_again(telling: Telling) -> None:
    story = await agent_at(telling)
    await take(story, "P-1", 10_000, "2032-02-02 09:00")
    await bring(story, "V-1", 10_000, "2032-02-02 16:00")
    async with story.fact("2032-02-05 10:00") as (tx, moment):
        assert await cash.reverse_deposit(tx, story.tenant, "V-1", "the slip was false", moment)
        assert not await cash.reverse_deposit(tx, story.tenant, "V-1", "the slip was false", moment)
    told = await story.told(CASH, "AG-1")
    assert told[-1] == "2032-02-05 10:00 sms fleet/cash/held → P-1"
    assert await held(story) == 10_000
    await reverse(story, "P-1", "2032-02-05 11:00")
    assert (await story.told(CASH, "AG-1"))[-1] == "2032-02-05 11:00 closed: deposited"


LATE = "operations: Agent qui garde des espèces depuis quatre jours"
MISSING = "finance: Espèces non déposées depuis une semaine"
OVER = "operations: Agent au-dessus de son plafond d’espèces"
