"""Lists that people read a page at a time: filtered, sorted, continued by a cursor, or streamed whole.

A list is a query with names; what is asked of it is laid around the query, and PostgreSQL looks through.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.list_order import Order
from domain.calendar import at_local
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.money import Money
from domain.table import Column, Kind, Table

WINDOW = timedelta(days=92)
COUNTED = 1000
"""Beyond so many rows nobody counts them."""
BATCH = 1000


@dataclass(frozen=True)
class Scope:
    """Whose rows, on which local day, in which currency where a row says none."""

    tenant: str
    day: date
    zone: str
    currency: str


class Ask(StrEnum):
    """How a filter asks: part of a text, exactly one value, a number or more, a number or less, a day and
    later, a day and before."""

    TEXT = "text"
    IS = "is"
    LEAST = "least"
    MOST = "most"
    SINCE = "since"
    UNTIL = "until"


@dataclass(frozen=True)
class Filter:
    """``over`` are the columns that it asks; ``choices`` what can be chosen; ``hidden`` is asked by links
    alone."""

    name: str
    label: Bilingual
    ask: Ask
    over: tuple[str, ...]
    choices: Mapping[str, Bilingual] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True)
class Listing:
    """``source`` selects every column by its name, and ``key``, which no two rows share and which ends every
    order. ``links`` are addresses within the console, with names of columns in braces. ``order`` is a column,
    with a minus for the largest first.
    """

    name: str
    title: Bilingual
    columns: tuple[Column, ...]
    source: Callable[[Scope], Select[Any]]
    key: str
    order: str
    permission: str
    filters: tuple[Filter, ...] = ()
    sorts: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    presets: Mapping[str, Bilingual] = field(default_factory=dict)
    """Questions that many ask, as the part of an address after the question mark."""
    tones: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Columns that are shown as marks, and which codes are good, near, late or plain."""
    counted: bool = True
    wide: tuple[str, ...] = ()
    """Columns that a telephone leaves out."""
    empty: tuple[str, ...] = ()
    """Columns of ``sorts`` that have no value in some rows: no index serves them."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Columns of names, and what the source calls the column by which these are sorted."""
    light: Callable[[Scope], Select[Any]] | None = None
    """The same rows without what is costly to compute: where it can answer a question, it finds the page."""
    bounded: tuple[str, ...] = ()
    """Filters that no index serves, and that look no farther back than `WINDOW` unless they are told to."""

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.name == name)


@dataclass(frozen=True)
class Asked:
    """``values`` by the names of filters, none empty."""

    values: Mapping[str, str]
    order: str


@dataclass(frozen=True)
class Found:
    """``count`` is None where nobody counted; more than `COUNTED` means many."""

    rows: list[Row[Any]]
    after: str
    count: int | None


def asked_of(listing: Listing, given: Mapping[str, str], today: date | None = None) -> Asked:
    """Raises BadInput for what this list does not know."""
    values = {one.name: given[one.name] for one in listing.filters if given.get(one.name)}
    for one in listing.filters:
        if one.name in values and one.choices and values[one.name] not in one.choices:
            mend = f"choose among {', '.join(one.choices)}"
            raise BadInput(Mistake(one.name, "this list has no such choice", mend))
    since = next((one.name for one in listing.filters if one.ask is Ask.SINCE), "")
    if today and since and since not in values and values and values.keys() <= set(listing.bounded):
        values[since] = (today - WINDOW).isoformat()
    order = given.get("order") or listing.order
    if order.removeprefix("-") not in (*listing.sorts, listing.order.removeprefix("-")):
        raise BadInput(Mistake("order", "this list has no such order", f"choose among {listing.sorts}"))
    return Asked(values, order)


async def find(
    tx: AsyncConnection, scope: Scope, listing: Listing, asked: Asked, after: str = "", limit: int = 50
) -> Found:  # fmt: skip
    """Raises BadInput for a cursor that we did not make."""
    if listing.light and _answers(listing.light(scope), listing, asked):
        return await _find_lightly(tx, scope, listing, asked, after, limit)
    table = listing.source(scope).subquery("listed")
    wanted = and_(*_conditions(scope, listing, asked, table))
    order = _order(table, listing, asked.order)
    query = select(table).where(wanted)
    if listing.light:  # everything is computed for the order: counting costs nothing more
        query = query.add_columns(func.count().over().label("counted"))
    if after:
        query = query.where(order.later(after))
    rows = list(await tx.execute(query.order_by(*order.columns).limit(limit + 1)))
    if listing.light:
        return _found(rows, order, limit, None if after else rows[0].counted if rows else 0)
    count = await _count(tx, table, wanted) if listing.counted and (after or len(rows) > limit) else None
    return _found(rows, order, limit, len(rows) if count is None and not after else count)


def _found(rows: list[Row[Any]], order: Order, limit: int, count: int | None) -> Found:
    last = rows[limit - 1] if len(rows) > limit else None
    many = None if count is not None and last is not None and count <= limit else count
    return Found(rows[:limit], order.sealed(last) if last is not None else "", many)


