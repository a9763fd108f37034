"""Facts about investors: what was signed with them, and which part of which bike is theirs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.investor_tables import (
    financing_share,
    investor_contract,
    investor_statement,
)
from database.fleet.rows import difference
from database.fleet.tables import bike
from database.shared import ledger, outbox
from database.shared.contacts import contact_or_none, tenant_of
from database.shared.ledger import Entry
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.contract import ACTIVE, COMPLETED, DRAFT, TERMINATED
from domain.fleet.investing import InvestorContract, InvestorKind, Share, last_day
from domain.money import Money

STATEMENT = "fleet.statement"
CAPITAL, PAYABLE, SHARE, BANK = "investor_capital", "investor_payable", "investor_share", "cash:bank"
WHOLE_BIKE = "financing_share_whole"


@dataclass(frozen=True)
class KnownInvestor:
    """``state`` is one of those that domain/fleet/contract names; ``ended_on`` the last day that counts."""

    contract: InvestorContract
    state: str
    ended_on: date | None = None
    end_reason: str = ""

    @property
    def last_on(self) -> date | None:
        """The last day of which money is shared."""
        known = [day for day in (self.ended_on, self.contract.ends_on) if day]
        return min(known, default=None)


async def create_contract(
    tx: AsyncConnection, tenant: str, given: InvestorContract, at: datetime, draft: bool = False
) -> bool:
    """Write what was agreed; a signed one brings its capital and gets its statements from now on.

    False if the same one is known. Raises NotFound (investor), Conflict and BadInput.
    """
    if await contact_or_none(tx, tenant, given.investor_ref) is None:
        raise NotFound("contact", given.investor_ref)
    home = await tenant_of(tx, tenant)
    if given.amount.currency != home.currency:
        raise BadInput(Mistake("amount", f"{given.amount.currency} is not yours", f"use {home.currency}"))
    row = {**_row(given), "tenant_id": tenant, "state": DRAFT}
    made = await tx.execute(
        insert(investor_contract).values(row).on_conflict_do_nothing().returning(investor_contract.c.ref)
    )
    if made.first() is None:
        known = (await investor_contract_of(tx, tenant, given.ref)).contract
        if other := difference(_row(known), _row(given)):
            raise Conflict(f"the investor contract {given.ref} exists already: its {other}")
        return False
    if not draft:
        await sign(tx, tenant, given.ref, at)
    return True


async def sign(tx: AsyncConnection, tenant: str, ref: str, at: datetime) -> bool:
    """A draft is signed: its capital is posted, its months are stated. False if it was signed before."""
    known = await investor_contract_of(tx, tenant, ref, held=True)
    if known.state == TERMINATED:
        raise Conflict(f"the investor contract {ref} is terminated already")
    if not await _turn(tx, tenant, ref, DRAFT, ACTIVE):
        return False
    amount, on = known.contract.amount, known.contract.signed_on
    await ledger.post(
        tx, tenant, f"fleet.investor:{ref}", on, f"capital of {ref}",
        Entry(BANK, ref, amount), Entry(CAPITAL, ref, -amount),
    )  # fmt: skip
    case = (await tenant_of(tx, tenant)).case(STATEMENT, ref)
    await outbox.owe(tx, outbox.START, case, "investor.signed", at, f"signed:{ref}")
    return True


async def end_contract(
    tx: AsyncConnection, tenant: str, ref: str, last_on: date, reason: str, at: datetime
) -> bool:
    """Money of after ``last_on`` is no longer shared; months up to it are still stated and paid.

    False if it has ended that way. Raises NotFound, Conflict and BadInput.
    """
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the contract is ended"))
    known = await investor_contract_of(tx, tenant, ref, held=True)
    if known.state == COMPLETED:
        raise Conflict(f"the investor contract {ref} is completed already")
    if known.ended_on is not None:
        if known.ended_on != last_on:
            raise Conflict(f"the investor contract {ref} ends on {known.ended_on} already")
        return False
    first = max(known.contract.signed_on, await stated_until(tx, tenant, ref) or date.min)
    if last_on < first:
        raise BadInput(Mistake("last_on", "before the signature, or in a stated month", f"from {first} on"))
    mine = (investor_contract.c.tenant_id == tenant, investor_contract.c.ref == ref)
    values: dict[str, Any] = {"ended_on": last_on, "end_reason": reason}
    if known.state == DRAFT:
        values["state"] = TERMINATED
    await tx.execute(update(investor_contract).where(*mine).values(values))
    await ring(tx, tenant, ref, "investor.ended", at, f"ended:{last_on}")
    return True


async def stated_until(tx: AsyncConnection, tenant: str, ref: str) -> date | None:
    """The last day of the latest month that was stated."""
    query = select(func.max(investor_statement.c.month_on)).where(
        investor_statement.c.tenant_id == tenant, investor_statement.c.contract_ref == ref
    )
    month: date | None = (await tx.execute(query)).scalar()
    return last_day(month) if month else None


async def close_contract(tx: AsyncConnection, tenant: str, ref: str, early: bool) -> None:
    """Written by the process when every month is stated and everything is paid out."""
    await _turn(tx, tenant, ref, ACTIVE, TERMINATED if early else COMPLETED)


async def finance(tx: AsyncConnection, tenant: str, share: Share, at: datetime) -> bool:
    """A contract finances a part of a bike. False if the same one is known.

    Raises NotFound (contract, bike), Conflict (another share from this day; more than the whole bike).
    """
    known = await investor_contract_of(tx, tenant, share.contract_ref, held=True)
    if known.state not in (DRAFT, ACTIVE):
        raise Conflict(f"the investor contract {share.contract_ref} is {known.state}")
    if share.from_on < known.contract.signed_on:
        mend = f"give a day from {known.contract.signed_on} on"
        raise BadInput(Mistake("from_on", "before the contract is signed", mend))
    mine = (bike.c.tenant_id == tenant, bike.c.ref == share.bike_ref)
    if (await tx.execute(select(bike.c.ref).where(*mine))).first() is None:
        raise NotFound("bike", share.bike_ref)
    for other in await shares_of(tx, tenant, contract_ref=share.contract_ref, bike_ref=share.bike_ref):
        if other == share:
            return False
        if other.from_on <= (share.until_on or date.max) and share.from_on <= (other.until_on or date.max):
            raise Conflict(f"this contract has {other.share_bp / 100:g} % of {share.bike_ref} in that time")
    try:
        async with tx.begin_nested():
            await tx.execute(insert(financing_share).values(tenant_id=tenant, **asdict(share)))
    except IntegrityError as wrong:
        raise _too_much(wrong, share.bike_ref) from None
    await ring(tx, tenant, share.contract_ref, "investor.financed", at, f"share:{share.bike_ref}:{at}")
    return True


def _too_much(wrong: IntegrityError, bike_ref: str) -> Conflict:
    if getattr(getattr(wrong.orig, "diag", None), "constraint_name", "") != WHOLE_BIKE:
        raise wrong
    return Conflict(f"more than 100 % of the bike {bike_ref} would be financed on some days")


async def end_share(
    tx: AsyncConnection, tenant: str, contract_ref: str, bike_ref: str, last_on: date, at: datetime
) -> bool:
    """The running share of a bike ends. False if it ended on that day. Raises NotFound and BadInput."""
    await investor_contract_of(tx, tenant, contract_ref, held=True)
    shares = await shares_of(tx, tenant, contract_ref=contract_ref, bike_ref=bike_ref)
    if not shares:
        raise NotFound("share", f"{contract_ref} of {bike_ref}")
    last = max(shares, key=lambda share: share.from_on)
    if last.until_on == last_on:
        return False
    if last.until_on is not None:
        raise Conflict(f"this share ended on {last.until_on} already")
    first = max(last.from_on, await stated_until(tx, tenant, contract_ref) or date.min)
    if last_on < first:
        raise BadInput(Mistake("last_on", "before it began, or in a stated month", f"from {first} on"))
    mine = financing_share.c
    await tx.execute(
        update(financing_share)
        .where(mine.tenant_id == tenant, mine.contract_ref == contract_ref, mine.bike_ref == bike_ref)
        .where(mine.from_on == last.from_on).values(until_on=last_on)
    )  # fmt: skip
    await ring(tx, tenant, contract_ref, "investor.share_ended", at, f"share:{bike_ref}:{last_on}")
    return True


async def ring(tx: AsyncConnection, tenant: str, ref: str, fact: str, at: datetime, key: str) -> None:
    case = (await tenant_of(tx, tenant)).case(STATEMENT, ref)
    await outbox.owe(tx, outbox.RING, case, fact, at, key)


async def _turn(tx: AsyncConnection, tenant: str, ref: str, before: str, after: str) -> bool:
    mine = (investor_contract.c.tenant_id == tenant, investor_contract.c.ref == ref)
    done = await tx.execute(
        update(investor_contract).where(*mine, investor_contract.c.state == before).values(state=after)
    )
    return done.rowcount > 0


async def investor_contract_of(
    tx: AsyncConnection, tenant: str, ref: str, held: bool = False
) -> KnownInvestor:
    """Raises NotFound. ``held``: until the transaction ends nobody else holds it."""
    mine = (investor_contract.c.tenant_id == tenant, investor_contract.c.ref == ref)
    query = select(investor_contract).where(*mine)
    row = (await tx.execute(query.with_for_update(key_share=True) if held else query)).first()
    if row is None:
        raise NotFound("investor contract", ref)
    return _known(row)


async def investor_contracts(
    tx: AsyncConnection, tenant: str, *, after: str = "", limit: int = 50, state: str = "",
    investor: str = "",
) -> list[KnownInvestor]:  # fmt: skip
    """A page in the order of references, beginning after the reference ``after``."""
    mine = investor_contract.c
    query = select(investor_contract).where(mine.tenant_id == tenant, mine.ref > after)
    if state:
        query = query.where(mine.state == state)
    if investor:
        query = query.where(mine.investor_ref == investor)
    return [_known(row) for row in await tx.execute(query.order_by(mine.ref).limit(limit))]


async def shares_of(
    tx: AsyncConnection, tenant: str, *, contract_ref: str = "", bike_ref: str = ""
) -> Sequence[Share]:
    """Of a contract, of a bike, or of both, in the order of bikes and days."""
    mine = financing_share.c
    query = select(financing_share).where(mine.tenant_id == tenant)
    if contract_ref:
        query = query.where(mine.contract_ref == contract_ref)
    if bike_ref:
        query = query.where(mine.bike_ref == bike_ref)
    rows = await tx.execute(query.order_by(mine.bike_ref, mine.from_on, mine.contract_ref))
    return [Share(row.contract_ref, row.bike_ref, row.share_bp, row.from_on, row.until_on) for row in rows]


def _row(given: InvestorContract) -> dict[str, Any]:
    return {
        "ref": given.ref, "investor_ref": given.investor_ref, "kind": given.kind.value,
        "currency": given.amount.currency, "amount_minor": given.amount.minor,
        "revenue_share_bp": given.revenue_share_bp, "signed_on": given.signed_on,
        "ends_on": given.ends_on, "statement_day": given.statement_day, "payout_days": given.payout_days,
    }  # fmt: skip


def _known(row: Any) -> KnownInvestor:
    contract = InvestorContract(
        row.ref, row.investor_ref, InvestorKind(row.kind), Money(row.currency, row.amount_minor),
        row.revenue_share_bp, row.signed_on, row.ends_on, row.statement_day, row.payout_days,
    )  # fmt: skip
    return KnownInvestor(contract, row.state, row.ended_on, row.end_reason)
