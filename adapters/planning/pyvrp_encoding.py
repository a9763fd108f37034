"""A problem as PyVRP's.

A vehicle is one technician's day. All days lie one upon the other, so a window that is the same on several
days is one client. Who may come on which day, and what that costs, is in the length of the way to the visit,
of which there is a matrix for each kind of vehicle. Windows that differ, and the ways to break a promise, are
clients of which one is served at most.

Said only nearly: the break (`Clock`), how ways lengthen by the hour, how late within an hour somebody comes.
Not said: even hours, technicians in a zone, links. Visits that these bind are `Held` near to where they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType

from adapters.planning.pyvrp_clock import LONG, Span, usual_clock
from adapters.planning.pyvrp_model import Encoding, Option
from adapters.planning.suitability import Flags, Key, Suitability, keys_of, suitability
from domain.maintenance.planning.model import HOUR, Problem, Shift, Technician, Visit

Matrix = np.ndarray[Any, Any]
LATE = HOUR
MUST = 1_000_000
"""Minor units from which on a visit is not left out; PyVRP is quicker where it need not ask."""
"""Nobody looks for a moment that is later than this after a promise."""
WORKED = slice(8, 18)
"""The hours by which ways are lengthened."""
FINE = 20
"""At least so many parts of a minor unit are told apart."""


@dataclass(frozen=True)
class Held:
    """Where a visit that is bound to others stays for now, and between which moments of the day it begins."""

    keys: frozenset[Key]
    earliest: int = 0
    latest: int = LONG


def encoded(
    problem: Problem, held: Mapping[str, Held] | None = None, keys: Sequence[Key] | None = None,
    whole: bool = False,
) -> Encoding:  # fmt: skip
    """``keys``: only these days of technicians. A visit that nobody can serve has no client. ``whole``: there
    is a plan with all visits, so that what is dear to leave out need not be left out.
    """
    encoder = _Encoder(problem, held or {}, tuple(keys_of(problem) if keys is None else keys))
    encoder.whole = whole
    return encoder.encoding()


class _Encoder:
    whole = False

    def __init__(self, problem: Problem, held: Mapping[str, Held], keys: tuple[Key, ...]) -> None:
        self.problem = problem
        self.keys = keys
        self.held = held
        self.clock = usual_clock(problem)
        self.scale = _scale(problem)
        self.parts = _counted(problem)
        self.suited = _held_to(suitability(problem, keys), problem, held)
        self.options = self._options()
        self._columns()

    def encoding(self) -> Encoding:
        profiles, types, of_type = self._kinds()
        out = {n: len(self.options) + m for m, n in enumerate(self._outs(types))}
        depots = sorted({place for one in types for place in self._ends(one[0])})
        places = depots + [self.problem.visits[one.visit].place for one in self.options]
        places += [self._ends(types[type_][0])[0] for type_ in out]
        clients, groups, of_visit = self._clients(len(depots))
        nothing = [0] * len(self.parts)
        clients += [Client(len(depots) + number, delivery=nothing) for number in out.values()]
        own = {of_type[type_]: len(depots) + number for type_, number in out.items()}
        seconds = self._seconds(places)
        data = ProblemData(
            [Location(0, 0) for _ in places],
            clients,
            [Depot(number) for number in range(len(depots))],
            [self._vehicle(keys, of_type[n], depots) for n, keys in enumerate(types)],
            self._costs(places, profiles, len(depots), own),
            [seconds] * len(profiles),
            groups,
        )
        return Encoding(self.problem, data, self.options, types, out, self.clock, of_visit)

    def _options(self) -> list[Option]:
        columns: dict[int, list[int]] = {}
        for column, (_, day) in enumerate(self.keys):
            columns.setdefault(day, []).append(column)
        open_ = {
            day: set(np.flatnonzero(self.suited.allowed[:, some].any(axis=1)))
            for day, some in columns.items()
        }
        found = []
        for number, visit in enumerate(self.problem.visits):
            days: dict[tuple[Span, int], set[int]] = {}
            for day in columns:
                for one in self._spans(visit, day) if number in open_[day] else ():
                    days.setdefault(one, set()).add(day)
            found += [Option(number, span, frozenset(on), more) for (span, more), on in days.items()]
        return found

    def _spans(self, visit: Visit, day: int) -> list[tuple[Span, int]]:
        """When it may begin, and what that costs more."""
        spans = self.clock.spans(visit, day)
        if (at := self.held.get(visit.id)) is not None:
            spans = _within(spans, self.clock(at.earliest), self.clock(at.latest))
        promise = visit.promise
        if promise is None or promise.day != day:
            return [(span, 0) for span in spans]
        soonest, kept = self.clock(promise.at - promise.tolerance), self.clock(promise.at + promise.tolerance)
        late = self.problem.prices.moved + self.problem.prices.late_per_minute * LATE // 120
        later = [(span, late) for span in _within(spans, kept + 1, kept + LATE)]
        return [(span, 0) for span in _within(spans, soonest, kept)] + later

    def _columns(self) -> None:
        """Who may serve each option, and what that costs."""
        rows = [one.visit for one in self.options]
        day = np.array([day for _, day in self.keys], dtype=np.int64)
        on = np.array([np.isin(day, list(one.days)) for one in self.options], dtype=np.bool_)
        on = on.reshape(len(rows), len(day))
        more = np.array([one.more for one in self.options], dtype=np.int64)
        self.allowed: Flags = self.suited.allowed[rows] & on
        self.cost = np.where(self.allowed, self.suited.cost[rows] + more[:, None], 0) * self.scale

    def _kinds(self) -> tuple[list[tuple[int, int]], list[list[Key]], list[int]]:
        """Profiles as a column and a price per km; vehicle types as days that are alike, and their profile.

        Who is out has a profile alone.
        """
        profiles: dict[object, int] = {}
        columns: list[tuple[int, int]] = []
        types: dict[object, list[Key]] = {}
        of_type: list[int] = []
        for column, key in enumerate(self.keys):
            technician, shift = self._crew(key)
            alone = key if shift.out else None
            mark = (self.allowed[:, column].tobytes(), self.cost[:, column].tobytes(), technician.per_km)
            profile = profiles.setdefault((mark, alone), len(profiles))
            if profile == len(columns):
                columns.append((column, technician.per_km))
            kind = (profile, self._ends(key), shift, alone, *_prices(technician), *self._room(technician))
            if kind not in types:
                of_type.append(profile)
            types.setdefault(kind, []).append(key)
        return columns, list(types.values()), of_type

    def _outs(self, types: Sequence[Sequence[Key]]) -> list[int]:
        return [number for number, keys in enumerate(types) if self._crew(keys[0])[1].out]

    def _clients(self, first: int) -> tuple[list[Client], list[ClientGroup], dict[str, list[int]]]:
        of_visit: dict[str, list[int]] = {}
        for number, option in enumerate(self.options):
            of_visit.setdefault(self.problem.visits[option.visit].id, []).append(number)
        several = [some for some in of_visit.values() if len(some) > 1]
        group = {number: at for at, some in enumerate(several) for number in some}
        clients = [
            self._client(option, first + number, group.get(number))
            for number, option in enumerate(self.options)
        ]
        return clients, [ClientGroup(some, required=False) for some in several], of_visit

    def _client(self, option: Option, location: int, group: int | None) -> Client:
        visit = self.problem.visits[option.visit]
        return Client(
            location,
            delivery=[visit.parts.get(part, 0) for part in self.parts],
            service_duration=visit.duration,
            tw_early=max(0, option.span[0]),
            tw_late=option.span[1],
            prize=visit.penalty * self.scale,
            required=self.whole and group is None and not visit.optional and visit.penalty >= MUST,
            group=group,
        )

    def _vehicle(self, keys: Sequence[Key], profile: int, depots: Sequence[int]) -> VehicleType:
        technician, shift = self._crew(keys[0])
        begin, end = self.clock.shift(shift)
        start, last = self._ends(keys[0])
        by_second = technician.per_hour * self.scale // HOUR
        ordinary, overtime, dearer = self._overtime(technician, shift, by_second)
        return VehicleType(
            num_available=len(keys),
            capacity=list(self._room(technician)),
            start_depot=depots.index(start),
            end_depot=depots.index(last),
            fixed_cost=technician.per_day * self.scale,
            tw_early=begin,
            tw_late=end,
            start_late=begin if shift.out else end,
            shift_duration=ordinary,
            max_overtime=overtime,
            unit_duration_cost=by_second,
            unit_overtime_cost=dearer,
            unit_distance_cost=1,
            profile=profile,
        )

    def _overtime(self, technician: Technician, shift: Shift, by_second: int) -> tuple[int, int, int]:
        """What is ordinary, how much more there is, and how much dearer it is. Nothing is said where the day
        is no longer than what is ordinary: PyVRP is quicker without.
        """
        if shift.ordinary >= shift.end - shift.begin:
            return int(np.iinfo(np.int64).max), 0, 0
        dearer = max(0, technician.overtime_per_hour * self.scale // HOUR - by_second)
        return shift.ordinary, shift.overtime_most, dearer

    def _costs(
        self, places: Sequence[int], profiles: Sequence[tuple[int, int]], first: int, own: Mapping[int, int]
    ) -> list[Matrix]:
        """``own``: the location of the client of who is out, by profile; it is nobody else's."""
        metres = _table(self.problem.travel.metres, places)
        never = sum(one.penalty for one in self.problem.visits) * self.scale + int(1e9)
        last = first + len(self.options)
        found = []
        for number, (column, per_km) in enumerate(profiles):
            matrix = np.rint(metres * (per_km * self.scale / 1000)).astype(np.int64)
            matrix[:, first:last] += self.cost[:, column]
            closed = np.ones(len(places), dtype=np.bool_)
            closed[:first] = False
            closed[first:last] = ~self.allowed[:, column]
            if number in own:
                closed[own[number]] = False
            matrix[:, closed] = never
            matrix[closed, :] = never
            np.fill_diagonal(matrix, 0)
            found.append(matrix)
        return found

    def _seconds(self, places: Sequence[int]) -> Matrix:
        seconds = _table(self.problem.travel.seconds, places)
        by = self.problem.travel.percent[WORKED]
        matrix: Matrix = np.ceil(seconds * (sum(by) / len(by) / 100)).astype(np.int64)
        np.fill_diagonal(matrix, 0)
        return matrix

    def _crew(self, key: Key) -> tuple[Technician, Shift]:
        technician = self.problem.technician[key[0]]
        return technician, technician.shifts[key[1]]

    def _ends(self, key: Key) -> tuple[int, int]:
        technician, shift = self._crew(key)
        return technician.start if shift.start is None else shift.start, technician.end

    def _room(self, technician: Technician) -> tuple[int, ...]:
        have = technician.parts
        return tuple(
            most if have is None else min(most, have.get(part, 0)) for part, most in self.parts.items()
        )


