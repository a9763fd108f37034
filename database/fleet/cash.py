"""Cash in the hands of agents: who may hold how much, what they hold, what they bring to the bank."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.asset_tables import agency
from database.fleet.cash_tables import cash_agent, cash_deposit
from database.fleet.rows import BANK, IN_HAND, difference
from database.shared import ledger, outbox
from database.shared.contacts import contact_or_none, tenant_of
from database.shared.ledger import Entry
from database.shared.tables import ledger_month
from domain.calendar import local_date
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.cash import Agent, CashDay, CashFacts, Deposit, cash_facts, check_amount
from domain.money import Money

CASH = "fleet.cash"
CLOCKS_DIFFER = timedelta(days=1)
LOOKED_BACK = (40, 400, 80_000)
"""Days among which the oldest cash that is still held is looked for; the last is ever."""

MOVED = text("""
    select on_, sum(taken)::bigint as taken, sum(deposited)::bigint as deposited from (
        select (received_at at time zone :zone)::date as on_, amount_minor as taken, 0 as deposited
          from payment where tenant_id = :tenant and agent_ref = :agent and reversed_at is null
           and received_at >= :since
        union all
        select (deposited_at at time zone :zone)::date, 0, amount_minor from cash_deposit
         where tenant_id = :tenant and agent_ref = :agent and reversed_at is null and deposited_at >= :since
    ) moved group by on_ order by on_ desc""")


@dataclass(frozen=True)
class KnownAgent:
    agent: Agent
    closed_on: date | None = None


@dataclass(frozen=True)
class KnownDeposit:
    deposit: Deposit
    recorded_at: datetime
    by: str
    reversed_at: datetime | None
    reversal_reason: str


async def open_agent(tx: AsyncConnection, tenant: str, given: Agent) -> bool:
    """Write an agent. False if the same one is known. Raises NotFound, Conflict and BadInput."""
    if await contact_or_none(tx, tenant, given.contact_ref) is None:
        raise NotFound("contact", given.contact_ref)
    await _check(tx, tenant, given.ceiling, given.agency_ref)
    row = {**_agent_row(given), "tenant_id": tenant}
    made = await tx.execute(
        insert(cash_agent).values(row).on_conflict_do_nothing().returning(cash_agent.c.ref)
    )
    if made.first() is not None:
        return True
    known = (await agent_of(tx, tenant, given.ref)).agent
    if other := difference(_agent_row(known), _agent_row(given)):
        raise Conflict(f"the agent {given.ref} exists already: its {other}")
    return False


async def change_agent(
    tx: AsyncConnection, tenant: str, ref: str, ceiling: Money, agency_ref: str | None, at: datetime
) -> KnownAgent:
    """Another ceiling holds at once, for what is held already as well. Raises NotFound and BadInput."""
    known = await agent_of(tx, tenant, ref)
    check_amount("ceiling", ceiling)
    await _check(tx, tenant, ceiling, agency_ref)
    values = {"ceiling_minor": ceiling.minor, "agency_ref": agency_ref}
    await tx.execute(update(cash_agent).where(*_mine(tenant, ref)).values(values))
    if known.agent.ceiling != ceiling:
        await wake(tx, tenant, {ref: f"ceiling:{at.isoformat()}"}, "agent.changed", at)
    return await agent_of(tx, tenant, ref)


async def close_agent(tx: AsyncConnection, tenant: str, ref: str, on: date) -> KnownAgent:
    """They take no more cash. Raises NotFound, BadInput and Conflict while they hold some."""
    known = await agent_of(tx, tenant, ref, held=True)
    if known.closed_on is not None:
        if known.closed_on != on:
            raise Conflict(f"the agent {ref} was closed on {known.closed_on}")
        return known
    if on < known.agent.opened_on:
        raise BadInput(Mistake("closed_on", "before the first day", f"give {known.agent.opened_on} or later"))
    cash = await held_by(tx, tenant, known.agent)
    if cash.minor:
        raise Conflict(f"the agent {ref} still holds {cash.decimal} {cash.currency}")
    await tx.execute(update(cash_agent).where(*_mine(tenant, ref)).values(closed_on=on))
    return await agent_of(tx, tenant, ref)


async def _check(tx: AsyncConnection, tenant: str, ceiling: Money, agency_ref: str | None) -> None:
    currency = (await tenant_of(tx, tenant)).currency
    if ceiling.currency != currency:
        raise BadInput(Mistake("ceiling", f"{ceiling.currency} is not yours", f"use {currency}"))
    if agency_ref is not None:
        place = select(agency.c.ref).where(agency.c.tenant_id == tenant, agency.c.ref == agency_ref)
        if (await tx.execute(place)).first() is None:
            raise NotFound("agency", agency_ref)


async def agent_of(tx: AsyncConnection, tenant: str, ref: str, *, held: bool = False) -> KnownAgent:
    """``held`` until the transaction's end. Raises NotFound."""
    query = select(cash_agent).where(*_mine(tenant, ref))
    row = (await tx.execute(query.with_for_update() if held else query)).first()
    if row is None:
        raise NotFound("agent", ref)
    return _agent(row)


