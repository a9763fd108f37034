"""How a contract ends before its last due: settled early, agreed, in default, or by theft of the bike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import BadInput, Conflict, Mistake
from domain.fleet.change import Plan, charges, in_order, lump, next_number, principal, total
from domain.fleet.payments import Standing
from domain.fleet.schedule import Due, DueKind
from domain.money import Money

LONGEST_QUOTE = timedelta(days=60)


class EndKind(StrEnum):
    PAID = "paid"
    SETTLED = "settled"
    AGREEMENT = "agreement"
    DEFAULT = "default"
    """The bike is taken back."""
    THEFT = "theft"


@dataclass(frozen=True)
class Quote:
    """What settling early costs until ``last_on``. All in minor units of ``currency``.

    ``arrears``: unpaid of what fell due up to the day of the quote. ``principal``: of the later dues.
    ``charge``: interest and charges of the dues from then until ``last_on``. ``fees``: later dues that are
    fees. ``fee``: for settling. ``credit``: paid already of the later dues. ``given_back``: charges that will
    not be earned. ``total`` is what the contract will have cost in all.
    """

    quoted_on: date
    last_on: date
    currency: str
    arrears: int
    principal: int
    charge: int
    fees: int
    fee: int
    credit: int
    given_back: int
    total: int

    @property
    def amount(self) -> int:
        """To pay."""
        return self.arrears + self.principal + self.charge + self.fees + self.fee - self.credit


def quote(standing: Standing, day: date, last_on: date, fee: Money) -> Quote:
    """Raises BadInput, and Conflict when nothing is to be settled early."""
    if not day <= last_on <= day + LONGEST_QUOTE:
        raise BadInput(Mistake("last_on", "not in reach", f"give a day from {day} to {day + LONGEST_QUOTE}"))
    later = [one for one in standing.settlements if one.due.due_on > day]
    if not any(one.unpaid.minor for one in later):
        raise Conflict("nothing is left to be settled early: every due has come or is paid")
    dues = [one.due for one in later]
    given_back = charges(_dropped(dues, last_on))
    fees = charges(one for one in dues if one.kind is DueKind.FEE)
    made = Quote(
        day, last_on, fee.currency,
        arrears=sum(one.unpaid.minor for one in standing.settlements if one.due.due_on <= day),
        principal=principal(dues), charge=charges(dues) - fees - given_back, fees=fees, fee=fee.minor,
        credit=sum(one.paid.minor for one in later) + standing.overpayment.minor, given_back=given_back,
        total=standing.total.minor - given_back + fee.minor,
    )  # fmt: skip
    if made.amount <= 0:
        raise Conflict("what is paid already is more than settling would cost: nothing is to be quoted")
    return made


def settled(dues: Sequence[Due], total_minor: int, on: date) -> Plan:
    """The dues until ``on``, and one for all that would have come later, so that they are ``total_minor``."""
    kept = [one for one in in_order(dues) if one.due_on <= on]
    left = total_minor - total(kept)
    if not left:
        return tuple(kept)
    capital = principal(one for one in dues if one.due_on > on)
    currency = dues[0].amount.currency
    return (*kept, lump(next_number(kept), on, currency, capital, left - capital))


def paid_on(standing: Standing, last_on: date, total_minor: int) -> date | None:
    """The day up to ``last_on`` on which ``total_minor`` had come in."""
    come = 0
    for receipt in standing.receipts:
        come += receipt.amount.minor
        if come >= total_minor:
            return receipt.on if receipt.on <= last_on else None
    return None


@dataclass(frozen=True)
class End:
    """``bike_value`` is what a bike that was taken back is worth; ``still_owed`` None: all that is left."""

    kind: EndKind = EndKind.AGREEMENT
    bike_value: Money | None = None
    still_owed: Money | None = None


@dataclass(frozen=True)
class Ended:
    """What was unpaid is ``given_back`` + ``bike_value`` + ``written_off`` + what ``dues`` leaves unpaid."""

    dues: Plan
    given_back: int
    bike_value: int
    written_off: int


def ended(standing: Standing, end: End, day: date) -> Ended:
    """Everything falls due on ``day``, without the charges that were not earned; what is given up or covered
    by the bike is taken from the newest dues. Raises BadInput.
    """
    currency = standing.allocated.currency
    dues = in_order(one.due for one in standing.settlements)
    past, future = [one for one in dues if one.due_on <= day], [one for one in dues if one.due_on > day]
    given_back = charges(_dropped(future, day))
    plan = past
    if future:
        fees = charges(future) - given_back
        plan = [*past, lump(next_number(past), day, currency, principal(future), fees)]
    came = sum(one.amount.minor for one in standing.receipts)
    # What was given back of a payment that was none is in no due: nothing covers it.
    beside = max(-came, 0)
    claim = max(total(plan) - came - beside, 0)
    value, off = _parts(end, Money(currency, claim), Money(currency, beside))
    cut = tuple(_cut(plan, value + off))
    return Ended(cut or (lump(1, day, currency, 0, 0),), given_back, value, off)


def _parts(end: End, claim: Money, beside: Money) -> tuple[int, int]:
    value = end.bike_value.minor if end.bike_value else 0
    if not 0 <= value <= claim.minor:
        mend = f"give at most {claim.decimal}; settle the rest as a refund"
        raise BadInput(Mistake("bike_value", f"more than the {claim.decimal} that are owed", mend))
    left = claim.minor - value
    owed = left if end.still_owed is None else end.still_owed.minor - beside.minor
    if beside.minor and owed < 0:
        said = f"{beside.decimal} was given back of a payment that was taken back"
        raise BadInput(Mistake("still_owed", said, f"give at least {beside.decimal}"))
    if not 0 <= owed <= left:
        most = Money(claim.currency, left + beside.minor).decimal
        raise BadInput(Mistake("still_owed", f"more than the {most} that are left", f"give at most {most}"))
    return value, left - owed


def _dropped(dues: Sequence[Due], day: date) -> Iterator[Due]:
    """Whose charges are not earned when everything ends on ``day``. A fee is owed whatever comes."""
    return (one for one in dues if one.due_on > day and one.kind is not DueKind.FEE)


def _cut(plan: Sequence[Due], minor: int) -> Iterator[Due]:
    """Without the last ``minor``, of each due the principal first."""
    kept: list[Due] = []
    for one in reversed(plan):
        off = min(minor, one.amount.minor)
        minor -= off
        if off == one.amount.minor and off:
            continue
        capital = Money(one.amount.currency, min(off, one.principal.minor))
        rest = Money(one.amount.currency, off) - capital
        kept.append(
            replace(one, amount=one.amount - capital - rest, principal=one.principal - capital,
                    charge=one.charge - rest)
        )  # fmt: skip
    return reversed(kept)