def _held_to(suited: Suitability, problem: Problem, held: Mapping[str, Held]) -> Suitability:
    for number, visit in enumerate(problem.visits):
        if (at := held.get(visit.id)) is not None:
            suited.allowed[number] &= [key in at.keys for key in suited.keys]
    return suited


def _within(spans: Sequence[Span], first: int, last: int) -> list[Span]:
    cut = ((max(a, first), min(b, last)) for a, b in spans)
    return [(a, b) for a, b in cut if a <= b]


def _counted(problem: Problem) -> dict[str, int]:
    """The parts that run out in some van, and how many of them all visits need."""
    total: dict[str, int] = {}
    for visit in problem.visits:
        for part, many in visit.parts.items():
            total[part] = total.get(part, 0) + many
    vans = [one.parts for one in problem.technicians if one.parts is not None]
    return {part: many for part, many in total.items() if any(van.get(part, 0) < many for van in vans)}


def _scale(problem: Problem) -> int:
    """So many parts of a minor unit that what an hour costs is whole in each second."""
    rates = [rate for one in problem.technicians for rate in (one.per_hour, one.overtime_per_hour)]
    whole = HOUR // gcd(HOUR, *rates)
    return whole * -(-FINE // whole)


def _prices(technician: Technician) -> tuple[int, int, int]:
    return technician.per_hour, technician.overtime_per_hour, technician.per_day


def _table(rows: Sequence[Sequence[int]], places: Sequence[int]) -> Matrix:
    return np.array([np.asarray(rows[place])[list(places)] for place in places], dtype=np.int64)
