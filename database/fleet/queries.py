"""What is known of contracts: their terms, schedule, payments and standing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.change_tables import contract_change, refund
from database.fleet.rows import contract_from, due_from, payment_from
from database.fleet.tables import due, fleet_contract, payment
from database.shared.bulk import among
from database.shared.contacts import tenant_of
from database.shared.tables import tenant as owner
from domain.calendar import at_local
from domain.case import Case
from domain.errors import NotFound
from domain.fleet.intake import Contract, PaymentEntry, Reversal
from domain.fleet.payments import Standing, allocate
from domain.fleet.schedule import Due

CONTRACT = "fleet.contract"
DUNNING = "fleet.dunning"


@dataclass(frozen=True)
class KnownContract:
    """``state`` is one of those that domain/fleet/contract names, ``end_kind`` of domain/fleet/ending."""

    contract: Contract
    state: str
    end_reason: str = ""
    end_kind: str = ""


@dataclass(frozen=True)
class KnownPayment:
    entry: PaymentEntry
    recorded_at: datetime
    reversed_at: datetime | None
    reversal_reason: str
    reversed_for: Reversal | None = None


@dataclass(frozen=True)
class ContractFile:
    """All about one contract. A draft has no schedule yet, hence no standing."""

    known: KnownContract
    dues: tuple[Due, ...]
    payments: tuple[KnownPayment, ...]
    standing: Standing | None

    @property
    def contract(self) -> Contract:
        return self.known.contract


_GIVEN_BACK = (
    select(func.coalesce(func.sum(refund.c.amount_minor), 0))
    .where(refund.c.tenant_id == fleet_contract.c.tenant_id, refund.c.contract_ref == fleet_contract.c.ref)
    .scalar_subquery()
)
_HELD = (
    select(fleet_contract, owner.c.zone, _GIVEN_BACK.label("given_back"))
    .join(owner, owner.c.id == fleet_contract.c.tenant_id)
    .where(fleet_contract.c.tenant_id == bindparam("tenant"), fleet_contract.c.ref == bindparam("named"))
)
"""A contract, its local time and what was given back to its driver, in minor units."""


async def contract_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownContract:
    """Raises NotFound."""
    found = await contracts_named(tx, tenant, [ref])
    if ref not in found:
        raise NotFound("contract", ref)
    return found[ref]


async def contracts_named(
    tx: AsyncConnection, tenant: str, refs: Iterable[str]
) -> dict[str, KnownContract]:  # fmt: skip
    mine = (fleet_contract.c.tenant_id == tenant) & among(fleet_contract.c.ref, refs)
    return {row.ref: _known(row) for row in await tx.execute(select(fleet_contract).where(mine))}


async def contracts(
    tx: AsyncConnection, tenant: str, *, after: str = "", limit: int = 50, state: str = "", driver: str = ""
) -> list[KnownContract]:
    """A page in the order of references, beginning after the reference ``after``."""
    query = select(fleet_contract).where(fleet_contract.c.tenant_id == tenant, fleet_contract.c.ref > after)
    if state:
        query = query.where(fleet_contract.c.state == state)
    if driver:
        query = query.where(fleet_contract.c.driver_ref == driver)
    return [_known(row) for row in await tx.execute(query.order_by(fleet_contract.c.ref).limit(limit))]


async def file_of(tx: AsyncConnection, tenant: str, ref: str) -> ContractFile:
    """Raises NotFound."""
    row = (await tx.execute(_HELD, {"tenant": tenant, "named": ref})).first()
    if row is None:
        raise NotFound("contract", ref)
    known = _known(row)
    currency = known.contract.terms.price.currency
    mine = (due.c.tenant_id == tenant) & (due.c.contract_ref == ref)
    rows = await tx.execute(select(due).where(mine).order_by(due.c.number))
    dues = tuple(due_from(row, currency) for row in rows)
    payments = tuple(await payments_of(tx, tenant, ref, limit=None))
    if not dues:
        return ContractFile(known, (), payments, None)
    counted = [one.entry.payment(one.reversed_at is not None) for one in payments]
    return ContractFile(known, dues, payments, allocate(dues, counted, row.zone, int(row.given_back)))


async def payments_of(
    tx: AsyncConnection, tenant: str, contract_ref: str, *, after: str = "", limit: int | None = 50
) -> list[KnownPayment]:
    """A page in the order of references, beginning after the reference ``after``."""
    query = select(payment).where(
        payment.c.tenant_id == tenant, payment.c.contract_ref == contract_ref, payment.c.ref > after
    )
    return [known_payment(row) for row in await tx.execute(query.order_by(payment.c.ref).limit(limit))]


async def payments_since(
    tx: AsyncConnection, tenant: str, contract_ref: str, since: date, *, after: str = "", limit: int = 50
) -> list[KnownPayment]:
    """As `payments_of`, those alone that came in from that local day on."""
    zone = (await tenant_of(tx, tenant)).zone
    mine = (payment.c.tenant_id == tenant, payment.c.contract_ref == contract_ref, payment.c.ref > after)
    query = select(payment).where(*mine, payment.c.received_at >= at_local(since, time(), zone))
    return [known_payment(row) for row in await tx.execute(query.order_by(payment.c.ref).limit(limit))]


async def taken_over_on(tx: AsyncConnection, tenant: str, contract_ref: str) -> date | None:
    """When the driver of now took the contract over from another; None for the first one."""
    mine = contract_change.c
    query = select(func.max(mine.changed_on)).where(
        mine.tenant_id == tenant, mine.contract_ref == contract_ref, mine.kind == "driver_changed"
    )
    found: date | None = (await tx.execute(query)).scalar()
    return found


def known_payment(row: Any) -> KnownPayment:
    why = Reversal(row.reversed_for) if row.reversed_for else None
    return KnownPayment(payment_from(row), row.recorded_at, row.reversed_at, row.reversal_reason, why)


def _known(row: Row[Any]) -> KnownContract:
    return KnownContract(contract_from(row), row.state, row.end_reason, row.end_kind)


async def case_of(tx: AsyncConnection, tenant: str, process: str, ref: str) -> Case:
    return (await tenant_of(tx, tenant)).case(process, ref)
