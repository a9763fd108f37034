"""How long it takes to say where a visit fits in best, over all places of all rounds, and whether it is so.

    python -m bench.planning.slots [--sizes 20/7,200/30,1000/100] [--visits 300] [--seed 1]

A plan stands for all visits; one after the other is taken for a new one, asked about and put back.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from adapters.planning.insertion import Insertion
from adapters.planning.scoring import Scoring
from adapters.planning.slots import Board
from bench.planning.weeks import week
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.slots import Slot
from domain.maintenance.planning.solving import Limits

AIM = 5.0
"""Milliseconds, p95, over 5 days and 100 technicians."""
TOGETHER = 20
"""So many visits are taken out at once, before a board is prepared."""
SLOTS = 10
RUSH = (100,) * 7 + (140, 160, 130) + (100,) * 6 + (130, 160, 140) + (100,) * 5


@dataclass(frozen=True)
class Answers:
    """Milliseconds, ``worked`` of the processor; ``exact`` of ``slots`` cost what they were said to cost."""

    places: int
    prepared: list[float]
    asked: list[float]
    worked: list[float]
    slots: int
    exact: int


def main(
    sizes: Sequence[str] = ("20/7", "200/30", "1000/100"), visits: int = 300, seed: int = 1
) -> list[Table]:
    table = Table(
        "days × technicians", "visits", "hours", "places", "prepared, ms", "asked", "p50, ms", "p95, ms",
        "worst, ms", "processor p95", "priced exactly",
        title=f"The {SLOTS} cheapest slots of a visit (aim: {AIM:.0f} ms p95 over 5 × 100)",
    )  # fmt: skip
    for size in sizes:
        problem = week(size, seed)
        plan = Insertion().solve(problem, Limits(seconds=600))
        for name, asked in (("alike", problem), ("rush", _rush(problem))):
            answers = asked_about(asked, plan, visits, seed)
            table.add_row(*_cells(problem, name, answers))
    return [table]


def _cells(problem: Problem, hours: str, one: Answers) -> list[str]:
    return [
        f"{len(problem.days)} × {len(problem.technicians)}",
        f"{len(problem.visits):,}", hours, f"{one.places:,}", f"{median(one.prepared):.0f}",
        str(len(one.asked)), f"{median(one.asked):.2f}", f"{p95(one.asked):.2f}", f"{max(one.asked):.2f}",
        f"{p95(one.worked):.2f}", f"{one.exact} of {one.slots}",
    ]  # fmt: skip


def _rush(problem: Problem) -> Problem:
    return replace(problem, travel=replace(problem.travel, percent=RUSH))


def asked_about(problem: Problem, plan: Plan, visits: int, seed: int) -> Answers:
    """Each visit once at most. The one slot that is checked is drawn among those that are offered."""
    random, scoring = Random(seed), Scoring(problem)
    order = sorted(plan.planned)
    random.shuffle(order)
    found = Answers(0, [], [], [], 0, 0)
    for first in range(0, min(visits, len(order)), TOGETHER):
        waiting = order[first : min(first + TOGETHER, visits)]
        left = without(plan, waiting)
        began = time.perf_counter()
        board = Board(problem, left)
        found.prepared.append((time.perf_counter() - began) * 1000)
        before = scoring.cost(left)
        exact = slots = 0
        for visit in waiting:
            began, busy = time.perf_counter(), time.process_time()
            offered = board.slots(visit, SLOTS)
            found.asked.append((time.perf_counter() - began) * 1000)
            found.worked.append((time.process_time() - busy) * 1000)
            if offered:
                slot = random.choice(offered)
                slots += 1
                exact += scoring.score(placed(left, slot)) == (
                    scoring.score(left)[0], before + slot.cost - problem.visit[visit].penalty
                )  # fmt: skip
        found = replace(
            found, places=len(board.places.shift), slots=found.slots + slots, exact=found.exact + exact
        )
    return found


def without(plan: Plan, visits: Sequence[str]) -> Plan:
    gone = set(visits)
    routes = (
        Route(one.technician, one.day, tuple(id for id in one.visits if id not in gone))
        for one in plan.routes
    )
    return Plan(tuple(one for one in routes if one.visits))


def placed(plan: Plan, slot: Slot) -> Plan:
    visits = plan.of(slot.technician, slot.day).visits
    now = (*visits[: slot.position], slot.visit, *visits[slot.position :])
    return plan.with_route(Route(slot.technician, slot.day, now))


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", default="20/7,200/30,1000/100")
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    Console().print(*main(said.sizes.split(","), said.visits, said.seed))
