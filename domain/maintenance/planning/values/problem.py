"""A problem in JSON. docs/planning.md has the format for who writes it by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from domain.maintenance.planning.model import (
    Break,
    Link,
    Pin,
    Point,
    Prices,
    Problem,
    Promise,
    Shift,
    Technician,
    Tie,
    Visit,
    Window,
)
from domain.maintenance.planning.values.days import promised_index
from domain.maintenance.planning.values.given import Given, whole
from domain.maintenance.planning.values.travel import travel_of
from domain.money import DIGITS

PRICES = Prices()
SHIFT = Shift()
PROMISE_TOLERANCE = 900
PENALTY = 100_000
MOST_BREAKS = 4


@dataclass
class Places:
    """Points in the order in which they are met, each once; or those of the file, by number."""

    known: dict[Point, int] = field(default_factory=dict)
    listed: tuple[Point, ...] | None = None

    @property
    def all(self) -> tuple[Point, ...]:
        return tuple(self.known) if self.listed is None else self.listed

    def of(self, given: Given, name: str) -> int:
        """A point, or a number where the file lists its places."""
        if self.listed is not None:
            return self._number(given, name, len(self.listed))
        if name not in given:
            given.wrong(name, "it is missing", 'give a place, such as {"lat": 45.899, "lon": 6.129}')
            return 0
        inner = given.object(name)
        return self.known.setdefault(point_of(inner), len(self.known)) if inner else 0

    @staticmethod
    def _number(given: Given, name: str, size: int) -> int:
        number = given.integer(name)
        if not 0 <= number < size:
            given.wrong(name, f"there is no place {number}", f"give the number of one of the {size} places")
            return 0
        return number


@dataclass(frozen=True)
class Reader:
    """What the parts of a file are read against."""

    days: Mapping[date, int]
    places: Places

    def day(self, given: Given, name: str = "day") -> int:
        known = len(given.mistakes)
        day = given.day(name)
        if day not in self.days and len(given.mistakes) == known:
            given.wrong(name, f"{day} is none of the days", "give one of days, or add it there")
        return self.days.get(day, 0)

    def promised_day(self, given: Given) -> int:
        """It may be one before the first day or after the last: what was promised was promised."""
        day = given.day("day")
        return promised_index(day, tuple(self.days)) if self.days else 0


def problem_of(value: Any) -> Problem:
    """Raises BadInput with every mistake. Travel is without rows where the file has none: ask the roads.

    What can be read may still be unsound: `checking` says so and mends it.
    """
    given = whole(value)
    days = _days(given)
    places = _places(given)
    reader = Reader({day: index for index, day in enumerate(days)}, places)
    technicians = tuple(_technician(one, reader) for one in given.objects("technicians"))
    visits = tuple(_visit(one, reader) for one in given.objects("visits"))
    links = tuple(_link(one) for one in given.objects("links"))
    prices = _prices(given.object("prices"))
    travel = travel_of(given.object("travel"), len(places.all))
    if travel.seconds and places.listed is None:
        given.wrong("places", "they are missing", "list them in the order of the rows of travel")
    zone_most = given.counts("zone_most")
    currency = given.text("currency", "EUR")
    if currency and currency not in DIGITS:
        given.wrong("currency", f"{currency[:10]!r} is unknown", f"use one of {', '.join(DIGITS)}")
    given.finish()
    given.settle()
    return Problem(days, places.all, travel, technicians, visits, links, prices, zone_most, currency)


def point_of(given: Given) -> Point:
    point = Point(given.number("lat"), given.number("lon"))
    given.finish()
    return point


def _days(given: Given) -> tuple[date, ...]:
    days = given.texts("days")
    mend = 'give the days in order, each once, such as ["2026-03-09", "2026-03-10"]'
    try:
        read = tuple(date.fromisoformat(one) for one in days)
    except ValueError:
        given.wrong("days", "these are no days", mend)
        return ()
    if not read or any(one >= other for one, other in pairwise(read)):
        given.wrong("days", "there are none, or not in order", mend)
    return read


def _places(given: Given) -> Places:
    if "places" not in given:
        return Places()
    return Places(listed=tuple(point_of(one) for one in given.objects("places")))


def _technician(given: Given, reader: Reader) -> Technician:
    start = reader.places.of(given, "start")
    end = reader.places.of(given, "end") if "end" in given else start
    technician = Technician(
        given.text("id"), start, end, _shifts(given, reader), given.counts("skills"),
        frozenset(given.texts("zones")), given.counts("parts") if "parts" in given else None,
        given.integer("per_hour", 0), given.integer("overtime_per_hour", 0), given.integer("per_km", 0),
        given.integer("per_day", 0),
    )  # fmt: skip
    given.finish()
    return technician


def _shifts(given: Given, reader: Reader) -> dict[int, Shift]:
    """``shift`` is every day's; ``shifts`` says which days are otherwise, null for none."""
    everyday = given.object("shift")
    shift = _shift(everyday, reader) if everyday else None
    shifts = dict.fromkeys(reader.days.values(), shift) if shift else {}
    some = given.object("shifts")
    for name in some.value if some else ():
        assert some is not None
        index = reader.days.get(_day(name))
        if index is None:
            some.wrong(str(name), "it is none of the days", "give one of days, or add it there")
            some.asked.add(name)
        elif name in some:
            inner = some.object(name)
            shifts[index] = _shift(inner, reader) if inner else SHIFT
        else:
            shifts.pop(index, None)
    return {index: one for index, one in sorted(shifts.items()) if one}


