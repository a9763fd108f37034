"""PyVRP by itself, as its documentation shows it: vehicle types by technician and day, profiles for who may
come, prizes for visits, client groups for those with several windows.

It has no breaks: the shift is shorter by them. Who may not do a visit sees it infinitely far; a visit on a
later day, or with another than the preferred technician, is farther by its price. Where there is no memory
for a matrix of each technician's day, these prices are not said; where there is none even for a matrix of
each set of skills, there is no result.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyvrp
from pyvrp import SolveParams
from pyvrp.IteratedLocalSearch import (
    IteratedLocalSearch,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
)
from pyvrp.stop import MaxRuntime

from bench.planning.rivals.found import Found, Mask, Matrix, Turn, able, scale, square, turns
from domain.maintenance.planning.model import DAY, HOUR, Plan, Problem, Route, Visit

MEMORY = 6_000_000_000
"""Bytes of all matrices together."""
FORBIDDEN = 10_000_000
URGENCY, PREFERRED = "urgency", "preferred"
TIERS = (frozenset({URGENCY, PREFERRED}), frozenset({URGENCY}), frozenset[str]())
"""What is said beside who may come, as far as there is memory."""
MUST = 1_000_000
"""Who costs so much may not be left out."""
ROOM = 10**6


class Watch(IteratedLocalSearchCallbacks):
    """Notes the better ones; to read them costs more than the search can spare."""

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self.seen: list[tuple[float, pyvrp.Solution]] = []

    def on_start(self, ils: IteratedLocalSearch) -> None:
        self.on_best(ils.initial_solution)

    def on_best(self, best: pyvrp.Solution) -> None:
        if best.is_feasible():
            self.seen.append((time.perf_counter() - self.begun, best))


@dataclass(frozen=True)
class PyVrpAlone:
    name: str = "PyVRP"

    def search(self, problem: Problem, seconds: float, seed: int = 0) -> list[Found]:
        begun = time.perf_counter()
        model = Model(problem)
        if not model.possible:
            return []
        watch = Watch(begun)
        left = max(0.05, seconds - (time.perf_counter() - begun))
        params = SolveParams(ils=IteratedLocalSearchParams(callbacks=watch))
        result = pyvrp.solve(
            model.data(), MaxRuntime(left), seed=seed, collect_stats=False, display=False, params=params
        )
        if result.is_feasible():
            watch.seen.append((time.perf_counter() - begun, result.best))
        return [Found(when, model.plan(solution)) for when, solution in watch.seen]


@dataclass
class Model:
    problem: Problem
    turns: list[Turn] = field(init=False)
    _visit_of: list[int] = field(default_factory=list)
    _types: list[list[Turn]] = field(default_factory=list)
    """Technicians' days that are alike."""

    def __post_init__(self) -> None:
        self._scale = scale(self.problem)
        self.turns = turns(self.problem)
        self._able = dict(zip(map(id, self.turns), able(self.problem, self.turns), strict=True))
        homes = [place for turn in self.turns for place in (self._start(turn), turn.technician.end)]
        self._homes = sorted(set(homes))
        self._places = self._homes + [one.place for one in self.problem.visits]
        self._parts = sorted({part for turn in self.turns for part in turn.technician.parts or ()})
        size = len(self._places) ** 2 * 16
        self._prices = next((prices for prices in TIERS if self._many(prices) * size <= MEMORY), None)

    @property
    def possible(self) -> bool:
        return self._prices is not None

    def _many(self, prices: frozenset[str]) -> int:
        """Different matrices, if they say these prices."""
        self._prices = prices
        return len({self._profile(turn) for turn in self.turns})

    def data(self) -> pyvrp.ProblemData:
        problem = self.problem
        self._metres = square(problem.travel.metres, self._places)
        self._seconds = square(problem.travel.seconds, self._places)
        clients, groups = self._clients()
        types, distances, durations = self._vehicles()
        points = [problem.places[place] for place in self._places]
        return pyvrp.ProblemData(
            [pyvrp.Location(one.longitude, one.latitude) for one in points], clients,
            [pyvrp.Depot(place) for place in range(len(self._homes))], types, distances, durations, groups,
        )  # fmt: skip

    def plan(self, solution: pyvrp.Solution) -> Plan:
        waiting = [list(alike) for alike in self._types]
        routes = []
        for one in solution.routes():
            turn = waiting[one.vehicle_type()].pop(0)
            visits = tuple(
                self.problem.visits[self._visit_of[step.idx]].id for step in one if step.is_client()
            )
            routes.append(Route(turn.technician.id, turn.day, visits))
        return Plan(tuple(routes))

    def _clients(self) -> tuple[list[pyvrp.Client], list[pyvrp.ClientGroup]]:
        clients: list[pyvrp.Client] = []
        groups: list[pyvrp.ClientGroup] = []
        for number, visit in enumerate(self.problem.visits):
            windows = [
                (one.day * DAY + one.opens, one.day * DAY + one.closes - visit.duration)
                for one in visit.windows
                if one.closes - one.opens >= visit.duration
            ]
            windows = windows if visit.windows else [(0, len(self.problem.days) * DAY)]
            group, must = None, visit.penalty >= MUST
            if len(windows) > 1:
                group = len(groups)
                groups.append(
                    pyvrp.ClientGroup(list(range(len(clients), len(clients) + len(windows))), required=False)
                )
            for opens, closes in windows:
                self._visit_of.append(number)
                clients.append(
                    pyvrp.Client(
                        len(self._homes) + number, delivery=self._load(visit), tw_early=opens, tw_late=closes,
                        service_duration=visit.duration, prize=0 if must else visit.penalty * self._scale,
                        required=must and group is None, group=group,
                    )
                )  # fmt: skip
        return clients, groups

    def _vehicles(self) -> tuple[list[pyvrp.VehicleType], list[Any], list[Any]]:
        types: dict[tuple[object, ...], int] = {}
        profiles: dict[tuple[bytes, bytes], int] = {}
        distances: list[Any] = []
        found: list[pyvrp.VehicleType] = []
        for turn in self.turns:
            key = self._profile(turn)
            if key not in profiles:
                profiles[key] = len(distances)
                distances.append(self._distances(turn))
            same = (*self._like(turn), profiles[key])
            if same in types:
                self._types[types[same]].append(turn)
                continue
            types[same] = len(self._types)
            self._types.append([turn])
            found.append(self._vehicle(turn, profiles[key]))
        counted = [
            one.replace(num_available=len(alike)) for one, alike in zip(found, self._types, strict=True)
        ]
        return counted, distances, [self._seconds] * len(distances)

    def _vehicle(self, turn: Turn, profile: int) -> pyvrp.VehicleType:
        who, shift, midnight = turn.technician, turn.shift, turn.day * DAY
        extra = max(0, who.overtime_per_hour - who.per_hour)
        return pyvrp.VehicleType(
            capacity=self._capacity(turn),
            start_depot=self._homes.index(self._start(turn)),
            end_depot=self._homes.index(who.end),
            fixed_cost=who.per_day * self._scale,
            tw_early=midnight + shift.begin,
            tw_late=midnight + max(shift.begin, shift.end - turn.rest),
            shift_duration=shift.ordinary,
            unit_distance_cost=max(1, who.per_km * self._scale // 1_000),
            unit_duration_cost=round(who.per_hour * self._scale / HOUR),
            profile=profile,
            max_overtime=shift.overtime_most,
            unit_overtime_cost=round(extra * self._scale / HOUR),
        )

    def _like(self, turn: Turn) -> tuple[object, ...]:
        who = turn.technician
        prices = (who.per_hour, who.overtime_per_hour, who.per_km, who.per_day)
        return (turn.day, turn.shift, self._start(turn), who.end, prices, tuple(self._capacity(turn)))

    def _distances(self, turn: Turn) -> Matrix:
        """Metres, with what else it costs to come to a visit put as metres."""
        rate = max(1, turn.technician.per_km * self._scale // 1_000)
        ways: Matrix = self._metres.copy()
        first = len(self._homes)
        ways[:, first:] += self._extra(turn) * self._scale // rate
        ways[:, first:][:, ~self._may(turn)] = FORBIDDEN
        np.fill_diagonal(ways, 0)
        return ways

    def _extra(self, turn: Turn) -> Matrix:
        """What a visit costs more on this day, by this technician, in minor units."""
        dear, said = self.problem.prices.not_preferred, self._prices or TIERS[-1]
        waits = turn.day if URGENCY in said else 0
        other = dear if PREFERRED in said else 0
        who = turn.technician.id
        return np.array(
            [one.urgency * waits + other * (one.preferred not in (None, who)) for one in self.problem.visits],
            dtype=np.int64,
        )

    def _profile(self, turn: Turn) -> tuple[bytes, bytes]:
        """Technicians' days with the same have the same matrix."""
        return self._may(turn).tobytes(), self._extra(turn).tobytes()

    def _may(self, turn: Turn) -> Mask:
        return self._able[id(turn)]

    def _load(self, visit: Visit) -> list[int]:
        return [visit.parts.get(part, 0) for part in self._parts]

    def _capacity(self, turn: Turn) -> list[int]:
        parts = turn.technician.parts
        return [ROOM if parts is None else parts.get(part, 0) for part in self._parts]

    def _start(self, turn: Turn) -> int:
        return turn.technician.start if turn.shift.start is None else turn.shift.start
