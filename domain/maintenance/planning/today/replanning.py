"""The rest of a day on which something has happened: what is still open, where everybody is, what was told.

What has begun stays as it is. What is still to come keeps its time and its technician as a promise, so that
every change has its price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.maintenance.planning.evaluation import Cost, Evaluation, Round
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import (
    DAY,
    Link,
    Pin,
    Plan,
    Problem,
    Promise,
    Route,
    Technician,
    Tie,
    Visit,
    Window,
)
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.today.changes import Change, appointments, changes
from domain.maintenance.planning.today.events import Actual, Cancelled, Event, Ill, NoShow, Overrun, Urgent
from domain.maintenance.planning.today.whereabouts import Day, Standing, van

TOLERANCE = 900
TODAY = 0
"""The rest of the day is the only day of its problem."""
NEVER = Window(TODAY, 0, 0)


@dataclass(frozen=True)
class Rest:
    """``problem`` is the rest of the day, with the places of the whole problem; ``plan`` what is left of the
    plan in force. Who has no technician any more is in none of its routes. ``before``: the times in force of
    the whole day; ``begun``: each technician's visits so far; ``dropped``: not to be done today any more.
    """

    whole: Plan
    day: int
    problem: Problem
    plan: Plan
    before: Evaluation
    begun: Mapping[str, tuple[str, ...]]
    dropped: tuple[str, ...] = ()

    def changes(self, after: Plan, names: Names | None = None) -> list[Change]:
        """What is otherwise than it was told; what has begun is as it is."""
        days = (self.problem.days[TODAY],)
        begun = {id for done in self.begun.values() for id in done}
        told = Evaluation(Cost(), tuple(replace(one, day=TODAY) for one in self.before.rounds))
        before = {id: at for id, at in appointments(days, told).items() if id not in begun}
        found = evaluate(self.problem, after)
        return changes(before, appointments(days, found), names, found.moved)

    def merged(self, after: Plan) -> Plan:
        """The whole plan, with the rest of the day as it is in ``after``."""
        gone = {*after.planned, *self.dropped}
        kept = [
            Route(one.technician, one.day, tuple(id for id in one.visits if id not in gone))
            for one in self.whole.routes
            if one.day != self.day
        ]
        for name in sorted({*self.begun, *(one.technician for one in after.routes)}):
            kept.append(Route(name, self.day, (*self.begun.get(name, ()), *after.of(name, TODAY).visits)))
        routes = (one for one in kept if one.visits)
        return Plan(tuple(sorted(routes, key=lambda one: (one.day, one.technician))))


def rest_of_day(
    problem: Problem, plan: Plan, day: int, now: int, events: Sequence[Event],
    actual: Mapping[str, Actual] | None = None, before: Evaluation | None = None,
) -> Rest:  # fmt: skip
    """``actual`` is what technicians reported; without it everything has gone by the plan until now.
    ``before``: the times in force of that day, where they are others than the plan would give by itself.
    """
    today = Plan(tuple(one for one in plan.routes if one.day == day))
    if before is None:
        before = evaluate(replace(problem, visits=_visits_of(problem, today)), today)
    known = as_planned(before, now) if actual is None else dict(actual)
    return Morning(problem, plan, before, day, now, known, tuple(events)).rest()


def _visits_of(problem: Problem, plan: Plan) -> tuple[Visit, ...]:
    return tuple(one for one in problem.visits if one.id in plan.planned)


def as_planned(before: Evaluation, now: int) -> dict[str, Actual]:
    """What has begun by now, if everything went by the plan."""
    return {
        stop.visit: Actual(stop.begins, stop.ends if stop.ends <= now else None)
        for one in before.rounds
        for stop in one.stops
        if stop.begins <= now
    }


@dataclass
class Morning:
    """The day so far, from which the rest is made."""

    problem: Problem
    whole: Plan
    before: Evaluation
    day: int
    moment: int
    actual: dict[str, Actual]
    events: tuple[Event, ...]
    rounds: dict[str, Round] = field(init=False)
    ill: dict[str, int] = field(init=False)
    missed: set[str] = field(init=False)
    dropped: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.rounds = {one.technician: one for one in self.before.rounds}
        self.ill = {one.technician: one.since for one in self.events if isinstance(one, Ill)}
        self.missed = {one.visit for one in self.events if isinstance(one, NoShow)}
        cancelled = (one.visit for one in self.events if isinstance(one, Cancelled | NoShow))
        self.dropped = tuple(dict.fromkeys(cancelled))
        for id in self.dropped:
            self.actual.pop(id, None)
        for one in self.events:
            if isinstance(one, Overrun):
                self._lasts(one)

    def _lasts(self, event: Overrun) -> None:
        planned = self.before.stops.get(event.visit)
        began = planned[1].begins if planned else self.moment
        if event.visit in self.actual:
            began = self.actual[event.visit].began
        self.actual[event.visit] = Actual(min(began, event.until), event.until)

    def rest(self) -> Rest:
        days = {one.id: self._day(one) for one in self.problem.technicians if self.day in one.shifts}
        standing = {who: one.standing() for who, one in days.items()}
        begun = {who: tuple(id for id, _ in one.begun) for who, one in days.items()}
        routes = {one.technician: self._open(one) for one in self.before.rounds}
        technicians = tuple(
            self._technician(one, days.get(one.id), standing.get(one.id)) for one in self.problem.technicians
        )
        free = {one.id for one in technicians if one.shifts}
        plan = Plan(tuple(Route(who, TODAY, left) for who, left in routes.items() if left and who in free))
        visits = tuple(self._visit(id, plan) for id in self._to_do(routes))
        problem = replace(
            self.problem,
            days=(self.problem.days[self.day],),
            technicians=technicians,
            visits=visits,
            links=self._links({one.id for one in visits}),
            prices=replace(self.problem.prices, uneven_per_hour=0),
            zone_most=self._zone_most(begun, routes),
        )
        return Rest(self.whole, self.day, problem, plan, self.before, begun, self.dropped)

    def _day(self, technician: Technician) -> Day:
        planned = self.rounds.get(technician.id)
        stops = planned.stops if planned else ()
        done = [one.visit for one in stops if self._stays(technician.id, one.visit, one.begins)]
        missed = next((one.visit for one in reversed(stops) if one.visit in self.missed), None)
        begun = [(id, self._known(id)) for id in done]
        begun.sort(key=lambda one: one[1].began)
        shift = technician.shifts[self.day]
        return Day(self.problem, technician, shift, planned, begun, missed, self.moment)

    def _stays(self, technician: str, visit: str, begins: int) -> bool:
        """Has begun, or will before the technician stops working."""
        if visit in self.dropped:
            return False
        return visit in self.actual or begins < self.ill.get(technician, 0)

    def _known(self, visit: str) -> Actual:
        stop = self.before.stops[visit][1]
        return self.actual.get(visit) or Actual(stop.begins, stop.ends)

    def _open(self, round: Round) -> tuple[str, ...]:
        return tuple(
            one.visit
            for one in round.stops
            if one.visit not in self.dropped and not self._stays(round.technician, one.visit, one.begins)
        )

    def _technician(self, one: Technician, day: Day | None, at: Standing | None) -> Technician:
        if day is None or at is None or one.id in self.ill:
            return replace(one, shifts={})
        used = [id for id, _ in day.begun]
        per_day = 0 if at.left is not None else one.per_day
        return replace(one, shifts={TODAY: day.rest(at)}, parts=van(self.problem, one, used), per_day=per_day)

    def _to_do(self, routes: Mapping[str, Sequence[str]]) -> list[str]:
        wanted = {id for left in routes.values() for id in left}
        wanted |= {one.visit for one in self.events if isinstance(one, Urgent)} - self.actual.keys()
        return [one.id for one in self.problem.visits if one.id in wanted - set(self.dropped)]

    def _visit(self, id: str, plan: Plan) -> Visit:
        visit = self.problem.visit[id]
        windows = [replace(one, day=TODAY) for one in visit.windows if one.day == self.day]
        if visit.windows and not windows:
            windows = [NEVER]
        after = self._after(id)
        if after:
            windows = [
                replace(one, opens=max(one.opens, after)) for one in windows or [Window(TODAY, 0, 2 * DAY)]
            ]
        return replace(
            visit, windows=tuple(windows), promise=self._promise(visit, plan), pin=self._pin(visit)
        )

    def _promise(self, visit: Visit, plan: Plan) -> Promise | None:
        """The time in force, by the technician who is still there to keep it."""
        promise, planned = visit.promise, self.before.stops.get(visit.id)
        who = planned[0].technician if planned and visit.id in plan.planned else None
        if promise is None:
            return Promise(TODAY, planned[1].begins, TOLERANCE, who) if planned else None
        named = None if promise.technician in self.ill else promise.technician
        return replace(promise, day=promise.day - self.day, technician=named or who)

    def _pin(self, visit: Visit) -> Pin | None:
        """The day counts from today. Whom the same technician has to visit is bound by what has begun."""
        pin = visit.pin or Pin()
        day = None if pin.day is None else pin.day - self.day
        who = pin.technician or self._same(visit.id)
        return Pin(day, pin.at, who) if (day, pin.at, who) != (None, None, None) else None

    def _same(self, id: str) -> str | None:
        for link in self.problem.links_of.get(id, ()):
            if link.tie is Tie.SAME_TECHNICIAN:
                other = link.second if link.first == id else link.first
                done = other in self.actual
                found = (one for one in self.whole.routes if other in one.visits)
                where = next(found, None)
                if where and (done or where.day != self.day):
                    return where.technician
        return None

    def _after(self, id: str) -> int:
        """When the last of the visits ends that come before it and have begun."""
        ends = [0]
        for link in self.problem.links_of.get(id, ()):
            if link.tie is Tie.BEFORE and link.second == id and link.first in self.actual:
                began = self.actual[link.first]
                duration = self.problem.visit[link.first].duration
                expected = max(began.began + duration, self.moment)
                ends.append(expected if began.ended is None else began.ended)
        return max(ends)

    def _links(self, left: set[str]) -> tuple[Link, ...]:
        return tuple(one for one in self.problem.links if one.first in left and one.second in left)

    def _zone_most(
        self, begun: Mapping[str, Sequence[str]], routes: Mapping[str, Sequence[str]]
    ) -> dict[str, int]:
        """Who has been in a zone and has nothing left there counts no less."""
        most = dict(self.problem.zone_most)
        for who, done in begun.items():
            been = {self.problem.visit[id].zone for id in done}
            for zone in been - {self.problem.visit[id].zone for id in routes.get(who, ())}:
                if zone in most:
                    most[zone] = max(0, most[zone] - 1)
        return most
