"""What is agreed with an investor, which part of which bike is theirs, and what they are owed of a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import add_months
from domain.errors import BadInput, Mistake
from domain.fleet.intake import PaidBy, check_references, check_years
from domain.money import LARGEST_MINOR, Money

WHOLE = 10_000
"""Shares are in hundredths of a percent: 2500 is 25 %."""


class InvestorKind(StrEnum):
    """``purchase``: the bikes are the investor's; ``financing``: the investor lends against their revenue."""

    PURCHASE = "purchase"
    FINANCING = "financing"


class PayoutKind(StrEnum):
    SHARE = "share"
    CAPITAL = "capital"


@dataclass(frozen=True)
class InvestorContract:
    """``revenue_share_bp`` of what drivers pay for the financed part of a bike is the investor's.

    A month's statement falls due on ``statement_day`` of the next month, its payout ``payout_days`` later.
    ``ends_on`` is the last day that counts; None: until it is ended.
    """

    ref: str
    investor_ref: str
    kind: InvestorKind
    amount: Money
    revenue_share_bp: int
    signed_on: date
    ends_on: date | None = None
    statement_day: int = 5
    payout_days: int = 10

    def __post_init__(self) -> None:
        check_references(ref=self.ref, investor_ref=self.investor_ref)
        check_years(signed_on=self.signed_on, **({"ends_on": self.ends_on} if self.ends_on else {}))
        mistakes = [
            *_between("amount", self.amount.minor, 1, LARGEST_MINOR),
            *_between("revenue_share_bp", self.revenue_share_bp, 1, WHOLE),
            *_between("statement_day", self.statement_day, 1, 28),
            *_between("payout_days", self.payout_days, 0, 90),
        ]
        if self.ends_on and self.ends_on <= self.signed_on:
            mistakes.append(Mistake("ends_on", "not after the signature", "give a later day"))
        if mistakes:
            raise BadInput(*mistakes)


@dataclass(frozen=True)
class Share:
    """A part of a bike that a contract financed, ``until_on`` included; None: until it is ended."""

    contract_ref: str
    bike_ref: str
    share_bp: int
    from_on: date
    until_on: date | None = None

    def __post_init__(self) -> None:
        check_references(contract_ref=self.contract_ref, bike_ref=self.bike_ref)
        check_years(from_on=self.from_on, **({"until_on": self.until_on} if self.until_on else {}))
        mistakes = _between("share_bp", self.share_bp, 1, WHOLE)
        if self.until_on and self.until_on < self.from_on:
            mistakes.append(Mistake("until_on", "before the first day", "give a day from from_on on"))
        if mistakes:
            raise BadInput(*mistakes)


@dataclass(frozen=True)
class Payout:
    """Money paid to an investor: of their ``share``, or ``capital`` given back."""

    ref: str
    contract_ref: str
    kind: PayoutKind
    amount: Money
    paid_on: date
    channel: PaidBy = PaidBy.BANK

    def __post_init__(self) -> None:
        check_references(ref=self.ref, contract_ref=self.contract_ref)
        check_years(paid_on=self.paid_on)
        if mistakes := _between("amount", self.amount.minor, 1, LARGEST_MINOR):
            raise BadInput(*mistakes)


def entitled(parts: Iterable[tuple[int, int]], revenue_share_bp: int) -> int:
    """Of all that one bike ever brought: pairs of *collected, share of the bike*, in minor units.

    Rounded down once, over everything: each month is owed what this grew by, so that over the months nothing
    is lost and nothing is paid twice, late payments and reversals included.
    """
    return sum(minor * share_bp for minor, share_bp in parts) * revenue_share_bp // (WHOLE * WHOLE)


def month_of(day: date) -> date:
    return day.replace(day=1)


def last_day(month_on: date) -> date:
    return add_months(month_on, 1) - timedelta(days=1)


def statement_on(month_on: date, statement_day: int) -> date:
    """The day on which a month's statement falls due."""
    return add_months(month_on, 1).replace(day=statement_day)


def _between(field: str, value: int, first: int, last: int) -> list[Mistake]:
    if first <= value <= last:
        return []
    return [Mistake(field, f"{value} is out of range", f"give a whole number from {first} to {last}")]
