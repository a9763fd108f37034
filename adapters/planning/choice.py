"""Which of many routes to drive: set covering with what binds rounds to each other, by CP-SAT.

What no route knows by itself is a constraint between routes: visits that are linked, technicians of a zone on
one day, and that the rounds are even. Moments that depend on other rounds are said only nearly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from ortools.sat.python import cp_model

from domain.maintenance.planning.model import DAY, HOUR, Plan, Problem, Route, Tie
from domain.maintenance.planning.solving import Halt, Limits

LOOK = 0.1
"""Seconds between two looks whether to stop."""
EFFORT = 4.0
"""Of one choice, in the solver's own units, where iterations are counted instead of seconds."""


@dataclass(frozen=True)
class Column:
    """``begins``: the first and the last moment for each linked visit, on the line of all days."""

    route: Route
    cost: int
    paid: int
    begins: Mapping[str, tuple[int, int]]


class Choice:
    """The model."""

    def __init__(self, problem: Problem, columns: Sequence[Column]) -> None:
        self.problem = problem
        self.columns = columns
        self.model = cp_model.CpModel()
        self.taken = [self.model.new_bool_var(f"route {number}") for number in range(len(columns))]
        self.left_out = {one.id: self.model.new_bool_var(f"without {one.id}") for one in problem.visits}
        self._with: dict[str, list[int]] = defaultdict(list)
        for number, column in enumerate(columns):
            for visit in column.route.visits:
                self._with[visit].append(number)
        self._whose = {route: number for number, route in enumerate(one.route for one in columns)}
        self._one_a_day()
        self._every_visit()
        self._linked()
        self._zones()
        self._price()

    def hint(self, plan: Plan) -> None:
        now = set(plan.routes)
        for number, column in enumerate(self.columns):
            self.model.add_hint(self.taken[number], column.route in now)
        for id, variable in self.left_out.items():
            self.model.add_hint(variable, id not in plan.planned)

    def chosen(self, seconds: float, limits: Limits, stop: Halt) -> tuple[Route, ...] | None:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = limits.seed % (1 << 31)
        solver.parameters.max_time_in_seconds = seconds
        if limits.iterations is not None:
            solver.parameters.max_deterministic_time = EFFORT
        with Watched(solver, stop):
            status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return tuple(
            column.route
            for column, taken in zip(self.columns, self.taken, strict=True)
            if solver.boolean_value(taken)
        )

    def forbid(self, routes: Iterable[Route]) -> None:
        self.model.add_bool_or(self.taken[self._whose[one]].negated() for one in routes)

    def _one_a_day(self) -> None:
        by_day: dict[tuple[str, int], list[cp_model.IntVar]] = defaultdict(list)
        for column, taken in zip(self.columns, self.taken, strict=True):
            by_day[column.route.technician, column.route.day].append(taken)
        for some in by_day.values():
            self.model.add_at_most_one(some)

    def _every_visit(self) -> None:
        linked = self.problem.links_of
        for id, left_out in self.left_out.items():
            some = [*(self.taken[number] for number in self._with[id]), left_out]
            if id in linked:
                self.model.add_exactly_one(some)
            else:
                self.model.add_bool_or(some)

    def _linked(self) -> None:
        bound = {id for link in self.problem.links if link.tie is not Tie.SAME_TECHNICIAN
                 for id in (link.first, link.second)}  # fmt: skip
        begins = {id: self._begin(id) for id in sorted(bound)}
        for link in self.problem.links:
            first, second = self.left_out[link.first], self.left_out[link.second]
            if link.tie is Tie.SAME_TECHNICIAN:
                self._same(link.first, link.second)
                continue
            a, b = begins[link.first], begins[link.second]
            both = [first.negated(), second.negated()]
            if link.tie is Tie.TOGETHER:
                self.model.add(first == second)
                self.model.add(a == b).only_enforce_if(both)
            else:
                self.model.add_implication(first, second)
                ends = a + self.problem.visit[link.first].duration
                self.model.add(b >= ends).only_enforce_if(both)

    def _begin(self, id: str) -> cp_model.IntVar:
        """The moment at which it begins, which its route bounds."""
        begins = self.model.new_int_var(0, (len(self.problem.days) + 1) * DAY, f"begin {id}")
        for number in self._with[id]:
            soonest, latest = self.columns[number].begins[id]
            taken = self.taken[number]
            self.model.add_linear_constraint(begins, soonest, latest).only_enforce_if(taken)
        return begins

    def _same(self, first: str, second: str) -> None:
        by: dict[str, tuple[list[cp_model.IntVar], list[cp_model.IntVar]]] = defaultdict(lambda: ([], []))
        for which, id in enumerate((first, second)):
            for number in self._with[id]:
                by[self.columns[number].route.technician][which].append(self.taken[number])
        for a, b in by.values():
            self.model.add(sum(a) <= sum(b) + self.left_out[second])
            self.model.add(sum(b) <= sum(a) + self.left_out[first])

    def _zones(self) -> None:
        most = self.problem.zone_most
        inside: dict[tuple[int, str], list[cp_model.IntVar]] = defaultdict(list)
        for column, taken in zip(self.columns, self.taken, strict=True):
            for zone in {self.problem.visit[id].zone for id in column.route.visits} & most.keys():
                inside[column.route.day, str(zone)].append(taken)
        for (_, zone), some in inside.items():
            self.model.add(sum(some) <= most[zone])

    def _price(self) -> None:
        """In parts of 1/3600 where evenness has a price, which is by the hour."""
        by_hour = self.problem.prices.uneven_per_hour
        parts = HOUR if by_hour else 1
        visits = self.problem.visit
        coefficients = [column.cost * parts for column in self.columns]
        coefficients += [visits[id].penalty * parts for id in self.left_out]
        whole = cp_model.LinearExpr.weighted_sum([*self.taken, *self.left_out.values()], coefficients)
        self.model.minimize(whole + self._spread() * by_hour if by_hour else whole)

    def _spread(self) -> cp_model.LinearExpr:
        """Between the most and the fewest paid seconds."""
        longest = 2 * DAY * max(1, len(self.problem.days))
        most = self.model.new_int_var(0, longest, "most")
        fewest = self.model.new_int_var(0, longest, "fewest")
        by: dict[str, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
        for column, taken in zip(self.columns, self.taken, strict=True):
            by[column.route.technician].append((taken, column.paid))
        for technician in self.problem.technicians:
            if technician.shifts:
                own = by[technician.id]
                paid = cp_model.LinearExpr.weighted_sum([one for one, _ in own], [much for _, much in own])
                self.model.add(most >= paid)
                self.model.add(fewest <= paid)
        return most - fewest


class Watched:
    """Ends the solver's search soon after ``stop`` says so."""

    def __init__(self, solver: cp_model.CpSolver, stop: Halt) -> None:
        self._done = Event()
        self._watch = Thread(target=self._look, args=(solver, stop), daemon=True)

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self, solver: cp_model.CpSolver, stop: Halt) -> None:
        while not self._done.wait(LOOK):
            if stop():
                solver.stop_search()
