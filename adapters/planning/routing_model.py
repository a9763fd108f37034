"""Some technicians' days and what may be in them, as a model of the routing solver.

One vehicle is one technician's day; moments of all days lie on one line, a day being as long as `DAY`. The
matrices are registered: callbacks into Python make the search several times slower. Prices are in parts of
1/3600 of a minor unit, so that a price per hour is a whole price per second.

Three things are said only nearly, so whoever asks lets the evaluator judge the answer: a way takes as long as
at the hour at which it is driven now; a promise is kept on its day or broken on an earlier one; and a break
belongs to the visit before or after which it is taken now (the solver's own breaks make it a hundred times
slower).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.constraint_solver import pywrapcp

from adapters.planning.terms import Span, assigned, begin_spans
from domain.maintenance.planning.model import DAY, HOUR, Problem, Route, Shift, Technician, Tie, Visit
from domain.maintenance.planning.standing import visit_faults

FAR = 10_000 * DAY
NOON = 12 * HOUR
PARTS = 3600
Key = tuple[str, int]
"""A technician's day."""


@dataclass(frozen=True)
class Area:
    """What is planned anew: days, and the visits that may be in them or in none.

    ``begins``: moments of planned visits on the line of all days; it has those outside that bind one inside.
    ``leaves``: the hour at which one drives on from each visit, by which ways are timed.
    ``rests``: how many seconds of breaks are taken on arrival at a visit, and how many after it.
    """

    days: tuple[Key, ...]
    visits: tuple[str, ...]
    begins: Mapping[str, int] = field(default_factory=dict)
    leaves: Mapping[str, int] = field(default_factory=dict)
    technicians: Mapping[str, str] = field(default_factory=dict)
    """Who comes to the visits outside."""
    rests: Mapping[str, Span] = field(default_factory=dict)
    used: frozenset[Key] = frozenset()
    """Days on which somebody goes out now."""


