"""Many rows in one statement: its triggers run once, and the driver is handed a few arrays, not thousands of
parameters in a text that is another one each time."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, any_, cast, func, literal, select
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert
from sqlalchemy.types import Text, TypeEngine


def insert_all(table: Table, rows: Sequence[Mapping[str, Any]]) -> Insert:
    """At least one row, all with the keys of the first one; they are written in their order."""
    columns = [table.c[name] for name in rows[0]]
    arrays = (_array(one, [row[one.name] for row in rows]) for one in columns)
    table_of = func.unnest(*arrays).table_valued(*(named(one.name, _sent(one)) for one in columns))
    given = table_of.render_derived(name="given")
    picked: Select[Any] = select(
        *(cast(given.c[one.name], one.type) if _is_json(one) else given.c[one.name] for one in columns)
    )
    return insert(table).from_select([one.name for one in columns], picked)


def among(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """``column.in_(values)`` for hundreds."""
    kind = ARRAY(Text())
    return column == any_(cast(literal(list(values), kind), kind))


def _array(column: Column[Any], values: list[Any]) -> Any:
    if _is_json(column):
        values = [None if value is None else json.dumps(value, ensure_ascii=False) for value in values]
    kind = ARRAY(_sent(column))
    return cast(literal(values, kind), kind)


def _sent(column: Column[Any]) -> TypeEngine[Any]:
    return Text() if _is_json(column) else column.type


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSONB)
