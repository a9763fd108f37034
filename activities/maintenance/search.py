"""One search for rounds while it runs: what it told last, how far it is, whether it was stopped."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from database.maintenance import plans
from database.maintenance.plans import Best, KnownPlan
from database.session import Database
from domain.maintenance.planning.codec import plan_value
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.solving import Limits, Progress

EVERY = 1.0
"""Seconds between two looks: at what was found, and whether somebody stopped it."""
LEAST = 0.5
"""Seconds; less is not worth a process."""

Tell = Callable[[float], None]
T = TypeVar("T")


@dataclass
class Search:
    """``begun`` is the share of the time that earlier attempts have used; what is left counts on this
    process's own clock, because a plan waits for nobody."""

    database: Database
    tenant: str
    found: KnownPlan
    problem: Problem
    tell: Tell
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    last: Plan | None = None
    solver: str = ""
    _heard: Progress | None = None
    _began: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    @property
    def limits(self) -> Limits:
        wish = self.found.wish
        return Limits(wish.seconds * (1 - self.found.share), wish.seed)

    @property
    def worth_while(self) -> bool:
        return self.limits.seconds >= LEAST

    @property
    def share(self) -> float:
        used = asyncio.get_running_loop().time() - self._began
        return min(1.0, self.found.share + used / self.found.wish.seconds)

    @property
    def best_known(self) -> bool:
        """By this attempt, or by one before it."""
        return self.last is not None or self.found.routes is not None

    def hear(self, told: Progress) -> None:
        self._heard, self.last, self.solver = told, told.plan, told.solver

    async def keep(self) -> None:
        """Write what is better than before; a search that was stopped meanwhile ends with its best."""
        self.tell(self.share)
        told, share = self._heard, self.share
        async with self.database.tenant(self.tenant) as tx:
            if told is None:
                goes_on = await plans.advance(tx, self.tenant, self.found.id, share)
            else:
                goes_on = await plans.improve(tx, self.tenant, self.found.id, self.best(told, share))
        if self._heard is told:
            self._heard = None
        if not goes_on:
            self.stop.set()

    def best(self, told: Progress, share: float) -> Best:
        routes = plan_value(told.plan, self.problem.days)
        return Best(routes, told.cost, told.unplanned, told.solver, share)


async def accompanied(work: Coroutine[Any, Any, T], meanwhile: Callable[[], Awaitable[None]]) -> T:
    """The work's result; every second something else is done. Trouble of either ends both."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=EVERY)
            await meanwhile()
        return await task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
