"""When everything happens in one technician's day: the only place where moments are reckoned.

Who drives leaves at once after a visit and waits before the next one. The departure from the start is put off
as far as nobody is served later than promised, nothing that is bound to other rounds moves, and the return is
not later; so what is paid is as short as the earliest return allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.maintenance.planning.asks import Ask, Placed, ask_of, before_rest, begin_of, rest
from domain.maintenance.planning.evaluation import Fault, Pause, Round, Stop, Violation
from domain.maintenance.planning.model import DAY, Break, Problem, Route, Shift, Technician
from domain.maintenance.planning.travel import Travel

NEVER = 10 * DAY


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
class Timed:
    """A round and what is wrong with its moments."""

    round: Round
    violations: tuple[Violation, ...]


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

    def due(self) -> tuple[Break, ...]:
        """The breaks without which the round would end too late for them."""
        if not self.shift.breaks:
            return ()
        returns = self.course(self.shift.begin).returns
        return tuple(one for one in self.shift.breaks if self.shift.begin < one.latest < returns)

    def first_departure(self, placed: Placed) -> tuple[int, tuple[Pause, ...]]:
        """The earliest, after the breaks that are taken before leaving."""
        before: list[Pause] = []
        return rest(self.shift.begin, -1, placed, before), tuple(before)

    def best_departure(self, placed: Placed) -> Course:
        """The course of the latest departure by which nothing gets worse."""
        leaves, before = self.first_departure(placed)
        soonest = self.course(leaves, placed)
        if not self.shift.out and self.asks:
            if self.travel.even and all(len(ask.windows) < 2 for ask in self.asks):
                put_off = self._slack(soonest, placed)
                chosen = self.course(leaves + put_off, placed) if put_off else soonest
            else:
                chosen = self._latest_as_good(soonest, placed)
        else:
            chosen = soonest
        return Course(
            chosen.leaves, chosen.arrives, chosen.ready, chosen.begins, chosen.window,
            before + chosen.pauses, chosen.returns,
        )  # fmt: skip

    def _slack(self, course: Course, placed: Placed) -> int:
        """By how much the departure may be put off, where ways take as long at any hour."""
        slack, pauses = 0, list(course.pauses)
        limits = {index for index, _ in placed}
        if len(self.asks) in limits:
            done = course.begins[-1] + self.asks[-1].duration
            slack = self._before_pauses(done, len(self.asks), slack, placed, pauses)
        for index in range(len(self.asks) - 1, -1, -1):
            ask, begins = self.asks[index], course.begins[index]
            slack = min(slack, self._room(ask, begins, course.window[index])) + begins - course.ready[index]
            if index in limits:
                slack = self._before_pauses(course.arrives[index], index, slack, placed, pauses)
        return slack

    def _before_pauses(self, comes: int, index: int, slack: int, placed: Placed, pauses: list[Pause]) -> int:
        """How much later one may come to a place with breaks, if one may be ready ``slack`` later."""
        here = [one for where, one in placed if where == index]
        for number, one in enumerate(reversed(here)):
            pause = pauses.pop()
            came = comes if number == len(here) - 1 else pauses[-1].ends
            slack = min(slack, max(0, one.latest - pause.begins)) + pause.begins - came
        return slack

    def _room(self, ask: Ask, begins: int, window: int) -> int:
        """How much later a visit may begin by itself."""
        if ask.held:
            return 0
        room = NEVER if ask.kept is None else max(0, ask.kept - begins)
        if window >= 0:
            room = min(room, max(0, ask.windows[window][1] - ask.duration - begins))
        return room

    def _latest_as_good(self, soonest: Course, placed: Placed) -> Course:
        """By halving: who leaves later begins nothing earlier."""
        good, too_late, best = soonest.leaves, soonest.returns + 1, soonest
        while too_late - good > 1:
            between = (good + too_late) // 2
            course = self.course(between, placed)
            if self._as_good(course, soonest, placed):
                good, best = between, course
            else:
                too_late = between
        return best

    def _as_good(self, course: Course, soonest: Course, placed: Placed) -> bool:
        if course.returns > soonest.returns or self.faults(course, placed) != self.faults(soonest, placed):
            return False
        for ask, begins, first in zip(self.asks, course.begins, soonest.begins, strict=True):
            if begins > first and (ask.held or (ask.kept is not None and begins > ask.kept)):
                return False
        return True

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

    def timed(self, placed: Placed) -> Timed:
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
        return Timed(self._round(course, placed, paid, overtime), tuple(found))

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


def day_of(problem: Problem, route: Route, not_before: Mapping[str, int]) -> Day:
    """Who does not work that day is timed as if on an ordinary shift; the evaluator says so."""
    technician = problem.technician[route.technician]
    asks = (ask_of(problem, problem.visit[id], route.day, not_before.get(id, 0)) for id in route.visits)
    shift = technician.shifts.get(route.day, Shift())
    return Day(problem.travel, technician, shift, route.day, tuple(asks))
