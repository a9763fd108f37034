"""Shares and means as facts: decimals, None where there is nothing to compare with."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal


def percent(part: int, whole: int) -> Decimal | None:
    """Rounded down to two digits, so that 100 means all of them; None of nothing."""
    if not whole:
        return None
    return (Decimal(part * 100) / whole).quantize(Decimal("0.01"), ROUND_FLOOR)


def mean(counts: Sequence[int]) -> Decimal | None:
    """To one digit; None of nothing."""
    return tenths(sum(counts), len(counts))


def tenths(whole: int, number: int) -> Decimal | None:
    """``whole`` shared among ``number``, to one digit; None among none."""
    if not number:
        return None
    return (Decimal(whole) / number).quantize(Decimal("0.1"), ROUND_HALF_UP)


def change(now: int, before: int) -> Decimal | None:
    """By how many percent ``now`` is above ``before``; None when that was nothing or less."""
    return percent(now - before, before) if before > 0 else None