class DaysModel:
    def __init__(self, problem: Problem, area: Area) -> None:
        self.problem = problem
        self.area = area
        self.visits = [problem.visit[id] for id in area.visits]
        self.vehicles = [_vehicle(problem, key) for key in area.days]
        self._number = {id: index for index, id in enumerate(area.visits)}
        self._rests = [area.rests.get(id, (0, 0)) for id in area.visits]
        self._places = [one.place for one in self.visits]
        self._places += [_start(*one) for one in self.vehicles] + [one.end for one, _, _ in self.vehicles]
        many, count = len(self.visits), len(self.vehicles)
        starts, ends = list(range(many, many + count)), list(range(many + count, many + 2 * count))
        self.manager = pywrapcp.RoutingIndexManager(many + 2 * count, count, starts, ends)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self._allowed = [self._vehicles_of(visit) for visit in self.visits]
        self._time()
        self._ways()
        self._van()
        self._may_be_left_out()
        self._bind()

    def routes(self, assignment: pywrapcp.Assignment) -> list[Route]:
        """All of the area's days, the empty ones too."""
        found = []
        for vehicle, key in enumerate(self.area.days):
            index, visits = self.routing.Start(vehicle), []
            while not self.routing.IsEnd(index):
                if not self.routing.IsStart(index):
                    visits.append(self.area.visits[self.manager.IndexToNode(index)])
                index = assignment.Value(self.routing.NextVar(index))
            found.append(Route(*key, tuple(visits)))
        return found

    def assignment(self, routes: Mapping[Key, Sequence[str]]) -> pywrapcp.Assignment | None:
        """To begin with; None if it does not fit the model. Only after the model is closed."""
        ways = [[self._number[id] for id in routes.get(key, ())] for key in self.area.days]
        if any(vehicle not in self._allowed[number] for vehicle, way in enumerate(ways) for number in way):
            return None
        return self.routing.ReadAssignmentFromRoutes(ways, True)

    def _vehicles_of(self, visit: Visit) -> dict[int, list[Span]]:
        """Who may come, with the moments between which it may begin."""
        found = {}
        soonest, latest = self._bounds(visit)
        for vehicle, (technician, shift, day) in enumerate(self.vehicles):
            late = visit.promise is not None and day > visit.promise.day
            if late or visit_faults(technician, visit, day) or not self._same(visit, technician.id):
                continue
            spans = [(max(a, soonest), min(b, latest)) for a, b in begin_spans(visit, day, shift)]
            rest, _ = self.area.rests.get(visit.id, (0, 0))
            if possible := [(a - rest, b - rest) for a, b in spans if a <= b]:
                found[vehicle] = possible
        return found

    def _bounds(self, visit: Visit) -> Span:
        """Between which moments visits outside, which stay as they are, let it begin; nothing: 1, 0."""
        soonest, latest = 0, FAR
        for link in self.problem.links_of.get(visit.id, ()):
            first = link.first == visit.id
            other = link.second if first else link.first
            if link.tie is Tie.SAME_TECHNICIAN or other in self._number:
                continue
            begins = self.area.begins.get(other)
            if begins is None:
                if link.tie is Tie.TOGETHER or not first:
                    return 1, 0
            elif link.tie is Tie.TOGETHER:
                soonest, latest = max(soonest, begins), min(latest, begins)
            elif first:
                latest = min(latest, begins - visit.duration)
            else:
                soonest = max(soonest, begins + self.problem.visit[other].duration)
        return soonest, latest

    def _same(self, visit: Visit, technician: str) -> bool:
        """Whether another visit outside, which the same technician does, lets this one come."""
        for link in self.problem.links_of.get(visit.id, ()):
            other = link.second if link.first == visit.id else link.first
            if link.tie is not Tie.SAME_TECHNICIAN or other in self._number:
                continue
            if self.area.technicians.get(other, technician) != technician:
                return False
        return True

    def _time(self) -> None:
        last = (max((day for _, _, day in self.vehicles), default=0) + 2) * DAY
        index = self.routing.RegisterTransitMatrix(self._seconds())
        self.routing.AddDimension(index, last, last, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for number, visit in enumerate(self.visits):
            self._begin_within(number, visit)
        for vehicle, (technician, shift, day) in enumerate(self.vehicles):
            self._day_of(vehicle, technician, shift, day * DAY)

    def _seconds(self) -> list[list[int]]:
        travel, many, count = self.problem.travel, len(self.visits), len(self.vehicles)
        rows = []
        for number, place in enumerate(self._places[: many + count]):
            served = self.visits[number].duration + sum(self._rests[number]) if number < many else 0
            leaves = self.area.leaves.get(self.visits[number].id, NOON) if number < many else 8 * HOUR
            if travel.even:
                row = travel.seconds[place]
                rows.append([row[to] + served for to in self._places])
            else:
                rows.append([travel.arrival(place, to, leaves) - leaves + served for to in self._places])
        return rows + [[0] * len(self._places)] * count

    def _begin_within(self, number: int, visit: Visit) -> None:
        variable = self.time.CumulVar(number)
        spans = sorted({span for spans in self._allowed[number].values() for span in spans})
        if spans:
            variable.SetRange(spans[0][0], max(closes for _, closes in spans))
        if holes := self._holes(number, spans):
            self.routing.solver().Add(self.routing.solver().NotMemberCt(variable, *holes))
        if visit.promise:
            kept = visit.promise.day * DAY + visit.promise.at + visit.promise.tolerance
            kept -= self._rests[number][0]
            self.time.SetCumulVarSoftUpperBound(number, kept, self.problem.prices.late_per_minute * 60)

    def _holes(self, number: int, spans: Iterable[Span]) -> tuple[list[int], list[int]] | None:
        """The moments between its spans at which somebody who may come is at work."""
        work = [
            (day * DAY + shift.begin, day * DAY + shift.end - self.visits[number].duration)
            for vehicle, (_, shift, day) in enumerate(self.vehicles)
            if vehicle in self._allowed[number]
        ]
        starts, ends, until = [], [], FAR
        for opens, closes in spans:
            if opens > until + 1 and any(until < end and begin < opens for begin, end in work):
                starts.append(until + 1)
                ends.append(opens - 1)
            until = closes if until == FAR else max(until, closes)
        return (starts, ends) if starts else None

    def _day_of(self, vehicle: int, technician: Technician, shift: Shift, midnight: int) -> None:
        """Who does not go out yet takes the breaks somewhere: they shorten the day."""
        rest = sum(one.duration for one in shift.breaks)
        taken = rest if self.area.days[vehicle] in self.area.used else 0
        start, end = self.routing.Start(vehicle), self.routing.End(vehicle)
        begin = midnight + shift.begin
        latest = max(begin, midnight + shift.end - rest + taken)
        self.time.CumulVar(start).SetRange(begin, begin if shift.out else latest)
        self.time.CumulVar(end).SetRange(begin, latest)
        self.time.SetSpanUpperBoundForVehicle(shift.ordinary + shift.overtime_most + taken, vehicle)
        self.time.SetSpanCostCoefficientForVehicle(technician.per_hour, vehicle)
        if (dearer := technician.overtime_per_hour - technician.per_hour) > 0:
            bound = pywrapcp.BoundCost(shift.ordinary + taken, dearer)
            self.time.SetSoftSpanUpperBoundForVehicle(bound, vehicle)
        self.routing.SetFixedCostOfVehicle(technician.per_day * PARTS, vehicle)
        if shift.out:
            self.routing.SetVehicleUsedWhenEmpty(True, vehicle)

    def _ways(self) -> None:
        """What a way costs, and with it what it costs that this technician comes on this day."""
        metres = self.problem.travel.metres
        many, count = len(self.visits), len(self.vehicles)
        rows = [[metres[place][to] for to in self._places] for place in self._places[: many + count]]
        for vehicle, (technician, _, day) in enumerate(self.vehicles):
            extra = [assigned(self.problem, visit, technician.id, day) * PARTS for visit in self.visits]
            extra += [0] * (2 * count)
            rate = technician.per_km * PARTS // 1000
            matrix = [[way * rate + more for way, more in zip(row, extra, strict=True)] for row in rows]
            index = self.routing.RegisterTransitMatrix(matrix + [[0] * len(extra)] * count)
            self.routing.SetArcCostEvaluatorOfVehicle(index, vehicle)

    def _van(self) -> None:
        """A dimension for each part that somebody counts."""
        for part in sorted({part for visit in self.visits for part in visit.parts}):
            if all(technician.parts is None for technician, _, _ in self.vehicles):
                return
            needed = [one.parts.get(part, 0) for one in self.visits] + [0] * (2 * len(self.vehicles))
            index = self.routing.RegisterUnaryTransitVector(needed)
            whole = sum(needed)
            room = [
                whole if technician.parts is None else technician.parts.get(part, 0)
                for technician, _, _ in self.vehicles
            ]
            self.routing.AddDimensionWithVehicleCapacity(index, 0, room, True, f"part {part}")

    def _may_be_left_out(self) -> None:
        for number, visit in enumerate(self.visits):
            if not self._allowed[number] or not self._awaited(visit):
                self.routing.AddDisjunction([number], visit.penalty * PARTS)
            self.routing.VehicleVar(number).SetValues([-1, *self._allowed[number]])

    def _awaited(self, visit: Visit) -> bool:
        """Whether somebody outside begins it together with whoever comes."""
        return any(
            link.tie is Tie.TOGETHER and other in self.area.begins and other not in self._number
            for link in self.problem.links_of.get(visit.id, ())
            for other in (link.first, link.second)
        )

    def _bind(self) -> None:
        for link in self.problem.links:
            first, second = self._number.get(link.first), self._number.get(link.second)
            if first is not None and second is not None:
                self._bind_both(link.tie, first, second)

    def _bind_both(self, tie: Tie, first: int, second: int) -> None:
        solver, routing = self.routing.solver(), self.routing
        both = routing.ActiveVar(first) * routing.ActiveVar(second)
        a = self.time.CumulVar(first) + self._rests[first][0]
        b = self.time.CumulVar(second) + self._rests[second][0]
        if tie is Tie.BEFORE:
            ends = a + self.visits[first].duration
            solver.Add(b - ends >= (both - 1) * FAR)
            solver.Add(routing.ActiveVar(second) <= routing.ActiveVar(first))
            return
        if tie is Tie.TOGETHER:
            solver.Add(routing.ActiveVar(second) == routing.ActiveVar(first))
            solver.Add(b - a >= (both - 1) * FAR)
            solver.Add(a - b >= (both - 1) * FAR)
        who = [technician.id for technician, _, _ in self.vehicles]
        alike = tie is Tie.SAME_TECHNICIAN
        pairs = [
            (one, other)
            for one in self._allowed[first]
            for other in self._allowed[second]
            if (who[one] == who[other]) is alike
        ]
        pairs += [(-1, -1)] if not alike else [(-1, one) for one in range(-1, len(who))]
        pairs += [(one, -1) for one in range(len(who))] if alike else []
        solver.Add(solver.AllowedAssignments([routing.VehicleVar(first), routing.VehicleVar(second)], pairs))


def _vehicle(problem: Problem, key: Key) -> tuple[Technician, Shift, int]:
    technician = problem.technician[key[0]]
    return technician, technician.shifts[key[1]], key[1]


def _start(technician: Technician, shift: Shift, _day: int) -> int:
    return technician.start if shift.start is None else shift.start
