"""A stolen bike: what stations have seen of it since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import theft
from database.fleet.theft import Seen
from database.session import Database
from domain.calendar import local_date
from domain.case import Review
from domain.decision import Bilingual, Decision
from domain.fleet.theft import theft_facts
from domain.wording import at_moment

BOOK = "fleet/theft"


@dataclass(frozen=True)
class TheftActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.theft.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case = review.case
        stolen, seen = await theft.seen_since(tx, case.tenant, case.ref)
        facts = theft_facts(stolen=stolen, seen=[local_date(one.at, case.zone) for one in seen])
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={},
            data={"bike": case.ref},
            waiting_for=_waiting_for(case.ref, seen, case.zone),
            due_on=facts.seen_on,
        )


def _waiting_for(bike: str, seen: Sequence[Seen], zone: str) -> Bilingual:
    """With the place of the latest sighting: whoever reads the alert goes there."""
    if not seen:
        return Bilingual(f"le retour de la moto {bike}", f"the bike {bike} to come back")
    last, when = seen[-1], at_moment(seen[-1].at, zone)
    return Bilingual(
        f"le retour de la moto {bike}, vue à la station {last.station_ref} {when.fr}",
        f"the bike {bike} to come back, seen at the station {last.station_ref} {when.en}",
    )
