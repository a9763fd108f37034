"""What a driver may pay from now on: an assumption, spelled out as payments to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from domain.calendar import DAY, at_local
from domain.errors import BadInput, Mistake
from domain.fleet.payments import Settlement, Standing
from domain.money import Money

PAID_AT = time(10)
SPELL = 7
"""Dues that are taken together: who is late once is often late for some time."""

LATEST = 120
"""Days: who is later than that by so far is taken to stay away."""


class Kind(StrEnum):
    SO_FAR = "as_so_far"
    PERFECT = "perfect"
    STOPS = "stops"
    GIVEN = "given"


@dataclass(frozen=True)
class Coming:
    """Money that comes in at an instant."""

    at: datetime
    amount: Money


@dataclass(frozen=True)
class Assumption:
    """``seed`` draws for `as_so_far`, ``payments`` are those of `given`, by local days."""

    kind: Kind
    seed: int = 1
    payments: tuple[tuple[date, int], ...] = ()

    def __post_init__(self) -> None:
        if (self.kind is Kind.GIVEN) != bool(self.payments):
            problem, mend = "they go with the assumption `given`", "give both or none of them"
            raise BadInput(Mistake("payments", problem, mend))
        if any(minor <= 0 for _, minor in self.payments):
            raise BadInput(Mistake("payments", "an amount is 0 or less", "give what comes in"))


def payments_to_come(
    assumption: Assumption, standing: Standing, at: datetime, today: date, until: date, zone: str
) -> list[Coming]:
    """In the order of time, after ``at``, up to the local day ``until``. One seed draws the same payments."""
    currency = standing.allocated.currency
    match assumption.kind:
        case Kind.STOPS:
            dated: Sequence[tuple[date, Money]] = ()
        case Kind.GIVEN:
            dated = [(day, Money(currency, minor)) for day, minor in assumption.payments]
        case Kind.PERFECT:
            dated = [(max(one.due.due_on, today), one.unpaid) for one in _open(standing)]
        case Kind.SO_FAR:
            dated = list(_as_so_far(standing, assumption.seed, today))
    summed: dict[date, Money] = {}
    for day, amount in dated:
        summed[day] = summed.get(day, Money(currency, 0)) + amount
    moments = [Coming(_moment(day, at, zone), summed[day]) for day in sorted(summed) if day <= until]
    return [one for one in moments if one.at > at or assumption.kind is not Kind.GIVEN]


def _moment(day: date, at: datetime, zone: str) -> datetime:
    """On the morning of the day; in an hour when that has passed."""
    return max(at_local(day, PAID_AT, zone), at + timedelta(hours=1))


def _open(standing: Standing) -> list[Settlement]:
    return [one for one in standing.settlements if one.unpaid.minor]


def lateness(standing: Standing, today: date) -> list[int]:
    """Days from each past due to its payment, the oldest due first; ahead of time is 0. A due that is not
    paid is as late as it is today, at least.
    """
    past = (one for one in standing.settlements if one.due.due_on < today)
    return [max(0, ((one.paid_on or today) - one.due.due_on).days) for one in past]


def _as_so_far(standing: Standing, seed: int, today: date) -> Iterator[tuple[date, Money]]:
    """Spells of the driver's own past, drawn again and again. Without a past, on the day."""
    past = lateness(standing, today) or [0]
    drawn = _spells(past, seed)
    for one in _open(standing):
        days = next(drawn)
        if one.due.due_on < today:
            so_far = (today - one.due.due_on).days
            later = [had for had in past if had > so_far]
            days = later[days % len(later)] if later else so_far + 1 + days
        if days < LATEST:
            yield max(one.due.due_on + days * DAY, today), one.unpaid


def _spells(past: Sequence[int], seed: int) -> Iterator[int]:
    number = 0
    while True:
        begins = int.from_bytes(sha256(f"{seed}:{number}".encode()).digest()[:8]) % len(past)
        for step in range(min(SPELL, len(past))):
            yield past[(begins + step) % len(past)]
        number += 1