async def _find_lightly(
    tx: AsyncConnection, scope: Scope, listing: Listing, asked: Asked, after: str, limit: int
) -> Found:
    """The keys of the page first, and then what is to be known of so few."""
    assert listing.light
    light = listing.light(scope).subquery("light")
    wanted = and_(*_conditions(scope, listing, asked, light))
    order = _order(light, listing, asked.order)
    keys = select(light.c[listing.key]).where(wanted)
    if after:
        keys = keys.where(order.later(after))
    page = list((await tx.execute(keys.order_by(*order.columns).limit(limit + 1))).scalars())
    table = listing.source(scope).subquery("listed")
    whole = _order(table, listing, asked.order)
    query = select(table).where(table.c[listing.key].in_(page)).order_by(*whole.columns)
    rows = list(await tx.execute(query)) if page else []
    count = await _count(tx, light, wanted) if after or len(rows) > limit else len(rows)
    return _found(rows, whole, limit, count)


def _answers(light: Select[Any], listing: Listing, asked: Asked) -> bool:
    known = set(light.selected_columns.keys())
    named = {one.name: one for one in listing.filters}
    needed = {over for name in asked.values for over in named[name].over}
    return {_sorted_by(listing, asked.order.removeprefix("-")), *needed} <= known


def whole(tx: AsyncConnection, scope: Scope, listing: Listing, asked: Asked, total: int = 0) -> Table:
    """Every row, from a cursor of the server: the connection stays in use until the last one is read."""
    return Table(
        listing.name, listing.title, listing.columns, _stream(tx, scope, listing, asked), scope.zone, total
    )


async def _stream(
    tx: AsyncConnection, scope: Scope, listing: Listing, asked: Asked
) -> AsyncIterator[tuple[Any, ...]]:
    table = listing.source(scope).subquery("listed")
    query = select(table).where(*_conditions(scope, listing, asked, table))
    query = query.order_by(*_order(table, listing, asked.order).columns)
    result = await tx.stream(query, execution_options={"yield_per": BATCH})
    async for row in result:
        yield tuple(value_of(scope, one, row) for one in listing.columns)


def value_of(scope: Scope, column: Column, row: Row[Any]) -> Any:
    """As a `Table` holds it: amounts with their currency."""
    found = getattr(row, column.name)
    if column.kind is Kind.MONEY and found is not None:
        return Money(getattr(row, "currency", scope.currency), int(found))
    return found


async def count_of(tx: AsyncConnection, scope: Scope, listing: Listing, asked: Asked, most: int) -> int:
    """How many rows there are, and no more than ``most`` + 1."""
    table = listing.source(scope).subquery("listed")
    return await _count(tx, table, and_(*_conditions(scope, listing, asked, table)), most)


async def _count(
    tx: AsyncConnection, table: Subquery, wanted: ColumnElement[bool], most: int = COUNTED
) -> int:  # fmt: skip
    few = select(literal(1)).select_from(table).where(wanted).limit(most + 1).subquery()
    return int((await tx.execute(select(func.count()).select_from(few))).scalar_one())


def _conditions(
    scope: Scope, listing: Listing, asked: Asked, table: Subquery
) -> list[ColumnElement[bool]]:  # fmt: skip
    named = {one.name: one for one in listing.filters}
    made: list[ColumnElement[bool]] = [literal(True)]
    for name, text in asked.values.items():
        one = named[name]
        asks = [_condition(scope, one, listing, table.c[over], text) for over in one.over]
        if one.ask is Ask.TEXT:
            spelt = (listing.names[over] for over in one.over if over in listing.names)
            asks += [has_name(table.c[name], text) for name in spelt]
        made.append(or_(*asks))
    return made


def has_name(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """``column`` is one of sorted names: Aicha finds Aïcha. What has no letter is in no name."""
    return func.strpos(column, func.nullif(func.sorting_name(text), "")) > 0


def _condition(
    scope: Scope, one: Filter, listing: Listing, column: ColumnElement[Any], text: str
) -> ColumnElement[bool]:  # fmt: skip
    match one.ask:
        case Ask.TEXT:
            return column.icontains(text, autoescape=True)
        case Ask.IS:
            return column == text
        case Ask.LEAST:
            return column >= _number(one.name, text)
        case Ask.MOST:
            return column <= _number(one.name, text)
    day = _day(one.name, text)
    if kind_of(listing, one.over[0]) is Kind.INSTANT:
        first = at_local(day, time(0), scope.zone)
        return column >= first if one.ask is Ask.SINCE else column < at_local(
            day + timedelta(days=1), time(0), scope.zone
        )  # fmt: skip
    return column >= day if one.ask is Ask.SINCE else column <= day


def _order(table: Subquery, listing: Listing, order: str) -> Order:
    name = order.removeprefix("-")
    by = _sorted_by(listing, name)
    return Order(
        table, name, by, listing.key, kind_of(listing, name), order.startswith("-"), name in listing.empty
    )


def _sorted_by(listing: Listing, name: str) -> str:
    return listing.names.get(name, name)


def kind_of(listing: Listing, name: str) -> Kind:
    return next((one.kind for one in listing.columns if one.name == name), Kind.TEXT)


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise BadInput(Mistake(name, "not a number", "write digits alone"))
    return int(text)


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if not 1900 <= day.year <= 2199:
        raise BadInput(Mistake(name, f"{text[:40]} is no day", "write it as 2026-03-20"))
    return day
