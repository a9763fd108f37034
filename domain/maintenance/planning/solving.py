"""What a solver is: it gets a problem and gives the best plan that it found in the time it was given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from domain.errors import DomainError
from domain.maintenance.planning.model import Plan, Problem


@dataclass(frozen=True)
class Limits:
    """``iterations`` makes a result repeatable: with the same seed the same plan on every machine, as long as
    ``seconds`` do not end the search first."""

    seconds: float = 10.0
    seed: int = 0
    iterations: int | None = None


@dataclass(frozen=True)
class Progress:
    """A better plan than all before it, by the evaluator. ``seconds`` since the search began."""

    plan: Plan
    cost: int
    unplanned: int
    solver: str
    seconds: float
    share: float = 0.0
    """Of the limit, 0 to 1."""


Tell = Callable[[Progress], None]
Halt = Callable[[], bool]


class Solver(Protocol):
    """Blocks until it has a result. What it returns has no hard violation: what it cannot plan it leaves out.

    ``start`` is a plan to begin with; the result is never worse. ``tell`` hears of each better plan,
    ``stop`` is asked at least once a second and ends the search with the best so far.
    """

    @property
    def name(self) -> str: ...

    def solve(
        self, problem: Problem, limits: Limits, start: Plan | None = None, tell: Tell = ..., stop: Halt = ...
    ) -> Plan: ...


def nobody(progress: Progress) -> None:
    """Nobody listens."""


def never() -> bool:
    return False


class PlannerGone(DomainError):
    """Who planned is gone without a result; what was told before stands."""

    slug = "planner-gone"


class Bell(Protocol):
    """An `asyncio.Event`: it is set once, and whoever waits hears of it."""

    def is_set(self) -> bool: ...

    async def wait(self) -> Literal[True]: ...


class Planning(Protocol):
    """A solver beside the caller, whose event loop goes on. Setting ``stop`` ends it with the best so far;
    cancelling it ends it with nothing. Raises PlannerGone.
    """

    async def plan(
        self, problem: Problem, limits: Limits, start: Plan | None, tell: Tell, stop: Bell
    ) -> Plan: ...