def _day(name: Any) -> date:
    try:
        return date.fromisoformat(name)
    except (TypeError, ValueError):
        return date.min


def _shift(given: Given, reader: Reader) -> Shift:
    start = reader.places.of(given, "start") if "start" in given else None
    shift = Shift(
        given.moment("begin", SHIFT.begin), given.moment("end", SHIFT.end),
        given.moment("ordinary", SHIFT.ordinary), given.moment("overtime_most", SHIFT.overtime_most),
        tuple(_break(one) for one in given.objects("breaks")), start, given.flag("out", False),
    )  # fmt: skip
    if shift.begin < 0:
        given.wrong("begin", "it lies before midnight", "give 00:00 or later")
    if len(shift.breaks) > MOST_BREAKS:  # each way of taking them is reckoned
        given.wrong("breaks", f"there are {len(shift.breaks)}", f"give {MOST_BREAKS} at most")
    given.finish()
    return shift


def _break(given: Given) -> Break:
    pause = Break(given.moment("earliest"), given.moment("latest"), given.moment("duration"))
    given.finish()
    return pause


def _visit(given: Given, reader: Reader) -> Visit:
    visit = Visit(
        given.text("id"), reader.places.of(given, "place"), given.moment("duration"),
        given.counts("skills"), tuple(_window(one, reader) for one in given.objects("windows")),
        _maybe(given, "zone"), given.counts("parts"), _promise(given.object("promise"), reader),
        _maybe(given, "preferred"), _pin(given.object("pin"), reader), given.integer("urgency", 0),
        given.integer("penalty", PENALTY), given.flag("optional", False),
    )  # fmt: skip
    given.finish()
    return visit


def _maybe(given: Given, name: str) -> str | None:
    return given.text(name) if name in given else None


def _window(given: Given, reader: Reader) -> Window:
    window = Window(reader.day(given), given.moment("opens"), given.moment("closes"))
    given.finish()
    return window


def _promise(given: Given | None, reader: Reader) -> Promise | None:
    if given is None:
        return None
    promise = Promise(
        reader.promised_day(given), given.moment("at"), given.moment("tolerance", PROMISE_TOLERANCE),
        _maybe(given, "technician"),
    )  # fmt: skip
    given.finish()
    return promise


def _pin(given: Given | None, reader: Reader) -> Pin | None:
    if given is None:
        return None
    pin = Pin(
        reader.day(given) if "day" in given else None, given.moment("at") if "at" in given else None,
        _maybe(given, "technician"),
    )  # fmt: skip
    given.finish()
    return pin


def _link(given: Given) -> Link:
    known: Sequence[str] = [one.value for one in Tie]
    tie = given.text("tie")
    if tie and tie not in known:
        given.wrong("tie", "there is no such link", f"give one of {', '.join(known)}")
    link = Link(Tie(tie) if tie in known else Tie.BEFORE, given.text("first"), given.text("second"))
    given.finish()
    return link


def _prices(given: Given | None) -> Prices:
    if given is None:
        return PRICES
    prices = Prices(
        given.integer("late_per_minute", PRICES.late_per_minute), given.integer("moved", PRICES.moved),
        given.integer("other_day", PRICES.other_day), given.integer("not_preferred", PRICES.not_preferred),
        given.integer("uneven_per_hour", PRICES.uneven_per_hour),
    )  # fmt: skip
    given.finish()
    return prices
