"""A plan in the making: every change is tried exactly before it is made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adapters.planning.scoring import Scoring
from adapters.planning.suitability import Key
from domain.maintenance.planning.model import Plan, Problem, Route


@dataclass(frozen=True)
class Put:
    """A visit at a place of a technician's day, being the ``at``-th."""

    key: Key
    visit: str
    at: int


class Draft:
    """Starts with what a plan has of visits once, in order; see `mended` for making that sound."""

    def __init__(self, scoring: Scoring, plan: Plan) -> None:
        self.scoring = scoring
        self.problem: Problem = scoring.problem
        self.routes: dict[Key, tuple[str, ...]] = {
            (one.technician, one.day): one.visits for one in plan.routes if one.visits
        }
        self.where: dict[str, Key] = {visit: key for key, some in self.routes.items() for visit in some}

    def plan(self) -> Plan:
        used = (Route(*key, visits) for key, visits in self.routes.items() if visits)
        return Plan(tuple(sorted(used, key=lambda one: (one.day, one.technician))))

    def visits(self, key: Key) -> tuple[str, ...]:
        return self.routes.get(key, ())

    def added(self, puts: Sequence[Put]) -> int | None:
        """What the puts, made one after the other, cost more, without the penalties that are saved; nothing
        if they would violate anything."""
        after: dict[Key, tuple[str, ...]] = {}
        for put in puts:
            done = after.get(put.key, self.visits(put.key))
            after[put.key] = (*done[: put.at], put.visit, *done[put.at :])
        if any(self._crowds(put) for put in puts):
            return None
        bound = self._bound(after) if self.scoring.problem.links else {}
        if bound:
            return self._added_together(after, bound, [put.visit for put in puts])
        more = 0
        for key, visits in after.items():
            scored = self.scoring.route(Route(*key, visits))
            if scored.faults:
                return None
            more += scored.cost - self._cost(key)
        return more

    def put(self, puts: Iterable[Put]) -> None:
        for put in puts:
            done = self.visits(put.key)
            self.routes[put.key] = (*done[: put.at], put.visit, *done[put.at :])
            self.where[put.visit] = put.key

    def take(self, visit: str) -> Key:
        key = self.where.pop(visit)
        self.routes[key] = tuple(one for one in self.routes[key] if one != visit)
        return key

    def _cost(self, key: Key) -> int:
        visits = self.visits(key)
        out = self.problem.technician[key[0]].shifts[key[1]].out
        return self.scoring.route(Route(*key, visits)).cost if visits or out else 0

    def _added_together(
        self, after: Mapping[Key, tuple[str, ...]], bound: Iterable[Key], visits: Sequence[str]
    ) -> int | None:
        keys = set(bound) | set(after)
        before = _plan({key: self.visits(key) for key in keys})
        then = _plan({key: after.get(key, self.visits(key)) for key in keys})
        faults, cost = self.scoring.score(then)
        if faults:
            return None
        saved = sum(self.problem.visit[one].penalty for one in visits)
        return cost - self.scoring.cost(before) + saved

    def _bound(self, after: Mapping[Key, tuple[str, ...]]) -> set[Key]:
        """The days that a link leads to from these, one after the other; nothing where there is no link."""
        new = {visit: key for key, visits in after.items() for visit in visits}
        found: set[Key] = set()
        waiting = list(after)
        while waiting:
            key = waiting.pop()
            for visit in after.get(key, self.visits(key)):
                for link in self.problem.links_of.get(visit, ()):
                    found.add(key)
                    other = link.second if link.first == visit else link.first
                    at = new.get(other, self.where.get(other))
                    if at is not None and at not in found:
                        found.add(at)
                        waiting.append(at)
        return found

    def _crowds(self, put: Put) -> bool:
        """Whether a zone would have more technicians on the day than it may."""
        zone = self.problem.visit[put.visit].zone
        most = self.problem.zone_most.get(zone) if zone is not None else None
        if most is None:
            return False
        who, day = put.key
        inside = {
            key[0]
            for key, visits in self.routes.items()
            if key[1] == day and any(self.problem.visit[one].zone == zone for one in visits)
        }
        return who not in inside and len(inside) >= most


def _plan(routes: Mapping[Key, tuple[str, ...]]) -> Plan:
    return Plan(tuple(Route(*key, visits) for key, visits in routes.items() if visits))
