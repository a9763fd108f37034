"""Where drivers stand, and what changed since last week: what lists, pages and the API read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.score_tables import driver_class, driver_score
from domain.decision import Bilingual
from domain.errors import NotFound
from domain.fleet.risk import RANK, Band
from domain.money import Money

OUTCOMES = ("reliable", "ordinary", "watch", "at_risk")
"""The best first."""
NAMED = 50


class Change(StrEnum):
    """Of the class and what it is called, against a week ago."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NEW = "new"


class Order(StrEnum):
    BEST = "best"
    WORST = "worst"
    FALLING = "falling"
    """Who lost most points in a week first."""


@dataclass(frozen=True)
class Week:
    """What was said a week ago."""

    points: int
    band: Band
    outcome: str


@dataclass(frozen=True)
class Driver:
    """As of the night of ``scored_on``. ``levers`` and ``reasons`` are records: what each says in both
    languages, and in numbers. ``left_on``: no contract is running any more.
    """

    ref: str
    contract_ref: str
    scored_on: date
    points: int
    band: Band
    since_on: date
    outcome: str
    outcome_since_on: date
    rule: str
    why: Bilingual
    week: Week | None
    days_late: int
    arrears: Money
    facts: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    levers: Sequence[Mapping[str, Any]]
    revision: str
    left_on: date | None

    @property
    def change(self) -> Change:
        if self.week is None:
            return Change.NEW
        now = (OUTCOMES.index(self.outcome), RANK[self.band])
        before = (OUTCOMES.index(self.week.outcome), RANK[self.week.band])
        if now == before:
            return Change.SAME
        return Change.WORSE if now > before else Change.BETTER

    @property
    def points_change(self) -> int | None:
        return self.points - self.week.points if self.week else None


@dataclass(frozen=True)
class Point:
    """A score held from ``on`` until the next one."""

    on: date
    points: int
    band: Band
    outcome: str
    rule: str
    contract_ref: str


@dataclass(frozen=True)
class Group:
    """A list of drivers: how many, and who came and went within a week (at most `NAMED` of each)."""

    outcome: str
    drivers: int
    week_ago: int
    joined: list[Driver]
    left: list[Driver]


MINE = driver_class.c
RANKS = case({band.value: rank for band, rank in RANK.items()}, value=MINE.band, else_=len(RANK))
RANKS_BEFORE = case({b.value: r for b, r in RANK.items()}, value=MINE.band_week_ago, else_=len(RANK))
PLACE = case({name: rank for rank, name in enumerate(OUTCOMES)}, value=MINE.outcome, else_=9)
PLACE_BEFORE = case({name: rank for rank, name in enumerate(OUTCOMES)}, value=MINE.outcome_week_ago, else_=9)
NOW, BEFORE = tuple_(PLACE, RANKS), tuple_(PLACE_BEFORE, RANKS_BEFORE)
CHANGED: Mapping[Change, ColumnElement[bool]] = {
    Change.NEW: MINE.band_week_ago.is_(None),
    Change.SAME: MINE.band_week_ago.is_not(None) & (NOW == BEFORE),
    Change.BETTER: MINE.band_week_ago.is_not(None) & (NOW < BEFORE),
    Change.WORSE: MINE.band_week_ago.is_not(None) & (NOW > BEFORE),
}
KEYS = {
    Order.BEST: -MINE.points, Order.WORST: MINE.points, Order.FALLING: func.coalesce(MINE.points_change, 0),
}  # fmt: skip


async def driver_of(tx: AsyncConnection, tenant: str, ref: str) -> Driver:
    """Raises NotFound for a driver who was never scored."""
    found = select(driver_class).where(MINE.tenant_id == tenant, MINE.driver_ref == ref)
    row = (await tx.execute(found)).first()
    if row is None:
        raise NotFound("score", ref)
    return driver_from(row)


async def drivers(
    tx: AsyncConnection, tenant: str, *, outcome: str = "", band: str = "", change: Change | None = None,
    order: Order = Order.WORST, after: tuple[int, str] | None = None, limit: int = 50,
) -> list[tuple[int, Driver]]:  # fmt: skip
    """A page of those with a running contract, each with its place in the order."""
    key = KEYS[order].label("key")
    query = present(tenant).add_columns(key).order_by(KEYS[order], MINE.driver_ref).limit(limit)
    if outcome:
        query = query.where(MINE.outcome == outcome)
    if band:
        query = query.where(MINE.band == band)
    if change:
        query = query.where(CHANGED[change])
    if after:
        query = query.where(tuple_(KEYS[order], MINE.driver_ref) > tuple_(*after))
    return [(row.key, driver_from(row)) for row in await tx.execute(query)]


def present(tenant: str) -> Select[Any]:
    return select(driver_class).where(MINE.tenant_id == tenant, MINE.left_on.is_(None))


async def groups(tx: AsyncConnection, tenant: str) -> list[Group]:
    """Each list with what changed in it since last week."""
    counts = (
        select(MINE.outcome, MINE.outcome_week_ago, func.count().label("number"))
        .where(MINE.tenant_id == tenant, MINE.left_on.is_(None))
        .group_by(MINE.outcome, MINE.outcome_week_ago)
    )
    found = (await tx.execute(counts)).all()
    return [
        Group(
            name, sum(row.number for row in found if row.outcome == name),
            sum(row.number for row in found if row.outcome_week_ago == name),
            await _moved(tx, tenant, MINE.outcome == name, MINE.outcome_week_ago != name),
            await _moved(tx, tenant, MINE.outcome != name, MINE.outcome_week_ago == name),
        )
        for name in OUTCOMES
    ]  # fmt: skip


async def _moved(tx: AsyncConnection, tenant: str, *those: ColumnElement[bool]) -> list[Driver]:
    query = present(tenant).where(*those).order_by(MINE.points, MINE.driver_ref).limit(NAMED)
    return [driver_from(row) for row in await tx.execute(query)]


async def history_of(tx: AsyncConnection, tenant: str, ref: str, since: date) -> list[Point]:
    """From ``since`` on, the oldest first; begun by the score that held on that day."""
    of = driver_score.c
    query = select(of.scored_on, of.points, of.band, of.outcome, of.rule, of.contract_ref).where(
        of.tenant_id == tenant, of.driver_ref == ref
    )
    held = query.where(of.scored_on <= since).order_by(of.scored_on.desc()).limit(1)
    later = query.where(of.scored_on > since).order_by(of.scored_on)
    rows = [*(await tx.execute(held)), *(await tx.execute(later))]
    return [
        Point(row.scored_on, row.points, Band(row.band), row.outcome, row.rule, row.contract_ref)
        for row in rows
    ]  # fmt: skip


def driver_from(row: Row[Any]) -> Driver:
    week = None
    if row.points_week_ago is not None:
        week = Week(row.points_week_ago, Band(row.band_week_ago), row.outcome_week_ago)
    return Driver(
        row.driver_ref, row.contract_ref, row.scored_on, row.points, Band(row.band), row.since_on,
        row.outcome, row.outcome_since_on, row.rule, Bilingual(**row.why), week, row.days_late,
        Money(row.currency, row.arrears_minor), row.facts, row.reasons, row.levers, row.revision,
        row.left_on,
    )  # fmt: skip


HALF_YEAR = timedelta(days=182)
