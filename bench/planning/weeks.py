"""Working weeks of a maintenance business around Annecy, the same for the same seed on every machine."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import numpy as np

from domain.maintenance.planning.model import (
    HOUR,
    Break,
    Point,
    Problem,
    Shift,
    Technician,
    Visit,
    Window,
)
from domain.maintenance.planning.travel import Travel

MONDAY = date(2026, 3, 9)
MINUTE = 60
DETOUR = 1.3
"""A road is so much longer than the great circle."""
METRES_PER_SECOND = 12.5
SET_OFF = 60
"""Seconds that each way costs beside driving."""


@dataclass(frozen=True)
class Size:
    """``busy`` scales how long the visits last."""

    visits: int
    technicians: int
    days: int
    busy: float = 1.0


SIZES: Mapping[str, Size] = {
    "12/5": Size(12, 5, 5),
    "20/7": Size(20, 7, 5),
    "200/30": Size(200, 30, 5),
    "200/30 dense": Size(200, 30, 1, 0.8),
    "1000/100": Size(1000, 100, 5),
    "1000/100 dense": Size(1000, 100, 2),
    "3000/500": Size(3000, 500, 1),
}

TOWNS: Sequence[tuple[float, float, float, float]] = (
    (45.899, 6.129, 30, 2.0),  # Annecy
    (45.920, 6.143, 8, 1.5),  # Annecy-le-Vieux
    (45.886, 6.095, 8, 1.5),  # Seynod
    (45.867, 5.944, 7, 3.0),  # Rumilly
    (45.746, 6.294, 5, 2.5),  # Faverges
    (45.881, 6.325, 5, 3.0),  # Thônes
    (46.067, 6.312, 7, 3.0),  # La Roche-sur-Foron
    (46.078, 6.408, 5, 2.5),  # Bonneville
    (46.060, 6.578, 5, 3.0),  # Cluses
    (46.190, 6.240, 6, 3.0),  # Annemasse
    (46.143, 6.081, 5, 3.0),  # Saint-Julien-en-Genevois
    (45.690, 5.915, 7, 2.5),  # Aix-les-Bains
    (45.676, 6.392, 4, 2.5),  # Albertville
    (45.936, 6.632, 3, 2.5),  # Sallanches
)
"""Latitude, longitude, weight, and within how many kilometres most people live."""

AGENCIES = (Point(45.8870, 6.0940), Point(46.1890, 6.2330), Point(46.0620, 6.5690), Point(45.7010, 5.9050))
"""Annecy; and Annemasse, Cluses and Aix for whoever has more than `ONE_AGENCY` technicians."""
ONE_AGENCY = 30

SKILLS = ("boiler", "heat_pump", "ventilation", "electricity", "plumbing")
WANTED = (38, 22, 16, 12, 12)
LUNCH = Break(11 * HOUR + 45 * MINUTE, 13 * HOUR + 30 * MINUTE, 45 * MINUTE)
MORNING, AFTERNOON = (8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR + 30 * MINUTE)


def week(name: str, seed: int = 1) -> Problem:
    """Of a size in `SIZES`."""
    return drawn(SIZES[name], seed)


def drawn(size: Size, seed: int) -> Problem:
    random = Random(f"{size.visits}/{size.technicians}/{size.days}/{seed}")
    places = [_start(random, size) for _ in range(size.technicians)]
    places += [_place(random) for _ in range(size.visits)]
    technicians = tuple(_technician(random, n, size) for n in range(size.technicians))
    visits = tuple(_visit(random, n, size, technicians) for n in range(size.visits))
    days = tuple(MONDAY + timedelta(days=n) for n in range(size.days))
    return Problem(days, tuple(places), roads(places), technicians, visits)


def roads(places: Sequence[Point]) -> Travel:
    """The great circle and its detours, at one speed."""
    latitude = np.radians([one.latitude for one in places])
    longitude = np.radians([one.longitude for one in places])
    metres, seconds = [], []
    for here in range(len(places)):
        half = np.sin((latitude - latitude[here]) / 2) ** 2 + np.cos(latitude[here]) * np.cos(latitude) * (
            np.sin((longitude - longitude[here]) / 2) ** 2
        )
        way = np.rint(2 * 6_371_000 * np.arcsin(np.sqrt(half)) * DETOUR)
        lasts = np.where(way > 0, np.rint(way / METRES_PER_SECOND) + SET_OFF, 0)
        metres.append(array("i", way.astype(np.int32).tobytes()))
        seconds.append(array("i", lasts.astype(np.int32).tobytes()))
    return Travel(seconds, metres)


def _place(random: Random) -> Point:
    latitude, longitude, _, around = random.choices(TOWNS, [town[2] for town in TOWNS])[0]
    north, east = random.gauss(0, around), random.gauss(0, around)
    return Point(round(latitude + north / 111.2, 5), round(longitude + east / 77.4, 5))


def _start(random: Random, size: Size) -> Point:
    """Most fetch the van and the parts at the agency, some have the van at home."""
    agency = random.choice(AGENCIES if size.technicians > ONE_AGENCY else AGENCIES[:1])
    return agency if random.random() < 0.6 else _place(random)


def _technician(random: Random, number: int, size: Size) -> Technician:
    """The first ones are the experts, so that there is one for every skill."""
    skills = {skill: random.choice((1, 2, 2, 3)) for skill in random.sample(SKILLS, random.choice((2, 2, 3)))}
    if number < len(SKILLS):
        skills[SKILLS[number]] = 3
    begin = random.choice((7 * HOUR + 30 * MINUTE, 8 * HOUR, 8 * HOUR, 8 * HOUR + 30 * MINUTE))
    shift = Shift(begin, begin + 10 * HOUR, 8 * HOUR, HOUR, (LUNCH,))
    off = random.randrange(size.days) if size.days > 1 and random.random() < 0.15 else None
    return Technician(
        f"T{number + 1:03}",
        number,
        number,
        {day: shift for day in range(size.days) if day != off},
        skills,
        per_hour=1_800,
        overtime_per_hour=4_500,
        per_km=45,
    )


def _visit(random: Random, number: int, size: Size, technicians: Sequence[Technician]) -> Visit:
    skill = random.choices(SKILLS, WANTED)[0]
    level = random.choices((1, 2, 3), (70, 25, 5))[0]
    minutes = random.choices((30, 45, 60, 90, 120), (25, 30, 25, 14, 6))[0]
    able = [one.id for one in technicians if one.skills.get(skill, 0) >= level]
    return Visit(
        f"V{number + 1:04}",
        size.technicians + number,
        round(minutes * size.busy) * MINUTE,
        {skill: level},
        _windows(random, size.days),
        preferred=random.choice(able) if able and random.random() < 0.25 else None,
        urgency=random.choices((4_000, 1_000, 0), (8, 22, 70))[0] if size.days > 1 else 0,
        penalty=100_000,
    )


def _windows(random: Random, days: int) -> tuple[Window, ...]:
    """Anybody at home all day, some half days, or two or three hours."""
    kind = random.random()
    if kind < 0.35:
        return ()
    if kind < 0.75:
        half_days = [(day, half) for day in range(days) for half in (MORNING, AFTERNOON)]
        chosen = random.sample(half_days, min(len(half_days) - 1, random.choice((2, 3, 4))))
        return tuple(Window(day, *half) for day, half in sorted(chosen))
    opens = random.choice((8, 9, 10, 13, 14, 15)) * HOUR
    closes = opens + random.choice((150, 180, 240)) * MINUTE
    return tuple(Window(day, opens, closes) for day in sorted(random.sample(range(days), min(days, 2))))
