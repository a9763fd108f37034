"""Whether a value given is what its fact is declared to be; nothing is guessed."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domain.decision import Bilingual
from domain.money import DIGITS, Money

if TYPE_CHECKING:
    from rules.facts import Fact

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""Beyond them a date is a slip of the keyboard."""


class Unfit(ValueError):
    """What is wrong with a value, said of the fact: *is missing*."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.said = Bilingual(fr, en)


def fit(fact: "Fact", given: Any) -> Any:
    """The value in the form that cells compare. Raises Unfit."""
    return _CHECKS[fact.type](fact, given)


def _whole(_fact: "Fact", given: Any) -> int:
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    raise _wrong("un nombre entier", "a whole number", given)


def _exact(_fact: "Fact", given: Any) -> Decimal:
    if isinstance(given, Decimal) and given.is_finite():
        return given
    if isinstance(given, int) and not isinstance(given, bool):
        return Decimal(given)
    raise _wrong("un nombre décimal exact (Decimal)", "a Decimal", given)


def _minor(fact: "Fact", given: Any) -> int:
    if not isinstance(given, Money):
        return _whole(fact, given)
    if given.currency not in DIGITS or type(given.minor) is not int:
        raise Unfit("n’est pas un montant en unités mineures", "is not an amount in minor units")
    if fact.currency and given.currency != fact.currency:
        raise Unfit(
            f"doit être en {fact.currency}, pas en {given.currency}",
            f"must be in {fact.currency}, not in {given.currency}",
        )
    return given.minor


def _one_of(fact: "Fact", given: Any) -> str:
    if isinstance(given, str) and given in fact.values:
        return str(given)
    known = ", ".join(fact.values)
    raise Unfit(f"doit être l’un de {known}, pas {given!r}", f"must be one of {known}, not {given!r}")


def _truth(_fact: "Fact", given: Any) -> bool:
    if isinstance(given, bool):
        return given
    raise _wrong("vrai ou faux", "true or false", given)


def _day(_fact: "Fact", given: Any) -> date:
    if not isinstance(given, date) or isinstance(given, datetime):
        raise _wrong("une date", "a date", given)
    if not EARLIEST <= given <= LATEST:
        years = EARLIEST.year, LATEST.year
        raise Unfit(
            f"doit être entre {years[0]} et {years[1]}, pas {given}",
            f"must be between {years[0]} and {years[1]}, not {given}",
        )
    return given


def _wrong(fr: str, en: str, given: Any) -> Unfit:
    kind = type(given).__name__
    return Unfit(f"doit être {fr}, pas {kind}", f"must be {en}, not {kind}")


_CHECKS = {
    "int": _whole, "decimal": _exact, "percent": _exact, "money": _minor,
    "enum": _one_of, "bool": _truth, "date": _day,
}  # fmt: skip
