"""Planning as it is done by hand, to compare with: visit after visit, as they came in.

Each is put to the end of the round of the nearest technician who may do it, on the first day that it fits;
where none of the days fits, of the next nearest. Nothing that was put is ever moved. A promise is kept where
it can be. What is bound to another visit waits for it; two technicians at once are called together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from domain.maintenance.planning.asks import ask_of, begin_of
from domain.maintenance.planning.evaluator import evaluate, time_route
from domain.maintenance.planning.model import Plan, Problem, Route, Shift, Technician, Tie, Visit
from domain.maintenance.planning.standing import standing_faults, visit_faults

Key = tuple[str, int]


def naive(problem: Problem) -> Plan:
    book = Book(problem)
    for visit in in_turn(problem):
        if visit.id not in book.where:
            book.put(visit)
    return Plan(tuple(sorted(book.routes.values(), key=lambda one: (one.day, one.technician))))


def in_turn(problem: Problem) -> Iterator[Visit]:
    """In the order of the problem, but none before the one that has to be done first."""
    first_of = defaultdict(list)
    for link in problem.links:
        if link.tie is Tie.BEFORE:
            first_of[link.second].append(link.first)
    seen: set[str] = set()
    for visit in problem.visits:
        waiting = [visit.id]
        while waiting:
            id = waiting[-1]
            missing = [one for one in first_of[id] if one not in seen and one not in waiting]
            if missing:
                waiting.append(missing[0])
                continue
            waiting.pop()
            if id not in seen:
                seen.add(id)
                yield problem.visit[id]


class Book:
    """The dispatcher's book. ``ends``: the earliest end of the last visit and its place, for a first look."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.routes: dict[Key, Route] = {}
        self.where: dict[str, Key] = {}
        self.ends: dict[Key, tuple[int, int]] = {}
        self.zones: dict[tuple[int, str], set[str]] = defaultdict(set)

    def put(self, visit: Visit) -> None:
        partner = self._partner(visit)
        for key in self._options(visit):
            together = [self._with(key, visit)]
            if partner is None:
                if self._sound(together):
                    return self._write(together, [visit])
                continue
            for other in self._options(partner):
                if other[1] != key[1] or other[0] == key[0]:
                    continue
                both = [*together, self._with(other, partner)]
                if self._sound(both):
                    return self._write(both, [visit, partner])
        return None

    def _partner(self, visit: Visit) -> Visit | None:
        """Whoever has to come at the same time and is not planned yet."""
        for link in self.problem.links_of.get(visit.id, ()):
            if link.tie is Tie.TOGETHER:
                other = link.second if link.first == visit.id else link.first
                if other not in self.where:
                    return self.problem.visit[other]
        return None

    def _options(self, visit: Visit) -> Iterator[Key]:
        """Technicians from near to far, their days in order; those that keep a promise before all others."""
        metres = self.problem.travel.metres
        near = sorted(self.problem.technicians, key=lambda one: metres[one.start][visit.place])
        keys = [(one, day) for one in near for day in sorted(one.shifts)]
        promise = visit.promise
        if promise is not None:
            kept = [key for key in keys if key[1] == promise.day and promise.technician in (None, key[0].id)]
            yield from self._open(visit, kept, keeps=True)
        yield from self._open(visit, keys, keeps=False)

    def _open(self, visit: Visit, keys: Iterable[tuple[Technician, int]], keeps: bool) -> Iterator[Key]:
        for technician, day in keys:
            key = (technician.id, day)
            if not visit_faults(technician, visit, day) and self._room(technician, day, visit, keeps):
                yield key

    def _room(self, technician: Technician, day: int, visit: Visit, keeps: bool) -> bool:
        """A first look that never says no to what would fit."""
        zone = self.zones.get((day, visit.zone or ""), set())
        most = self.problem.zone_most.get(visit.zone or "", len(self.problem.technicians))
        if technician.id not in zone and len(zone) >= most:
            return False
        ask, shift = ask_of(self.problem, visit, day), technician.shifts[day]
        ended, place = self._last(technician, day, shift)
        begins, window = begin_of(ask, self.problem.travel.arrival(place, visit.place, ended))
        ends = begins + visit.duration
        if (window < 0 and not ask.any_time) or (window >= 0 and ends > ask.windows[window][1]):
            return False
        if keeps and ask.kept is not None and begins > ask.kept:
            return False
        return self.problem.travel.arrival(visit.place, technician.end, ends) <= shift.end

    def _last(self, technician: Technician, day: int, shift: Shift) -> tuple[int, int]:
        start = technician.start if shift.start is None else shift.start
        return self.ends.get((technician.id, day), (shift.begin, start))

    def _with(self, key: Key, visit: Visit) -> Route:
        done = self.routes[key].visits if key in self.routes else ()
        return Route(*key, (*done, visit.id))

    def _sound(self, routes: Sequence[Route]) -> bool:
        """Nothing is violated, neither in these routes nor in those that are bound to them."""
        if any(standing_faults(self.problem, route) for route in routes):
            return False
        bound = self._bound(routes)
        if bound:
            return evaluate(self.problem, Plan(tuple(bound.values()))).feasible
        return not any(time_route(self.problem, route).violations for route in routes)

    def _bound(self, routes: Sequence[Route]) -> dict[Key, Route]:
        """These routes and all that a link leads to from them, or nothing where there is no link."""
        found = {(one.technician, one.day): one for one in routes}
        waiting, linked = list(routes), False
        while waiting:
            for id in waiting.pop().visits:
                for link in self.problem.links_of.get(id, ()):
                    linked = True
                    other = self.where.get(link.second if link.first == id else link.first)
                    if other is not None and other not in found:
                        found[other] = self.routes[other]
                        waiting.append(self.routes[other])
        return found if linked else {}

    def _write(self, routes: Iterable[Route], visits: Iterable[Visit]) -> None:
        for route, visit in zip(routes, visits, strict=True):
            key = (route.technician, route.day)
            technician = self.problem.technician[route.technician]
            ended, place = self._last(technician, route.day, technician.shifts[route.day])
            ready = self.problem.travel.arrival(place, visit.place, ended)
            begins, _ = begin_of(ask_of(self.problem, visit, route.day), ready)
            self.ends[key] = (begins + visit.duration, visit.place)
            self.routes[key] = route
            self.where[visit.id] = key
            self.zones[route.day, visit.zone or ""].add(route.technician)
