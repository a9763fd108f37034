"""What is wrong with a problem that comes from outside, and what of it can be planned all the same.

One impossible visit must not empty a plan: it is named and left out, and the others are planned.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from domain.maintenance.planning.breaks import in_turn
from domain.maintenance.planning.faults.bonds import bonds
from domain.maintenance.planning.faults.pins import pins
from domain.maintenance.planning.faults.places import places
from domain.maintenance.planning.faults.trouble import Kind, Trouble, trouble
from domain.maintenance.planning.faults.visits import amounts, durations, needs
from domain.maintenance.planning.faults.ways import ways
from domain.maintenance.planning.model import Break, Problem, Shift, Technician
from domain.maintenance.planning.roads import Land

T = TypeVar("T")
Checked = tuple[Problem, list[Trouble]]


def check(problem: Problem, land: Land | None = None) -> Checked:
    """A sound problem. Without rows of travel only what they would show is not looked at: ask the roads, and
    check what comes back once more. A sound problem stays as it is."""
    known = frozenset(one.id for one in problem.visits)
    steps: list[Callable[[Problem], Checked]] = [
        _once, lambda one: places(one, land), ways, _days, amounts, durations, needs, pins,
        lambda one: bonds(one, known), _anybody,
    ]  # fmt: skip
    troubles: list[Trouble] = []
    for step in steps:
        problem, found = step(problem)
        troubles += found
    return problem, troubles


def _once(problem: Problem) -> Checked:
    visits, again = _first(problem.visits, lambda one: one.id)
    technicians, others = _first(problem.technicians, lambda one: one.id)
    found = [trouble(Kind.DUPLICATE_VISIT, visits=(id,), count=count) for id, count in again]
    found += [trouble(Kind.DUPLICATE_TECHNICIAN, technicians=(id,), count=count) for id, count in others]
    if not found:
        return problem, []
    return replace(problem, visits=tuple(visits), technicians=tuple(technicians)), found


def _first(things: Iterable[T], id: Callable[[T], str]) -> tuple[list[T], list[tuple[str, int]]]:
    """The first of each id, and the ids that come more than once."""
    things = list(things)
    counts = Counter(map(id, things))
    first: dict[str, T] = {}
    for one in things:
        first.setdefault(id(one), one)
    return list(first.values()), [(name, count) for name, count in counts.items() if count > 1]


def _days(problem: Problem) -> Checked:
    """Shifts and breaks that can take place."""
    found: list[Trouble] = []
    technicians = tuple(_technician(problem, one, found) for one in problem.technicians)
    same = technicians == problem.technicians
    return (problem if same else replace(problem, technicians=technicians)), found


def _technician(problem: Problem, one: Technician, found: list[Trouble]) -> Technician:
    shifts = {}
    for day, shift in one.shifts.items():
        about: dict[str, Any] = {"technicians": (one.id,), "day": problem.days[day].isoformat()}
        if shift.end <= shift.begin:
            found.append(trouble(Kind.SHIFT, **about))
            continue
        breaks = tuple(each for each in shift.breaks if _possible(each))
        if breaks != shift.breaks:
            found.append(trouble(Kind.BREAK, **about))
        apart = in_turn(breaks)
        if len(apart) < len(breaks):
            found.append(trouble(Kind.BREAKS_OVERLAP, **about))
        shifts[day] = _above_zero(replace(shift, breaks=apart), one.id, found)
    return replace(one, shifts=shifts)


def _possible(one: Break) -> bool:
    return one.latest >= one.earliest and one.duration >= 0


def _above_zero(shift: Shift, technician: str, found: list[Trouble]) -> Shift:
    for name in ("ordinary", "overtime_most"):
        if getattr(shift, name) < 0:
            field = f"{technician}: {name}"
            found.append(trouble(Kind.NEGATIVE, technicians=(technician,), field=field))
    return replace(shift, ordinary=max(0, shift.ordinary), overtime_most=max(0, shift.overtime_most))


def _anybody(problem: Problem) -> Checked:
    if any(one.shifts for one in problem.technicians):
        return problem, []
    return problem, [trouble(Kind.NO_TECHNICIANS)]
