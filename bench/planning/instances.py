"""Public instances of routing with time windows, in the text format of Solomon and of Gehring and Homberger.

They are read from the folder in ECHEANCE_BENCH_INSTANCES, with the best solutions known beside them as
CVRPLIB writes them: `r101.txt` and `r101.sol`. Distances and times are cut to one decimal, as is usual there,
and counted in tenths; what a plan costs is the distance alone, in tenths.
"""

import os
import re
from array import array
from dataclasses import dataclass
from datetime import date
from math import hypot
from pathlib import Path

from domain.maintenance.planning.model import DAY, Point, Problem, Shift, Technician, Visit, Window
from domain.maintenance.planning.travel import Travel

FOLDER = "ECHEANCE_BENCH_INSTANCES"
SCALE = 10
LOAD = "load"
LEFT_OUT = 10_000_000
"""Dearer than any way."""
COST = re.compile(r"^\s*cost\s*:?\s*([0-9.]+)", re.IGNORECASE | re.MULTILINE)


class NotAnInstance(ValueError):
    """The text is in another format."""


@dataclass(frozen=True)
class Customer:
    x: float
    y: float
    demand: int
    ready: int
    due: int
    service: int


@dataclass(frozen=True)
class Instance:
    """``customers[0]`` is the depot. ``best`` is the least distance known, in tenths."""

    name: str
    vehicles: int
    capacity: int
    customers: tuple[Customer, ...]
    best: int | None = None

    @property
    def size(self) -> int:
        return len(self.customers) - 1

    def problem(self) -> Problem:
        """One day on which each vehicle is a technician and the load is a part of the van."""
        return Problem(
            (date(2026, 3, 9),),
            tuple(Point(one.y / 100, one.x / 100) for one in self.customers),
            self._travel(),
            tuple(self._technician(number) for number in range(self.vehicles)),
            tuple(self._visit(place) for place in range(1, len(self.customers))),
        )

    def _travel(self) -> Travel:
        ways = [
            array("i", [int(SCALE * hypot(a.x - b.x, a.y - b.y) + 1e-9) for b in self.customers])
            for a in self.customers
        ]
        return Travel(ways, ways)

    def _technician(self, number: int) -> Technician:
        end = self.customers[0].due * SCALE
        shift = Shift(self.customers[0].ready * SCALE, end, ordinary=end, overtime_most=0)
        return Technician(f"K{number + 1:03}", 0, 0, {0: shift}, parts={LOAD: self.capacity}, per_km=1_000)

    def _visit(self, place: int) -> Visit:
        """A window in the format is for the beginning."""
        one = self.customers[place]
        service = one.service * SCALE
        window = Window(0, one.ready * SCALE, one.due * SCALE + service)
        return Visit(
            f"C{place:04}", place, service, windows=(window,), parts={LOAD: one.demand}, penalty=LEFT_OUT
        )


def read_instance(text: str, best: int | None = None) -> Instance:
    """The name, the vehicles and their capacity, the depot and the customers, seven numbers a line."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    numbers = [[float(word) for word in line] for line in lines if all(map(_is_number, line))]
    fleet = [row for row in numbers if len(row) == 2]
    rows = [row for row in numbers if len(row) == 7]
    if len(fleet) != 1 or len(rows) < 2:
        raise NotAnInstance("expected one line of vehicles and capacity, and seven numbers for each customer")
    vehicles, capacity = fleet[0]
    customers = tuple(Customer(row[1], row[2], *(int(value) for value in row[3:])) for row in rows)
    found = Instance(lines[0][0].lower(), int(vehicles), int(capacity), customers, best)
    if found.customers[0].due * SCALE > DAY:
        raise NotAnInstance(f"{found.name}: the horizon is longer than a day of tenths")
    return found


def read_best(text: str) -> int:
    """The `Cost` of a CVRPLIB solution, in tenths."""
    found = COST.search(text)
    if found is None:
        raise NotAnInstance("expected a line such as `Cost 1637.7`")
    return round(float(found[1]) * SCALE)


def instances(folder: Path | None = None) -> list[Instance]:
    """By size and name; those without a known best too. None where no folder is given."""
    folder = folder or (Path(os.environ[FOLDER]) if os.environ.get(FOLDER) else None)
    if folder is None:
        return []
    found = [_beside(path) for path in folder.iterdir() if path.suffix.lower() == ".txt"]
    return sorted(found, key=lambda one: (one.size, one.name))


def _beside(path: Path) -> Instance:
    solution = path.with_suffix(".sol")
    return read_instance(path.read_text(), read_best(solution.read_text()) if solution.exists() else None)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d*)?", word) is not None
