"""How long it takes to mend a day on which something has happened, and whom that disturbs.

    python -m bench.planning.replan [--size "200/30 dense"] [--each 40] [--seconds 10] [--seed 1]

From the event to the new plan of the day and the list of what changes: what is left of the day is laid out,
mended and put in words. The day is planned by PyVRP; urgent visits come on top of it.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import fmean, median

from rich.console import Console
from rich.table import Table

from adapters.planning.pyvrp_rounds import PyVrp
from adapters.planning.repair import Repair
from bench.planning.slots import p95
from bench.planning.weeks import SIZES, drawn
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import HOUR, Plan, Problem
from domain.maintenance.planning.solving import Limits
from domain.maintenance.planning.today.events import Cancelled, Event, Ill, NoShow, Overrun, Urgent
from domain.maintenance.planning.today.replanning import rest_of_day

AIM = 200
"""Milliseconds, p95, on a day of 200 visits and 30 technicians."""
BUDGET = 0.15
"""Seconds that the platform gives a repair."""
MORE = 12
"""Urgent visits that nobody has planned."""
TIMES = tuple(hour * HOUR for hour in (8, 9, 10, 11, 13, 14, 15))
KINDS = ("urgent visit", "nobody opens", "cancelled", "overrun", "ill technician")


@dataclass(frozen=True)
class Mended:
    """``took`` and ``worked`` (of the processor) in milliseconds; ``moved``: promises that are broken after
    it and were not before; ``out``: visits without a place.
    """

    kind: str
    took: float
    worked: float
    changes: int
    moved: int
    out: int
    sound: bool


def main(size: str = "200/30 dense", each: int = 40, seconds: float = 10, seed: int = 1) -> list[Table]:
    problem, plan = planned(size, seconds, seed)
    random, evaluation = Random(seed), evaluate(problem, plan)
    found = [
        mended(problem, plan, kind, now, event)
        for kind in KINDS
        for now, event in happening(problem, plan, evaluation, kind, each, random)
    ]
    table = Table(
        "event", "times", "p50, ms", "p95, ms", "worst, ms", "processor p95", "changes", "moved",
        "moves nobody", "left out", "can be driven",
        title=f"A day of {size} mended (aim: {AIM} ms p95; {len(plan.planned)} visits planned)",
    )  # fmt: skip
    for kind in KINDS:
        table.add_row(kind, *_cells([one for one in found if one.kind == kind]))
    table.add_row("all", *_cells(found))
    return [table]


def _cells(found: Sequence[Mended]) -> list[str]:
    took = [one.took for one in found]
    return [
        str(len(found)), f"{median(took):.0f}", f"{p95(took):.0f}", f"{max(took):.0f}",
        f"{p95([one.worked for one in found]):.0f}",
        f"{fmean(one.changes for one in found):.1f}", f"{fmean(one.moved for one in found):.2f}",
        f"{100 * sum(not one.moved for one in found) / len(found):.0f} %",
        f"{fmean(one.out for one in found):.2f}", f"{sum(one.sound for one in found)} of {len(found)}",
    ]  # fmt: skip


def planned(size: str, seconds: float, seed: int) -> tuple[Problem, Plan]:
    """The plan knows nothing of the last visits, which are possible at any hour: somebody waits there."""
    wanted = SIZES[size]
    problem = drawn(replace(wanted, visits=wanted.visits + MORE), seed)
    known = replace(problem, visits=problem.visits[:-MORE])
    urgent = (replace(one, windows=()) for one in problem.visits[-MORE:])
    problem = replace(problem, visits=(*known.visits, *urgent))
    return problem, PyVrp().solve(known, Limits(seconds=seconds, seed=seed))


def happening(
    problem: Problem, plan: Plan, evaluation: Evaluation, kind: str, each: int, random: Random
) -> Iterator[tuple[int, Event]]:
    waiting = [one.id for one in problem.visits[-MORE:]]
    stops = [stop for one in evaluation.rounds for stop in one.stops]
    while each:
        now = random.choice(TIMES)
        busy = [stop for stop in stops if stop.begins <= now < stop.ends]
        later = [stop for stop in stops if stop.begins > now]
        if not busy or not later:
            continue
        each -= 1
        lasting = random.choice(busy)
        events: dict[str, Event] = {
            "urgent visit": Urgent(random.choice(waiting)),
            "nobody opens": NoShow(lasting.visit),
            "cancelled": Cancelled(random.choice(later).visit),
            "overrun": Overrun(lasting.visit, lasting.ends + random.choice((30, 60, 90)) * 60),
            "ill technician": Ill(random.choice(plan.routes).technician, now),
        }
        yield now, events[kind]


def mended(problem: Problem, plan: Plan, kind: str, now: int, event: Event) -> Mended:
    began, busy = time.perf_counter(), time.process_time()
    rest = rest_of_day(problem, plan, 0, now, [event])
    after = Repair().solve(rest.problem, Limits(seconds=BUDGET), rest.plan)
    changes = rest.changes(after)
    took, worked = (time.perf_counter() - began) * 1000, (time.process_time() - busy) * 1000
    before, found = evaluate(rest.problem, rest.plan), evaluate(rest.problem, after)
    moved = len(set(found.moved) - set(before.moved))
    return Mended(kind, took, worked, len(changes), moved, len(found.unplanned), found.feasible)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size", default="200/30 dense")
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    Console().print(*main(said.size, said.each, said.seconds, said.seed))
