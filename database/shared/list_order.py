"""The order of a list, and the cursor that continues it: the values of the last row that was shown."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, and_, literal, or_, tuple_

from domain.errors import BadInput, Mistake
from domain.table import Kind


@dataclass(frozen=True)
class Order:
    """By the column ``by`` and then by ``key``, which no two rows share; the largest first if it ``falls``.
    A cursor calls it ``name``.

    Rows without a value come last either way; where none is ``empty``, an index serves.
    """

    table: Subquery
    name: str
    by: str
    key: str
    kind: Kind
    falls: bool
    empty: bool

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        column, key = self.table.c[self.by], self.table.c[self.key]
        first = column.desc() if self.falls else column.asc()
        return [first.nulls_last() if self.empty else first, key.desc() if self.falls else key.asc()]

    def later(self, cursor: str) -> ColumnElement[bool]:
        """What comes behind the row of a cursor. Raises BadInput."""
        name, value, last = _opened(cursor)
        if name != self._said:
            raise _spoilt()
        column, key = self.table.c[self.by], self.table.c[self.key]
        beyond = key < last if self.falls else key > last
        if value is None:
            return and_(column.is_(None), beyond)
        here, there = tuple_(column, key), tuple_(literal(_read(self.kind, value)), literal(last))
        further = here < there if self.falls else here > there
        return or_(further, column.is_(None)) if self.empty else further

    def sealed(self, row: Row[Any]) -> str:
        value = getattr(row, self.by)
        told = None if value is None else value.isoformat() if isinstance(value, date) else str(value)
        text = json.dumps([self._said, told, str(getattr(row, self.key))], separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @property
    def _said(self) -> str:
        return f"-{self.name}" if self.falls else self.name


def _opened(cursor: str) -> tuple[str, str | None, str]:
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise _spoilt() from None
    if not isinstance(values, list) or len(values) != 3:
        raise _spoilt()
    order, value, key = values
    if not isinstance(order, str) or not isinstance(key, str) or not isinstance(value, str | None):
        raise _spoilt()
    if not all(one.isprintable() for one in (order, value or "", key)):
        raise _spoilt()
    return order, value, key


def _read(kind: Kind, text: str) -> Any:
    try:
        match kind:
            case Kind.INT | Kind.MONEY:
                return _within(int(text))
            case Kind.DATE:
                return date.fromisoformat(text)
            case Kind.INSTANT:
                return _aware(datetime.fromisoformat(text))
            case Kind.PERCENT:
                return _finite(Decimal(text))
    except (ValueError, InvalidOperation):
        raise _spoilt() from None
    return text


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError
    return at


def _within(number: int) -> int:
    if abs(number) >= 2**63:
        raise ValueError
    return number


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError
    return number


def _spoilt() -> BadInput:
    return BadInput(Mistake("after", "not a cursor of this list", "begin again without it"))
