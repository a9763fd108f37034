"""Values in sentences, in French and English: days, moments, amounts, counts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.decision import Bilingual
from domain.money import DIGITS, Money

MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
SIGNS = {"XAF": ("FCFA", "XAF"), "EUR": ("€", "EUR")}
NO_BREAK = "\u00a0"


def on_day(day: date) -> Bilingual:
    """1er mars 2026 · 1 March 2026"""
    first = "1er" if day.day == 1 else str(day.day)
    return Bilingual(
        f"{first} {MONTHS_FR[day.month - 1]} {day.year}", f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    )


def at_moment(at: datetime, zone: str) -> Bilingual:
    """le 12 mars 2026 à 9 h 05 · on 12 March 2026 at 09:05, in local time."""
    local = at.astimezone(ZoneInfo(zone))
    day = on_day(local.date())
    hour = f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02}"
    return Bilingual(f"le {day.fr} à {hour}", f"on {day.en} at {local:%H:%M}")


def amount(money: Money) -> Bilingual:
    """12 500 FCFA · 12,500 XAF"""
    digits = DIGITS[money.currency]
    plain = f"{money.decimal:,.{digits}f}"
    french, english = SIGNS.get(money.currency, (money.currency, money.currency))
    grouped = plain.replace(",", NO_BREAK).replace(".", ",")
    return Bilingual(f"{grouped}{NO_BREAK}{french}", f"{plain}{NO_BREAK}{english}")


def value(given: Any) -> Bilingual:
    """A fact as it was recorded (JSON) or given."""
    if given is None:
        return Bilingual("aucune valeur", "no value")
    if isinstance(given, bool):
        return Bilingual("oui", "yes") if given else Bilingual("non", "no")
    if isinstance(given, dict) and given.keys() == {"currency", "minor"}:
        return amount(Money(given["currency"], given["minor"]))
    if isinstance(given, Money):
        return amount(given)
    if isinstance(given, date):
        return on_day(given)
    if isinstance(given, str) and (day := _day(given)):
        return on_day(day)
    if isinstance(given, Decimal):
        return Bilingual(f"{given.normalize():f}".replace(".", ","), f"{given.normalize():f}")
    return Bilingual(str(given), str(given))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def listed(parts: list[Bilingual]) -> Bilingual:
    """a, b et c · a, b and c"""
    return Bilingual(_joined([part.fr for part in parts], "et"), _joined([part.en for part in parts], "and"))


def _joined(parts: list[str], last: str) -> str:
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else "".join(parts)
