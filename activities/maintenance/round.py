"""A technician's day in force: told in the evening before, and watched until its last visit is over."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.maintenance.round import KnownRound, round_known
from database.maintenance.watches import read_round_ref
from database.session import Database
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.maintenance.planning.shown import told
from domain.maintenance.round import look_at, round_facts, second_of
from domain.maintenance.round_telling import telling_facts

TELLING, BOOK = "maintenance/round_telling", "maintenance/round"


@dataclass(frozen=True)
class RoundActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="maintenance.round.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case = review.case
        technician, on_day = read_round_ref(case.ref)
        known = await round_known(tx, case.tenant, technician, on_day, case.zone)
        now = second_of(review.at, on_day, case.zone)
        facts, look = round_facts(known.day, now), look_at(known.day, now)
        telling = telling_facts(known.day, now, known.content, known.tellings)
        return Collected(
            asks=(Ask(TELLING, telling.as_facts()), Ask(BOOK, facts.as_facts())),
            roles={"technician": (known.contact_ref,)},
            data=words(known),
            waiting_for=Bilingual(
                f"la tournée de {technician} du {on_day:%d/%m/%Y} ({facts.left} visites à faire)",
                f"the round of {technician} on {on_day} ({facts.left} visits left)",
            ),
            due_on=on_day,
            review_at=None if look is None else told.local(on_day, look, case.zone),
        )


def words(known: KnownRound) -> dict[str, object]:
    day = known.day
    first = day.calls[0].begins if day.calls else day.leaves
    return {
        "technician": known.technician, "on_day": day.on_day, "visits": len(day.calls),
        "leaves": clock(day.leaves), "first": clock(first), "returns": clock(day.returns),
    }  # fmt: skip


def clock(seconds: int) -> dict[str, str]:
    return {locale: told.clock(seconds, locale) for locale in ("fr", "en")}
