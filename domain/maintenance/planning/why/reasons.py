"""Why a visit is in no round, and the cheapest changes that would admit it.

Every technician's day is judged by what keeps the visit out of it; what is proposed is timed and priced by
the evaluator's own steps, so that whoever makes the change gets the moment and the price that were told.
"""

from bisect import insort_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.maintenance.planning.asks import Ask, ask_of
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Technician, Visit
from domain.maintenance.planning.room import Fit, Room
from domain.maintenance.planning.standing import visit_faults
from domain.maintenance.planning.trying import Trying
from domain.maintenance.planning.why.hurdles import Grounds, Hindered, Hurdle, at_any_hour

TRIES = 3
"""So many candidates are timed before a change is given up."""
HASTY = frozenset({Hurdle.LONG, Hurdle.HOURS})
"""What a quick look may ask for though it needs not be."""


@dataclass(frozen=True)
class Relaxation:
    """A change and the place that it makes. ``amount``: seconds of overtime, or by which another visit has to
    give way; a level for a skill. ``cost`` is what the visit adds, beside the penalty that is saved.
    """

    hurdle: Hurdle
    technician: str
    day: int
    position: int
    begins: int
    cost: int
    about: str = ""
    amount: int = 0


@dataclass(frozen=True)
class Why:
    """``hindered``: one for each technician's day. ``relaxations``: the cheapest first."""

    visit: str
    hindered: tuple[Hindered, ...]
    relaxations: tuple[Relaxation, ...]


class Place(NamedTuple):
    """A fit, in which room, and what would have to change."""

    fit: Fit
    room: Room
    ask: Ask
    hurdle: Hurdle
    about: str = ""
    amount: int = 0


class Question:
    """A visit that is asked about, and what it asks of each day by itself; ``free``: at any hour.
    ``has_hours``: of its own, or for its links.
    """

    def __init__(self, problem: Problem, visit: Visit) -> None:
        self.visit, self.free = visit, at_any_hour(visit)
        days = range(len(problem.days))
        self.asks = [ask_of(problem, visit, day) for day in days]
        timeless = not visit.windows and self.asks[0].pinned is None
        self.has_hours = not timeless or bool(problem.links_of.get(visit.id))
        self.at_any_hour = None if timeless else [ask_of(problem, self.free, day) for day in days]


class Nearest:
    """The cheapest places for each hurdle, as many as are timed before a change is given up."""

    def __init__(self) -> None:
        self.places: dict[Hurdle, list[Place]] = {}

    def add(self, place: Place) -> None:
        known = self.places.setdefault(place.hurdle, [])
        if len(known) == TRIES and place.fit.price >= known[-1].fit.price:
            return
        insort_right(known, place, key=_price)
        del known[TRIES:]

    def limit(self, hurdle: Hurdle, most: int | None) -> int | None:
        """What a place has to cost less than, for being among them; ``most``: or less than this."""
        known = self.places.get(hurdle, [])
        if len(known) < TRIES:
            return most
        return known[-1].fit.price if most is None else min(most, known[-1].fit.price)


