"""A part of a problem as a problem of its own: some technicians' days, some visits, all else staying."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from adapters.planning.suitability import Key
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Link, Pin, Plan, Problem, Technician, Tie, Visit
from domain.maintenance.planning.travel import Travel

Table = NDArray[np.int64]


class Whole:
    """What parts are cut out of."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._seconds = _table(problem.travel.seconds)
        self._metres = _table(problem.travel.metres)

    def part(self, plan: Plan, keys: Collection[Key], visits: Iterable[str]) -> Problem:
        """With the visits that may be planned anew: none that waits for another outside."""
        where = {visit: (one.technician, one.day) for one in plan.routes for visit in one.visits}
        inside = set(visits)
        outside = {visit: key for visit, key in where.items() if visit not in inside}
        links = [link for link in self.problem.links if _touches(link, inside)]
        begins = self._begins(plan) if any(not _within(link, inside) for link in links) else {}
        chosen = {id: self.problem.visit[id] for id in inside}
        for link in links:
            if not _within(link, inside):
                _stay(chosen, link, where, outside, begins)
        order = [chosen[one.id] for one in self.problem.visits if one.id in chosen]
        return self._problem(keys, order, [link for link in links if _within(link, chosen)], outside)

    def _begins(self, plan: Plan) -> Mapping[str, int]:
        bound = set(self.problem.links_of)
        routes = tuple(one for one in plan.routes if not bound.isdisjoint(one.visits))
        return {visit: stop.begins for visit, (_, stop) in evaluate(self.problem, Plan(routes)).stops.items()}

    def _problem(
        self, keys: Collection[Key], visits: list[Visit], links: list[Link], outside: Mapping[str, Key]
    ) -> Problem:
        days: dict[str, set[int]] = {}
        for who, day in keys:
            days.setdefault(who, set()).add(day)
        crew = [(self.problem.technician[who], some) for who, some in sorted(days.items())]
        places = sorted({one.place for one in visits} | {place for one, _ in crew for place in _places(one)})
        at = {place: number for number, place in enumerate(places)}
        square = np.ix_(places, places)
        travel = Travel(
            self._seconds[square].tolist(), self._metres[square].tolist(), self.problem.travel.percent
        )
        return replace(
            self.problem,
            places=tuple(self.problem.places[place] for place in places),
            travel=travel,
            technicians=tuple(_of_days(one, some, at) for one, some in crew),
            visits=tuple(replace(one, place=at[one.place]) for one in visits),
            links=tuple(links),
            prices=replace(self.problem.prices, uneven_per_hour=0),
            zone_most=self._room(outside),
        )

    def _room(self, outside: Mapping[str, Key]) -> dict[str, int]:
        """The technicians that zones have room for on the day on which they have least."""
        if not self.problem.zone_most:
            return {}
        there = {(self.problem.visit[visit].zone, key) for visit, key in outside.items()}
        days = range(len(self.problem.days))
        return {
            zone: min(most - sum(one == zone and key[1] == day for one, key in there) for day in days)
            for zone, most in self.problem.zone_most.items()
        }


def _stay(
    chosen: dict[str, Visit],
    link: Link,
    where: Mapping[str, Key],
    outside: Mapping[str, Key],
    begins: Mapping[str, int],
) -> None:
    """The visit of a link that leads outside stays where it is; one that waits goes on waiting."""
    visit, other = (link.first, link.second) if link.first in chosen else (link.second, link.first)
    if visit not in chosen:
        return
    if visit not in where:
        del chosen[visit]
    elif other in outside:
        who, day = where[visit]
        pin = chosen[visit].pin or Pin()
        if link.tie is Tie.SAME_TECHNICIAN:
            pin = replace(pin, technician=who)
        else:
            pin = Pin(day, begins[visit], who)
        chosen[visit] = replace(chosen[visit], pin=pin)


def _touches(link: Link, inside: Collection[str]) -> bool:
    return link.first in inside or link.second in inside


def _within(link: Link, inside: Collection[str]) -> bool:
    return link.first in inside and link.second in inside


def _places(technician: Technician) -> set[int]:
    starts = {one.start for one in technician.shifts.values() if one.start is not None}
    return {technician.start, technician.end, *starts}


def _of_days(technician: Technician, days: Collection[int], at: Mapping[int, int]) -> Technician:
    shifts = {
        day: replace(shift, start=None if shift.start is None else at[shift.start])
        for day, shift in technician.shifts.items()
        if day in days
    }
    return replace(technician, start=at[technician.start], end=at[technician.end], shifts=shifts)


def _table(rows: Iterable[Iterable[int]]) -> Table:
    return np.array([np.asarray(row) for row in rows], dtype=np.int64)
