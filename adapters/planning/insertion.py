"""Visits put into rounds one after the other, each where it costs least; a plan to begin with in no time.

The next is always the one that would lose most if it did not get its best place (regret). Visits that are
bound to others are put before all others, two technicians at once together.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from adapters.planning.draft import Draft, Put
from adapters.planning.gaps import Gaps
from adapters.planning.mending import mended
from adapters.planning.scoring import Scoring
from adapters.planning.suitability import Key
from domain.maintenance.planning.model import Plan, Problem, Route, Tie
from domain.maintenance.planning.naive import in_turn
from domain.maintenance.planning.solving import Halt, Limits, Progress, Tell, never, nobody
from domain.maintenance.planning.standing import standing_faults

NEAR = 12
"""So many of the cheapest days are looked at exactly for a visit that is bound to others."""
TRIED = 300
GOOD = 8
"""Places for a bound visit: so many are tried, and so many that are possible are enough to choose from."""
ELSEWHERE = 300.0
"""How much worse another place in a round is taken to be for each place that it is away from the best."""


class Insertion:
    """As a solver: it fills what the start leaves out."""

    name = "insertion"

    def solve(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:
        began = time.monotonic()
        until = began + limits.seconds
        scoring = Scoring(problem)
        first = mended(scoring, start) if start else Plan()
        filled = Filling(scoring).filled(first, halt=lambda: stop() or time.monotonic() > until)
        plan = min(filled, first, key=scoring.score)
        unplanned = len(problem.visits) - len(plan.planned)
        tell(Progress(plan, scoring.cost(plan), unplanned, self.name, time.monotonic() - began, 1.0))
        return plan


class Filling:
    """For one problem; may fill many plans."""

    def __init__(self, scoring: Scoring) -> None:
        self.problem = scoring.problem
        self.scoring = scoring
        self.gaps = Gaps(self.problem)
        self.penalty = np.array([one.penalty for one in self.problem.visits], dtype=np.float64)

    def filled(self, plan: Plan, only: Iterable[str] | None = None, halt: Halt = never) -> Plan:
        """A sound plan with whatever fits at less than its penalty. ``only``: nothing but these visits."""
        missing = set(self.problem.visit) - plan.planned
        if only is not None:
            missing &= set(only)
        if not missing:
            return plan
        draft = Draft(self.scoring, plan)
        _Fill(self, draft, sorted(self.gaps.row[visit] for visit in missing)).run(halt)
        return draft.plan()


class _Fill:
    """``first`` and ``second``: what the two best days of each visit cost; ``best`` and ``next``: which."""

    def __init__(self, filling: Filling, draft: Draft, rows: Sequence[int]) -> None:
        self.problem = filling.problem
        self.gaps = filling.gaps
        self.penalty = filling.penalty
        self.draft = draft
        self.waiting = np.array(rows, dtype=np.int64)
        many = len(self.problem.visits)
        self.first, self.second = np.full(many, np.inf), np.full(many, np.inf)
        self.best, self.next = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int64)
        self.exact: set[tuple[int, int]] = set()
        self.gaps.cost[self.waiting] = np.inf

    def run(self, halt: Halt) -> None:
        for key in self.gaps.keys:
            self._reckon(key)
        self._rank(self.waiting)
        for unit in self._units():
            if halt():
                return
            self._place_together(unit)
        while len(self.waiting) and not halt():
            row = self._most_regretted()
            if row is None:
                return
            self._place(row)

    def _reckon(self, key: Key) -> None:
        timed = self.draft.scoring.timed(Route(*key, self.draft.visits(key)))
        column = self.gaps.column[key]
        self.gaps.cost[self.waiting, column] = np.inf
        self.gaps.reckon(key, timed, self.waiting)

    def _rank(self, rows: NDArray[np.int64]) -> None:
        costs = self.gaps.cost[rows]
        if not costs.size:
            return
        each = np.arange(len(rows))
        self.best[rows] = best = costs.argmin(axis=1)
        self.first[rows] = costs[each, best]
        costs[each, best] = np.inf
        self.next[rows] = second = costs.argmin(axis=1)
        self.second[rows] = costs[each, second]

    def _most_regretted(self) -> int | None:
        rows = self.waiting
        first, penalty = self.first[rows], self.penalty[rows]
        regret = np.where(first < penalty, np.minimum(self.second[rows], penalty) - first, -np.inf)
        chosen = int(regret.argmax())
        return int(rows[chosen]) if regret[chosen] > -np.inf else None

    def _place(self, row: int) -> None:
        """If it costs what it was thought to; otherwise what it costs is known from now on."""
        column = int(self.best[row])
        key, visit = self.gaps.keys[column], self.problem.visits[row].id
        put, costs = self._exactly(key, visit, int(self.gaps.at[row, column]))
        if put is None:
            costs = np.inf
        elif (
            costs <= max(self.first[row], min(self.second[row], self.penalty[row]))
            or (row, column) in self.exact
        ):
            self._put([put])
            return None
        self.exact.add((row, column))
        self.gaps.cost[row, column] = costs
        return self._rank(np.array([row]))

    def _otherwise(self, row: int) -> float:
        return float(min(self.second[row], self.penalty[row]))

    def _exactly(self, key: Key, visit: str, at: int) -> tuple[Put | None, float]:
        """At the place that is thought best, otherwise at the best of all."""
        put = Put(key, visit, at)
        costs = self.draft.added([put])
        if costs is not None:
            return put, costs
        if standing_faults(self.problem, Route(*key, (*self.draft.visits(key), visit))):
            return None, np.inf  # such as a van without the part: no other place mends it
        found = [
            (costs, other)
            for other in (Put(key, visit, n) for n in range(len(self.draft.visits(key)) + 1) if n != at)
            if (costs := self.draft.added([other])) is not None
        ]
        return min(((one, cost) for cost, one in found), key=lambda pair: pair[1], default=(None, np.inf))

    def _put(self, puts: Sequence[Put]) -> None:
        self.draft.put(puts)
        gone = [self.gaps.row[put.visit] for put in puts]
        self.waiting = self.waiting[~np.isin(self.waiting, gone)]
        for column in {self.gaps.column[put.key] for put in puts}:
            self._reckon(self.gaps.keys[column])
            self.exact = {pair for pair in self.exact if pair[1] != column}
            now = self.gaps.cost[self.waiting, column]
            touched = (self.best[self.waiting] == column) | (self.next[self.waiting] == column)
            self._rank(self.waiting[touched | (now < self.second[self.waiting])])

    def _units(self) -> Iterator[list[str]]:
        """Bound visits that wait, what has to be first before what follows, two at once as one; and those in
        zones that not everybody may be in at once.
        """
        waiting = {self.problem.visits[row].id for row in self.waiting}
        for visit in in_turn(self.problem):
            bound = visit.id in self.problem.links_of or visit.zone in self.problem.zone_most
            if visit.id in waiting and bound:
                unit = [one for one in self._at_once(visit.id) if one in waiting]
                waiting -= set(unit)
                yield unit

    def _at_once(self, visit: str) -> list[str]:
        found = [visit]
        for one in found:
            for link in self.problem.links_of.get(one, ()):
                other = link.second if link.first == one else link.first
                if link.tie is Tie.TOGETHER and other not in found:
                    found.append(other)
        return found

    def _place_together(self, unit: Sequence[str]) -> None:
        tried = ((puts, self.draft.added(puts)) for puts in islice(self._ways(unit), TRIED))
        possible = list(islice(((puts, costs) for puts, costs in tried if costs is not None), GOOD))
        if possible:
            puts, costs = min(possible, key=lambda one: one[1])
            if costs < sum(self.problem.visit[one].penalty for one in unit):
                self._put(puts)

    def _ways(self, unit: Sequence[str]) -> Iterator[list[Put]]:
        """The cheapest first, nearly; of two at once, on one day and by two technicians. Of more, a day's
        cheapest ways for the first ones are gone on with: all of them would be too many.
        """
        choices = [self._choices(visit) for visit in unit]
        fit: list[tuple[float, list[Put]]] = []
        for day in sorted({put.key[1] for _, put in choices[0]}):
            ways: list[tuple[float, list[Put]]] = [(0.0, [])]
            for listed in choices:
                longer = (
                    (costs + more, [*puts, put])
                    for costs, puts in ways
                    for more, put in listed
                    if put.key[1] == day and all(put.key != one.key for one in puts)
                )
                ways = nsmallest(TRIED, longer, key=lambda one: one[0])
            fit += ways
        yield from (puts for _, puts in sorted(fit, key=lambda one: one[0]))

    def _choices(self, visit: str) -> list[tuple[float, Put]]:
        row = self.gaps.row[visit]
        costs = self.gaps.cost[row]
        nearest = [int(column) for column in np.argsort(costs, kind="stable")[:NEAR]]
        return [
            (float(costs[column]) + ELSEWHERE * abs(at - int(self.gaps.at[row, column])), Put(key, visit, at))
            for column in nearest
            if costs[column] < np.inf
            for key in (self.gaps.keys[column],)
            for at in range(len(self.draft.visits(key)) + 1)
        ]
