"""Ours and its rivals on one problem, one after the other, each on one thread for as long."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.planning.portfolio import Portfolio
from bench.planning.rivals.found import Found, Rival, at
from bench.planning.rivals.ortools_alone import OrTools
from bench.planning.rivals.pyvrp_alone import PyVrpAlone
from bench.planning.rivals.vroom_alone import Vroom
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.solving import Limits, Progress

OURS = "Échéance"


@dataclass(frozen=True)
class Ours:
    """The portfolio, as the platform runs it."""

    name: str = OURS

    def search(self, problem: Problem, seconds: float, seed: int = 0) -> list[Found]:
        begun = time.perf_counter()
        found: list[Found] = []

        def note(progress: Progress) -> None:
            found.append(Found(time.perf_counter() - begun, progress.plan))

        best = Portfolio().solve(problem, Limits(seconds=seconds, seed=seed), tell=note)
        return [*found, Found(time.perf_counter() - begun, best)]


@dataclass(frozen=True)
class Run:
    """``plans`` at each mark, in seconds; ``took`` is what it used of its time."""

    name: str
    plans: dict[float, Plan]
    took: float


def entrants(marks: Sequence[float]) -> list[Rival]:
    return [Ours(), PyVrpAlone(), Vroom(tuple(marks)), OrTools()]


def contest(problem: Problem, marks: Sequence[float], turn: int = 0, seed: int = 0) -> list[Run]:
    """``turn`` says who begins, so that nobody always has the quiet moments of the machine. A result counts
    for a mark if it is there by then and a tenth, since nobody ends at the very second."""
    many = entrants(marks)
    runs = []
    for one in many[turn % len(many) :] + many[: turn % len(many)]:
        begun = time.perf_counter()
        found = one.search(problem, max(marks), seed)
        took = time.perf_counter() - begun
        runs.append(Run(one.name, {mark: at(found, mark * 1.1) for mark in marks}, took))
    names = [one.name for one in many]
    return sorted(runs, key=lambda one: names.index(one.name))


def busy() -> str:
    """What else the machine does, which a wall clock cannot tell apart."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
