"""An investor's months: stated when they fall due, told, and paid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import investors, statements
from database.fleet.investors import PAYABLE, KnownInvestor
from database.fleet.statements import Line, Statement
from database.session import Database
from database.shared import effects, ledger
from database.shared.cases import last_facts
from domain.calendar import DAY, local_date
from domain.case import Case, Review
from domain.decision import Bilingual, Decision
from domain.effects import Ending, Order
from domain.errors import Conflict
from domain.fleet.contract import ACTIVE, DRAFT
from domain.fleet.investing import last_day, statement_on
from domain.fleet.payout import payout_facts
from domain.fleet.statement import StatementFacts, statement_facts
from domain.money import Money
from domain.wording import value

BOOK = "fleet/statement"
PAYOUT = "fleet/payout"
LOOKED_BACK = 60
"""Months among which the oldest unpaid one is looked for."""


@dataclass(frozen=True)
class StatementActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.statement.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case, day = review.case, local_date(review.at, review.case.zone)
        known = await investors.investor_contract_of(tx, case.tenant, case.ref)
        if known.state == DRAFT:
            raise Conflict(f"the investor contract {case.ref} is not signed yet")
        stated = await statements.statements_of(tx, case.tenant, case.ref, limit=LOOKED_BACK)
        owed = -(await ledger.balance(tx, case.tenant, PAYABLE, case.ref, known.contract.amount.currency))
        latest = stated[0] if stated else None
        following = statements.next_month(known, latest.month_on if latest else None)
        latest_on = _stated_on(known, latest.month_on if latest else None)
        next_on = _stated_on(known, following)
        waits = bool((await effects.effects_of(tx, case)).waiting)
        told = not waits and await _asked_about(tx, case, latest_on)
        facts = statement_facts(
            signed_on=known.contract.signed_on, latest_on=latest_on, next_on=next_on, day=day, told=told,
            owed_minor=owed.minor,
        )  # fmt: skip
        payout = payout_facts(((one.due_on, one.share) for one in stated), owed)
        lines = await self._lines(tx, case, latest)
        return Collected(
            asks=(*([Ask(PAYOUT, payout.as_facts())] if payout else []), Ask(BOOK, facts.as_facts())),
            roles={"investor": (known.contract.investor_ref,)},
            data=words(known, latest, lines),
            waiting_for=_waiting_for(case.ref, facts, next_on, owed),
            due_on=payout.payout_due_on if payout and owed.minor > 0 else next_on,
            review_on=_look_again(next_on, facts, tomorrow=day + DAY if waits else None),
        )  # fmt: skip

    @staticmethod
    async def _lines(tx: AsyncConnection, case: Case, latest: Statement | None) -> list[Line]:
        if latest is None:
            return []
        return (await statements.statement_of(tx, case.tenant, case.ref, latest.month_on))[1]

    @activity.defn(name="fleet.statement.close_month")
    async def close_month(self, order: Order) -> None:
        """The oldest month whose day has come; nothing when there is none."""
        case = order.case
        async with self.database.tenant(case.tenant) as tx:
            known = await investors.investor_contract_of(tx, case.tenant, case.ref, held=True)
            latest = await statements.latest_statement(tx, case.tenant, case.ref)
            month = statements.next_month(known, latest.month_on if latest else None)
            on = _stated_on(known, month)
            if month is None or on is None or on > local_date(order.at, case.zone):
                return
            shares = await investors.shares_of(tx, case.tenant, contract_ref=case.ref)
            await statements.close_month(tx, case.tenant, case.ref, month, order.at, shares)

    @activity.defn(name="fleet.statement.end_contract")
    async def end_contract(self, ending: Ending) -> None:
        case = ending.case
        async with self.database.tenant(case.tenant) as tx:
            known = await investors.investor_contract_of(tx, case.tenant, case.ref)
            if known.state == ACTIVE:
                ends_on = known.contract.ends_on
                early = known.ended_on is not None and (ends_on is None or known.ended_on < ends_on)
                await investors.close_contract(tx, case.tenant, case.ref, early)


async def _asked_about(tx: AsyncConnection, case: Case, latest_on: date | None) -> bool:
    """The book has seen that the latest month is stated, so that its steps were taken."""
    last = await last_facts(tx, case)
    return last.get("stated") is True and last.get("statement_on") == str(latest_on)


def _stated_on(known: KnownInvestor, month: date | None) -> date | None:
    return statement_on(month, known.contract.statement_day) if month else None


def _look_again(next_on: date | None, facts: StatementFacts, tomorrow: date | None) -> date | None:
    """On the next month's day: at once where it has passed. While a message waits, not before tomorrow."""
    if next_on is None or not facts.stated:
        return None
    return max(next_on, tomorrow) if tomorrow else next_on


def words(known: KnownInvestor, latest: Statement | None, lines: Sequence[Line]) -> dict[str, Any]:
    """Of the latest month that was stated. ``attach`` is the key of its document."""
    contract = known.contract
    if latest is None:
        return {"contract": contract.ref}
    return {
        "contract": contract.ref, "month_on": latest.month_on, "ends_on": last_day(latest.month_on),
        "bikes": latest.bikes, "collected": latest.collected, "share": latest.share, "before": latest.before,
        "paid": latest.paid, "payable": latest.payable, "due_on": latest.due_on,
        "share_bp": contract.revenue_share_bp, "lines": [_line(one) for one in lines],
        "investor": contract.investor_ref, "attach": [latest.document],
    }  # fmt: skip


def _line(one: Line) -> dict[str, Any]:
    return {
        "bike": one.bike_ref, "share_bp": one.share_bp, "collected": one.collected,
        "earlier": one.earlier, "share": one.share,
    }  # fmt: skip


def _waiting_for(ref: str, facts: StatementFacts, next_on: date | None, owed: Money) -> Bilingual:
    if facts.stated and next_on is None:
        fr, en = value(owed).fr, value(owed).en
        return Bilingual(f"le versement de {fr} (contrat {ref})", f"the payout of {en} (contract {ref})")
    on = facts.statement_on if next_on is None or not facts.stated else next_on
    return Bilingual(f"le relevé du {on:%d/%m/%Y} (contrat {ref})", f"the statement of {on} (contract {ref})")