class Reasons:
    """Prepared once for a plan; a visit then takes as long as a dozen rounds are timed, or for some hundred
    technicians' days a few times as long.
    """

    def __init__(self, problem: Problem, plan: Plan, evaluation: Evaluation | None = None) -> None:
        self.problem, self.plan = problem, plan
        self.evaluation = evaluate(problem, plan) if evaluation is None else evaluation
        self._grounds = Grounds(problem, self.evaluation)
        self._trying = Trying(problem, plan, self.evaluation)
        rounds = {(one.technician, one.day): one for one in self.evaluation.rounds}
        self._rooms = [
            (technician, [
                Room(problem, technician, day, shift, rounds.get((technician.id, day)))
                for day, shift in sorted(technician.shifts.items())
                if 0 <= day < len(problem.days)
            ])
            for technician in problem.technicians
        ]  # fmt: skip

    def all(self) -> list[Why]:
        return [self.of(id) for id in self.evaluation.unplanned]

    def of(self, id: str) -> Why:
        visit = self.problem.visit[id]
        asked, nearest = Question(self.problem, visit), Nearest()
        hindered: list[Hindered] = []
        barred: list[tuple[Room, Hindered]] = []
        open_: list[Room] = []
        for technician, rooms in self._rooms:
            faults = visit_faults(technician, visit, 0) if visit.pin is None else None
            for room in rooms:
                standing = self._grounds.standing(technician, visit, room.day, faults)
                if not standing:
                    hindered.append(self._in(room, asked, nearest))
                    open_.append(room)
                    continue
                hindered.append(standing[0])
                if len({one.hurdle for one in standing}) == 1:
                    barred.append((room, standing[0]))
        changes = self._cheapest(asked, nearest, open_)
        if not changes:
            nearest = Nearest()
            for one in barred:
                self._if(asked, *one, nearest)
            changes = self._cheapest(asked, nearest)
        return Why(id, tuple(hindered), tuple(changes))

    def _in(self, room: Room, asked: Question, nearest: Nearest) -> Hindered:
        """What is nearest to a place in a technician's day."""
        ask = self._grounds.asked(room.technician, asked.visit, asked.asks[room.day], room.day)
        if isinstance(ask, Hindered):
            return ask
        more = self._more(room.technician, asked.visit, room.day)
        least, lacking = None, 0
        for one in room.fits(ask, more):
            lacks = one.outside + one.disturbs + one.back + one.over
            if least is None or lacks < lacking:
                least, lacking = one, lacks
            if not one.outside and not (one.disturbs and (one.back or one.over)):  # no more than one thing
                nearest.add(Place(one, room, ask, _hurdle(one)))
        if least is None:
            return Hindered(room.technician.id, room.day, Hurdle.CLOSED)
        return _change(least, room)

    def _at_other_hours(self, room: Room, asked: Question, nearest: Nearest, dearest: int | None) -> None:
        """If the visit asks for hours, and its links for none that the customer has."""
        bound = self._grounds.asked(room.technician, asked.visit, asked.asks[room.day], room.day)
        asks = asked.asks if asked.at_any_hour is None else asked.at_any_hour
        ask = self._grounds.asked(room.technician, asked.free, asks[room.day], room.day)
        if isinstance(ask, Hindered) or isinstance(bound, Hindered):
            return
        if asked.at_any_hour is None and bound.any_time:
            return
        more = self._more(room.technician, asked.visit, room.day)
        for one in room.fits(ask, more, nearest.limit(Hurdle.HOURS, dearest)):
            if not (one.outside or one.disturbs or one.back or one.over):
                nearest.add(Place(one, room, ask, Hurdle.HOURS))

    def _if(self, asked: Question, room: Room, change: Hindered, nearest: Nearest) -> None:
        """The places that there were without the one hurdle."""
        ask = self._grounds.asked(room.technician, asked.visit, asked.asks[room.day], room.day)
        if isinstance(ask, Hindered):
            return
        more = self._more(room.technician, asked.visit, room.day)
        for one in room.fits(ask, more):
            if not one.lacking:
                nearest.add(Place(one, room, ask, change.hurdle, change.about, change.amount))

    def _more(self, technician: Technician, visit: Visit, day: int) -> int:
        """What it costs beside way and time."""
        prices, promise = self.problem.prices, visit.promise
        other = prices.not_preferred * (visit.preferred not in (None, technician.id))
        if promise is not None and promise.day != day:
            other += prices.moved + prices.other_day
        elif promise is not None and promise.technician not in (None, technician.id):
            other += prices.moved
        return other + visit.urgency * day

    def _cheapest(self, asked: Question, nearest: Nearest, open_: Sequence[Room] = ()) -> list[Relaxation]:
        """One of each kind, exact; none that is dearer than a place for which nothing has to change."""
        found = self._best(asked, nearest.places.get(Hurdle.DEAR, ()))
        dearest = found[0].cost if found else None
        for room in open_ if asked.has_hours else ():
            self._at_other_hours(room, asked, nearest, dearest)
        kinds = {hurdle: some for hurdle, some in nearest.places.items() if hurdle is not Hurdle.DEAR}
        for some in kinds.values():
            cheaper = [one for one in some if dearest is None or one.fit.price < dearest]
            found += self._best(asked, cheaper, HASTY if dearest is None else frozenset())
        return _ranked(found)

    def _best(
        self, asked: Question, places: Sequence[Place], doubted: frozenset[Hurdle] = frozenset()
    ) -> list[Relaxation]:
        """The nearest that is exact; where that is doubted, the same place without the change too."""
        for place in places:
            exact = self._exact(asked, place)
            if exact is not None:
                return [exact, *self._unchanged(asked, place)] if exact.hurdle in doubted else [exact]
        return []

    def _unchanged(self, asked: Question, place: Place) -> list[Relaxation]:
        room, day = place.room, place.fit.day
        ask = self._grounds.asked(room.technician, asked.visit, asked.asks[day], day)
        if isinstance(ask, Hindered) or not (ask.any_time or ask.windows):
            return []
        same = self._exact(asked, place._replace(ask=ask, hurdle=Hurdle.DEAR, amount=0))
        return [] if same is None else [same]

    def _exact(self, asked: Question, place: Place) -> Relaxation | None:
        """None if more than the one thing would have to change."""
        fit, hurdle, room = place.fit, place.hurdle, place.room
        free = asked.free if hurdle is Hurdle.HOURS else asked.visit
        tried = self._trying.at(free, room, fit, place.ask, hurdle is Hurdle.LONG)
        about, amount = place.about, place.amount
        if hurdle is Hurdle.OTHERS and tried is not None:
            later = tried.giving_way()
            if later is None or later[0] == asked.visit.id:
                return None
            about, amount = later
            tried = self._trying.at(asked.visit, room, fit, place.ask, later=later)
        if tried is None or not tried.sound:
            return None
        if hurdle is Hurdle.LONG:
            amount = tried.extra
        return Relaxation(
            hurdle, fit.technician, fit.day, fit.position, tried.begins, tried.cost, about, amount
        )


def _ranked(found: Sequence[Relaxation]) -> list[Relaxation]:
    """The cheapest of each kind, and nothing that is asked for in vain."""
    best: dict[Hurdle, Relaxation] = {}
    for one in sorted(found, key=lambda one: (one.cost, one.hurdle is not Hurdle.DEAR, one.hurdle)):
        needless = Hurdle.DEAR in best or (one.hurdle is Hurdle.LONG and not one.amount)
        if one.hurdle not in best and not needless:
            best[one.hurdle] = one
    return list(best.values())


def _price(place: Place) -> int:
    return place.fit.price


def _hurdle(fit: Fit) -> Hurdle:
    """The gravest of what is wrong."""
    if fit.outside:
        return Hurdle.HOURS
    if fit.disturbs:
        return Hurdle.OTHERS
    return Hurdle.LONG if fit.back or fit.over else Hurdle.DEAR


def _change(fit: Fit, room: Room) -> Hindered:
    hurdle = _hurdle(fit)
    about = ""
    if hurdle is Hurdle.OTHERS and fit.position < len(room.asks):
        about = room.asks[fit.position].visit
    amount = {Hurdle.HOURS: fit.outside, Hurdle.OTHERS: fit.disturbs, Hurdle.DEAR: 0}
    return Hindered(fit.technician, fit.day, hurdle, about, amount.get(hurdle, max(fit.back, fit.over)))
