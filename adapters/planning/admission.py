"""Which rounds may take in a visit at all, be the hour what it may."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from adapters.planning.arrays import Arrays, Flags
from domain.maintenance.planning.model import Problem, Visit


class Admission:
    """``rounds``: the visits of each shift of the arrays."""

    def __init__(self, arrays: Arrays, rounds: Sequence[Sequence[str]]) -> None:
        self.problem: Problem = arrays.problem
        self.shifts = arrays.shifts
        people = self.problem.technicians
        self.of = {one.id: index for index, one in enumerate(people)}
        self.everywhere = np.array([not one.zones for one in people], dtype=bool)
        self.everybody = np.ones(len(people), dtype=bool)
        self.known: dict[tuple[str, int], Flags] = {}
        self.inside: dict[str, Flags] = {}
        self.vans = self._vans(rounds)
        self.crowds = self._crowds(rounds)

    def of_visit(self, visit: Visit) -> Flags:
        """By shift."""
        who = self.everybody.copy()
        for skill, level in visit.skills.items():
            who &= self._able(skill, level)
        if visit.zone is not None:
            who &= self._inside(visit.zone)
        pin = visit.pin
        if pin is not None and pin.technician is not None:
            who &= np.arange(len(who)) == self.of.get(pin.technician, -1)
        found: Flags = who[self.shifts.technician]
        if pin is not None and pin.day is not None:
            found &= self.shifts.day == pin.day
        if visit.windows:
            found &= np.isin(self.shifts.day, [one.day for one in visit.windows])
        for part, many in visit.parts.items():
            found &= self._enough(part, many)
        if visit.zone is not None and visit.zone in self.problem.zone_most:
            found &= self._room(visit.zone)
        return found

    def _able(self, skill: str, level: int) -> Flags:
        if (skill, level) not in self.known:
            able = [skill in one.skills and one.skills[skill] >= level for one in self.problem.technicians]
            self.known[skill, level] = np.array(able, dtype=bool)
        return self.known[skill, level]

    def _inside(self, zone: str) -> Flags:
        if zone not in self.inside:
            inside = [zone in one.zones for one in self.problem.technicians]
            self.inside[zone] = self.everywhere | np.array(inside, dtype=bool)
        return self.inside[zone]

    def _vans(self, rounds: Sequence[Sequence[str]]) -> list[Mapping[str, int] | None]:
        """What each van has left; None where nobody counts."""
        left: list[Mapping[str, int] | None] = []
        for number, visits in zip(self.shifts.technician, rounds, strict=True):
            parts = self.problem.technicians[number].parts
            if parts is None:
                left.append(None)
                continue
            rest = Counter(parts)
            for visit in visits:
                rest.subtract(self.problem.visit[visit].parts)
            left.append(rest)
        return left

    def _enough(self, part: str, many: int) -> Flags:
        return np.array([left is None or left.get(part, 0) >= many for left in self.vans], dtype=bool)

    def _crowds(self, rounds: Sequence[Sequence[str]]) -> Mapping[tuple[str, int], set[int]]:
        """The shifts that are in a zone of limited room on a day."""
        found: dict[tuple[str, int], set[int]] = {}
        for shift, visits in enumerate(rounds):
            for visit in visits:
                zone = self.problem.visit[visit].zone
                if zone in self.problem.zone_most:
                    found.setdefault((str(zone), int(self.shifts.day[shift])), set()).add(shift)
        return found

    def _room(self, zone: str) -> Flags:
        """Who is there already, or may come besides."""
        most = self.problem.zone_most[zone]
        found = np.ones(len(self.shifts.keys), dtype=bool)
        for shift, day in enumerate(self.shifts.day):
            there = self.crowds.get((zone, int(day)), set())
            found[shift] = shift in there or len(there) < most
        return found