async def agents_named(tx: AsyncConnection, tenant: str, refs: Collection[str]) -> dict[str, KnownAgent]:
    """None of them is closed before the transaction's end."""
    if not refs:
        return {}
    mine = (cash_agent.c.tenant_id == tenant) & cash_agent.c.ref.in_(refs)
    query = select(cash_agent).where(mine).order_by(cash_agent.c.ref)
    held = query.with_for_update(read=True, key_share=True)
    return {row.ref: _agent(row) for row in await tx.execute(held)}


async def agents(
    tx: AsyncConnection, tenant: str, *, after: str = "", limit: int | None = 50, open_only: bool = False
) -> list[KnownAgent]:
    """A page in the order of references, beginning after the reference ``after``."""
    query = select(cash_agent).where(cash_agent.c.tenant_id == tenant, cash_agent.c.ref > after)
    if open_only:
        query = query.where(cash_agent.c.closed_on.is_(None))
    return [_agent(row) for row in await tx.execute(query.order_by(cash_agent.c.ref).limit(limit))]


async def held(tx: AsyncConnection, tenant: str, refs: Collection[str]) -> dict[str, int]:
    """In minor units, by agent: from the ledger's months, whatever the number of payments."""
    month = ledger_month.c
    total = func.sum(month.debit_minor - month.credit_minor).label("minor")
    mine = (month.tenant_id == tenant, month.account == IN_HAND, month.subject.in_(refs))
    query = select(month.subject, total).where(*mine).group_by(month.subject)
    return {row.subject: int(row.minor) for row in await tx.execute(query)}


async def held_by(tx: AsyncConnection, tenant: str, agent: Agent) -> Money:
    found = await held(tx, tenant, [agent.ref])
    return Money(agent.ceiling.currency, found.get(agent.ref, 0))


async def facts_of(tx: AsyncConnection, tenant: str, agent: Agent, at: datetime) -> CashFacts:
    """What an agent holds, and since when."""
    zone = (await tenant_of(tx, tenant)).zone
    cash = await held_by(tx, tenant, agent)
    for days in LOOKED_BACK:
        given = {"tenant": tenant, "agent": agent.ref, "zone": zone, "since": at - timedelta(days=days)}
        moved = [CashDay(row.on_, row.taken, row.deposited) for row in await tx.execute(MOVED, given)]
        facts = cash_facts(cash, agent.ceiling, moved)
        if facts is not None:
            return facts
    raise ValueError(f"the ledger has cash of {agent.ref} that nobody paid")


async def deposit_cash(
    tx: AsyncConnection, tenant: str, given: Deposit, at: datetime, by: str = ""
) -> bool:  # fmt: skip
    """The agent brought cash to the bank. False if the same deposit is known.

    Raises NotFound, Conflict (another one with this reference; more than is held) and BadInput.
    """
    # Held until the transaction ends: of two deposits at once the second sees what the first has left.
    agent = (await agent_of(tx, tenant, given.agent_ref, held=True)).agent
    known = await deposit_or_none(tx, tenant, given.ref)
    if known:
        if other := difference(_deposit_row(known.deposit), _deposit_row(given)):
            raise Conflict(f"the deposit {given.ref} exists already: its {other}")
        return False
    currency = agent.ceiling.currency
    if given.amount.currency != currency:
        raise BadInput(Mistake("amount", f"{given.amount.currency} is not the agent's", f"use {currency}"))
    if given.deposited_at > at + CLOCKS_DIFFER:
        raise BadInput(Mistake("deposited_at", "it lies in the future", "give the moment of the deposit"))
    cash = await held_by(tx, tenant, agent)
    if given.amount > cash:
        raise Conflict(f"the agent {agent.ref} holds {cash.decimal} {currency}, not more")
    row = {**_deposit_row(given), "tenant_id": tenant, "recorded_at": at, "by": by}
    new = insert(cash_deposit).values(row).on_conflict_do_nothing()
    if (await tx.execute(new.returning(cash_deposit.c.ref))).first() is None:
        # Written at this moment for another agent.
        raise Conflict(f"the deposit {given.ref} exists already: its agent_ref")
    on = local_date(given.deposited_at, (await tenant_of(tx, tenant)).zone)
    await ledger.post(
        tx, tenant, ledger_key(given.ref), on, f"deposit {given.ref}",
        Entry(BANK, agent.ref, given.amount), Entry(IN_HAND, agent.ref, -given.amount),
    )  # fmt: skip
    await _ring(tx, tenant, agent.ref, "cash.deposited", at, f"deposit:{given.ref}")
    return True


