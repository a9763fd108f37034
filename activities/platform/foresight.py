"""What would become of a contract: a copy of it lives on in a shadow, and what happened there is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from temporalio import activity

from activities.platform.portfolio import Portfolio
from activities.platform.progress import Futures, NotPossible, Progress, Stopped, Tell, side_by_side
from activities.platform.shadow import Shadow
from database.fleet.foretold import Told
from database.session import Database
from database.shared import foresights
from database.shared.contacts import Tenant, tenant_of
from database.shared.foresights import Foresight
from database.shared.rules import Draft
from database.shared.shadows import PREFIX
from domain.calendar import local_date
from domain.case import Case
from domain.errors import BadInput, DomainError, Mistake
from domain.fleet.foresight import Assumption, Kind, lateness, payments_to_come
from domain.ports import Files, Virtual
from rules.errors import BrokenBook
from rules.library import Library

BEAT = 5.0
"""Seconds between two signs of life: one step may take long."""

NOW = "shadow"
"""The queue on which shadows live."""

MOST_TOLD = 60
"""Past dues whose lateness is told: what the assumption was drawn from."""

NO_SKIPPING = (
    "the Temporal server of this installation does not skip time: allow it with "
    "frontend.WorkflowTimeSkippingEnabled, or foresee on the embedded server"
)


@dataclass(frozen=True)
class Foresights:
    """``virtual`` moves processes on a queue through time."""

    database: Database
    library: Library
    virtual: Callable[[str], Virtual]
    files: Files

    @activity.defn(name="platform.foresight.run")
    async def run(self, case: Case) -> str:
        """The state in which it ends. A shadow that a lost worker left behind ends first."""
        async with _beating():
            try:
                ended = await self.go_on(case.tenant, case.ref, lambda now: activity.heartbeat(now.done))
            except asyncio.CancelledError:
                details = activity.cancellation_details()
                if details and details.cancel_requested:
                    async with self.database.tenant(case.tenant) as tx:
                        await foresights.fail(tx, case.tenant, case.ref, "operations ended its process")
                raise
        return ended.state

    async def go_on(self, tenant: str, id: str, tell: Tell) -> Foresight:
        """Raises NotFound."""
        async with self.database.tenant(tenant) as tx:
            firm, found = await tenant_of(tx, tenant), await foresights.foresight_of(tx, tenant, id)
        if found.is_open:
            try:
                await self._foresee(firm, found, tell)
            except Stopped:
                pass
            except DomainError as wrong:
                async with self.database.tenant(tenant) as tx:
                    await foresights.fail(tx, tenant, id, str(wrong))
        async with self.database.tenant(tenant) as tx:
            return await foresights.foresight_of(tx, tenant, id)

    async def _foresee(self, firm: Tenant, found: Foresight, tell: Tell) -> None:
        """Raises Stopped, DomainError."""
        if not await self.virtual(NOW).possible():
            raise NotPossible(NO_SKIPPING)
        drafts = self.drafts(found)
        futures: Futures = {"present": [], "draft": drafts} if drafts else {"present": []}
        progress = Progress(self.database, firm.id, found, tell)
        if found.wish.kind == foresights.CONTRACT:
            result = await self._contract(firm, found, progress, futures)
        else:
            result = await self._portfolio(firm, found, progress, futures).lived()
        async with self.database.tenant(firm.id) as tx:
            await foresights.finish(tx, firm.id, found.id, result)

    def _portfolio(
        self, firm: Tenant, found: Foresight, progress: Progress, futures: Futures
    ) -> Portfolio:  # fmt: skip
        return Portfolio(self.database, self.virtual, self.files, firm, found, progress, futures)

    async def _contract(
        self, firm: Tenant, found: Foresight, progress: Progress, futures: Futures
    ) -> dict[str, Any]:
        """Its futures beside each other."""
        lives = [
            self._life(firm, found, progress, f"{PREFIX}{found.id}-{number}", drafts)
            for number, drafts in enumerate(futures.values())
        ]
        lived = await side_by_side(lives, len(lives))
        told = [{"future": name, **life} for name, life in zip(futures, lived, strict=True)]
        return {"futures": told, "books": {draft.book: draft.revision for draft in futures.get("draft", ())}}

    async def _life(
        self, firm: Tenant, found: Foresight, progress: Progress, id: str, drafts: list[Draft]
    ) -> Told:
        wish, ref = found.wish, found.wish.contract
        shadow = Shadow(self.database, self.virtual(NOW), self.files, firm.id, id, firm.zone)
        await shadow.end([ref])
        try:
            await shadow.begin(drafts, found.at)
            at = await shadow.copy(ref, found.at)
            standing = await shadow.standing(ref)
            today = local_date(found.at, firm.zone)
            coming = payments_to_come(
                assumption_of(wish.assumption), standing, at, today, wish.until_on, firm.zone
            )
            progress.total += (wish.until_on - today).days
            told = await shadow.live(ref, at, coming, wish.until_on, progress)
        finally:
            await asyncio.shield(shadow.end([ref]))
        return {**told, "lateness": lateness(standing, today)[-MOST_TOLD:]}

    def drafts(self, found: Foresight) -> list[Draft]:
        """Raises BadInput."""
        try:
            return [
                Draft(name, (book := self.library.check(text, f"{name}.yaml")).revision, text, book.version)
                for name, text in sorted(found.wish.books.items())
            ]
        except BrokenBook as broken:
            raise BadInput(Mistake("books", str(broken)[:300], "mend the draft")) from None


def assumption_of(given: Mapping[str, Any]) -> Assumption:
    """As it is kept. Raises BadInput."""
    payments = tuple((date.fromisoformat(day), int(minor)) for day, minor in given.get("payments", ()))
    return Assumption(Kind(given["kind"]), int(given.get("seed", 1)), payments)


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """One step may take long: the server hears that we live."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT)
            activity.heartbeat()

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
