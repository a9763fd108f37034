"""What the rule engines are given: a scorecard of 25 rules, and price grids of up to 10,000 rows.

One table of data makes the input of every engine; only the hand-written function is written by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

Facts = dict[str, Any]

START, LOW, HIGH = 60, 0, 100
NUMBERS = (
    "late_3m", "late_12m", "worst_days", "broken_promises", "on_time", "months", "arrears", "reversals",
)  # fmt: skip
PLANS = ("short", "long")

Test = tuple[str, str, Any]
"""Fact, comparison, value."""

RULES: tuple[tuple[str, tuple[Test, ...], int], ...] = (
    ("late_now", (("late_3m", ">=", 3),), -15),
    ("late_lately", (("late_3m", "==", 2),), -8),
    ("late_once", (("late_3m", "==", 1),), -4),
    ("on_time_lately", (("late_3m", "==", 0),), 6),
    ("always_late", (("late_12m", ">=", 8),), -14),
    ("often_late", (("late_12m", ">=", 4), ("late_12m", "<=", 7)), -8),
    ("seldom_late", (("late_12m", ">=", 1), ("late_12m", "<=", 3)), -3),
    ("never_late", (("late_12m", "==", 0),), 10),
    ("very_late", (("worst_days", ">=", 30),), -12),
    ("rather_late", (("worst_days", ">=", 15), ("worst_days", "<=", 29)), -6),
    ("hardly_late", (("worst_days", "<=", 3),), 4),
    ("breaks_promises", (("broken_promises", ">=", 3),), -12),
    ("broke_promises", (("broken_promises", ">=", 1), ("broken_promises", "<=", 2)), -6),
    ("keeps_promises", (("broken_promises", "==", 0),), 3),
    ("punctual", (("on_time", ">=", 95),), 8),
    ("mostly_punctual", (("on_time", ">=", 85), ("on_time", "<=", 94)), 4),
    ("unpunctual", (("on_time", "<=", 60),), -8),
    ("faithful", (("months", ">=", 24),), 6),
    ("known", (("months", ">=", 12), ("months", "<=", 23)), 3),
    ("new", (("months", "<=", 2),), -4),
    ("deep_arrears", (("arrears", ">=", 3),), -12),
    ("arrears", (("arrears", ">=", 1), ("arrears", "<=", 2)), -5),
    ("reversals", (("reversals", ">=", 2),), -6),
    ("long_plan", (("plan", "==", "long"), ("months", ">=", 6)), 2),
    ("guaranteed", (("guaranteed", "==", True),), 5),
)


def by_hand(f: Mapping[str, Any], _day: date) -> tuple[str, int]:
    """The limit: what a careful engineer writes for this one scorecard, in one body, trusting the facts."""
    late, often, worst, broken = f["late_3m"], f["late_12m"], f["worst_days"], f["broken_promises"]
    on_time, months, arrears = f["on_time"], f["months"], f["arrears"]
    points = 60
    points += -15 if late >= 3 else -8 if late == 2 else -4 if late == 1 else 6
    points += -14 if often >= 8 else -8 if often >= 4 else -3 if often >= 1 else 10
    if worst >= 15:
        points -= 12 if worst >= 30 else 6
    elif worst <= 3:
        points += 4
    points += -12 if broken >= 3 else -6 if broken >= 1 else 3
    if on_time >= 85:
        points += 8 if on_time >= 95 else 4
    elif on_time <= 60:
        points -= 8
    if months >= 12:
        points += 6 if months >= 24 else 3
    elif months <= 2:
        points -= 4
    if arrears >= 1:
        points -= 12 if arrears >= 3 else 5
    if f["reversals"] >= 2:
        points -= 6
    if months >= 6 and f["plan"] == "long":
        points += 2
    if f["guaranteed"]:
        points += 5
    if points >= 50:
        return "high", points if points < 100 else 100
    return "low", points if points > 0 else 0


def by_hand_checked(f: Mapping[str, Any], day: date) -> tuple[str, int]:
    """The same engineer, refusing what our engine refuses: other facts, other types, unknown plans."""
    if len(f) != 10 or type(f["guaranteed"]) is not bool or f["plan"] not in PLANS:
        raise ValueError("facts")
    for name in NUMBERS:
        if type(f[name]) is not int:
            raise TypeError(name)
    return by_hand(f, day)


def drivers(count: int, seed: int = 1) -> list[Facts]:
    random = Random(seed)
    tops = dict(zip(NUMBERS, (5, 12, 45, 5, 100, 40, 5, 4), strict=True))
    return [
        {name: random.randint(0, top) for name, top in tops.items()}
        | {"plan": random.choice(PLANS), "guaranteed": random.random() < 0.5}
        for _ in range(count)
    ]


LEVELS = ("bronze", "silver", "gold")
WEIGHTS = ((None, 9), (10, 49), (50, 199), (200, None))


@dataclass(frozen=True)
class Line:
    reference: str
    level: str
    low: int | None
    high: int | None
    price: int


def grid(rows: int) -> list[Line]:
    """References × 3 levels × 4 ranges of weight, cut after ``rows``."""
    found = []
    for n in range(rows):
        low, high = WEIGHTS[n % 4]
        found.append(Line(f"r{n // 12}", LEVELS[n // 4 % 3], low, high, 1000 + n * 7 % 9973))
    return found


def grid_by_hand(lines: list[Line]) -> Callable[[Facts], int]:
    """The limit: a dictionary and one comparison for each range."""
    table: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for line in lines:
        key = (line.reference, line.level)
        table.setdefault(key, []).append((10**9 if line.high is None else line.high, line.price))

    def price(f: Facts) -> int:
        weight = f["weight"]
        for high, found in table.get((f["reference"], f["level"]), ()):
            if weight <= high:
                return found
        return 0

    return price


def parcels(lines: list[Line], count: int, seed: int = 1) -> list[Facts]:
    """Facts that one of the rows answers."""
    random = Random(seed)
    found = []
    for _ in range(count):
        line = random.choice(lines)
        weight = random.randint(line.low or 0, line.high or 500)
        found.append({"reference": line.reference, "level": line.level, "weight": weight})
    return found
