"""OR-Tools' routing solver by itself, as its documentation shows it: vehicles by technician and day, parallel
cheapest insertion, guided local search, registered matrices, disjunctions with their penalties, breaks as
intervals, overtime as a soft bound of the span.

Where there is no memory for a registered matrix of each technician's day, only days have their own, and
preferred technicians are not said.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.planning.rivals.found import Found, Mask, Matrix, Turn, able, scale, square, turns
from domain.maintenance.planning.model import DAY, HOUR, Plan, Problem, Route, Visit

CELLS = 30_000_000
"""Of all matrices together: they are handed over as Python lists."""
HUGE = 10**9


@dataclass(frozen=True)
class OrTools:
    name: str = "OR-Tools"

    def search(self, problem: Problem, seconds: float, seed: int = 0) -> list[Found]:  # noqa: ARG002
        begun = time.perf_counter()
        model = Model(problem)
        found: list[Found] = []
        best = [HUGE * HUGE]

        def note() -> None:
            cost = model.routing.CostVar().Value()
            if cost < best[0]:
                best[0] = cost
                found.append(Found(time.perf_counter() - begun, model.plan(_next(model))))

        model.routing.AddAtSolutionCallback(note)
        left = max(0.1, seconds - (time.perf_counter() - begun))
        model.routing.SolveWithParameters(_parameters(left))
        return found


def _next(model: "Model") -> Callable[[int], int]:
    return lambda index: int(model.routing.NextVar(index).Value())


def _parameters(seconds: float) -> object:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(round(seconds * 1_000))
    return parameters


@dataclass
class Model:
    problem: Problem
    turns: list[Turn] = field(init=False)

    def __post_init__(self) -> None:
        self.turns = turns(self.problem)
        self._scale = scale(self.problem)
        self._able = able(self.problem, self.turns)
        visits, many, vehicles = self.problem.visits, len(self.problem.visits), len(self.turns)
        self._places = [one.place for one in visits]
        self._places += [_start(turn) for turn in self.turns] + [turn.technician.end for turn in self.turns]
        starts = list(range(many, many + vehicles))
        ends = list(range(many + vehicles, many + 2 * vehicles))
        self.manager = pywrapcp.RoutingIndexManager(len(self._places), vehicles, starts, ends)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self._metres = square(self.problem.travel.metres, self._places)
        self._seconds = square(self.problem.travel.seconds, self._places)
        self._time()
        self._ways()
        self._van()
        self._who()

    def plan(self, following: Callable[[int], int]) -> Plan:
        routes = []
        for vehicle, turn in enumerate(self.turns):
            index, visits = following(self.routing.Start(vehicle)), []
            while not self.routing.IsEnd(index):
                visits.append(self.problem.visits[self.manager.IndexToNode(index)].id)
                index = following(index)
            if visits:
                routes.append(Route(turn.technician.id, turn.day, tuple(visits)))
        return Plan(tuple(routes))

    def _time(self) -> None:
        served = np.zeros(len(self._places), dtype=np.int64)
        served[: len(self.problem.visits)] = [one.duration for one in self.problem.visits]
        index = self.routing.RegisterTransitMatrix((self._seconds + served[:, None]).tolist())
        horizon = (len(self.problem.days) + 1) * DAY
        self.routing.AddDimension(index, horizon, horizon, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for number, visit in enumerate(self.problem.visits):
            self._windows(number, visit, horizon)
        served_by_index = [0] * self.routing.Size()
        for number, visit in enumerate(self.problem.visits):
            served_by_index[self.manager.NodeToIndex(number)] = visit.duration
        for vehicle, turn in enumerate(self.turns):
            self._shift(vehicle, turn, served_by_index)

    def _windows(self, number: int, visit: Visit, horizon: int) -> None:
        """Moments of all days are on one line; what lies between the windows is taken out."""
        variable = self.time.CumulVar(self.manager.NodeToIndex(number))
        spans = sorted(
            (one.day * DAY + one.opens, one.day * DAY + one.closes - visit.duration)
            for one in visit.windows
            if one.closes - one.opens >= visit.duration
        )
        now = 0
        for opens, closes in spans:
            if opens > now:
                variable.RemoveInterval(now, opens - 1)
            now = max(now, closes + 1)
        if visit.windows:
            variable.RemoveInterval(now, horizon)

    def _shift(self, vehicle: int, turn: Turn, served: list[int]) -> None:
        shift, who, midnight = turn.shift, turn.technician, turn.day * DAY
        for index in (self.routing.Start(vehicle), self.routing.End(vehicle)):
            self.time.CumulVar(index).SetRange(midnight + shift.begin, midnight + shift.end)
        self.time.SetSpanUpperBoundForVehicle(shift.ordinary + shift.overtime_most + turn.rest, vehicle)
        self.time.SetSpanCostCoefficientForVehicle(round(who.per_hour * self._scale / HOUR), vehicle)
        extra = round(max(0, who.overtime_per_hour - who.per_hour) * self._scale / HOUR)
        if extra:
            bound = pywrapcp.BoundCost(shift.ordinary + turn.rest, extra)
            self.time.SetSoftSpanUpperBoundForVehicle(bound, vehicle)
        solver = self.routing.solver()
        rests = [
            solver.FixedDurationIntervalVar(
                midnight + one.earliest, midnight + one.latest, one.duration, False, f"{vehicle}/{number}"
            )
            for number, one in enumerate(shift.breaks)
        ]
        if rests:
            self.time.SetBreakIntervalsOfVehicle(rests, vehicle, served)

    def _ways(self) -> None:
        extras = [self._extra(turn, True) for turn in self.turns]
        if len({one.tobytes() for one in extras}) * len(self._places) ** 2 > CELLS:
            extras = [self._extra(turn, False) for turn in self.turns]
        known: dict[tuple[bytes, int], int] = {}
        for vehicle, (turn, extra) in enumerate(zip(self.turns, extras, strict=True)):
            key = (extra.tobytes(), turn.technician.per_km)
            if key not in known:
                costs = self._metres * (turn.technician.per_km * self._scale) // 1_000
                costs[:, : len(extra)] += extra * self._scale
                known[key] = self.routing.RegisterTransitMatrix(costs.tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(known[key], vehicle)
            self.routing.SetFixedCostOfVehicle(turn.technician.per_day * self._scale, vehicle)

    def _extra(self, turn: Turn, preferred: bool) -> Matrix:
        """What a visit costs more on this day, by this technician."""
        dear, who = self.problem.prices.not_preferred if preferred else 0, turn.technician.id
        return np.array(
            [
                one.urgency * turn.day + (dear if one.preferred not in (None, who) else 0)
                for one in self.problem.visits
            ],
            dtype=np.int64,
        )

    def _van(self) -> None:
        parts = sorted({part for turn in self.turns for part in turn.technician.parts or ()})
        for part in parts:
            needed = [one.parts.get(part, 0) for one in self.problem.visits]
            index = self.routing.RegisterUnaryTransitVector(needed + [0] * 2 * len(self.turns))
            room = [
                HUGE if turn.technician.parts is None else turn.technician.parts.get(part, 0)
                for turn in self.turns
            ]
            self.routing.AddDimensionWithVehicleCapacity(index, 0, room, True, part)

    def _who(self) -> None:
        may: list[Mask] = self._able
        for number, visit in enumerate(self.problem.visits):
            index = self.manager.NodeToIndex(number)
            allowed = [vehicle for vehicle in range(len(self.turns)) if may[vehicle][number]]
            self.routing.VehicleVar(index).SetValues([-1, *allowed])
            self.routing.AddDisjunction([index], visit.penalty * self._scale)


def _start(turn: Turn) -> int:
    return turn.technician.start if turn.shift.start is None else turn.shift.start
