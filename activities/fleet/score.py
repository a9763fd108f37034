"""Every night all drivers are scored: batch after batch, each with how far it is.

Whoever is interrupted goes on with the driver after the last one written, and ends as if nothing had been.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.fleet.scored import Books, Tell, score_all
from database.fleet import score_nights, scoring
from database.fleet.positions import count_dues
from database.fleet.score_nights import Night
from database.session import Database
from database.shared import effects, rules
from database.shared.contacts import Tenant, tenant_of, tenants
from domain.calendar import at_local, local_date, zone_info
from domain.case import Case
from domain.decision import Bilingual, Step
from rules.engine import Book
from rules.errors import FactsRefused
from rules.library import Library

log = logging.getLogger("echeance.score")

PROCESS = "fleet.score"
SCORE, RISK = "fleet/score", "fleet/risk"
FROM_HOUR = 2
"""The night's work begins at this local hour."""
BATCH = 250
FAILED = Bilingual(
    "Les conducteurs n’ont pas pu être notés cette nuit", "Drivers could not be scored last night"
)


@dataclass(frozen=True)
class DriverScores:
    database: Database
    library: Library
    batch: int = BATCH

    @activity.defn(name="fleet.score.score_all")
    async def score_all(self, at: datetime) -> dict[str, int]:
        """How many drivers of each tenant whose night has come and is not over."""
        async with self.database.anyone() as tx:
            known = await tenants(tx)
        scored: dict[str, int] = {}
        for name in known:
            activity.heartbeat(name)
            night = await self._tonight(name, at)
            if night:
                scored[name] = night.done
        return scored

    async def _tonight(self, name: str, at: datetime) -> Night | None:
        async with self.database.tenant(name) as tx:
            zone = (await tenant_of(tx, name)).zone
            day = local_date(at, zone)
            known = await score_nights.night_of(tx, name, day)
        if at.astimezone(zone_info(zone)).hour < FROM_HOUR or (known and known.state == score_nights.DONE):
            return None
        return await self.go_on(name, day, at, lambda done, _: activity.heartbeat(name, done))

    async def go_on(
        self, tenant: str, day: date, at: datetime, tell: Tell, *, again: bool = False
    ) -> Night | None:
        """From where the night was left to its end; None where nobody is to be scored. ``again``: one that is
        over is done anew. Raises NotFound, and Conflict when somebody else is at it.
        """
        async with self.database.tenant(tenant) as tx:
            firm = await tenant_of(tx, tenant)
            total = await scoring.how_many(tx, tenant, day)
            if not total and not await score_nights.is_anybody_scored(tx, tenant):
                return None
            if day == local_date(at, firm.zone):
                await count_dues(tx, tenant, day)
            night = await score_nights.begin(tx, tenant, day, total, at, again=again)
            books = Books(
                await self._book(tx, firm, SCORE, day), await self._book(tx, firm, RISK, day), firm.zone, day,
                at_local(day, time(12), firm.zone),
            )  # fmt: skip
        if night.state != score_nights.RUNNING:
            return night
        try:
            return await self._score(firm, night, books, at, tell)
        except (FactsRefused, ValueError) as wrong:
            return await self._failed(firm, night, wrong, at)

    async def _score(self, firm: Tenant, night: Night, books: Books, at: datetime, tell: Tell) -> Night:
        """The next batch is read while this one is thought about."""
        tell(night.done, night.total)
        found = await self._read(firm, night, night.after)
        while found:
            coming = asyncio.ensure_future(self._read(firm, night, found[-1].ref))
            try:
                scored = await asyncio.to_thread(score_all, books, found)
                async with self.database.tenant(firm.id) as tx:
                    night = await score_nights.write(tx, firm, night, scored, books.revision, at)
            finally:
                found = await coming
            tell(night.done, night.total)
        async with self.database.tenant(firm.id) as tx:
            night = await score_nights.end(tx, firm, night, at)
        log.info("scored %s drivers of %s, %s moved", night.done, firm.id, night.changed)
        return night

    async def _read(self, firm: Tenant, night: Night, after: str) -> list[scoring.Driver]:
        async with self.database.tenant(firm.id) as tx:
            return await scoring.drivers_after(tx, firm.id, firm.zone, night.on, after, self.batch)

    async def _book(self, tx: AsyncConnection, firm: Tenant, name: str, day: date) -> Book:
        versions = (await rules.in_force(tx, firm.id, day)).get(name, ())
        return await self.library.in_force(name, versions, partial(rules.revision_content, tx, firm.id, name))

    async def _failed(self, firm: Tenant, night: Night, wrong: Exception, at: datetime) -> Night:
        """A person is told once a night; the next hour tries again."""
        log.error("scores of %s: %s", firm.id, wrong)
        key = f"{PROCESS}:{firm.id}:failed:{night.on}"
        step = Step("failed", "alert", key, night.on, to="operations", title=FAILED)
        async with self.database.tenant(firm.id) as tx:
            await effects.raise_alert(tx, Case(firm.id, PROCESS, firm.id, firm.zone), step, at)
            now = await score_nights.night_of(tx, firm.id, night.on) or night
            return await score_nights.fail(tx, firm.id, now, str(wrong), at)
