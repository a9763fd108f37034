"""Money paid to investors: of their share, or of their capital."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import notice
from database.fleet.investor_tables import investor_payout
from database.fleet.investors import CAPITAL, PAYABLE, STATEMENT, investor_contract_of, ring
from database.fleet.rows import CASH, difference
from database.shared import ledger, outbox
from database.shared.contacts import tenant_of
from database.shared.ledger import Entry
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.contract import DRAFT
from domain.fleet.intake import PaidBy
from domain.fleet.investing import Payout, PayoutKind
from domain.fleet.notice import About, Subject
from domain.money import Money

CLOCKS_DIFFER = timedelta(days=1)

ACCOUNTS = {PayoutKind.SHARE: PAYABLE, PayoutKind.CAPITAL: CAPITAL}


@dataclass(frozen=True)
class KnownPayout:
    payout: Payout
    recorded_at: datetime
    by: str
    reversed_at: datetime | None
    reversal_reason: str


async def pay_out(tx: AsyncConnection, tenant: str, given: Payout, at: datetime, by: str = "") -> bool:
    """Write a payout and post it. False if the same one is known.

    Raises NotFound, Conflict (another one with this reference; more than is owed) and BadInput.
    """
    known = await investor_contract_of(tx, tenant, given.contract_ref)
    currency = known.contract.amount.currency
    if known.state == DRAFT:
        raise Conflict(f"the investor contract {given.contract_ref} is not signed yet")
    if given.amount.currency != currency:
        raise BadInput(Mistake("amount", f"{given.amount.currency} is not its contract's", f"use {currency}"))
    home = await tenant_of(tx, tenant)
    if given.paid_on > local_date(at + CLOCKS_DIFFER, home.zone):
        raise BadInput(Mistake("paid_on", "it lies in the future", "give the day of the payment"))
    # Held until the transaction ends: of two payouts at once the second sees what the first has left.
    await investor_contract_of(tx, tenant, given.contract_ref, held=True)
    if known_payout := await payout_or_none(tx, tenant, given.ref):
        if other := difference(_row(known_payout.payout), _row(given)):
            raise Conflict(f"the payout {given.ref} exists already: its {other}")
        return False
    account = ACCOUNTS[given.kind]
    owed = -(await ledger.balance(tx, tenant, account, given.contract_ref, currency))
    if given.amount > owed:
        raise Conflict(f"{owed.decimal} {owed.currency} are owed to {given.contract_ref}, not more")
    row = {**_row(given), "tenant_id": tenant, "recorded_at": at, "by": by}
    new = insert(investor_payout).values(row).on_conflict_do_nothing()
    if (await tx.execute(new.returning(investor_payout.c.ref))).first() is None:
        # Written at this moment for another contract.
        raise Conflict(f"the payout {given.ref} exists already: its contract_ref")
    await ledger.post(
        tx, tenant, ledger_key(given.ref), given.paid_on, f"payout {given.ref}",
        Entry(account, given.contract_ref, given.amount),
        Entry(CASH.format(given.channel.value), given.contract_ref, -given.amount),
    )  # fmt: skip
    await ring(tx, tenant, given.contract_ref, "investor.paid", at, f"payout:{given.ref}")
    await notice.owe(tx, home, [Subject(given.ref, About.PAYOUT)], at)
    return True


def ledger_key(ref: str) -> str:
    return f"fleet.payout:{ref}"


async def reverse_payout(tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime) -> bool:
    """It did not arrive, or was a slip: it is owed again. False if it was reversed before."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the payout is reversed"))
    known = await payout_of(tx, tenant, ref)
    mine = (investor_payout.c.tenant_id == tenant, investor_payout.c.ref == ref)
    done = await tx.execute(
        update(investor_payout).where(*mine, investor_payout.c.reversed_at.is_(None))
        .values(reversed_at=at, reversal_reason=reason)
    )  # fmt: skip
    if not done.rowcount:
        return False
    home = await tenant_of(tx, tenant)
    on = local_date(at, home.zone)
    await ledger.reverse(tx, tenant, ledger_key(ref), on, f"payout {ref} reversed")
    # Starts rather than rings: a contract whose last payout this was is watched no more.
    case = home.case(STATEMENT, known.payout.contract_ref)
    await outbox.owe(tx, outbox.START, case, "investor.payout_reversed", at, f"payout:{ref}:back")
    await notice.owe(tx, home, [Subject(ref, About.PAYOUT_BACK)], at)
    return True


async def payout_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownPayout:
    """Raises NotFound."""
    found = await payout_or_none(tx, tenant, ref)
    if found is None:
        raise NotFound("payout", ref)
    return found


async def payout_or_none(tx: AsyncConnection, tenant: str, ref: str) -> KnownPayout | None:
    mine = (investor_payout.c.tenant_id == tenant, investor_payout.c.ref == ref)
    row = (await tx.execute(select(investor_payout).where(*mine))).first()
    return _known(row) if row else None


async def payouts_of(
    tx: AsyncConnection, tenant: str, *, contract_ref: str = "", after: str = "", limit: int | None = 50
) -> Sequence[KnownPayout]:
    """A page in the order of references, beginning after the reference ``after``."""
    mine = investor_payout.c
    query = select(investor_payout).where(mine.tenant_id == tenant, mine.ref > after)
    if contract_ref:
        query = query.where(mine.contract_ref == contract_ref)
    return [_known(row) for row in await tx.execute(query.order_by(mine.ref).limit(limit))]


async def latest_payouts(
    tx: AsyncConnection, tenant: str, contract_ref: str, limit: int = 24
) -> list[KnownPayout]:
    """The latest first."""
    mine = investor_payout.c
    query = select(investor_payout).where(mine.tenant_id == tenant, mine.contract_ref == contract_ref)
    rows = await tx.execute(query.order_by(mine.paid_on.desc(), mine.ref).limit(limit))
    return [_known(row) for row in rows]


def _row(given: Payout) -> dict[str, Any]:
    return {
        "ref": given.ref, "contract_ref": given.contract_ref, "kind": given.kind.value,
        "amount_minor": given.amount.minor, "currency": given.amount.currency, "paid_on": given.paid_on,
        "channel": given.channel.value,
    }  # fmt: skip


def _known(row: Any) -> KnownPayout:
    payout = Payout(
        row.ref, row.contract_ref, PayoutKind(row.kind), Money(row.currency, row.amount_minor), row.paid_on,
        PaidBy(row.channel),
    )  # fmt: skip
    return KnownPayout(payout, row.recorded_at, row.by, row.reversed_at, row.reversal_reason)
