"""How far a foresight is, and lives that go on beside each other."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from database.session import Database
from database.shared import foresights
from database.shared.foresights import Foresight
from database.shared.rules import Draft
from domain.errors import DomainError

Futures = Mapping[str, list[Draft]]
"""The books of each future beside those in force: none for the present, the drafts for the other."""

EVERY = 0.5
"""Seconds of the wall between two words on how far it is."""

Tell = Callable[[Foresight], None]


class Stopped(Exception):
    """By a person, meanwhile."""


class NotPossible(DomainError):
    """Of this installation."""

    slug = "time-not-skippable"


@dataclass
class Progress:
    """Steps of all lives together."""

    database: Database
    tenant: str
    found: Foresight
    tell: Tell
    done: int = 0
    total: int = 0
    told_at: float = 0.0

    async def __call__(self, steps: int) -> None:
        """Raises Stopped."""
        self.done += steps
        now = asyncio.get_running_loop().time()
        if now - self.told_at < EVERY:
            return
        self.told_at = now
        async with self.database.tenant(self.tenant) as tx:
            if not await foresights.advance(tx, self.tenant, self.found.id, self.done, self.total):
                raise Stopped
        self.tell(self.found)


async def side_by_side(
    lives: Sequence[Coroutine[Any, Any, dict[str, Any]]], at_once: int
) -> list[dict[str, Any]]:
    """In their order. The first error ends the others. Raises it."""
    gate = asyncio.Semaphore(at_once)

    async def one(life: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
        async with gate:
            return await life

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(life)) for life in lives]
    except* (Stopped, DomainError) as wrong:
        raise wrong.exceptions[0] from None
    return [task.result() for task in tasks]
