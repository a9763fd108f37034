"""What a draft book would have done last quarter: a sample of contracts lives it again, once under each book.

The days are moved on by whole weeks into the future, where alone time can be skipped; public holidays move
with them. Payments are those that came in.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from activities.platform.progress import Futures, Progress, side_by_side
from activities.platform.shadow import Shadow
from database.fleet.foretold import Told, Window, foretold
from database.fleet.queries import file_of
from database.fleet.samples import Stratum, sample
from database.session import Database
from database.shared import foresights
from database.shared.contacts import Tenant
from database.shared.foresights import Foresight
from database.shared.shadows import PREFIX
from domain.calendar import at_local
from domain.fleet.foresight import Coming
from domain.ports import Files, Virtual

LATER = "shadow-later"
"""The queue on which public holidays are moved on as far as the days."""

YEAR = timedelta(days=364)
EARLY = time(6)
AT_ONCE = 4
SUMMED = ("messages", "sms", "email", "sms_parts", "calls", "suspensions", "alerts", "documents", "payments",
          "payment_minor", "arrears_minor")  # fmt: skip


@dataclass
class Portfolio:
    database: Database
    virtual: Callable[[str], Virtual]
    files: Files
    firm: Tenant
    found: Foresight
    progress: Progress
    futures: Futures
    kept: dict[str, Told] = field(init=False)
    """What was lived so far, by contract and future."""

    def __post_init__(self) -> None:
        self.kept = dict(self.found.checkpoint.get("lived", {}))

    async def lived(self) -> Told:
        """Raises Stopped."""
        wish, seed = self.found.wish, int(self.found.wish.assumption.get("seed", 1))
        async with self.database.moment(self.firm.id) as tx:
            strata = await sample(tx, self.firm.id, wish.begins_on, wish.sample, seed)
        refs = [ref for stratum in strata for ref in stratum.refs]
        self.progress.total = len(refs) * len(self.futures)
        self.progress.done = len(self.kept)
        open = [
            (number, ref, name) for number, ref in enumerate(refs) for name in self.futures
            if f"{ref}/{name}" not in self.kept
        ]  # fmt: skip
        await side_by_side([self._one(*one) for one in open], AT_ONCE)
        happened = {ref: await self._happened(ref) for ref in refs}
        return self._result(strata, happened)

    async def _one(self, number: int, ref: str, future: str) -> Told:
        wish, zone = self.found.wish, self.firm.zone
        at = at_local(wish.begins_on + YEAR, EARLY, zone)
        id = f"{PREFIX}{self.found.id}-{number}{future[0]}"
        shadow = Shadow(
            self.database, self.virtual(LATER), self.files, self.firm.id, id, zone, YEAR, wish.begins_on
        )  # fmt: skip
        await shadow.end([ref])
        try:
            await shadow.begin(self.futures[future], at)
            await shadow.copy(ref, at)
            told = await shadow.live(ref, at, await self._came(ref), wish.until_on + YEAR, self._alive)
        finally:
            await asyncio.shield(shadow.end([ref]))
        self.kept[f"{ref}/{future}"] = _short(told)
        async with self.database.tenant(self.firm.id) as tx:
            await foresights.keep(tx, self.firm.id, self.found.id, {"lived": self.kept})
        await self.progress(1)
        return told

    async def _alive(self, _steps: int) -> None:
        """A payment is no step of a portfolio."""
        await self.progress(0)

    async def _came(self, ref: str) -> list[Coming]:
        """What was paid in the window, a year later at the same hour."""
        wish = self.found.wish
        begins = at_local(wish.begins_on, EARLY, self.firm.zone)
        ends = at_local(wish.until_on + timedelta(days=1), time(0), self.firm.zone)
        async with self.database.moment(self.firm.id) as tx:
            file = await file_of(tx, self.firm.id, ref)
        paid = [
            Coming(self._later(one.entry.received_at), one.entry.amount)
            for one in file.payments
            if one.reversed_at is None and begins < one.entry.received_at < ends
        ]
        return sorted(paid, key=lambda one: one.at)

    def _later(self, at: datetime) -> datetime:
        there = at.astimezone(ZoneInfo(self.firm.zone))
        return at_local(there.date() + YEAR, there.timetz().replace(tzinfo=None), self.firm.zone)

    async def _happened(self, ref: str) -> Told:
        """What the processes did in truth: how near the present book's shadow comes to it."""
        wish, zone = self.found.wish, self.firm.zone
        window = Window(at_local(wish.begins_on, EARLY, zone), wish.until_on, zone, ledger=False)
        async with self.database.moment(self.firm.id) as tx:
            return _short(await foretold(tx, self.firm.id, ref, window))

    def _result(self, strata: list[Stratum], happened: dict[str, Told]) -> Told:
        sums: dict[str, Counter[str]] = {name: Counter() for name in ("happened", *self.futures)}
        listed: list[dict[str, Any]] = []
        for stratum in strata:
            for ref in stratum.refs:
                told = {"happened": happened[ref]} | {f: self.kept[f"{ref}/{f}"] for f in self.futures}
                listed.append({"contract": ref, "stratum": stratum.name, **told})
                for name, one in told.items():
                    for figure in SUMMED:
                        sums[name][figure] += one[figure] * stratum.weight
        return {
            "contracts": listed,
            "totals": {
                name: {figure: round(each[figure]) for figure in SUMMED} for name, each in sums.items()
            },
            "strata": [{"name": s.name, "drawn": len(s.refs), "of": s.of} for s in strata],
            "books": {draft.book: draft.revision for draft in self.futures.get("draft", ())},
        }


def _short(told: Told) -> Told:
    return {**told["totals"], **told["ends"]}
