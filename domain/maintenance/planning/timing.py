"""When everything happens in one technician's day: the only place where moments are reckoned.

Who drives leaves at once after a visit and waits before the next one. The departure from the start is put off
as far as nobody is served later than promised, nothing that is bound to other rounds moves, and the return is
not later; so what is paid is as short as the earliest return allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.maintenance.planning.asks import Ask, Placed, ask_of, before_rest, begin_of, rest
from domain.maintenance.planning.evaluation import Fault, Pause, Round, Stop, Violation
from domain.maintenance.planning.model import Break, Problem, Route, Shift, Technician
from domain.maintenance.planning.travel import Travel


@dataclass(frozen=True)
class Course:
    """The moments of one way through a day; ``window`` by its index, -1 for none."""

    leaves: int
    arrives: tuple[int, ...]
    ready: tuple[int, ...]
    begins: tuple[int, ...]
    window: tuple[int, ...]
    pauses: tuple[Pause, ...]
    returns: int


@dataclass(frozen=True)
class Tried:
    """A course with breaks at certain places, and what its price depends on."""

    course: Course
    placed: Placed
    paid: int
    overtime: int
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Timed:
    """A round, what is wrong with its moments, and which of the breaks are taken where."""

    round: Round
    violations: tuple[Violation, ...]
    placed: Placed = ()


@dataclass(frozen=True)
class Day:
    """A technician's day with the visits in their order."""

    travel: Travel
    technician: Technician
    shift: Shift
    day: int
    asks: tuple[Ask, ...]

    @property
    def start(self) -> int:
        return self.technician.start if self.shift.start is None else self.shift.start

    def course(self, leaves: int, placed: Placed = ()) -> Course:
        now, at = leaves, self.start
        arrives, ready, begins, window = [], [], [], []
        pauses: list[Pause] = []
        for index, ask in enumerate(self.asks):
            now = self.travel.arrival(at, ask.place, now)
            arrives.append(now)
            if placed:
                now = rest(now, index, placed, pauses)
            ready.append(now)
            now, chosen = begin_of(ask, now)
            begins.append(now)
            window.append(chosen)
            now, at = now + ask.duration, ask.place
        now = rest(now, len(self.asks), placed, pauses)
        returns = self.travel.arrival(at, self.technician.end, now)
        return Course(
            leaves, tuple(arrives), tuple(ready), tuple(begins), tuple(window), tuple(pauses), returns
        )

    def due(self, returns: int | None = None) -> tuple[Break, ...]:
        """The breaks without which the round would end too late for them, in the order of the shift; for one
        that ``returns`` then, and otherwise for one without any break.
        """
        if not self.shift.breaks:
            return ()
        if returns is None:
            returns = self.course(self.shift.begin).returns
        return tuple(one for one in self.shift.breaks if self.shift.begin < one.latest < returns)

    def first_departure(self, placed: Placed) -> tuple[int, tuple[Pause, ...]]:
        """The earliest, after the breaks that are taken before leaving."""
        before: list[Pause] = []
        return rest(self.shift.begin, -1, placed, before), tuple(before)

    def best_departure(self, placed: Placed) -> Course:
        """The course of the latest departure by which nothing gets worse."""
        leaves, before = self.first_departure(placed)
        chosen = self.course(leaves, placed)
        if not self.shift.out and self.asks:
            latest = self._latest_departure(chosen, placed)
            chosen = self.course(latest, placed) if latest > leaves else chosen
        return Course(
            chosen.leaves, chosen.arrives, chosen.ready, chosen.begins, chosen.window,
            before + chosen.pauses, chosen.returns,
        )  # fmt: skip

    def _latest_departure(self, soonest: Course, placed: Placed) -> int:
        """From the return backwards: by when one has to be at each place for nothing to get worse."""
        pauses, places = list(soonest.pauses), [self.start, *(ask.place for ask in self.asks)]
        limit = self.travel.departure(places[-1], self.technician.end, soonest.returns)
        limit = _before_pauses(limit, len(self.asks), placed, pauses)
        for index in range(len(self.asks) - 1, -1, -1):
            ask = self.asks[index]
            limit = _latest(ask, soonest.begins[index], soonest.window[index], limit - ask.duration)
            limit = _before_pauses(limit, index, placed, pauses)
            limit = self.travel.departure(places[index], ask.place, limit)
        return limit

    def faults(self, course: Course, placed: Placed) -> list[Violation]:
        """What is wrong with the moments, but for overtime and breaks before leaving."""
        who, day = self.technician.id, self.day
        found = []
        for ask, begins, window in zip(self.asks, course.begins, course.window, strict=True):
            over = begins + ask.duration - ask.windows[window][1] if window >= 0 else 0
            if over > 0 or (window < 0 and not ask.any_time):
                found.append(Violation(Fault.WINDOW, ask.visit, who, day, max(0, over)))
            if ask.pinned is not None and begins > ask.pinned:
                found.append(Violation(Fault.PINNED_TIME, ask.visit, who, day, begins - ask.pinned))
        latest = [one.latest for where, one in placed if where >= 0]
        pauses = course.pauses[len(course.pauses) - len(latest) :] if latest else ()
        for pause, limit in zip(pauses, latest, strict=True):
            if pause.begins > limit:
                found.append(Violation(Fault.BREAK, None, who, day, pause.begins - limit))
        if course.returns > self.shift.end:
            found.append(Violation(Fault.SHIFT_END, None, who, day, course.returns - self.shift.end))
        return found

    def tried(self, placed: Placed) -> Tried:
        """With the breaks where they are placed."""
        course = self.best_departure(placed)
        taken = sum(one.ends - one.begins for one in course.pauses if one.before >= 0)
        paid = course.returns - course.leaves - taken
        overtime = max(0, paid - self.shift.ordinary)
        found = self.faults(course, placed)
        for pause, (where, one) in zip(course.pauses, placed, strict=True):
            if where < 0 and pause.begins > one.latest:
                found.append(
                    Violation(Fault.BREAK, None, self.technician.id, self.day, pause.begins - one.latest)
                )
        if overtime > self.shift.overtime_most:
            over = overtime - self.shift.overtime_most
            found.append(Violation(Fault.OVERTIME, None, self.technician.id, self.day, over))
        return Tried(course, placed, paid, overtime, tuple(found))

    def late(self, course: Course) -> list[tuple[str, int]]:
        """Who is served later than told, by how many seconds."""
        return [
            (ask.visit, begins - ask.kept)
            for ask, begins in zip(self.asks, course.begins, strict=True)
            if ask.kept is not None and begins > ask.kept
        ]

    def timed(self, one: Tried) -> Timed:
        return Timed(self._round(one.course, one.placed, one.paid, one.overtime), one.violations, one.placed)

    def _round(self, course: Course, placed: Placed, paid: int, overtime: int) -> Round:
        latest = self.latest_begins(course, placed)
        stops, at, leaves, driving, metres = [], self.start, course.leaves, 0, 0
        for index, ask in enumerate(self.asks):
            arrives, begins = course.arrives[index], course.begins[index]
            way = self.travel.metres[at][ask.place]
            late = 0 if ask.kept is None else max(0, begins - ask.kept)
            stops.append(
                Stop(
                    ask.visit, leaves, arrives, begins, begins + ask.duration, way, late,
                    max(0, latest[index] - begins), begins - course.ready[index],
                )
            )  # fmt: skip
            driving, metres = driving + arrives - leaves, metres + way
            leaves, at = begins + ask.duration, ask.place
        last = [one.ends for one in course.pauses if one.before == len(self.asks)]
        driving += course.returns - max([leaves, *last])
        metres += self.travel.metres[at][self.technician.end]
        return Round(
            self.technician.id, self.day, course.leaves, course.returns, paid, overtime, metres, driving,
            tuple(stops), course.pauses,
        )  # fmt: skip

    def latest_begins(self, course: Course, placed: Placed) -> list[int]:
        """The latest moment at which each visit may begin by the hard limits of this round alone."""
        taken = sum(one.ends - one.begins for one in course.pauses if one.before >= 0)
        paid_until = course.leaves + taken + self.shift.ordinary + self.shift.overtime_most
        limit = max(course.returns, min(self.shift.end, paid_until))
        to, latest = self.technician.end, []
        for index in range(len(self.asks) - 1, -1, -1):
            ask, begins, window = self.asks[index], course.begins[index], course.window[index]
            limit = self.travel.departure(ask.place, to, limit)
            if index == len(self.asks) - 1:
                limit = before_rest(limit, len(self.asks), placed)
            limit -= ask.duration
            if ask.pinned is not None:
                limit = min(limit, ask.pinned)
            if window >= 0:
                limit = min(limit, ask.windows[window][1] - ask.duration)
            limit = max(limit, begins)
            latest.append(limit)
            limit, to = before_rest(limit, index, placed), ask.place
        return latest[::-1]


