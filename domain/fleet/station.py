"""The facts of the rule book fleet/station: how a swap station did in one month."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from domain.errors import BadInput, Mistake
from domain.fleet.shares import change, percent
from domain.money import Money


@dataclass(frozen=True)
class StationMonth:
    """``month_on`` is the month's first day. ``refused`` counts drivers who left without a charged battery,
    ``capacity`` the swaps that the batteries and chargers allow; ``target`` None means that none was set.
    """

    month_on: date
    revenue: Money
    costs: Money
    swaps: int
    refused: int
    capacity: int
    open_hours: int
    planned_hours: int
    target: Money | None = None

    def __post_init__(self) -> None:
        counts = ("swaps", "refused", "capacity", "open_hours", "planned_hours")
        mistakes = [
            Mistake(name, f"{getattr(self, name)} is below 0", "give 0 or more")
            for name in counts
            if getattr(self, name) < 0
        ]
        if self.month_on.day != 1:
            mistakes.append(Mistake("month_on", f"{self.month_on} is no first day", "give the month's first"))
        others = [one for one in (self.costs, self.target) if one]
        if any(one.currency != self.revenue.currency for one in others):
            mistakes.append(Mistake("costs", "several currencies", f"use {self.revenue.currency}"))
        if mistakes:
            raise BadInput(*mistakes)

    @property
    def target_percent(self) -> Decimal | None:
        return percent(self.revenue.minor, self.target.minor) if self.target else None


@dataclass(frozen=True)
class StationFacts:
    """Shares are rounded down, so that no target shows as reached before it is; None where there is nothing
    to compare with. ``best_percent_3m`` is the best of three months in a row, each with a target. ``closed``:
    there is no month after this one.
    """

    month_on: date
    months_open: int
    revenue: Money
    swaps: int
    target_percent: Decimal | None
    best_percent_3m: Decimal | None
    margin_percent: Decimal | None
    change_percent: Decimal | None
    open_percent: Decimal | None
    refused_percent: Decimal | None
    used_percent: Decimal | None
    closed: bool = False

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def station_facts(
    months: Sequence[StationMonth], *, opened_on: date | None = None, closed: bool = False
) -> StationFacts:
    """About the last of ``months``, in order: all since the station opened, or the last three at least of one
    that opened on ``opened_on``.

    Raises BadInput when there is none or one is missing.
    """
    check_months([one.month_on for one in months])
    now = months[-1]
    before = months[-2] if len(months) > 1 else None
    return StationFacts(
        month_on=now.month_on,
        months_open=months_open(months[0].month_on if opened_on is None else opened_on, now.month_on),
        revenue=now.revenue,
        swaps=now.swaps,
        target_percent=now.target_percent,
        best_percent_3m=best_of_three([one.target_percent for one in months]),
        margin_percent=_margin(now),
        change_percent=change(now.revenue.minor, before.revenue.minor) if before else None,
        open_percent=percent(now.open_hours, now.planned_hours),
        refused_percent=percent(now.refused, now.refused + now.swaps),
        used_percent=percent(now.swaps, now.capacity),
        closed=closed,
    )


def _margin(now: StationMonth) -> Decimal | None:
    """None of takings below zero too: more was given back than taken."""
    return percent((now.revenue - now.costs).minor, now.revenue.minor) if now.revenue.minor > 0 else None


def months_open(opened_on: date, month_on: date) -> int:
    """The month of the opening is the first."""
    return (month_on.year - opened_on.year) * 12 + month_on.month - opened_on.month + 1


def check_months(firsts: Sequence[date]) -> None:
    """Raises BadInput unless they are months in a row."""
    if not firsts:
        raise BadInput(Mistake("months", "there is none", "give the month that is over"))
    numbers = [first.year * 12 + first.month for first in firsts]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise BadInput(Mistake("months", "they do not follow one another", "give every month, in order"))


def best_of_three(shares: Sequence[Decimal | None]) -> Decimal | None:
    """The best of the last three; None unless there are three."""
    last = [share for share in shares[-3:] if share is not None]
    return max(last) if len(last) == 3 else None
