"""The facts of the rule book fleet/agency: how an agency collected and sold in one month."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from domain.errors import BadInput, Mistake
from domain.fleet.shares import percent
from domain.fleet.station import best_of_three, check_months, months_open
from domain.money import Money


@dataclass(frozen=True)
class AgencyMonth:
    """``due`` fell due in the month, ``collected`` came in for it. Of the ``contracts`` running at its end,
    ``late`` were past their grace; ``ended_early`` were terminated in the month. ``new_target`` None means
    that none was set.
    """

    month_on: date
    due: Money
    collected: Money
    contracts: int
    late: int
    ended_early: int
    new: int
    new_target: int | None = None

    def __post_init__(self) -> None:
        counts = ("contracts", "late", "ended_early", "new")
        mistakes = [
            Mistake(name, f"{getattr(self, name)} is below 0", "give 0 or more")
            for name in counts
            if getattr(self, name) < 0
        ]
        if self.late > self.contracts:
            mistakes.append(Mistake("late", "more than the contracts running", "count each contract once"))
        if self.month_on.day != 1:
            mistakes.append(Mistake("month_on", f"{self.month_on} is no first day", "give the month's first"))
        if self.collected.currency != self.due.currency:
            mistakes.append(Mistake("collected", "another currency", f"use {self.due.currency}"))
        if mistakes:
            raise BadInput(*mistakes)

    @property
    def collected_percent(self) -> Decimal | None:
        return percent(self.collected.minor, self.due.minor)


@dataclass(frozen=True)
class AgencyFacts:
    """Shares are rounded down; None where there is nothing to compare with. ``collected_change`` counts
    points between two months. ``ended_percent`` is of the contracts running before they were ended.
    ``closed``: there is no month after this one.
    """

    month_on: date
    months_open: int
    collected: Money
    collected_percent: Decimal | None
    best_collected_3m: Decimal | None
    collected_change: Decimal | None
    late_percent: Decimal | None
    ended_percent: Decimal | None
    new_percent: Decimal | None
    closed: bool = False

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def agency_facts(
    months: Sequence[AgencyMonth], *, opened_on: date | None = None, closed: bool = False
) -> AgencyFacts:
    """About the last of ``months``, in order: all since the agency opened, or the last three at least of one
    that opened on ``opened_on``.

    Raises BadInput when there is none or one is missing.
    """
    check_months([one.month_on for one in months])
    now = months[-1]
    return AgencyFacts(
        month_on=now.month_on,
        months_open=months_open(months[0].month_on if opened_on is None else opened_on, now.month_on),
        collected=now.collected,
        collected_percent=now.collected_percent,
        best_collected_3m=best_of_three([one.collected_percent for one in months]),
        collected_change=_moved([one.collected_percent for one in months]),
        late_percent=percent(now.late, now.contracts),
        ended_percent=percent(now.ended_early, now.contracts + now.ended_early),
        new_percent=percent(now.new, now.new_target) if now.new_target else None,
        closed=closed,
    )


def _moved(shares: Sequence[Decimal | None]) -> Decimal | None:
    if len(shares) < 2 or shares[-1] is None or shares[-2] is None:
        return None
    return shares[-1] - shares[-2]
