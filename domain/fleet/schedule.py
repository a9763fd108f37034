"""The schedule that follows from signed terms: when each amount is due."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, islice

from domain.calendar import DAY, add_months
from domain.errors import BadInput, Mistake
from domain.fleet.amortization import Part, parts
from domain.fleet.terms import Frequency, HolidayRule, Terms
from domain.money import Money

HolidaysOf = Callable[[int], frozenset[date]]
"""The public holidays of a year."""


class DueKind(StrEnum):
    DOWN_PAYMENT = "down_payment"
    INSTALMENT = "instalment"
    FEE = "fee"
    SETTLEMENT = "settlement"
    """What an early end of the contract costs, in place of every due after it."""


@dataclass(frozen=True)
class Due:
    """``number`` 0 is the down payment. ``amount`` is ``principal`` + ``charge``. In the order of their dates
    the numbers of a schedule rise.
    """

    number: int
    due_on: date
    amount: Money
    principal: Money
    charge: Money
    kind: DueKind = DueKind.INSTALMENT


def no_holidays(_year: int) -> frozenset[date]:
    return frozenset()


def schedule(terms: Terms, holidays_of: HolidaysOf = no_holidays) -> tuple[Due, ...]:
    """Every due in order of date; principals add up to the price exactly.

    Without a down payment the first due is number 1. Raises BadInput when the rounding leaves nothing
    for an instalment or the dates run past the calendar.
    """
    currency = terms.price.currency
    none = Money(currency, 0)
    down = [Due(0, terms.signed_on, terms.down_payment, terms.down_payment, none, DueKind.DOWN_PAYMENT)]
    days = due_dates(terms, terms.instalments, holidays_of)
    dated = enumerate(zip(days, parts(terms), strict=True), start=1)
    dues = [_due(number, day, part, currency) for number, (day, part) in dated]
    return tuple((down if terms.down_payment.minor else []) + dues)


def due_dates(terms: Terms, number: int, holidays_of: HolidaysOf = no_holidays) -> list[date]:
    """The first dates of the terms' rhythm. Raises BadInput when they run past the calendar."""
    try:
        return list(islice(_due_dates(terms, holidays_of), number))
    except OverflowError:
        raise BadInput(
            Mistake("instalments", "the last one is after the year 9999", "use fewer instalments")
        ) from None


def _due(number: int, day: date, part: Part, currency: str) -> Due:
    principal, charge = Money(currency, part.principal), Money(currency, part.charge)
    return Due(number, day, principal + charge, principal, charge)


def _due_dates(terms: Terms, holidays_of: HolidaysOf) -> Iterator[date]:
    def is_open(day: date) -> bool:
        return day.weekday() not in terms.rest_days and day not in holidays_of(day.year)

    for day in _base_dates(terms):
        if terms.holiday_rule is HolidayRule.NEXT_OPEN_DAY:
            yield _next(is_open, day)
        elif terms.holiday_rule is HolidayRule.KEEP or is_open(day):
            yield day


def _base_dates(terms: Terms) -> Iterator[date]:
    """The dates before holidays, each counted from the first one, so that a shift never carries over."""
    first = terms.first_due_on
    if terms.frequency is Frequency.MONTHLY:
        return (add_months(first, n) for n in count())
    if terms.frequency is Frequency.DAILY:
        days = (first + n * DAY for n in count())
        return (day for day in days if day.weekday() not in terms.rest_days)
    step = timedelta(days=7 if terms.frequency is Frequency.WEEKLY else terms.every_days)
    return (first + n * step for n in count())


def _next(is_open: Callable[[date], bool], day: date) -> date:
    while not is_open(day):
        day += DAY
    return day
