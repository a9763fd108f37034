"""A table that people read, page by page in the console or whole in a file: columns, and rows as they come.

Every list and every report is one. Rows are never all in memory: 100,000 of them pass one at a time.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from domain.decision import Bilingual
from domain.money import DIGITS, Money
from domain.wording import amount

NO_BREAK = "\u00a0"
NOTHING = Bilingual("", "")


class Kind(StrEnum):
    """What stands in a column: text, a count, `Money`, a share (`Decimal("0.125")` is 12.5 %), a local day,
    an aware instant."""

    TEXT = "text"
    INT = "int"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    INSTANT = "instant"


WIDTHS = {Kind.TEXT: 22, Kind.INT: 12, Kind.MONEY: 18, Kind.PERCENT: 12, Kind.DATE: 13, Kind.INSTANT: 18}
"""In characters, of a sheet."""
NUMBERS = frozenset({Kind.INT, Kind.MONEY, Kind.PERCENT})
"""They stand at the right of their column."""

Row = Sequence[Any]
"""A value for each column, or None."""


@dataclass(frozen=True)
class Column:
    """``name`` is what programs call it; ``width`` in characters, by its kind when 0."""

    name: str
    label: Bilingual
    kind: Kind = Kind.TEXT
    width: int = 0
    words: Mapping[str, Bilingual] = field(default_factory=dict)
    """What a code means for people, `active` → `en cours`; a code that is not there stays."""

    @property
    def characters(self) -> int:
        return self.width or WIDTHS[self.kind]


@dataclass(frozen=True)
class Table:
    """``name`` is the stem of its file. ``total`` is how many rows are expected, for who waits; 0: unknown.

    ``rows`` is read once. ``zone`` is where instants are told. ``note`` says which period, which filter.
    """

    name: str
    title: Bilingual
    columns: tuple[Column, ...]
    rows: AsyncIterator[Row]
    zone: str
    total: int = 0
    note: Bilingual = NOTHING


async def given(rows: Sequence[Row]) -> AsyncIterator[Row]:
    """Rows that are in memory already."""
    for row in rows:
        yield row


def shown(column: Column, value: Any, locale: str, zone: str) -> str:
    """For people: `12 500 FCFA`, `12,5 %`, `03/05/2026`, `03/05/2026 14:05`; nothing for None."""
    match value:
        case None:
            return ""
        case Money():
            return amount(value).to(locale)
        case datetime():
            local = value.astimezone(ZoneInfo(zone))
            return f"{_day(local.date(), locale)} {local:%H:%M}"
        case date():
            return _day(value, locale)
        case bool():
            return Bilingual("oui", "yes").to(locale) if value else Bilingual("non", "no").to(locale)
        case int() | Decimal() if column.kind in NUMBERS:
            return _number(column, Decimal(value), locale)
    text = str(value)
    return column.words[text].to(locale) if text in column.words else text


def _number(column: Column, value: Decimal, locale: str) -> str:
    """A share with one digit after the point, a count with none unless it has some."""
    percent = column.kind is Kind.PERCENT
    text = f"{value * 100:,.1f}" if percent else f"{value:,f}"
    if locale == "fr":
        text = text.replace(",", NO_BREAK).replace(".", ",")
    return f"{text}{NO_BREAK if locale == 'fr' else ''}%" if percent else text


def _day(day: date, locale: str) -> str:
    return f"{day:%d/%m/%Y}" if locale == "fr" else day.isoformat()


def plain(column: Column, value: Any, locale: str, zone: str) -> str | int | Decimal:
    """For another program: bare decimals, days as ISO 8601, instants with their offset."""
    match value:
        case None:
            return ""
        case Money():
            return _digits(value)
        case datetime():
            return value.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case int() | Decimal() if not isinstance(value, bool):
            return value
    return shown(column, value, locale, zone)


def _digits(money: Money) -> Decimal:
    """With the digits of its currency, 12.50 and not 12.5."""
    return money.decimal.quantize(Decimal(1).scaleb(-DIGITS[money.currency]))


def head(table: Table, locale: str) -> list[str]:
    return [column.label.to(locale) for column in table.columns]
