"""Drivers whose class changed: what is known of them, and the review that a person holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import risk
from database.fleet.risk import Followed
from database.session import Database
from domain.calendar import DAY, local_date
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.effects import Order
from domain.fleet.risk import Looked, RiskFacts, facts_of
from domain.wording import on_day

BOOK = "fleet/risk"


@dataclass(frozen=True)
class RiskActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.risk.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case, day = review.case, local_date(review.at, review.case.zone)
        found = await risk.followed(tx, case.tenant, case.ref, day)
        facts = facts_of(found.seen, day=day, days_late=found.days_late, signed_on=found.signed_on)
        looked, opened_on = (found.review.verdict, found.review.opened_on) if found.review else (None, None)
        facts = replace(
            facts, running=found.running, review=looked or Looked.NONE,
            review_days=max((day - opened_on).days, 0) if opened_on else 0,
        )  # fmt: skip
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={"driver": (case.ref,)},
            data=words(found),
            waiting_for=waiting_for(found, facts),
            due_on=found.review.answer_by_on if found.review and looked is Looked.OPEN else None,
            review_on=day + DAY if looked is Looked.OPEN else None,
        )  # fmt: skip

    @activity.defn(name="fleet.risk.open_review")
    async def open_review(self, order: Order) -> bool:
        """False when this entry into the class has its review already."""
        rule = order.step.key.split(":")[2].partition(".")[0]
        async with self.database.tenant(order.case.tenant) as tx:
            return await risk.open_review(tx, order.case, rule, local_date(order.at, order.case.zone))

    @activity.defn(name="fleet.risk.close_review")
    async def close_review(self, order: Order) -> None:
        async with self.database.tenant(order.case.tenant) as tx:
            await risk.close_reviews(tx, order.case, order.at)


def words(found: Followed) -> Mapping[str, Any]:
    lever = found.lever
    return {
        "contract": found.contract_ref, "points": found.seen.last.points, "band": found.seen.last.band.value,
        "arrears": found.arrears, "lever": {"fr": lever["fr"], "en": lever["en"]} if lever else None,
    }  # fmt: skip


def waiting_for(found: Followed, facts: RiskFacts) -> Bilingual:
    if facts.review is Looked.OPEN and found.review:
        day = on_day(found.review.answer_by_on)
        return Bilingual(
            f"l’examen du dossier par une personne, au plus tard le {day.fr}",
            f"a person to review the case, by {day.en}",
        )
    return Bilingual("un changement de classe", "a change of class")
