"""A contract's life in a shadow: its processes on the real engine, moved through what is still to come."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from database.fleet.foretold import Told, Window, foretold
from database.fleet.payments import record_payment
from database.fleet.queries import CONTRACT, DUNNING, file_of
from database.fleet.shadowing import PROCESSES, Shadowing
from database.session import Database
from database.shared import cases, outbox, shadows
from database.shared.outbox import Owed
from database.shared.rules import Draft
from domain.calendar import at_local, local_date
from domain.case import Case
from domain.errors import Conflict
from domain.fleet.foresight import Coming
from domain.fleet.intake import PaidBy, PaymentEntry
from domain.fleet.payments import Standing
from domain.ports import Files, Virtual

STRIDE = timedelta(days=30)
"""The longest step, so that whoever waits sees it go on."""

NIGHT = time(23, 30)

Tell = Callable[[int], Awaitable[None]]
"""Hears how many days more are lived; raises when it is to end."""

Reached = Callable[[datetime], Awaitable[None]]


@dataclass
class Shadow:
    """The shadow ``id`` of ``owner``. Several contracts live in one, each for itself."""

    database: Database
    virtual: Virtual
    files: Files
    owner: str
    id: str
    zone: str
    later: timedelta = timedelta(0)
    before: date | None = None

    async def begin(self, drafts: Sequence[Draft], at: datetime) -> None:
        """The owner's settings and books, and the drafts in force from the first day."""
        async with self.database.tenant(self.id) as tx:
            await shadows.begin(tx, self.id, self.owner)
        copying = self._copying()
        await copying.books([draft.book for draft in drafts])
        await copying.drafts(drafts, at, local_date(at, self.zone))

    async def copy(self, ref: str, at: datetime) -> datetime:
        """The instant after which all is foretold: ``at``, or later if something happened meanwhile."""
        last = await self._copying().contract(ref)
        return max(at, last) if last and not self.later else at

    def _copying(self) -> Shadowing:
        return Shadowing(self.database, self.owner, self.id, self.later, self.before)

    async def standing(self, ref: str) -> Standing:
        """Raises Conflict when nothing is agreed yet."""
        async with self.database.tenant(self.id) as tx:
            found = await file_of(tx, self.id, ref)
        if found.standing is None:
            raise Conflict(f"the contract {ref} is not signed yet")
        return found.standing

    async def live(self, ref: str, at: datetime, coming: Sequence[Coming], until: date, tell: Tell) -> Told:
        """From ``at`` through the payments to the night of ``until``: what was told of it."""
        contract, dunning = (Case(self.id, process, ref, self.zone) for process in (CONTRACT, DUNNING))
        async with self.database.tenant(self.id) as tx:
            followed = await cases.is_open(tx, dunning)
        await self.virtual.start(contract, "foresight", at)
        if followed:
            await self.virtual.start(dunning, "foresight", at)
        now, last, lived = at, at_local(until, NIGHT, self.zone), 0

        async def reached(moment: datetime) -> None:
            """Days are counted: who pays nothing more comes along as well."""
            nonlocal lived
            days = (moment - at).days
            await tell(days - lived)
            lived = days

        for number, one in enumerate(coming, 1):
            now = await self._stride(ref, now, one.at, reached)
            while not await self._paid(ref, number, one):
                await self._settle(ref, now)
            await reached(now)
        await self._stride(ref, now, last, reached)
        await self._settle(ref, last)
        async with self.database.tenant(self.id) as tx:
            return await foretold(tx, self.id, ref, Window(at, until, self.zone, self.later))

    async def _stride(self, ref: str, now: datetime, to: datetime, reached: Reached) -> datetime:
        """What is owed at ``to`` is left to whoever comes next."""
        while now + STRIDE < to:
            now += STRIDE
            await self._settle(ref, now)
            await reached(now)
        await self.virtual.forward(self._cases(ref), to)
        return to

    async def _settle(self, ref: str, to: datetime) -> None:
        """Everything that the contract's processes do up to ``to``, and what they start on the way."""
        while True:
            await self.virtual.forward(self._cases(ref), to)
            async with self.database.tenant(self.id) as tx:
                owed = await outbox.hand_over(tx, self.id, ref)
            if not owed:
                return
            await self._told(owed)

    async def _told(self, owed: Sequence[Owed]) -> None:
        """One case's rows one after the other, cases side by side, as the relay does."""
        by_case: dict[Case, list[Owed]] = {}
        for row in owed:
            by_case.setdefault(row.case, []).append(row)
        await asyncio.gather(*map(self._in_order, by_case.values()))

    async def _in_order(self, rows: Sequence[Owed]) -> None:
        for row in rows:
            tell = self.virtual.start if row.kind == outbox.START else self.virtual.ring
            await tell(row.case, row.fact, row.at)

    def _cases(self, ref: str) -> list[Case]:
        return [case for case in self.virtual.started if case.tenant == self.id and case.ref == ref]

    async def _paid(self, ref: str, number: int, one: Coming) -> bool:
        """As the API does, and its processes hear of it. Not while something is owed that happened before.

        Raises what the API raises.
        """
        name = f"F{number}-{sha256(ref.encode()).hexdigest()[:16]}"
        entry = PaymentEntry(name, ref, one.at, one.amount, PaidBy.MOBILE_MONEY, "foresight")
        async with self.database.tenant(self.id) as tx:
            if await outbox.is_owed(tx, self.id, ref):
                return False
            await record_payment(tx, self.id, entry, one.at)
            owed = await outbox.hand_over(tx, self.id, ref)
        await self._told(owed)
        return True

    async def end(self, refs: Sequence[str]) -> None:
        """Nothing of it stays, whether it was lived or left behind by a worker that was lost."""
        known = {Case(self.id, process, ref, self.zone) for process in PROCESSES for ref in refs}
        await self.virtual.forget(known | {one for one in self.virtual.started if one.tenant == self.id})
        async with self.database.tenant(self.id) as tx:
            await shadows.end(tx, self.id)
        # Last: without its tenant nobody seals anything more for it.
        async for kept in self.files.entries(f"{self.id}/"):
            await self.files.delete(kept.name)
