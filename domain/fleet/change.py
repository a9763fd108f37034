"""What becomes of a schedule when something changes after the signature.

What was paid stays as it is; what is open is written anew. Money does not move between dues: the oldest due
of the new schedule takes what was paid of the old ones that were open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.errors import BadInput, Mistake
from domain.fleet.payments import Standing
from domain.fleet.schedule import Due, DueKind, HolidaysOf, due_dates, no_holidays, schedule
from domain.fleet.terms import FlatFee, Frequency, HolidayRule, Interest, Terms
from domain.money import LARGEST_MINOR, Money

Plan = tuple[Due, ...]
Told = Mapping[str, Any]
LATEST = date(2199, 12, 31)


@dataclass(frozen=True)
class Change:
    """``kind``: bike_swapped, driver_changed, renegotiated, reaged, fee_added, settled, settlement_undone,
    terminated. ``before`` and ``after`` hold references, dates and amounts in minor units.
    """

    contract_ref: str
    number: int
    kind: str
    changed_on: date
    at: datetime
    by: str
    reason: str
    before: Told
    after: Told


@dataclass(frozen=True)
class Offer:
    """New terms for what remains. `domain/fleet/terms.py` says what each of them means."""

    instalments: int
    frequency: Frequency
    first_due_on: date
    every_days: int = 0
    rest_days: frozenset[int] = frozenset()
    holiday_rule: HolidayRule = HolidayRule.KEEP
    charge: FlatFee | Interest | None = None
    rounding: int = 1

    def terms(self, agreed: Terms, capital: Money, day: date) -> Terms:
        """Raises BadInput."""
        return Terms(
            agreed.kind, capital, Money(capital.currency, 0), self.instalments, self.frequency,
            self.first_due_on, day, self.every_days, self.rest_days, self.holiday_rule, agreed.grace_days,
            self.charge, self.rounding,
        )  # fmt: skip


def renegotiated(
    standing: Standing, agreed: Terms, offer: Offer, day: date, holidays_of: HolidaysOf = no_holidays
) -> Plan:
    """What is open, arrears included, is spread by the new terms; charges that had not fallen due are dropped
    for those of the offer. Charges and fees that are owed already are carried over, the first to be paid.

    Raises BadInput.
    """
    paid, left = parted(standing)
    owed = charges(one for one in left if one.due_on <= day or one.kind is DueKind.FEE)
    capital = principal(left) + owed
    if not capital:
        raise BadInput(Mistake("instalments", "nothing is left to pay", "there is nothing to renegotiate"))
    _after_paid(offer.first_due_on, paid)
    terms = offer.terms(agreed, Money(standing.allocated.currency, capital), day)
    fresh = _carrying(schedule(terms, holidays_of), owed)
    return (*paid, *_numbered(paid, fresh))


def reaged(
    standing: Standing, rhythm: Terms, first_due_on: date, day: date, holidays_of: HolidaysOf = no_holidays
) -> Plan:
    """The open dues keep their amounts and get new dates, the first on ``first_due_on``, in the rhythm of
    ``rhythm``. A fee stays with the instalment that it comes before. Raises BadInput.
    """
    paid, left = parted(standing)
    if not left:
        raise BadInput(Mistake("first_due_on", "nothing is left to pay", "there is no date to move"))
    _after_paid(first_due_on, paid)
    terms = replace(rhythm, first_due_on=first_due_on, signed_on=day)
    places = sum(one.kind is not DueKind.FEE for one in left)
    return (*paid, *_dated(left, due_dates(terms, max(places, 1), holidays_of)))


def with_fee(dues: Sequence[Due], fee: Money, due_on: date, day: date) -> Plan:
    """One more due, after those of its date. Raises BadInput."""
    if not day <= due_on <= LATEST:
        raise BadInput(Mistake("due_on", f"not between {day} and {LATEST}", f"give {day} or a later day"))
    if fee.minor > LARGEST_MINOR:
        raise BadInput(Mistake("amount", "not a believable amount", "give a smaller amount"))
    before = [one for one in in_order(dues) if one.due_on <= due_on]
    after = [one for one in in_order(dues) if one.due_on > due_on]
    none = Money(fee.currency, 0)
    new = Due(0, due_on, fee, none, fee, DueKind.FEE)
    return (*before, *_numbered(before, (new, *after)))


def parted(standing: Standing) -> tuple[list[Due], list[Due]]:
    """The dues that are paid in full, and those that are open."""
    paid = [one.due for one in standing.settlements if not one.unpaid.minor]
    return paid, [one.due for one in standing.settlements if one.unpaid.minor]


def in_order(dues: Iterable[Due]) -> list[Due]:
    return sorted(dues, key=lambda due: (due.due_on, due.number))


def total(dues: Iterable[Due]) -> int:
    return sum(one.amount.minor for one in dues)


def principal(dues: Iterable[Due]) -> int:
    return sum(one.principal.minor for one in dues)


def charges(dues: Iterable[Due]) -> int:
    return sum(one.charge.minor for one in dues)


def lump(number: int, due_on: date, currency: str, capital: int, charge: int) -> Due:
    """What an early end costs."""
    parts = Money(currency, capital), Money(currency, charge)
    return Due(number, due_on, parts[0] + parts[1], *parts, DueKind.SETTLEMENT)


def next_number(dues: Sequence[Due]) -> int:
    return max((one.number for one in dues), default=0) + 1


def _numbered(before: Sequence[Due], fresh: Iterable[Due]) -> Iterator[Due]:
    for number, one in enumerate(fresh, next_number(before)):
        yield replace(one, number=number)


def _after_paid(first_due_on: date, paid: Sequence[Due]) -> None:
    last = max((one.due_on for one in paid), default=date.min)
    if first_due_on <= last:
        raise BadInput(Mistake("first_due_on", f"the dues up to {last} are paid already", "give a later day"))


def _carrying(plan: Iterable[Due], owed: int) -> Iterator[Due]:
    """Of the capital that was spread, the first ``owed`` is charges that are owed already."""
    for one in plan:
        part = min(owed, one.principal.minor)
        owed -= part
        moved = Money(one.amount.currency, part)
        yield replace(one, principal=one.principal - moved, charge=one.charge + moved)


def _dated(dues: Sequence[Due], days: Sequence[date]) -> Iterator[Due]:
    place = 0
    for one in dues:
        yield replace(one, due_on=days[min(place, len(days) - 1)])
        place += one.kind is not DueKind.FEE
