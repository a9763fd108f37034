"""When a visit may be done on certain days: its own openings, within the days and moments that bound it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.maintenance.planning.intake import Hold, Order
from domain.maintenance.planning.model import DAY, Pin, Window

Moment = tuple[date, int]
TOLD = 900
"""Seconds before and after the moment that was told, in which a held visit may begin."""


@dataclass(frozen=True)
class Bounds:
    """What others ask of a visit: begun no sooner, over no later, by whom, together with what begins then."""

    sooner: Moment | None = None
    later: Moment | None = None
    technician: str | None = None
    day: int | None = None
    at: int | None = None

    def and_now(self, now: Moment | None) -> "Bounds":
        if now is None or (self.sooner is not None and self.sooner >= now):
            return self
        return replace(self, sooner=now)

    def pin(self, own: Pin | None) -> Pin | None:
        """What is pinned already stays."""
        if self.technician is None and self.day is None:
            return own
        own = own or Pin()
        day = self.day if own.day is None else own.day
        at = self.at if own.at is None else own.at
        return Pin(day, at, own.technician or self.technician)


def windows_of(
    order: Order, days: Sequence[date], bounds: Bounds, hold: Hold | None = None
) -> tuple[Window, ...]:
    """Empty where nothing binds it. A visit that no moment is left for has a window of no length."""
    if hold is not None:
        index = (hold.on - days[0]).days
        return (Window(index, max(0, hold.begins - TOLD), hold.begins + TOLD + order.duration),)
    found = [
        clipped
        for index, day in enumerate(days) if _may(order, day, days[0])
        for opens, closes in _hours(order, day)
        if (clipped := _clipped(index, day, opens, closes, bounds)) is not None
    ]  # fmt: skip
    if len(found) == len(days) and all(one.opens == 0 and one.closes == DAY for one in found):
        return ()
    return tuple(found) or (Window(0, 0, 0),)


def _may(order: Order, day: date, first: date) -> bool:
    """Who has waited beyond the last day that does may come on any."""
    if order.not_before_on is not None and day < order.not_before_on:
        return False
    return order.due_on is None or order.due_on < first or day <= order.due_on


def _hours(order: Order, day: date) -> list[tuple[int, int]]:
    if not order.openings:
        return [(0, DAY)]
    return [(one.opens, one.closes) for one in order.openings if one.holds(day)]


def _clipped(index: int, day: date, opens: int, closes: int, bounds: Bounds) -> Window | None:
    if bounds.sooner is not None:
        if day < bounds.sooner[0]:
            return None
        opens = max(opens, bounds.sooner[1]) if day == bounds.sooner[0] else opens
    if bounds.later is not None:
        if day > bounds.later[0]:
            return None
        closes = min(closes, bounds.later[1]) if day == bounds.later[0] else closes
    return Window(index, opens, closes) if opens < closes else None
