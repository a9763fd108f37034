"""Trials of rule books: what was asked, how far it is, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import audit, rules
from database.shared.audit import Actor
from database.shared.tables import rule_trial
from domain.errors import Conflict, NotFound

DRY_RUN, BACK_TEST = "dry_run", "back_test"
RUNNING, DONE, STOPPED, FAILED = "running", "done", "stopped", "failed"

mine = rule_trial.c


@dataclass(frozen=True)
class Plan:
    """``old`` and ``new`` are pairs of a revision and its text. A dry run asks at the instant ``at``.

    A back-test takes the decisions of local days, both included; None is no end.
    """

    kind: str
    book: str
    old: tuple[str, str]
    new: tuple[str, str]
    at: datetime
    begins_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Trial:
    """``done`` and ``total`` count looks; the total is that of the beginning."""

    id: int
    kind: str
    book: str
    old_revision: str
    new_revision: str
    at: datetime
    begins_on: date | None
    ends_on: date | None
    state: str
    done: int
    total: int
    problem: str
    asked_by: str
    created_at: datetime
    updated_at: datetime


TOLD = tuple(mine[name] for name in Trial.__dataclass_fields__)


@dataclass(frozen=True)
class Work:
    """What a trial needs to go on. ``checkpoint`` None: it begins."""

    trial: Trial
    old: str
    new: str
    checkpoint: Mapping[str, Any] | None


async def begin(tx: AsyncConnection, tenant: str, actor: Actor, plan: Plan, now: datetime) -> Trial:
    row = {
        "tenant_id": tenant, "kind": plan.kind, "book": plan.book, "old_revision": plan.old[0],
        "new_revision": plan.new[0], "old_content": plan.old[1], "new_content": plan.new[1], "at": plan.at,
        "begins_on": plan.begins_on, "ends_on": plan.ends_on, "asked_by": actor.who, "created_at": now,
        "updated_at": now,
    }  # fmt: skip
    made = _trial((await tx.execute(insert(rule_trial).values(row).returning(*TOLD))).one())
    await _tell(tx, tenant, actor, "rule.trial_began", made)
    return made


async def trial_of(tx: AsyncConnection, tenant: str, id: int) -> Trial:
    """Raises NotFound."""
    row = (await tx.execute(select(*TOLD).where(_one(tenant, id)))).first()
    if row is None:
        raise NotFound("trial", str(id))
    return _trial(row)


async def trials_of(
    tx: AsyncConnection, tenant: str, book: str = "", before: int = 0, limit: int = 50
) -> list[Trial]:
    """The latest first, of one book or of all, beginning below the number ``before``."""
    query = select(*TOLD).where(mine.tenant_id == tenant)
    if book:
        query = query.where(mine.book == book)
    if before:
        query = query.where(mine.id < before)
    return [_trial(row) for row in await tx.execute(query.order_by(mine.id.desc()).limit(limit))]


async def result_of(tx: AsyncConnection, tenant: str, id: int) -> dict[str, Any]:
    """Raises NotFound, Conflict when there is none yet."""
    row = (await tx.execute(select(mine.result, mine.state).where(_one(tenant, id)))).first()
    if row is None:
        raise NotFound("trial", str(id))
    if row.result is None:
        raise Conflict(f"the trial {id} has no result: it is {row.state}")
    return dict(row.result)


async def work_of(tx: AsyncConnection, tenant: str, id: int) -> Work:
    """Raises NotFound."""
    query = select(*TOLD, mine.old_content, mine.new_content, mine.checkpoint).where(_one(tenant, id))
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("trial", str(id))
    return Work(_trial(row), row.old_content, row.new_content, row.checkpoint)


async def advance(
    tx: AsyncConnection, tenant: str, known: Trial, done: int, total: int, checkpoint: Mapping[str, Any]
) -> bool:
    """False when it was stopped meanwhile, or when somebody else went on with it."""
    values = {"done": done, "total": total, "checkpoint": checkpoint, "updated_at": func.now()}
    return await _moved(tx, tenant, known, values)


async def finish(
    tx: AsyncConnection, tenant: str, known: Trial, done: int, total: int, result: Mapping[str, Any]
) -> bool:
    """As ``advance``."""
    values = {
        "done": done, "total": total, "result": result, "state": DONE, "checkpoint": None,
        "updated_at": func.now(),
    }  # fmt: skip
    return await _moved(tx, tenant, known, values)


async def fail(tx: AsyncConnection, tenant: str, known: Trial, problem: str) -> None:
    await _moved(tx, tenant, known, {"state": FAILED, "problem": problem, "updated_at": func.now()})


async def stop(tx: AsyncConnection, tenant: str, actor: Actor, id: int) -> Trial:
    """It ends after its present batch. Raises NotFound, Conflict."""
    return await _turn(tx, tenant, actor, id, RUNNING, STOPPED)


async def resume(tx: AsyncConnection, tenant: str, actor: Actor, id: int) -> Trial:
    """From where it was stopped. One that runs is left as it is: its process may have died.

    Raises NotFound, Conflict.
    """
    known = await trial_of(tx, tenant, id)
    return known if known.state == RUNNING else await _turn(tx, tenant, actor, id, STOPPED, RUNNING)


async def _turn(tx: AsyncConnection, tenant: str, actor: Actor, id: int, before: str, after: str) -> Trial:
    turned = (
        update(rule_trial)
        .where(_one(tenant, id), mine.state == before)
        .values(state=after, updated_at=func.now())
        .returning(*TOLD)
    )
    row = (await tx.execute(turned)).first()
    if row is None:
        known = await trial_of(tx, tenant, id)
        raise Conflict(f"the trial {id} is {known.state}, not {before}")
    made = _trial(row)
    await _tell(tx, tenant, actor, f"rule.trial_{'stopped' if after == STOPPED else 'resumed'}", made)
    return made


async def _moved(tx: AsyncConnection, tenant: str, known: Trial, values: dict[str, Any]) -> bool:
    """Only from where the caller knows it to be: of two that go on with one trial, one gives up."""
    here = (_one(tenant, known.id), mine.state == RUNNING, mine.done == known.done)
    return (await tx.execute(update(rule_trial).where(*here).values(values))).rowcount > 0


def _one(tenant: str, id: int) -> ColumnElement[bool]:
    return and_(mine.tenant_id == tenant, mine.id == id)


async def _tell(tx: AsyncConnection, tenant: str, actor: Actor, action: str, made: Trial) -> None:
    after = {
        "trial": made.id, "kind": made.kind, "old_revision": made.old_revision,
        "new_revision": made.new_revision, "done": made.done,
    }  # fmt: skip
    await audit.write(tx, tenant, actor, action, rules.thing(made.book), after=after)


def _trial(row: Any) -> Trial:
    return Trial(*(row._mapping[column.name] for column in TOLD))
