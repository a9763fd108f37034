"""What a driver signs: price, down payment, rhythm of the instalments, charge."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.calendar import WEEK
from domain.errors import BadInput, Mistake
from domain.money import DIGITS, LARGEST_MINOR, Money

MOST_INSTALMENTS = 3660
"""Ten years of daily instalments."""

HIGHEST_RATE_BP = 10_000
"""100 % a year; beyond it a rate is taken for a slip of the keyboard."""


class Kind(StrEnum):
    PURCHASE = "purchase"
    LEASE_TO_OWN = "lease_to_own"
    FINANCING = "financing"


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    EVERY_N_DAYS = "every_n_days"


class HolidayRule(StrEnum):
    """What becomes of an instalment whose date is a public holiday."""

    KEEP = "keep"
    NEXT_OPEN_DAY = "next_open_day"
    """Due on the next day that is neither a holiday nor a rest day."""
    SKIP = "skip"
    """Daily instalments only: holidays do not count, the end moves back."""


@dataclass(frozen=True)
class FlatFee:
    """A fixed charge spread over the instalments in proportion."""

    amount: Money


@dataclass(frozen=True)
class Interest:
    """Annual nominal rate in basis points (1250 is 12.50 %) on the declining balance."""

    annual_bp: int


@dataclass(frozen=True)
class Terms:
    """Raises BadInput with every mistake at once.

    ``every_days`` is the N of EVERY_N_DAYS and 0 otherwise. ``rest_days`` are weekdays (Monday = 0) on
    which no daily instalment falls and to which no instalment is shifted. ``rounding`` is the step of an
    instalment in minor units. ``charge`` None means no charge.
    """

    kind: Kind
    price: Money
    down_payment: Money
    instalments: int
    frequency: Frequency
    first_due_on: date
    signed_on: date
    every_days: int = 0
    rest_days: frozenset[int] = frozenset()
    holiday_rule: HolidayRule = HolidayRule.KEEP
    grace_days: int = 0
    charge: FlatFee | Interest | None = None
    rounding: int = 1

    def __post_init__(self) -> None:
        mistakes = [*_amounts(self), *_charge(self), *_rhythm(self), *_dates(self)]
        if mistakes:
            raise BadInput(*mistakes)

    @property
    def financed(self) -> Money:
        """The principal of the instalments."""
        return self.price - self.down_payment


def _amounts(terms: Terms) -> Iterator[Mistake]:
    price, down = terms.price, terms.down_payment
    if price.currency not in DIGITS:
        yield Mistake("price", f"unknown currency {price.currency!r}", f"use one of {', '.join(DIGITS)}")
    if not 0 < price.minor <= LARGEST_MINOR:
        yield Mistake("price", "the price is not a believable amount", "give an amount above 0")
    if down.currency != price.currency:
        yield Mistake("down_payment", f"{down.currency} is not the price's currency", f"use {price.currency}")
    elif not 0 <= down.minor < price.minor:
        yield Mistake("down_payment", "not between 0 and the price", "give 0, or less than the price")
    if terms.rounding < 1:
        yield Mistake("rounding", f"{terms.rounding} is no step", "give 1 minor unit or more")


def _charge(terms: Terms) -> Iterator[Mistake]:
    match terms.charge:
        case FlatFee(fee) if fee.currency != terms.price.currency:
            yield Mistake("charge", f"{fee.currency} is not the price's", f"use {terms.price.currency}")
        case FlatFee(fee) if not 0 <= fee.minor <= LARGEST_MINOR:
            yield Mistake("charge", "the fee is not a believable amount", "give 0 or more")
        case Interest(rate) if not 0 <= rate <= HIGHEST_RATE_BP:
            yield Mistake("charge", f"{rate} basis points a year", f"give 0 to {HIGHEST_RATE_BP}")


def _rhythm(terms: Terms) -> Iterator[Mistake]:
    if not 1 <= terms.instalments <= MOST_INSTALMENTS:
        yield Mistake("instalments", f"{terms.instalments} instalments", f"give 1 to {MOST_INSTALMENTS}")
    if terms.frequency is Frequency.EVERY_N_DAYS:
        if not 1 <= terms.every_days <= 366:
            yield Mistake("every_days", f"every {terms.every_days} days", "give 1 to 366")
    elif terms.every_days:
        yield Mistake("every_days", f"given with {terms.frequency.value} instalments", "leave it out")
    if not terms.rest_days <= WEEK:
        yield Mistake("rest_days", "not weekdays", "give numbers from 0 (Monday) to 6 (Sunday)")
    if terms.rest_days >= WEEK:
        yield Mistake("rest_days", "the whole week is rest", "leave at least one day")
    if terms.holiday_rule is HolidayRule.SKIP and terms.frequency is not Frequency.DAILY:
        yield Mistake("holiday_rule", "only daily instalments can be skipped", "use keep or next_open_day")


def _dates(terms: Terms) -> Iterator[Mistake]:
    if terms.first_due_on < terms.signed_on:
        yield Mistake("first_due_on", f"before the signature ({terms.signed_on})", "give a later day")
    if terms.frequency is Frequency.DAILY and terms.first_due_on.weekday() in terms.rest_days:
        yield Mistake("first_due_on", "it falls on a rest day", "give a day on which instalments fall")
    if not 0 <= terms.grace_days <= 366:
        yield Mistake("grace_days", f"{terms.grace_days} days of grace", "give 0 to 366")
