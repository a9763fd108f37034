"""Amounts of money: integer minor units and a currency, never a float."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import BadInput, Mistake

DIGITS = {"XAF": 0, "EUR": 2}
"""Digits after the decimal point (ISO 4217). The CFA franc has no minor unit."""

PLAIN = re.compile(r"[+-]?[0-9]{1,40}([.,][0-9]{0,40})?")
"""An exponent, `1e999999999`, is no way to write an amount."""

LARGEST_MINOR = 10**15
"""Beyond it an amount is taken for a slip of the keyboard."""


@dataclass(frozen=True, order=True)
class Money:
    """``minor`` counts the currency's smallest unit: 1250 EUR is 12.50 €, 1250 XAF is 1250 F."""

    currency: str
    minor: int

    def __add__(self, other: "Money") -> "Money":
        return Money(self._same(other), self.minor + other.minor)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self._same(other), self.minor - other.minor)

    def __neg__(self) -> "Money":
        return Money(self.currency, -self.minor)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-DIGITS[self.currency])

    def share(self, percent: Decimal) -> "Money":
        """A percentage, rounded half away from zero to the minor unit."""
        exact = Decimal(self.minor) * percent / 100
        return Money(self.currency, int(exact.quantize(Decimal(1), ROUND_HALF_UP)))

    def split(self, parts: int) -> tuple["Money", ...]:
        """Equal parts whose sum is exact; the last one absorbs the rounding."""
        if parts < 1:
            raise ValueError("parts must be 1 or more")
        each = self.minor // parts
        last = self.minor - each * (parts - 1)
        return tuple(Money(self.currency, m) for m in [each] * (parts - 1) + [last])

    def _same(self, other: "Money") -> str:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return self.currency


def parse_money(text: str, currency: str, field: str = "amount") -> Money:
    """Read an amount in major units (``12.50``, ``12,50``). Raises BadInput naming ``field``."""
    if currency not in DIGITS:
        raise BadInput(Mistake(field, f"unknown currency {currency!r}", f"use one of {', '.join(DIGITS)}"))
    if not PLAIN.fullmatch(text.strip()):
        raise BadInput(Mistake(field, f"{text[:40]!r} is not a number", "write digits, such as 12.50"))
    exact = Decimal(text.strip().replace(",", ".")).scaleb(DIGITS[currency])
    if abs(exact) > LARGEST_MINOR:
        raise BadInput(Mistake(field, "the amount is out of range", "check the number of digits"))
    if exact != exact.to_integral_value():
        digits = DIGITS[currency]
        raise BadInput(
            Mistake(field, f"{currency} has {digits} digits after the point", f"round to {digits} digits")
        )
    return Money(currency, int(exact))
