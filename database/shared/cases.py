"""The present state of every process, and every decision that led to it. Written by reviews only."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy import case as either
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import Tenant, tenant_from
from database.shared.rules import Versions, published, versions_from
from database.shared.tables import decision, process_case, standing_order, tenant
from domain.case import Case, Review
from domain.decision import Decision
from domain.errors import NotFound


@dataclass(frozen=True)
class StandingOrder:
    """Operations hold or end a process; ``state`` is paused or stopped."""

    state: str
    reason: str
    ordered_by: str


async def standing_order_of(tx: AsyncConnection, case: Case) -> StandingOrder | None:
    query = select(standing_order).where(
        standing_order.c.tenant_id == case.tenant,
        standing_order.c.process == case.process,
        standing_order.c.ref == case.ref,
    )
    row = (await tx.execute(query)).first()
    return StandingOrder(row.state, row.reason, row.ordered_by) if row else None


_SITUATION = (
    select(
        tenant,
        standing_order.c.state,
        standing_order.c.reason,
        standing_order.c.ordered_by,
        published().label("published"),
    )
    .join(
        standing_order,
        and_(
            standing_order.c.tenant_id == tenant.c.id,
            standing_order.c.process == bindparam("process"),
            standing_order.c.ref == bindparam("ref"),
        ),
        isouter=True,
    )
    .where(tenant.c.id == bindparam("tenant"))
)


class Situation(NamedTuple):
    """``versions`` are the tenant's own rule books in force."""

    tenant: Tenant
    order: StandingOrder | None
    versions: Versions


async def situation_of(tx: AsyncConnection, case: Case, on: date) -> Situation:
    """What every review needs first, in one query, for its own local day. Raises NotFound."""
    given = {"tenant": case.tenant, "process": case.process, "ref": case.ref, "on": on}
    row = (await tx.execute(_SITUATION, given)).first()
    if row is None:
        raise NotFound("tenant", case.tenant)
    order = StandingOrder(row.state, row.reason, row.ordered_by) if row.state else None
    return Situation(tenant_from(row), order, versions_from(row.published))


async def give_order(tx: AsyncConnection, case: Case, order: StandingOrder) -> None:
    row = {"tenant_id": case.tenant, "process": case.process, "ref": case.ref, **asdict(order)}
    given = insert(standing_order).values(row)
    await tx.execute(
        given.on_conflict_do_update(
            index_elements=["tenant_id", "process", "ref"], set_={**asdict(order), "at": func.now()}
        )
    )


async def lift_order(tx: AsyncConnection, case: Case) -> bool:
    lifted = delete(standing_order).where(
        standing_order.c.tenant_id == case.tenant,
        standing_order.c.process == case.process,
        standing_order.c.ref == case.ref,
    )
    return (await tx.execute(lifted)).rowcount > 0


async def is_open(tx: AsyncConnection, case: Case) -> bool:
    query = select(process_case.c.opened_at).where(
        process_case.c.tenant_id == case.tenant,
        process_case.c.process == case.process,
        process_case.c.ref == case.ref,
        process_case.c.closed_at.is_(None),
    )
    return (await tx.execute(query)).first() is not None


def _of_case(table: Table) -> ColumnElement[bool]:
    named = (table.c[name] == bindparam(name, type_=Text) for name in ("process", "ref"))
    return and_(table.c.tenant_id == bindparam("tenant", type_=Text), *named)


_FOLLOWED = select(
    or_(
        exists().where(_of_case(process_case), process_case.c.closed_at.is_(None)),
        exists().where(_of_case(standing_order), standing_order.c.state == "stopped"),
    )
)


async def is_followed(tx: AsyncConnection, case: Case) -> bool:
    """It is open, or operations have stopped it."""
    given = {"tenant": case.tenant, "process": case.process, "ref": case.ref}
    return bool((await tx.execute(_FOLLOWED, given)).scalar())


async def last_steps(tx: AsyncConnection, case: Case) -> set[str]:
    """Keys of the steps that the case's latest decision of a book, or the one that ended it, wanted."""
    query = select(decision.c.steps).where(
        decision.c.tenant_id == case.tenant, decision.c.process == case.process, decision.c.ref == case.ref
    )
    query = query.where((decision.c.book != "") | (decision.c.closes != ""))
    steps = (await tx.execute(query.order_by(decision.c.id.desc()).limit(1))).scalar()
    return {step["key"] for step in steps or ()}


async def last_facts(tx: AsyncConnection, case: Case) -> Mapping[str, Any]:
    """What the case's latest decision was taken on; empty when there is none, or it asked no book."""
    query = select(decision.c.facts).where(
        decision.c.tenant_id == case.tenant, decision.c.process == case.process, decision.c.ref == case.ref
    )
    return (await tx.execute(query.order_by(decision.c.id.desc()).limit(1))).scalar() or {}


def _made(table: Table, *columns: str) -> dict[str, BindParameter[Any]]:
    """Decision and state share the values of ``_row``."""
    return {name: bindparam(f"made_{name}", type_=table.c[name].type) for name in columns}


def _decision_kept() -> Insert:
    values = _made(
        decision, "tenant_id", "key", "process", "ref", "decided_at", "book", "revision", "stage", "closes",
        "facts", "reasons", "near", "steps", "waiting", "review_at",
    )  # fmt: skip
    kept = insert(decision).values(values)
    new = {name: kept.excluded[name] for name in values}
    return kept.on_conflict_do_update(index_elements=["tenant_id", "key"], set_=new)


def _state_known() -> Insert:
    key = ("tenant_id", "process", "ref")
    values = _made(process_case, *key, "stage", "waiting", "review_at", "due_on", "closed_at", "outcome")
    opened_at = bindparam("made_decided_at", type_=process_case.c.opened_at.type)
    asked = bindparam("asked", type_=Text)
    known = insert(process_case).values(**values, opened_at=opened_at, book=asked)
    new: dict[str, Any] = {name: known.excluded[name] for name in values if name not in key}
    new["book"] = either((asked != "", asked), else_=process_case.c.book)
    still_open = (process_case.c.closed_at.is_(None), process_case.c.opened_at)
    new["opened_at"] = either(still_open, else_=known.excluded.opened_at)
    return known.on_conflict_do_update(index_elements=key, set_=new)


_RECORD = _state_known().add_cte(_decision_kept().cte("kept"))


async def record(tx: AsyncConnection, review: Review, made: Decision, asked: str = "") -> None:
    """Keep the decision and bring the case's state up to it, in one statement.

    A retried review overwrites its own record: nothing had been done on the lost one. ``asked``: the books,
    also of a decision that could not be taken; without any, those of the decision before stay known.
    """
    values = {f"made_{name}": value for name, value in _row(review, made).items()}
    await tx.execute(_RECORD, {**values, "asked": asked or made.book})


def _row(review: Review, made: Decision) -> dict[str, Any]:
    case = review.case
    return {
        "tenant_id": case.tenant, "key": f"{case.process}:{case.ref}:{review.run}:{review.number}",
        "process": case.process, "ref": case.ref, "decided_at": review.at, "book": made.book,
        "revision": made.revision, "stage": made.stage, "closes": made.closes, "facts": made.facts,
        "reasons": [asdict(reason) for reason in made.reasons], "near": [asdict(miss) for miss in made.near],
        "steps": [asdict(step) for step in made.steps], "waiting": asdict(made.waiting),
        "review_at": made.review_at, "due_on": made.due_on,
        "closed_at": review.at if made.closes else None, "outcome": made.closes or None,
    }  # fmt: skip
