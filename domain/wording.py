"""Values in sentences, in French and English: days, moments, amounts, counts."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.decision import Bilingual
from domain.event import Event
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
DAY = re.compile(r"\d{4}-\d\d-\d\d")
DECIMAL = re.compile(r"-?\d+\.\d+")
AMOUNT = re.compile(rf"(-?\d+(?:\.\d+)?) ({'|'.join(DIGITS)})")


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
    if isinstance(given, Decimal):
        return Bilingual(f"{given.normalize():f}".replace(".", ","), f"{given.normalize():f}")
    if isinstance(given, list | tuple):
        return _happened(given)
    return _text(str(given))


def _text(given: str) -> Bilingual:
    """A record keeps days and decimals as texts, and a near miss its amounts."""
    if DAY.fullmatch(given) and (day := _day(given)):
        return on_day(day)
    if DECIMAL.fullmatch(given):
        return value(Decimal(given))
    if found := AMOUNT.fullmatch(given):
        return amount(Money(found[2], int(Decimal(found[1]).scaleb(DIGITS[found[2]]))))
    return Bilingual(given, given)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _happened(events: Sequence[Any]) -> Bilingual:
    """How many events, as they were recorded: kind, day, reference."""
    if not events:
        return Bilingual("aucun", "none")
    number, last = len(events), on_day(max(_day_of(one) for one in events))
    if number == 1:
        return Bilingual(f"un, le {last.fr}", f"one, on {last.en}")
    return Bilingual(f"{number}, le dernier le {last.fr}", f"{number}, the last on {last.en}")


def _day_of(event: Any) -> date:
    return event.on if isinstance(event, Event) else date.fromisoformat(event[1])


def listed(parts: list[Bilingual]) -> Bilingual:
    """a, b et c · a, b and c"""
    return Bilingual(_joined([part.fr for part in parts], "et"), _joined([part.en for part in parts], "and"))


def _joined(parts: list[str], last: str) -> str:
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else "".join(parts)
