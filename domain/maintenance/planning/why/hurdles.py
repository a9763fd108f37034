"""What keeps a visit out of a technician's day whatever is in it, and when its links let it begin."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.maintenance.planning.asks import Ask
from domain.maintenance.planning.evaluation import Evaluation, Fault, Round, Violation
from domain.maintenance.planning.model import Problem, Technician, Tie, Visit
from domain.maintenance.planning.standing import visit_faults

Key = tuple[str, int]


class Hurdle(StrEnum):
    """In the order in which people want to hear of them."""

    SKILL = "skill"
    ZONE = "zone"
    PINNED_TECHNICIAN = "pinned_technician"
    PINNED_DAY = "pinned_day"
    LINK = "link"
    PARTS = "parts"
    ZONE_FULL = "zone_full"
    CLOSED = "closed"
    """The customer is not there on that day."""
    HOURS = "hours"
    """At the customer's hours the technician is elsewhere."""
    OTHERS = "others"
    """Another customer could not be served as he has to be."""
    LONG = "long"
    """The day would be too long."""
    DEAR = "dear"
    """It fits; it was left out because it costs more, or was not found."""


OF_FAULT = {
    Fault.SKILL: Hurdle.SKILL,
    Fault.ZONE: Hurdle.ZONE,
    Fault.PINNED_TECHNICIAN: Hurdle.PINNED_TECHNICIAN,
    Fault.PINNED_DAY: Hurdle.PINNED_DAY,
}


@dataclass(frozen=True)
class Hindered:
    """``about``: the skill, the zone, the part or the other visit. ``amount``: its level, or seconds."""

    technician: str
    day: int
    hurdle: Hurdle
    about: str = ""
    amount: int = 0


class Grounds:
    """What is in force around a plan. ``loads``: the parts that each round takes."""

    def __init__(self, problem: Problem, evaluation: Evaluation) -> None:
        self.problem = problem
        self.stops = evaluation.stops
        self.loads: dict[Key, Counter[str]] = {}
        self.zones: Counter[tuple[int, str]] = Counter()
        self._inside: set[tuple[int, str, str]] = set()
        for round in evaluation.rounds:
            self._count(round)

    def _count(self, round: Round) -> None:
        load = self.loads.setdefault((round.technician, round.day), Counter())
        for stop in round.stops:
            visit = self.problem.visit[stop.visit]
            load.update(visit.parts)
            entry = (round.day, visit.zone or "", round.technician)
            if visit.zone and entry not in self._inside:
                self._inside.add(entry)
                self.zones[round.day, visit.zone] += 1

    def standing(
        self, technician: Technician, visit: Visit, day: int, faults: Sequence[Violation] | None = None
    ) -> list[Hindered]:
        """Every hurdle that no other hour mends. ``faults``: of who comes, if they are known."""
        known = visit_faults(technician, visit, day) if faults is None else faults
        found = [
            Hindered(technician.id, day, OF_FAULT[one.fault], one.about, visit.skills.get(one.about, 0))
            for one in known
        ]
        return found + self.taken(technician, visit, day)

    def taken(self, technician: Technician, visit: Visit, day: int) -> list[Hindered]:
        """Those of them that come from what else is planned."""
        found = []
        if technician.parts is not None and visit.parts:
            load: Mapping[str, int] = self.loads.get((technician.id, day), {})
            for part, many in visit.parts.items():
                if load.get(part, 0) + many > technician.parts.get(part, 0):
                    found.append(Hindered(technician.id, day, Hurdle.PARTS, part))
        most = self.problem.zone_most.get(visit.zone) if visit.zone else None
        full = most is not None and visit.zone and self.zones[day, visit.zone] >= most
        if visit.zone and full and (day, visit.zone, technician.id) not in self._inside:
            found.append(Hindered(technician.id, day, Hurdle.ZONE_FULL, visit.zone))
        return found

    def asked(self, technician: Technician, visit: Visit, ask: Ask, day: int) -> Ask | Hindered:
        """``ask``: what it asks of the day by itself. With what its links do; or which visit forbids it."""
        for link in self.problem.links_of.get(visit.id, ()):
            first = link.first == visit.id
            other = link.second if first else link.first
            met = self._linked(ask, technician, day, link.tie, other, first)
            if met is None:
                return Hindered(technician.id, day, Hurdle.LINK, other)
            ask = met
        return ask

    def _linked(
        self, ask: Ask, technician: Technician, day: int, tie: Tie, other: str, first: bool
    ) -> Ask | None:
        at = self.stops.get(other)
        if at is None:
            waits = tie is Tie.TOGETHER or (tie is Tie.BEFORE and not first)
            return None if waits else ask
        round, stop = at
        if tie is Tie.SAME_TECHNICIAN:
            return ask if round.technician == technician.id else None
        if tie is Tie.TOGETHER:
            apart = round.day != day or round.technician == technician.id
            return None if apart else _within(ask, stop.begins, stop.begins + ask.duration)
        if round.day != day:
            return ask if (round.day > day) == first else None
        return _within(ask, 0, stop.begins) if first else ask._replace(floor=max(ask.floor, stop.ends))


def _within(ask: Ask, opens: int, closes: int) -> Ask:
    """Only in this span of the day."""
    if ask.any_time:
        return ask._replace(windows=((opens, closes),), any_time=False)
    cut = ((max(opens, a), min(closes, b)) for a, b in ask.windows)
    return ask._replace(windows=tuple((a, b) for a, b in cut if b - a >= ask.duration))


def at_any_hour(visit: Visit) -> Visit:
    """As if the customer were always there, and no moment fixed."""
    return replace(visit, windows=(), pin=visit.pin and replace(visit.pin, at=None))
