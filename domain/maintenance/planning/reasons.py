"""Why a visit is in no round, and the cheapest changes that would admit it.

Every technician's day is judged by what keeps the visit out of it; what is proposed is timed and priced by
the evaluator's own steps, so that whoever makes the change gets the moment and the price that were told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from operator import attrgetter

from domain.maintenance.planning.asks import Ask
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.hurdles import Grounds, Hindered, Hurdle, at_any_hour
from domain.maintenance.planning.model import Plan, Problem, Technician, Visit
from domain.maintenance.planning.room import Fit, Room
from domain.maintenance.planning.trying import Trying

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


@dataclass(frozen=True)
class Place:
    """A fit, in which room, and what would have to change."""

    fit: Fit
    room: Room
    ask: Ask
    change: Hindered


class Reasons:
    """Prepared once for a plan; each visit then takes less than a millisecond or so."""

    def __init__(self, problem: Problem, plan: Plan, evaluation: Evaluation | None = None) -> None:
        self.problem, self.plan = problem, plan
        self.evaluation = evaluate(problem, plan) if evaluation is None else evaluation
        self._grounds = Grounds(problem, self.evaluation)
        self._trying = Trying(problem, plan, self.evaluation)
        rounds = {(one.technician, one.day): one for one in self.evaluation.rounds}
        self._rooms = [
            Room(problem, technician, day, shift, rounds.get((technician.id, day)))
            for technician in problem.technicians
            for day, shift in sorted(technician.shifts.items())
            if 0 <= day < len(problem.days)
        ]

    def all(self) -> list[Why]:
        return [self.of(id) for id in self.evaluation.unplanned]

    def of(self, id: str) -> Why:
        visit = self.problem.visit[id]
        hindered: list[Hindered] = []
        places: list[Place] = []
        barred: list[tuple[Room, Hindered]] = []
        free = at_any_hour(visit)
        for room in self._rooms:
            standing = self._grounds.standing(room.technician, visit, room.day)
            if not standing:
                found, why = self._in(room, visit, free)
                places += found
                hindered.append(why)
                continue
            hindered.append(standing[0])
            if len({one.hurdle for one in standing}) == 1:
                barred.append((room, standing[0]))
        changes = self._cheapest(visit, places)
        if not changes:
            changes = self._cheapest(visit, [place for one in barred for place in self._if(visit, *one)])
        return Why(id, tuple(hindered), tuple(changes))

    def _in(self, room: Room, visit: Visit, free: Visit) -> tuple[list[Place], Hindered]:
        """The places in a technician's day, and what is nearest to one if there is none."""
        ask = self._grounds.asked(room.technician, visit, room.day)
        if isinstance(ask, Hindered):
            return [], ask
        more = self._more(room.technician, visit, room.day)
        fits = list(room.fits(ask, more))
        places = [Place(one, room, ask, _change(one, room)) for one in fits if _single(one)]
        if not ask.any_time or ask.pinned is not None:
            places += self._at_other_hours(room, free, more)
        if not fits:
            return places, Hindered(room.technician.id, room.day, Hurdle.CLOSED)
        return places, _change(min(fits, key=attrgetter("lacking")), room)

    def _at_other_hours(self, room: Room, free: Visit, more: int) -> list[Place]:
        ask = self._grounds.asked(room.technician, free, room.day)
        if isinstance(ask, Hindered):
            return []
        change = Hindered(room.technician.id, room.day, Hurdle.HOURS)
        return [Place(one, room, ask, change) for one in room.fits(ask, more) if not one.lacking]

    def _if(self, visit: Visit, room: Room, change: Hindered) -> list[Place]:
        """The places that there were without the one hurdle."""
        ask = self._grounds.asked(room.technician, visit, room.day)
        if isinstance(ask, Hindered):
            return []
        more = self._more(room.technician, visit, room.day)
        return [Place(one, room, ask, change) for one in room.fits(ask, more) if not one.lacking]

    def _more(self, technician: Technician, visit: Visit, day: int) -> int:
        """What it costs beside way and time."""
        prices, promise = self.problem.prices, visit.promise
        other = prices.not_preferred * (visit.preferred not in (None, technician.id))
        if promise is not None and promise.day != day:
            other += prices.moved + prices.other_day
        elif promise is not None and promise.technician not in (None, technician.id):
            other += prices.moved
        return other + visit.urgency * day

    def _cheapest(self, visit: Visit, places: Sequence[Place]) -> list[Relaxation]:
        """One of each kind, exact; none that is dearer than a place for which nothing has to change."""
        kinds: dict[Hurdle, list[Place]] = {}
        for place in places:
            kinds.setdefault(place.change.hurdle, []).append(place)
        found = self._best(visit, kinds.pop(Hurdle.DEAR, ()))
        dearest = found[0].cost if found else None
        for some in kinds.values():
            cheaper = [one for one in some if dearest is None or one.fit.price < dearest]
            found += self._best(visit, cheaper, HASTY if dearest is None else frozenset())
        return _ranked(found)

    def _best(
        self, visit: Visit, places: Sequence[Place], doubted: frozenset[Hurdle] = frozenset()
    ) -> list[Relaxation]:
        """The nearest that is exact; where that is doubted, the same place without the change too."""
        for place in nsmallest(TRIES, places, key=lambda one: one.fit.price):
            exact = self._exact(visit, place)
            if exact is not None:
                return [exact, *self._unchanged(visit, place)] if exact.hurdle in doubted else [exact]
        return []

    def _unchanged(self, visit: Visit, place: Place) -> list[Relaxation]:
        ask = self._grounds.asked(place.room.technician, visit, place.fit.day)
        if isinstance(ask, Hindered) or not (ask.any_time or ask.windows):
            return []
        change = replace(place.change, hurdle=Hurdle.DEAR, amount=0)
        same = self._exact(visit, replace(place, ask=ask, change=change))
        return [] if same is None else [same]

    def _exact(self, visit: Visit, place: Place) -> Relaxation | None:
        """None if more than the one thing would have to change."""
        fit, change, room = place.fit, place.change, place.room
        free = at_any_hour(visit) if change.hurdle is Hurdle.HOURS else visit
        tried = self._trying.at(free, room, fit, place.ask, change.hurdle is Hurdle.LONG)
        about, amount = change.about, change.amount
        if change.hurdle is Hurdle.OTHERS and tried is not None:
            later = tried.giving_way()
            if later is None or later[0] == visit.id:
                return None
            about, amount = later
            tried = self._trying.at(visit, room, fit, place.ask, later=later)
        if tried is None or not tried.sound:
            return None
        if change.hurdle is Hurdle.LONG:
            amount = tried.extra
        return Relaxation(
            change.hurdle, fit.technician, fit.day, fit.position, tried.begins, tried.cost, about, amount
        )


