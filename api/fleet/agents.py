"""Agents who take cash from drivers: their ceilings, what they hold, what they bring to the bank."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Instant, Line, Price, ReasonGiven, Ref, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import cash
from database.fleet.cash import KnownAgent, KnownDeposit
from database.shared.contacts import check_opaque
from domain.fleet.cash import Agent, Deposit
from domain.money import Money

router = APIRouter(prefix="/v1/fleet/agents", tags=["Fleet"])
deposits = APIRouter(prefix="/v1/fleet/deposits", tags=["Fleet"])

Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]


class AgentGiven(Given):
    ref: Ref
    contact_ref: Ref
    ceiling: Price
    opened_on: Day
    agency_ref: Ref | None = None

    model_config = examples(
        {
            "ref": "AG-01", "contact_ref": "CT-0001", "opened_on": "2026-04-01",
            "ceiling": {"amount": "150000", "currency": "XAF"},
        }
    )  # fmt: skip


class AgentChanged(Given):
    ceiling: Price
    agency_ref: Ref | None = None

    model_config = examples({"ceiling": {"amount": "200000", "currency": "XAF"}})


class AgentClosed(Given):
    closed_on: Day

    model_config = examples({"closed_on": "2026-09-30"})


class AgentShown(Shown):
    ref: str
    contact_ref: str
    agency_ref: str | None
    ceiling: Amount
    held: Amount = Field(description="What is not at the bank yet.")
    over: bool = Field(description="More than the ceiling.")
    opened_on: date
    closed_on: date | None


class DepositGiven(Given):
    ref: Ref
    agent_ref: Ref
    amount: Price
    deposited_at: Instant
    bank_ref: Line = Field("", description="The bank's own reference, on the slip.")

    model_config = examples(
        {
            "ref": "V-0001", "agent_ref": "AG-01", "deposited_at": "2026-04-03T15:40:00+01:00",
            "amount": {"amount": "120000", "currency": "XAF"}, "bank_ref": "BR-88213",
        }
    )  # fmt: skip


class DepositShown(Shown):
    ref: str
    agent_ref: str
    amount: Amount
    deposited_at: datetime
    bank_ref: str
    recorded_at: datetime
    by: str
    reversed_at: datetime | None
    reversal_reason: str


@router.post("", status_code=201, response_model=AgentShown)
async def open_agent(given: AgentGiven, command: Writes) -> Response:
    """Payments in cash may name them from now on."""
    await check_opaque(command.tx, command.tenant, given.ref, given.contact_ref)
    agent = Agent(given.ref, given.contact_ref, given.ceiling.money, given.opened_on, given.agency_ref)
    await cash.open_agent(command.tx, command.tenant, agent)
    made = await _shown(command, given.ref)
    return await command.reply(Result("fleet.agent.opened", f"fleet.agent:{given.ref}", made), 201)


@router.post("/{ref}/change", response_model=AgentShown)
async def change_agent(ref: Ref, given: AgentChanged, command: Writes) -> Response:
    """Another ceiling, another agency. It holds for the cash that is held already."""
    before = await _shown(command, ref)
    await cash.change_agent(
        command.tx, command.tenant, ref, given.ceiling.money, given.agency_ref, command.now
    )  # fmt: skip
    made, was = await _shown(command, ref), before.model_dump(mode="json")
    return await command.reply(Result("fleet.agent.changed", f"fleet.agent:{ref}", made, was))


@router.post("/{ref}/close", response_model=AgentShown)
async def close_agent(ref: Ref, given: AgentClosed, command: Writes) -> Response:
    """They take no more cash. Not while they hold some."""
    await cash.close_agent(command.tx, command.tenant, ref, given.closed_on)
    made = await _shown(command, ref)
    return await command.reply(Result("fleet.agent.closed", f"fleet.agent:{ref}", made))


@router.get("")
async def list_agents(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[AgentShown]:
    """In the order of their references, with what each holds."""
    (after,) = begin_after(cursor)
    found = await cash.agents(here.tx, here.tenant, after=after, limit=limit + 1)
    shown = await agents_shown(here, found)
    return page(shown, limit, lambda one: one, lambda one: (one.ref,))


@router.get("/{ref}")
async def read_agent(ref: Ref, here: Reads) -> AgentShown:
    """One agent, with what they hold."""
    return await _shown(here, ref)


@deposits.post("", status_code=201, response_model=DepositShown)
async def record_deposit(given: DepositGiven, command: Writes) -> Response:
    """Cash is at the bank: no more than the agent holds."""
    deposit = Deposit(given.ref, given.agent_ref, given.amount.money, given.deposited_at, given.bank_ref)
    await cash.deposit_cash(command.tx, command.tenant, deposit, command.now, command.actor.who)
    made = deposit_shown(await cash.deposit_of(command.tx, command.tenant, given.ref))
    return await command.reply(Result("fleet.cash.deposited", f"fleet.agent:{given.agent_ref}", made), 201)


@deposits.post("/{ref}/reverse", response_model=DepositShown)
async def reverse_deposit(ref: Ref, given: ReasonGiven, command: Writes) -> Response:
    """It never reached the bank: the agent holds the cash again."""
    before = deposit_shown(await cash.deposit_of(command.tx, command.tenant, ref))
    await cash.reverse_deposit(command.tx, command.tenant, ref, given.reason, command.now)
    made = deposit_shown(await cash.deposit_of(command.tx, command.tenant, ref))
    thing, was = f"fleet.agent:{made.agent_ref}", before.model_dump(mode="json")
    return await command.reply(Result("fleet.cash.deposit_reversed", thing, made, was))


@deposits.get("")
async def list_deposits(
    here: Reads, agent: Annotated[str, Query(max_length=64)] = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[DepositShown]:
    """In the order of their references, of one agent or of all."""
    (after,) = begin_after(cursor, (agent,))
    found = await cash.deposits(here.tx, here.tenant, agent_ref=agent, after=after, limit=limit + 1)
    return page(found, limit, deposit_shown, lambda known: (known.deposit.ref,), (agent,))


@deposits.get("/{ref}")
async def read_deposit(ref: Ref, here: Reads) -> DepositShown:
    """One deposit."""
    return deposit_shown(await cash.deposit_of(here.tx, here.tenant, ref))


async def agents_shown(here: Reading, found: Sequence[KnownAgent]) -> list[AgentShown]:
    held = await cash.held(here.tx, here.tenant, [known.agent.ref for known in found])
    return [agent_shown(known, held.get(known.agent.ref, 0)) for known in found]


async def _shown(here: Reading, ref: str) -> AgentShown:
    [shown] = await agents_shown(here, [await cash.agent_of(here.tx, here.tenant, ref)])
    return shown


def agent_shown(known: KnownAgent, held: int) -> AgentShown:
    agent = known.agent
    return AgentShown(
        ref=agent.ref, contact_ref=agent.contact_ref, agency_ref=agent.agency_ref,
        ceiling=Amount.of(agent.ceiling), held=Amount.of(Money(agent.ceiling.currency, held)),
        over=held > agent.ceiling.minor, opened_on=agent.opened_on, closed_on=known.closed_on,
    )  # fmt: skip


def deposit_shown(known: KnownDeposit) -> DepositShown:
    given = known.deposit
    return DepositShown(
        ref=given.ref, agent_ref=given.agent_ref, amount=Amount.of(given.amount),
        deposited_at=given.deposited_at, bank_ref=given.bank_ref, recorded_at=known.recorded_at, by=known.by,
        reversed_at=known.reversed_at, reversal_reason=known.reversal_reason,
    )  # fmt: skip
