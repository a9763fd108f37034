"""A matrix of ways as somebody measured it: of the wrong size, with holes, or odd in one direction."""

from array import array
from collections.abc import Sequence
from dataclasses import replace

from domain.maintenance.planning.faults.trouble import Kind, Trouble, trouble
from domain.maintenance.planning.leaving import without
from domain.maintenance.planning.model import DAY, Problem, Technician
from domain.maintenance.planning.roads import HOLE
from domain.maintenance.planning.travel import Travel

NO_WAY, NO_WAY_METRES = 3 * DAY, 1_000_000
"""What nobody can drive in a day, so that nobody is sent."""
LONGEST = 2**31 - 1
"""Metres that a row holds."""
EXAMPLES = 3
ODD_FROM, ODD_TIMES = 15 * 60, 2
LOOKED_AT = 1_000
"""Places up to which both directions are compared: more than a million ways are nobody’s handwork."""
Way = tuple[int, int]


def ways(problem: Problem) -> tuple[Problem, list[Trouble]]:
    travel, size = problem.travel, len(problem.places)
    if not travel.seconds:
        return problem, []
    if not all(
        len(rows) == size and all(len(row) == size for row in rows)
        for rows in (travel.seconds, travel.metres)
    ):
        problem = replace(problem, travel=Travel((), (), travel.percent))
        return problem, [trouble(Kind.MATRIX_SIZE, size=size)]
    found = _odd(problem)
    holes = _holes(travel)
    if holes:
        problem, told = _closed(problem, holes)
        found.append(told)
    return _reachable(problem, found)


def _holes(travel: Travel) -> list[Way]:
    found = []
    for here, (seconds, metres) in enumerate(zip(travel.seconds, travel.metres, strict=True)):
        if min(seconds) < 0 or min(metres) < 0:
            both = zip(seconds, metres, strict=True)
            found += [(here, there) for there, one in enumerate(both) if min(one) < 0]
    return found


def _closed(problem: Problem, holes: list[Way]) -> tuple[Problem, Trouble]:
    """By way of a third place where that leads there, otherwise with a way that is too long for any day."""
    seconds = [array("i", row) for row in problem.travel.seconds]
    metres = [array("i", row) for row in problem.travel.metres]
    missing = set(holes)
    for here, there in holes:
        seconds[here][there] = metres[here][there] = HOLE
    out, into = _known(seconds)
    detours = {way: _third(seconds, out[way[0]] & into[way[1]], way) for way in holes}
    for (here, there), third in detours.items():
        if here == there:
            seconds[here][there] = metres[here][there] = 0
        elif third is None:
            seconds[here][there], metres[here][there] = NO_WAY, NO_WAY_METRES
        else:
            seconds[here][there] = min(NO_WAY, seconds[here][third] + seconds[third][there])
            metres[here][there] = min(LONGEST, metres[here][third] + metres[third][there])
    travel = Travel(tuple(seconds), tuple(metres), problem.travel.percent)
    taken = sum(one is not None for one in detours.values())
    examples = _examples(problem, sorted(missing))
    told = trouble(Kind.MATRIX_HOLES, count=len(holes), examples=examples, detours=taken)
    return replace(problem, travel=travel), told


def _known(seconds: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """From each place where a way leads, and to each from where, as sets of bits."""
    size = len(seconds)
    out, into = [0] * size, [0] * size
    for here, row in enumerate(seconds):
        for there, one in enumerate(row):
            if one >= 0:
                out[here] |= 1 << there
                into[there] |= 1 << here
    return out, into


def _third(seconds: Sequence[Sequence[int]], between: int, way: Way) -> int | None:
    here, there = way
    thirds = [one for one in range(between.bit_length()) if between >> one & 1] if between else []
    return min(thirds, key=lambda one: seconds[here][one] + seconds[one][there], default=None)


def _odd(problem: Problem) -> list[Trouble]:
    """One-way streets are real; a way that takes twice as long as the other one is told, and taken."""
    seconds, size = problem.travel.seconds, len(problem.places)
    if size > LOOKED_AT:
        return []
    found = [
        (here, there)
        for here in range(size)
        for there in range(here)
        if seconds[here][there] != seconds[there][here]
        and _differ(seconds[here][there], seconds[there][here])
    ]
    if not found:
        return []
    return [trouble(Kind.MATRIX_ASYMMETRIC, count=len(found), examples=_examples(problem, found))]


def _differ(there: int, back: int) -> bool:
    short, long = sorted((there, back))
    return short >= 0 and long - short > ODD_FROM and long > ODD_TIMES * short and long < NO_WAY


def _examples(problem: Problem, ways: Sequence[Way]) -> str:
    at: dict[int, str] = {one.start: one.id for one in problem.technicians}
    at |= {one.place: one.id for one in problem.visits}
    named = [f"{at.get(here, here)} → {at.get(there, there)}" for here, there in ways[:EXAMPLES]]
    return ", ".join(named) + ("…" if len(ways) > EXAMPLES else "")


def _reachable(problem: Problem, found: list[Trouble]) -> tuple[Problem, list[Trouble]]:
    seconds = problem.travel.seconds

    def reaches(one: Technician, place: int) -> bool:
        starts = {one.start, *(shift.start for shift in one.shifts.values() if shift.start is not None)}
        there = any(seconds[start][place] < NO_WAY for start in starts)
        return there and seconds[place][one.end] < NO_WAY

    people = {(one.start, one.end): one for one in problem.technicians}.values()
    cut_off = {
        place
        for place in {one.place for one in problem.visits}
        if people and not any(reaches(one, place) for one in people)
    }
    lost = [one.id for one in problem.visits if one.place in cut_off]
    found += [trouble(Kind.UNREACHABLE, visits=(one,), left_out=True) for one in lost]
    return without(problem, lost), found
