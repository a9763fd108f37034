"""What recommended slots save: customers who book one after the other, in several ways.

    python -m bench.planning.booking [--size 12/5] [--seeds 1,2,3,4,5,6] [--seconds 1]

*By hand*: each names a time at which he is there, and another until the nearest technician who can comes.
*Planned*: the same times, with the rounds planned at the end. *First slot*: each takes what is recommended
first; *any of three*: one of the three that are recommended, whichever suits; the rounds are planned at the
end. Whoever has a time keeps it, to half an hour. *All known*: nobody has a time, and the week is planned
with everybody in it, at any hour at which they are there: what no booking one after the other can reach.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from rich.console import Console
from rich.table import Table

from adapters.planning.portfolio import Portfolio
from adapters.planning.slots import Board
from bench.planning.weeks import AFTERNOON, MORNING, week
from domain.maintenance.planning.evaluator import evaluate, time_route
from domain.maintenance.planning.model import HOUR, Plan, Problem, Route, Visit, Window
from domain.maintenance.planning.slots import QUARTER, Slot
from domain.maintenance.planning.solving import Limits
from domain.maintenance.planning.standing import visit_faults

OFFERED = 3
NAMED = 20
"""So many times a customer names before he gives up."""
AT_HOME = 0.6
"""Of all half days."""
ARRIVES_WITHIN = HOUR
"""How exactly a customer is told when somebody comes."""
FEWER_KM = 30
Half = tuple[int, tuple[int, int]]
WAYS = ("hand", "planned", "first", "any", "known")


@dataclass(frozen=True)
class Week:
    """Metres and served visits of each way to book."""

    hand: tuple[int, int]
    planned: tuple[int, int]
    first: tuple[int, int]
    any: tuple[int, int]
    known: tuple[int, int]


def main(size: str = "12/5", seeds: Sequence[int] = range(1, 17), seconds: float = 1) -> list[Table]:
    table = Table(
        "week", "by hand", "planned", "first slot", "any of three", "all known", "served",
        title=f"Kilometres of {size} by how it is booked, and how many fewer than by hand",
    )  # fmt: skip
    weeks = [booked(size, seed, seconds) for seed in seeds]
    for seed, one in zip(seeds, weeks, strict=True):
        table.add_row(str(seed), *_cells([one]))
    table.add_row("all", *_cells(weeks))
    hand, first = (sum(getattr(one, way)[0] for one in weeks) for way in ("hand", "first"))
    met = 100 * (hand - first) >= FEWER_KM * hand
    table.caption = (
        f"aim {FEWER_KM} % fewer with the slots that are recommended: {'met' if met else 'missed'}"
    )
    return [table]


def booked(size: str, seed: int, seconds: float) -> Week:
    problem, random = _at_home(week(size, seed), Random(seed)), Random(seed)
    named, hand = _by_hand(problem, random)
    first, anyone = _with_slots(problem, random, 1), _with_slots(problem, random, OFFERED)
    return Week(
        _driven(named, hand), _driven(named, _planned(named, hand, seconds)),
        _driven(first, _planned(first, Plan(), seconds)), _driven(anyone, _planned(anyone, Plan(), seconds)),
        _driven(problem, _planned(problem, Plan(), seconds)),
    )  # fmt: skip


def _at_home(problem: Problem, random: Random) -> Problem:
    """Everybody on some half days of the week; nothing is urgent."""
    halves = [(day, half) for day in range(len(problem.days)) for half in (MORNING, AFTERNOON)]
    return replace(
        problem,
        visits=tuple(
            replace(one, windows=tuple(Window(day, *half) for day, half in _some(halves, random)), urgency=0)
            for one in problem.visits
        ),
    )


def _some(halves: Sequence[Half], random: Random) -> list[Half]:
    return sorted(random.sample(halves, max(1, round(len(halves) * AT_HOME))))


def _by_hand(problem: Problem, random: Random) -> tuple[Problem, Plan]:
    plan = Plan()
    for visit in problem.visits:
        for _ in range(NAMED):
            asked = _at_a_time(visit, random)
            tried = replace(
                problem, visits=tuple(asked if one.id == visit.id else one for one in problem.visits)
            )
            route = _nearest(tried, plan, asked)
            if route is not None:
                problem, plan = tried, plan.with_route(route)
                break
    return problem, plan


def _nearest(problem: Problem, plan: Plan, visit: Visit) -> Route | None:
    """The round of the nearest technician who can, with the visit in it."""
    day, metres = visit.windows[0].day, problem.travel.metres
    for who in sorted(problem.technicians, key=lambda one: metres[one.start][visit.place]):
        if day not in who.shifts or visit_faults(who, visit, day):
            continue
        old = plan.of(who.id, day).visits
        for place in range(len(old), -1, -1):
            route = Route(who.id, day, (*old[:place], visit.id, *old[place:]))
            if not time_route(problem, route).violations:
                return route
    return None


def _at_a_time(visit: Visit, random: Random) -> Visit:
    """As the customer asks for it, at a quarter of an hour at which he is there."""
    there = random.choice(visit.windows)
    last = (there.closes - visit.duration - there.opens) // QUARTER
    begins = there.opens + random.randint(0, last) * QUARTER
    closes = min(there.closes, begins + ARRIVES_WITHIN + visit.duration)
    return replace(visit, windows=(Window(there.day, begins, closes),))


def _with_slots(problem: Problem, random: Random, offered: int) -> Problem:
    """Who finds no slot stays without one."""
    plan = Plan()
    for visit in problem.visits:
        slots = Board(problem, plan).slots(visit.id, offered)
        if slots:
            taken = random.choice(slots)
            plan = _inserted(plan, taken)
            problem = _told(problem, visit, taken)
    return problem


def _inserted(plan: Plan, slot: Slot) -> Plan:
    old = plan.of(slot.technician, slot.day).visits
    visits = (*old[: slot.position], slot.visit, *old[slot.position :])
    return plan.with_route(Route(slot.technician, slot.day, visits))


def _told(problem: Problem, visit: Visit, slot: Slot) -> Problem:
    """As exactly as by hand."""
    half = ARRIVES_WITHIN // 2
    window = Window(slot.day, slot.begins - half, slot.begins + half + visit.duration)
    kept = replace(visit, windows=(window,))
    return replace(problem, visits=tuple(kept if one.id == visit.id else one for one in problem.visits))


def _planned(problem: Problem, start: Plan, seconds: float) -> Plan:
    return Portfolio().solve(problem, Limits(seconds=seconds, seed=1), start=start)


def _driven(problem: Problem, plan: Plan) -> tuple[int, int]:
    found = evaluate(problem, plan)
    return found.metres, len(found.stops)


def _cells(weeks: Sequence[Week]) -> list[str]:
    driven = {way: sum(getattr(one, way)[0] for one in weeks) for way in WAYS}
    cells = [f"{driven['hand'] / 1000:,.0f}"]
    for way in WAYS[1:]:
        fewer = 100 - 100 * driven[way] / max(1, driven["hand"])
        cells.append(f"{driven[way] / 1000:,.0f} ({fewer:.0f} %)")
    return [*cells, "/".join(str(sum(getattr(one, way)[1] for one in weeks)) for way in WAYS)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.planning.booking")
    parser.add_argument("--size", default="12/5")
    parser.add_argument("--seeds", default=",".join(map(str, range(1, 17))))
    parser.add_argument("--seconds", type=float, default=1, help="for each planning")
    return parser.parse_args()


if __name__ == "__main__":
    asked = _arguments()
    Console().print(*main(asked.size, [int(one) for one in asked.seeds.split(",")], asked.seconds))
