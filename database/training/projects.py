"""Facts about projects: their beginning, their end, and how their budget stands."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import outbox
from database.shared.contacts import contact_of, tenant_of
from database.shared.tables import ledger_entry, ledger_transaction
from database.training.clients import client_of
from database.training.tables import project, project_recipient
from domain.calendar import local_date
from domain.case import Case
from domain.errors import Conflict, NotFound
from domain.money import Money
from domain.training.budget import Movement, Position, position
from domain.training.project import Project

PROCESS = "training.fund_call"
COSTS = "training_costs"
FUNDS = "training_funds"


@dataclass(frozen=True)
class KnownProject:
    project: Project
    closed_on: date | None

    def must_be_open(self) -> None:
        """Raises Conflict."""
        if self.closed_on:
            raise Conflict(f"the project {self.project.ref} was closed on {self.closed_on}")


async def create_project(tx: AsyncConnection, tenant: str, given: Project, at: datetime) -> bool:
    """Write a project; the watch over its budget starts. False if the same one is known.

    Raises NotFound (client, contact) and Conflict.
    """
    await client_of(tx, tenant, given.client_ref)
    made = await tx.execute(
        insert(project).values(_row(tenant, given)).on_conflict_do_nothing().returning(project.c.ref)
    )
    if made.first() is None:
        if _known((await project_of(tx, tenant, given.ref)).project) != _known(given):
            raise Conflict(f"the project {given.ref} exists already with other details")
        return False
    for ref in dict.fromkeys(given.recipients):
        await contact_of(tx, tenant, ref)
        row = {"tenant_id": tenant, "project_ref": given.ref, "contact_ref": ref}
        await tx.execute(insert(project_recipient).values(row))
    await outbox.owe(tx, outbox.START, await case_of(tx, tenant, given.ref), "project.created", at, "created")
    return True


def _row(tenant: str, given: Project) -> dict[str, Any]:
    threshold = given.threshold
    return {
        "tenant_id": tenant, "ref": given.ref, "client_ref": given.client_ref, "name": given.name,
        "initial_budget_minor": given.initial_budget.minor, "currency": given.initial_budget.currency,
        "threshold_minor": threshold.minor if isinstance(threshold, Money) else None,
        "threshold_percent": threshold if isinstance(threshold, Decimal) else None,
        "starts_on": given.starts_on,
    }  # fmt: skip


def _known(given: Project) -> tuple[dict[str, Any], frozenset[str]]:
    return _row("", given), frozenset(given.recipients)


async def close_project(tx: AsyncConnection, tenant: str, ref: str, at: datetime) -> bool:
    """The watch ends at its next review, an open fund call with it. False if closed. Raises NotFound."""
    if (await locked(tx, tenant, ref)).closed_on:
        return False
    case = await case_of(tx, tenant, ref)
    closed = update(project).where(project.c.tenant_id == tenant, project.c.ref == ref)
    await tx.execute(closed.values(closed_on=local_date(at, case.zone)))
    await outbox.owe(tx, outbox.RING, case, "project.closed", at, "closed")
    return True


async def case_of(tx: AsyncConnection, tenant: str, ref: str) -> Case:
    return (await tenant_of(tx, tenant)).case(PROCESS, ref)


async def project_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownProject:
    """Raises NotFound."""
    return await _read(tx, tenant, ref, lock=False)


async def project_refs(
    tx: AsyncConnection, tenant: str, *, after: str = "", limit: int = 50, client_ref: str = "",
    is_open: bool | None = None,
) -> list[str]:  # fmt: skip
    """A page of references in their order, beginning after the reference ``after``."""
    query = select(project.c.ref).where(project.c.tenant_id == tenant, project.c.ref > after)
    if client_ref:
        query = query.where(project.c.client_ref == client_ref)
    if is_open is not None:
        query = query.where(project.c.closed_on.is_(None) if is_open else project.c.closed_on.is_not(None))
    return list((await tx.execute(query.order_by(project.c.ref).limit(limit))).scalars())


async def locked(tx: AsyncConnection, tenant: str, ref: str) -> KnownProject:
    """Facts of one project are written one after another, so that its movements have one order."""
    return await _read(tx, tenant, ref, lock=True)


async def _read(tx: AsyncConnection, tenant: str, ref: str, lock: bool) -> KnownProject:
    query = select(project).where(project.c.tenant_id == tenant, project.c.ref == ref)
    row = (await tx.execute(query.with_for_update() if lock else query)).first()
    if row is None:
        raise NotFound("project", ref)
    mailing = select(project_recipient.c.contact_ref).where(
        project_recipient.c.tenant_id == tenant, project_recipient.c.project_ref == ref
    )
    recipients = (await tx.execute(mailing.order_by(project_recipient.c.contact_ref))).scalars()
    return KnownProject(_project(row, tuple(recipients)), row.closed_on)


def _project(row: Row[Any], recipients: tuple[str, ...]) -> Project:
    amount = Money(row.currency, row.threshold_minor) if row.threshold_minor else None
    return Project(
        row.ref, row.client_ref, row.name, Money(row.currency, row.initial_budget_minor),
        amount or row.threshold_percent, row.starts_on, recipients,
    )  # fmt: skip


async def position_of(tx: AsyncConnection, tenant: str, ref: str) -> Position:
    """What is granted, consumed and left at this moment. Raises NotFound."""
    known = (await project_of(tx, tenant, ref)).project
    return position(known.initial_budget, known.threshold, await _movements(tx, tenant, ref))


async def _movements(tx: AsyncConnection, tenant: str, ref: str) -> list[Movement]:
    """The project's ledger in the order in which it was written, which never changes afterwards.

    A clock that was set back does not turn that order round.
    """
    query = (
        select(ledger_transaction.c.posted_on, ledger_entry)
        .join(
            ledger_entry,
            (ledger_entry.c.tenant_id == ledger_transaction.c.tenant_id)
            & (ledger_entry.c.transaction_id == ledger_transaction.c.id),
        )
        .where(ledger_entry.c.tenant_id == tenant, ledger_entry.c.subject == ref)
        .where(ledger_entry.c.account.in_([COSTS, FUNDS]))
        .order_by(ledger_transaction.c.id, ledger_entry.c.line)
    )
    movements: list[Movement] = []
    for row in await tx.execute(query):
        granted = row.account == FUNDS
        amount = Money(row.currency, -row.amount_minor if granted else row.amount_minor)
        on = max(row.posted_on, movements[-1].on) if movements else row.posted_on
        movements.append(Movement(on, amount, granted))
    return movements
