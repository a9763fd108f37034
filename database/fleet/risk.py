"""What the process fleet.risk knows of a driver: the scores that count, and the review a person holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, ScalarSelect, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.change_tables import contract_change
from database.fleet.positions import positions
from database.fleet.score_nights import RISK
from database.fleet.score_tables import driver_class, driver_review
from database.fleet.tables import fleet_contract
from database.shared import outbox
from database.shared.contacts import tenant_of
from domain.case import Case
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.contract import ACTIVE
from domain.fleet.risk import QUARTER, Band, Looked, Scored, Seen
from domain.money import Money

ANSWER_WITHIN = timedelta(days=3)
PLATFORM = "process:fleet.risk"
LONGEST_NOTE = 500

BEFORE = text("""
select points, band from (
    (select 1 as rank, points, band, scored_on from driver_score where tenant_id = :tenant
        and driver_ref = :driver and scored_on <= :quarter order by scored_on desc limit 1)
    union all
    (select 2, points, band, scored_on from driver_score where tenant_id = :tenant
        and driver_ref = :driver and scored_on < :scored order by scored_on limit 1)) old
 order by rank limit 1
""")


@dataclass(frozen=True)
class Review:
    driver_ref: str
    opened_on: date
    rule: str
    points: int
    band: Band
    answer_by_on: date
    verdict: Looked
    note: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Followed:
    """``lever`` is the cheapest way to a better class, as it was kept; None where there is none."""

    contract_ref: str
    signed_on: date
    seen: Seen
    days_late: int
    arrears: Money
    running: bool
    review: Review | None
    lever: Mapping[str, Any] | None


async def followed(tx: AsyncConnection, tenant: str, driver: str, day: date) -> Followed:
    """Raises NotFound for a driver who was never scored."""
    mine = driver_class.c
    since = func.coalesce(taken_over(), fleet_contract.c.signed_on).label("signed_on")
    known = select(driver_class, since).join(
        fleet_contract,
        (fleet_contract.c.tenant_id == mine.tenant_id) & (fleet_contract.c.ref == mine.contract_ref),
    )
    row = (await tx.execute(known.where(mine.tenant_id == tenant, mine.driver_ref == driver))).first()
    if row is None:
        raise NotFound("score", driver)
    where = positions(tenant, day)
    late = select(where.c.days_late, where.c.arrears_minor).where(where.c.contract_ref == row.contract_ref)
    stands = (await tx.execute(late)).first()
    review = await latest_review(tx, tenant, driver, since=row.since_on)
    before = await _before(tx, tenant, row, day)
    now = Scored(row.scored_on, row.points, Band(row.band))
    return Followed(
        row.contract_ref, row.signed_on, Seen(now, before, row.since_on),
        stands.days_late if stands else 0, Money(row.currency, stands.arrears_minor if stands else 0),
        await _is_running(tx, tenant, driver), review, next(iter(row.levers), None),
    )  # fmt: skip


def taken_over() -> ScalarSelect[date]:
    """Since when the present driver answers for the contract, if another one signed it."""
    of = contract_change.c
    return (
        select(func.max(of.changed_on))
        .where(
            of.tenant_id == fleet_contract.c.tenant_id, of.contract_ref == fleet_contract.c.ref,
            of.kind == "driver_changed",
        )
        .scalar_subquery()
    )  # fmt: skip


async def _before(tx: AsyncConnection, tenant: str, row: Row[Any], day: date) -> Scored | None:
    given = {"tenant": tenant, "driver": row.driver_ref, "quarter": day - QUARTER, "scored": row.scored_on}
    old = (await tx.execute(BEFORE, given)).first()
    return Scored(day - QUARTER, old.points, Band(old.band)) if old else None


async def _is_running(tx: AsyncConnection, tenant: str, driver: str) -> bool:
    mine = fleet_contract.c
    running = exists().where(mine.tenant_id == tenant, mine.driver_ref == driver, mine.state == ACTIVE)
    return bool((await tx.execute(select(running))).scalar())


async def latest_review(
    tx: AsyncConnection, tenant: str, driver: str, *, since: date = date.min
) -> Review | None:
    mine = driver_review.c
    query = select(driver_review).where(
        mine.tenant_id == tenant, mine.driver_ref == driver, mine.opened_on >= since
    )
    row = (await tx.execute(query.order_by(mine.opened_on.desc()).limit(1))).first()
    return _review(row) if row else None


async def open_reviews(tx: AsyncConnection, tenant: str, *, limit: int = 50) -> list[Review]:
    """Those that wait longest first."""
    mine = driver_review.c
    query = select(driver_review).where(mine.tenant_id == tenant, mine.decided_at.is_(None))
    rows = await tx.execute(query.order_by(mine.answer_by_on, mine.driver_ref).limit(limit))
    return [_review(row) for row in rows]


async def open_review(tx: AsyncConnection, case: Case, rule: str, day: date) -> bool:
    """One for each entry into a class. False if it is there already."""
    found = await followed(tx, case.tenant, case.ref, day)
    if found.review:
        return False
    await tx.execute(
        insert(driver_review)
        .values(
            tenant_id=case.tenant, driver_ref=case.ref, opened_on=day, rule=rule,
            points=found.seen.last.points, band=found.seen.last.band.value, answer_by_on=day + ANSWER_WITHIN,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    return True


async def close_reviews(tx: AsyncConnection, case: Case, at: datetime) -> None:
    """Nobody needs to look any more."""
    await tx.execute(
        _open(case.tenant, case.ref).values(verdict=Looked.KEEP.value, decided_by=PLATFORM, decided_at=at)
    )


async def answer_review(
    tx: AsyncConnection, tenant: str, driver: str, verdict: Looked, note: str, by: str, at: datetime
) -> Review:
    """What a person decided about a driver. Raises NotFound, Conflict (none is open) and BadInput."""
    if verdict in (Looked.NONE, Looked.OPEN):
        raise BadInput(Mistake("verdict", f"{verdict.value} decides nothing", "say keep, plan or recover"))
    if len(note) > LONGEST_NOTE:
        raise BadInput(Mistake("note", f"{len(note)} characters", f"use {LONGEST_NOTE} at most"))
    answered = _open(tenant, driver).values(
        verdict=verdict.value, note=note.strip(), decided_by=by, decided_at=at
    )
    if not (await tx.execute(answered)).rowcount:
        raise Conflict(f"no review of the driver {driver} is open")
    case = (await tenant_of(tx, tenant)).case(RISK, driver)
    await outbox.owe(tx, outbox.RING, case, "driver.reviewed", at, f"review:{at.isoformat()}")
    found = await latest_review(tx, tenant, driver)
    assert found
    return found


def _open(tenant: str, driver: str) -> Any:
    mine = driver_review.c
    return update(driver_review).where(
        mine.tenant_id == tenant, mine.driver_ref == driver, mine.decided_at.is_(None)
    )


def _review(row: Row[Any]) -> Review:
    return Review(
        row.driver_ref, row.opened_on, row.rule, row.points, Band(row.band), row.answer_by_on,
        Looked(row.verdict) if row.verdict else Looked.OPEN, row.note, row.decided_by, row.decided_at,
    )  # fmt: skip
