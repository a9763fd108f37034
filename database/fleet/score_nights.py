"""A night of scoring: begun, gone on with batch by batch, ended. What is written says how far it is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.score_tables import driver_class, driver_score, score_run
from database.fleet.tables import fleet_contract
from database.shared import outbox
from database.shared.contacts import Tenant
from domain.errors import Conflict
from domain.fleet.contract import ACTIVE

RISK = "fleet.risk"
RUNNING, DONE, FAILED = "running", "done", "failed"


@dataclass(frozen=True)
class Night:
    """``after`` is the last driver who was written; ``changed`` those whose class or outcome is another."""

    on: date
    state: str
    total: int
    done: int
    changed: int
    after: str
    problem: str = ""


@dataclass(frozen=True)
class Scored:
    """What was found out about one driver; ``row`` as `driver_class` has it. ``is_new``: it is another score
    than the last; ``moved``: the class, the outcome or its rule is.
    """

    row: dict[str, Any]
    is_new: bool
    moved: bool


async def night_of(tx: AsyncConnection, tenant: str, day: date) -> Night | None:
    mine = score_run.c
    row = (await tx.execute(select(score_run).where(mine.tenant_id == tenant, mine.scored_on == day))).first()
    return _night(row) if row else None


async def is_anybody_scored(tx: AsyncConnection, tenant: str) -> bool:
    """Somebody who was scored has not been let go."""
    mine = driver_class.c
    query = select(mine.driver_ref).where(mine.tenant_id == tenant, mine.left_on.is_(None)).limit(1)
    return (await tx.execute(query)).first() is not None


async def begin(
    tx: AsyncConnection, tenant: str, day: date, total: int, at: datetime, *, again: bool = False
) -> Night:
    """The night as it stands: new, or as far as somebody left it. ``again`` begins one that is over anew."""
    row = {"tenant_id": tenant, "scored_on": day, "state": RUNNING, "total": total, "begun_at": at}
    made = upsert(score_run).values(row)
    if again:
        fresh = {"state": RUNNING, "total": total, "done": 0, "changed": 0, "after_ref": "", "problem": "",
                 "begun_at": at, "ended_at": None}  # fmt: skip
        made = made.on_conflict_do_update(
            index_elements=["tenant_id", "scored_on"], set_=fresh, where=score_run.c.state != RUNNING
        )
    else:
        made = made.on_conflict_do_update(
            index_elements=["tenant_id", "scored_on"], set_={"state": RUNNING, "problem": "", "total": total},
            where=score_run.c.state == FAILED,
        )  # fmt: skip
    await tx.execute(made)
    found = await night_of(tx, tenant, day)
    assert found
    return found


async def write(
    tx: AsyncConnection, firm: Tenant, night: Night, found: Sequence[Scored], revision: str, at: datetime
) -> Night:
    """A batch, in the transaction that says how far the night is. Raises Conflict when somebody else goes
    on with it.
    """
    last = found[-1].row["driver_ref"]
    moved = [one for one in found if one.moved]
    reached = Night(
        night.on, RUNNING, max(night.total, night.done + len(found)), night.done + len(found),
        night.changed + len(moved), last,
    )  # fmt: skip
    mine = score_run.c
    kept = update(score_run).where(
        mine.tenant_id == firm.id, mine.scored_on == night.on, mine.state == RUNNING,
        mine.after_ref == night.after,
    )  # fmt: skip
    values = {"done": reached.done, "changed": reached.changed, "after_ref": last, "total": reached.total}
    if not (await tx.execute(kept.values(**values, revision=revision))).rowcount:
        raise Conflict(f"somebody else goes on with the scores of {night.on}")
    await _keep(tx, firm.id, night.on, found, at)
    cases = {
        f"{night.on}:{one.row['band']}:{one.row['rule']}:{one.row['driver_ref']}": firm.case(
            RISK, one.row["driver_ref"]
        )
        for one in moved
    }
    await outbox.owe_all(tx, outbox.START, cases, "driver.class_changed", at)
    return reached


async def _keep(tx: AsyncConnection, tenant: str, day: date, found: Sequence[Scored], at: datetime) -> None:
    refs = [one.row["driver_ref"] for one in found]
    mine = driver_score.c
    await tx.execute(
        delete(driver_score).where(mine.tenant_id == tenant, mine.scored_on == day, mine.driver_ref.in_(refs))
    )
    rows = [
        {"tenant_id": tenant, "scored_on": day, "scored_at": at,
         **{name: one.row[name] for name in SCORE}}
        for one in found if one.is_new
    ]  # fmt: skip
    if rows:
        await tx.execute(insert(driver_score), rows)
    await tx.execute(CLASSES, {"tenant": tenant, "day": day, "rows": json.dumps([one.row for one in found])})


SCORE = ("driver_ref", "contract_ref", "points", "band", "outcome", "rule", "facts", "reasons", "revision")
GIVEN = [
    one for one in driver_class.c
    if one.name not in ("tenant_id", "scored_on", "points_change", "left_on")
]  # fmt: skip
NAMES = ", ".join(one.name for one in GIVEN)
CLASSES = text(
    f"insert into driver_class as kept (tenant_id, scored_on, left_on, {NAMES}) "
    f"select :tenant, :day, null, {NAMES} from jsonb_to_recordset(cast(:rows as jsonb)) as given("
    + ", ".join(f"{one.name} {one.type}" for one in GIVEN)
    + ") on conflict (tenant_id, driver_ref) do update set scored_on = excluded.scored_on, left_on = null, "
    + ", ".join(f"{one.name} = excluded.{one.name}" for one in GIVEN if one.name != "driver_ref")
    + " where kept.scored_on <= excluded.scored_on"
)
"""A night of the past, scored afterwards, leaves the present as it is."""


async def end(tx: AsyncConnection, firm: Tenant, night: Night, at: datetime) -> Night:
    """Who has no running contract any more is let go; then the night is over."""
    running = select(fleet_contract.c.ref).where(
        fleet_contract.c.tenant_id == driver_class.c.tenant_id,
        fleet_contract.c.driver_ref == driver_class.c.driver_ref, fleet_contract.c.state == ACTIVE,
    )  # fmt: skip
    gone = update(driver_class).where(
        driver_class.c.tenant_id == firm.id, driver_class.c.left_on.is_(None),
        driver_class.c.scored_on < night.on, ~running.exists(),
    )  # fmt: skip
    for ref in (
        await tx.execute(gone.values(left_on=night.on).returning(driver_class.c.driver_ref))
    ).scalars():
        await outbox.owe(
            tx, outbox.RING, firm.case(RISK, ref), "driver.left", at, f"{night.on}:left"
        )  # fmt: skip
    return await _over(tx, firm.id, night, DONE, at, "")


async def fail(tx: AsyncConnection, tenant: str, night: Night, problem: str, at: datetime) -> Night:
    return await _over(tx, tenant, night, FAILED, at, problem)


async def _over(
    tx: AsyncConnection, tenant: str, night: Night, state: str, at: datetime, problem: str
) -> Night:
    mine = score_run.c
    over = update(score_run).where(
        mine.tenant_id == tenant, mine.scored_on == night.on, mine.state == RUNNING
    )  # fmt: skip
    await tx.execute(over.values(state=state, ended_at=func.greatest(mine.begun_at, at), problem=problem))
    return Night(night.on, state, night.total, night.done, night.changed, night.after, problem)


def _night(row: Any) -> Night:
    return Night(
        row.scored_on, row.state, row.total, row.done, row.changed, row.after_ref, row.problem
    )  # fmt: skip