def _ranked(found: Sequence[Relaxation]) -> list[Relaxation]:
    """The cheapest of each kind, and nothing that is asked for in vain."""
    best: dict[Hurdle, Relaxation] = {}
    for one in sorted(found, key=lambda one: (one.cost, one.hurdle is not Hurdle.DEAR, one.hurdle)):
        needless = Hurdle.DEAR in best or (one.hurdle is Hurdle.LONG and not one.amount)
        if one.hurdle not in best and not needless:
            best[one.hurdle] = one
    return list(best.values())


def _single(fit: Fit) -> bool:
    """Whether at most one thing is wrong, other than the customer's hours."""
    return not fit.outside and not (fit.disturbs and (fit.back or fit.over))


def _change(fit: Fit, room: Room) -> Hindered:
    """What is wrong, the gravest first."""
    if fit.outside:
        return Hindered(fit.technician, fit.day, Hurdle.HOURS, amount=fit.outside)
    if fit.disturbs:
        about = room.asks[fit.position].visit if fit.position < len(room.asks) else ""
        return Hindered(fit.technician, fit.day, Hurdle.OTHERS, about, fit.disturbs)
    if fit.back or fit.over:
        return Hindered(fit.technician, fit.day, Hurdle.LONG, amount=max(fit.back, fit.over))
    return Hindered(fit.technician, fit.day, Hurdle.DEAR)