async def reverse_deposit(tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime) -> bool:
    """It never reached the bank: the agent holds the cash again. False if it was reversed before."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the deposit is reversed"))
    known = await deposit_of(tx, tenant, ref)
    mine = (cash_deposit.c.tenant_id == tenant, cash_deposit.c.ref == ref)
    values = {"reversed_at": at, "reversal_reason": reason.strip()}
    done = await tx.execute(
        update(cash_deposit).where(*mine, cash_deposit.c.reversed_at.is_(None)).values(values)
    )
    if not done.rowcount:
        return False
    on = local_date(at, (await tenant_of(tx, tenant)).zone)
    await ledger.reverse(tx, tenant, ledger_key(ref), on, f"deposit {ref} reversed")
    await wake(tx, tenant, {known.deposit.agent_ref: f"deposit:{ref}:back"}, "cash.deposit_reversed", at)
    return True


def ledger_key(ref: str) -> str:
    return f"fleet.deposit:{ref}"


async def deposit_of(tx: AsyncConnection, tenant: str, ref: str) -> KnownDeposit:
    """Raises NotFound."""
    found = await deposit_or_none(tx, tenant, ref)
    if found is None:
        raise NotFound("deposit", ref)
    return found


async def deposit_or_none(tx: AsyncConnection, tenant: str, ref: str) -> KnownDeposit | None:
    mine = (cash_deposit.c.tenant_id == tenant, cash_deposit.c.ref == ref)
    row = (await tx.execute(select(cash_deposit).where(*mine))).first()
    return _deposit(row) if row else None


async def deposits(
    tx: AsyncConnection, tenant: str, *, agent_ref: str = "", after: str = "", limit: int | None = 50
) -> Sequence[KnownDeposit]:
    """A page in the order of references, beginning after the reference ``after``."""
    query = select(cash_deposit).where(cash_deposit.c.tenant_id == tenant, cash_deposit.c.ref > after)
    if agent_ref:
        query = query.where(cash_deposit.c.agent_ref == agent_ref)
    return [_deposit(row) for row in await tx.execute(query.order_by(cash_deposit.c.ref).limit(limit))]


async def wake(
    tx: AsyncConnection, tenant: str, keys: Mapping[str, str], fact: str, at: datetime
) -> None:  # fmt: skip
    """An agent holds cash: their process is begun, or looks again. ``keys`` by agent."""
    home = await tenant_of(tx, tenant)
    await outbox.owe_all(
        tx, outbox.START, {key: home.case(CASH, ref) for ref, key in keys.items()}, fact, at
    )  # fmt: skip


async def _ring(tx: AsyncConnection, tenant: str, ref: str, fact: str, at: datetime, key: str) -> None:
    case = (await tenant_of(tx, tenant)).case(CASH, ref)
    await outbox.owe(tx, outbox.RING, case, fact, at, key)


def _mine(tenant: str, ref: str) -> tuple[Any, ...]:
    return cash_agent.c.tenant_id == tenant, cash_agent.c.ref == ref


def _agent_row(given: Agent) -> dict[str, Any]:
    return {
        "ref": given.ref, "contact_ref": given.contact_ref, "agency_ref": given.agency_ref,
        "ceiling_minor": given.ceiling.minor, "currency": given.ceiling.currency,
        "opened_on": given.opened_on,
    }  # fmt: skip


def _agent(row: Any) -> KnownAgent:
    ceiling = Money(row.currency, row.ceiling_minor)
    return KnownAgent(Agent(row.ref, row.contact_ref, ceiling, row.opened_on, row.agency_ref), row.closed_on)


def _deposit_row(given: Deposit) -> dict[str, Any]:
    return {
        "ref": given.ref, "agent_ref": given.agent_ref, "amount_minor": given.amount.minor,
        "currency": given.amount.currency, "deposited_at": given.deposited_at, "bank_ref": given.bank_ref,
    }  # fmt: skip


def _deposit(row: Any) -> KnownDeposit:
    given = Deposit(
        row.ref, row.agent_ref, Money(row.currency, row.amount_minor), row.deposited_at, row.bank_ref
    )  # fmt: skip
    return KnownDeposit(given, row.recorded_at, row.by, row.reversed_at, row.reversal_reason)
