"""Cash that agents hold: what is agreed with them, and the facts of the rule book fleet/cash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.errors import BadInput, Mistake
from domain.fleet.ceiling import CeilingFacts
from domain.fleet.intake import check_references, check_years
from domain.money import LARGEST_MINOR, Money


@dataclass(frozen=True)
class Agent:
    """Who takes cash from drivers, and how much of it they may hold. Raises BadInput."""

    ref: str
    contact_ref: str
    ceiling: Money
    opened_on: date
    agency_ref: str | None = None

    def __post_init__(self) -> None:
        named = {"agency_ref": self.agency_ref} if self.agency_ref is not None else {}
        check_references(ref=self.ref, contact_ref=self.contact_ref, **named)
        check_years(opened_on=self.opened_on)
        check_amount("ceiling", self.ceiling)


@dataclass(frozen=True)
class Deposit:
    """Cash that an agent brought to the bank. ``deposited_at`` is aware; ``bank_ref`` is the bank's own."""

    ref: str
    agent_ref: str
    amount: Money
    deposited_at: datetime
    bank_ref: str = ""

    def __post_init__(self) -> None:
        check_references(ref=self.ref, agent_ref=self.agent_ref)
        check_amount("amount", self.amount)
        if self.deposited_at.tzinfo is None:
            raise BadInput(Mistake("deposited_at", "no time zone", "add one, such as +01:00"))
        check_years(deposited_at=self.deposited_at)


def check_amount(field: str, amount: Money) -> None:
    if not 0 < amount.minor <= LARGEST_MINOR:
        raise BadInput(Mistake(field, f"{amount.decimal} is not a believable amount", "give one above 0"))


@dataclass(frozen=True)
class CashDay:
    """What an agent took and brought to the bank on one local day."""

    on: date
    taken_minor: int
    deposited_minor: int


@dataclass(frozen=True)
class CashFacts:
    """``held_on`` is the day of the oldest cash that is still held, ``over_on`` the day since whose evening
    more than the ceiling is; None where there is none.
    """

    held: Money
    ceiling: Money
    held_on: date | None
    over_on: date | None

    @property
    def excess(self) -> Money:
        return max(self.held - self.ceiling, Money(self.held.currency, 0))

    def as_facts(self) -> dict[str, object]:
        return {"held": self.held, "held_on": self.held_on}

    @property
    def ceiling_facts(self) -> CeilingFacts:
        return CeilingFacts(self.excess, self.over_on)


def cash_facts(held: Money, ceiling: Money, days: Sequence[CashDay]) -> CashFacts | None:
    """From the days on which cash moved, the latest first: a deposit takes away the oldest cash.

    None when ``days`` do not go back far enough to tell.
    """
    if held.minor <= 0:
        return CashFacts(held, ceiling, None, None)
    held_on = _oldest(held.minor, days)
    over = held > ceiling
    over_on = _over_since(held.minor, ceiling.minor, days) if over else None
    if held_on is None or (over and over_on is None):
        return None
    return CashFacts(held, ceiling, held_on, over_on)


def _oldest(held: int, days: Sequence[CashDay]) -> date | None:
    for day in days:
        held -= day.taken_minor
        if held <= 0:
            return day.on
    return None


def _over_since(held: int, ceiling: int, days: Sequence[CashDay]) -> date | None:
    """Back to the evening on which there was not too much."""
    for day in days:
        before = held - day.taken_minor + day.deposited_minor
        if before <= ceiling:
            return day.on
        held = before
    return None
