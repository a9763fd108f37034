"""Facts about sessions: the trainings that consume a project's budget, and those taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import ledger, outbox
from database.shared.ledger import Entry, Posting
from database.training.projects import COSTS, case_of, locked
from database.training.tables import project, training, training_session
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.money import Money
from domain.training.project import Session, Training

VAT = "input_vat"
PROVIDERS = "provider_payable"


@dataclass(frozen=True)
class KnownSession:
    """``cancelled`` are the numbers of the trainings taken back."""

    session: Session
    project_ref: str
    cancelled: frozenset[int]


async def record_session(
    tx: AsyncConnection, tenant: str, project_ref: str, given: Session, at: datetime
) -> bool:
    """Write a session: its trainings are consumed from now on. False if the same one is known.

    Raises NotFound, Conflict (project closed; another session with this reference) and BadInput.
    """
    known = await locked(tx, tenant, project_ref)
    if not await _is_new(tx, tenant, project_ref, given):
        return False
    known.must_be_open()
    currency = known.project.initial_budget.currency
    if given.cost.currency != currency:
        raise BadInput(Mistake("trainings", f"{given.cost.currency} is not the project's", f"use {currency}"))
    case = await case_of(tx, tenant, project_ref)
    await _write(tx, tenant, project_ref, given, at)
    on = local_date(at, case.zone)
    costs = [
        Posting(
            _key(given.ref, one.number), on, f"session {given.ref}, training {one.number}",
            _entries(project_ref, one),
        )
        for one in given.trainings
        if one.cost.minor
    ]  # fmt: skip
    await ledger.post_all(tx, tenant, costs)
    await outbox.owe(tx, outbox.RING, case, "session.recorded", at, f"session:{given.ref}")
    return True


async def cancel_training(
    tx: AsyncConnection, tenant: str, session_ref: str, number: int, reason: str, at: datetime
) -> bool:
    """Take back a training; its cost is reversed. False if it was already.

    Raises NotFound, Conflict (project closed) and BadInput.
    """
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the training is cancelled"))
    found = await session_of(tx, tenant, session_ref)
    if number not in {one.number for one in found.session.trainings}:
        raise NotFound(f"training of the session {session_ref}", str(number))
    known = await locked(tx, tenant, found.project_ref)
    mine = (training.c.session_ref == session_ref, training.c.number == number)
    taken_back = update(training).where(training.c.tenant_id == tenant, *mine)
    done = await tx.execute(
        taken_back.where(training.c.cancelled_at.is_(None)).values(cancelled_at=at, cancel_reason=reason)
    )
    if not done.rowcount:
        return False
    known.must_be_open()
    case = await case_of(tx, tenant, found.project_ref)
    # Why is in its row: the ledger is never changed.
    said = f"training {session_ref} {number} cancelled"
    await ledger.reverse(tx, tenant, _key(session_ref, number), local_date(at, case.zone), said)
    await outbox.owe(tx, outbox.RING, case, "training.cancelled", at, f"cancel:{session_ref}:{number}")
    return True


async def session_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownSession:
    """Raises NotFound."""
    query = (
        select(training_session, project.c.currency)
        .join(
            project,
            (project.c.tenant_id == training_session.c.tenant_id)
            & (project.c.ref == training_session.c.project_ref),
        )
        .where(training_session.c.tenant_id == tenant, training_session.c.ref == ref)
    )
    head = (await tx.execute(query)).first()
    if head is None:
        raise NotFound("session", ref)
    lines = select(training).where(training.c.tenant_id == tenant, training.c.session_ref == ref)
    rows = (await tx.execute(lines.order_by(training.c.number))).all()
    session = Session(ref, head.held_on, head.place, _trainings(rows, head.currency))
    cancelled = frozenset(row.number for row in rows if row.cancelled_at)
    return KnownSession(session, head.project_ref, cancelled)


def _trainings(rows: Sequence[Row[tuple[object, ...]]], currency: str) -> tuple[Training, ...]:
    return tuple(
        Training(row.number, row.title, row.provider, Money(currency, row.cost_minor), row.vat_bp)
        for row in rows
    )


async def _is_new(tx: AsyncConnection, tenant: str, project_ref: str, given: Session) -> bool:
    try:
        known = await session_of(tx, tenant, given.ref)
    except NotFound:
        return True
    if (known.project_ref, known.session) != (project_ref, given):
        raise Conflict(f"the session {given.ref} exists already with other details")
    return False


async def _write(tx: AsyncConnection, tenant: str, project_ref: str, given: Session, at: datetime) -> None:
    head = {
        "tenant_id": tenant, "ref": given.ref, "project_ref": project_ref, "held_on": given.held_on,
        "place": given.place, "recorded_at": at,
    }  # fmt: skip
    await tx.execute(insert(training_session).values(head))
    rows = [
        {"tenant_id": tenant, "session_ref": given.ref, "number": one.number, "title": one.title,
         "provider": one.provider, "cost_minor": one.cost.minor, "vat_bp": one.vat_bp}
        for one in given.trainings
    ]  # fmt: skip
    await tx.execute(insert(training), rows)


def _key(session_ref: str, number: int) -> str:
    return f"training.cost:{session_ref}:{number}"


def _entries(project_ref: str, one: Training) -> tuple[Entry, ...]:
    """The budget bears the cost before tax; the provider is owed the tax as well."""
    return (
        Entry(COSTS, project_ref, one.cost), Entry(VAT, project_ref, one.vat),
        Entry(PROVIDERS, project_ref, -(one.cost + one.vat)),
    )  # fmt: skip
