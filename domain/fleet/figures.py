"""Figures of the portfolio and of investments: what each one means, and after whom it is computed.

Shares are fractions (``Decimal("0.125")`` is 12.5 %), None where there is nothing to compare with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, pairwise
from math import exp, expm1

from domain.decision import Bilingual

DIGITS = Decimal("0.0001")
DAYS_A_YEAR = 365.0
STEEPEST = 12.0
"""Of ln(1 + yield): beyond some 160,000 % a year no yield is meant."""


@dataclass(frozen=True)
class Flow:
    """Money that an investor paid (below 0) or received on a day."""

    on: date
    minor: int


@dataclass(frozen=True)
class Bucket:
    """Contracts that are late by so many days; ``last`` None: or more."""

    id: str
    first: int
    last: int | None

    @property
    def label(self) -> Bilingual:
        if self.last is None:
            return Bilingual(f"plus de {self.first - 1} jours", f"more than {self.first - 1} days")
        return Bilingual(f"{self.first} à {self.last} jours", f"{self.first} to {self.last} days")


BUCKETS = (
    Bucket("1-7", 1, 7), Bucket("8-30", 8, 30), Bucket("31-60", 31, 60), Bucket("61-90", 61, 90),
    Bucket("90+", 91, None),
)  # fmt: skip
CURRENT = "0"
"""The class of contracts of which nothing is late."""

AT_RISK = (1, 7, 30, 60, 90)


def bucket_of(days_late: int) -> str:
    return next((one.id for one in reversed(BUCKETS) if days_late >= one.first), CURRENT)


def ratio(part: int, whole: int) -> Decimal | None:
    """To four digits, half away from zero."""
    if whole <= 0:
        return None
    return (Decimal(part) / whole).quantize(DIGITS, ROUND_HALF_UP)


def portfolio_at_risk(contracts: Iterable[tuple[int, int]], beyond: int) -> Decimal | None:
    """Of pairs *days late, outstanding balance*: the whole balance of contracts that are late by more than
    ``beyond`` days, not their arrears alone, against all that is outstanding.

    PAR(n) as in CGAP's *Microfinance Consensus Guidelines* (2003).
    """
    known = list(contracts)
    risky = sum(outstanding for days, outstanding in known if days > beyond)
    return ratio(risky, sum(outstanding for _, outstanding in known))


def collection_rate(collected: int, fallen_due: int) -> Decimal | None:
    """What came in during a period against what fell due in it: above 1 where arrears are made up for.

    The *current recovery rate* of R. Rosenberg, CGAP Occasional Paper 3 (1999), without prepayments apart.
    """
    return ratio(collected, fallen_due)


def annual_yield(flows: Iterable[Flow]) -> Decimal | None:
    """The yearly rate r at which the flows are worth nothing on the first day: the sum of
    ``flow / (1 + r) ** (days / 365)`` is 0. Internal rate of return on dates, as spreadsheets' XIRR.

    None where there is no such rate, or where more than one may be: the flows change their sign once, or else
    their running sum does, and then the rate above 0 is meant (Norstrøm 1972).
    """
    dated = _by_day(flows)
    lowest = _lowest([flow.minor for flow in dated])
    if lowest is None:
        return None
    first = dated[0].on
    terms = [((flow.on - first).days / DAYS_A_YEAR, float(flow.minor)) for flow in dated]

    def worth(force: float) -> float:
        return sum(minor * exp(-force * years) for years, minor in terms)

    low, high = lowest, STEEPEST
    if worth(low) * worth(high) > 0:
        return None
    rising = worth(high) > 0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if (worth(middle) > 0) is rising else (middle, high)
    return Decimal(expm1((low + high) / 2)).quantize(DIGITS, ROUND_HALF_UP)


def paid_back_on(flows: Iterable[Flow]) -> date | None:
    """The first day from which what was received covers what was paid (*délai de récupération*, not
    discounted); None when nothing was paid or it is not covered at the end."""
    left, since = 0, None
    dated = _by_day(flows)
    if all(flow.minor >= 0 for flow in dated):
        return None
    for flow in dated:
        left += flow.minor
        if left < 0:
            since = None
        elif since is None:
            since = flow.on
    return since


def _by_day(flows: Iterable[Flow]) -> list[Flow]:
    sums: dict[date, int] = {}
    for flow in flows:
        sums[flow.on] = sums.get(flow.on, 0) + flow.minor
    return [Flow(day, minor) for day, minor in sorted(sums.items()) if minor]


def _lowest(amounts: Sequence[int]) -> float | None:
    """From where on there is one rate at most."""
    if _changes(amounts) == 1:
        return -STEEPEST
    return 0.0 if amounts and _changes(list(accumulate(amounts))) == 1 else None


def _changes(amounts: Sequence[int]) -> int:
    signs = [amount > 0 for amount in amounts if amount]
    return sum(one is not other for one, other in pairwise(signs))
