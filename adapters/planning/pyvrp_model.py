"""A plan as PyVRP's solution, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyvrp import ProblemData, Route, Solution

from adapters.planning.pyvrp_clock import Clock, Span
from adapters.planning.suitability import Key
from domain.maintenance.planning import model
from domain.maintenance.planning.model import Plan, Problem


@dataclass(frozen=True)
class Option:
    """A way to serve a visit: beginning within ``span`` on one of ``days``, for so much ``more``."""

    visit: int
    span: Span
    days: frozenset[int]
    more: int = 0


@dataclass(frozen=True)
class Encoding:
    """``options`` are the first clients, in their order. ``types`` has the days of each vehicle type, ``out``
    the client that makes the vehicle of who is out already a used one, by its type."""

    problem: Problem
    data: ProblemData
    options: Sequence[Option]
    types: Sequence[Sequence[Key]]
    out: Mapping[int, int]
    clock: Clock
    of_visit: Mapping[str, Sequence[int]]

    def plan(self, solution: Solution) -> Plan:
        taken = [0] * len(self.types)
        found = []
        for route in solution.routes():
            type_ = route.vehicle_type()
            key = self.types[type_][taken[type_]]
            taken[type_] += 1
            if visits := self.visits(route):
                found.append(model.Route(*key, visits))
        return Plan(tuple(sorted(found, key=lambda one: (one.day, one.technician))))

    def visits(self, route: Route) -> tuple[str, ...]:
        served = (one.idx for one in route if one.is_client() and one.idx < len(self.options))
        return tuple(self.problem.visits[self.options[client].visit].id for client in served)

    def solution(self, plan: Plan, begins: Mapping[str, int]) -> Solution:
        """``begins``: the moment of each visit of the plan, by which its windows are told apart."""
        type_of = {key: number for number, keys in enumerate(self.types) for key in keys}
        clients: dict[Key, list[int]] = {self.types[type_][0]: [one] for type_, one in self.out.items()}
        for route in plan.routes:
            known = [self._client(visit, route.day, begins) for visit in route.visits]
            clients.setdefault((route.technician, route.day), []).extend(n for n in known if n is not None)
        used = {key: some for key, some in clients.items() if some and key in type_of}
        return Solution(self.data, [Route(self.data, some, type_of[key]) for key, some in used.items()])

    def _client(self, visit: str, day: int, begins: Mapping[str, int]) -> int | None:
        at = self.clock(begins.get(visit, 0))
        on_day = [number for number in self.of_visit.get(visit, ()) if day in self.options[number].days]
        return min(on_day, key=lambda number: _off(self.options[number].span, at), default=None)


def _off(span: Span, moment: int) -> int:
    return max(span[0] - moment, moment - span[1], 0)