def _latest(ask: Ask, begins: int, window: int, limit: int) -> int:
    """The latest moment up to the limit at which a visit may begin as well as it does; what is wrong with it
    stays as wrong as it is.
    """
    late = window >= 0 and begins + ask.duration > ask.windows[window][1]
    if ask.held or late:
        return begins
    if ask.kept is not None:
        limit = min(limit, max(ask.kept, begins))
    if window < 0:
        return limit
    latest = ((opens, min(limit, closes - ask.duration)) for opens, closes in ask.windows)
    return max(moment for opens, moment in latest if moment >= opens)


def _before_pauses(limit: int, where: int, placed: Placed, pauses: list[Pause]) -> int:
    """By when one has to be where breaks are taken, for going on by the limit. ``pauses``: those up to here,
    of which the ones that are here are taken off.
    """
    for at, one in reversed(placed):
        if at == where:
            limit = min(limit - one.duration, max(one.latest, pauses.pop().begins))
    return limit


def day_of(problem: Problem, route: Route, not_before: Mapping[str, int]) -> Day:
    """Who does not work that day is timed as if on an ordinary shift; the evaluator says so."""
    technician = problem.technician[route.technician]
    asks = (ask_of(problem, problem.visit[id], route.day, not_before.get(id, 0)) for id in route.visits)
    shift = technician.shifts.get(route.day, Shift())
    return Day(problem.travel, technician, shift, route.day, tuple(asks))
