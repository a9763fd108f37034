"""Money on its way, of the demonstration: agents with cash, an operator's statement, a row kept aside."""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.csv_fleet import CsvFleetFiles
from database.fleet import cash, kept_aside
from database.fleet.reconciling import take_statement
from database.shared.contacts import save_contact
from domain.calendar import DAY, local_date
from domain.errors import Mistake
from domain.fleet.cash import Agent, Deposit
from domain.fleet.intake import PaidBy, PaymentEntry
from domain.money import Money
from seeds.firm import Firm
from seeds.people import CAMEROON, person

AGENTS = (("AGT-01", "AC-01", "Solange Etoa", 60_000), ("AGT-02", "AC-02", "Bertrand Fotso", 25_000))
OPERATOR = "MTN MoMo"
STATED = timedelta(days=10)
TAKEN = timedelta(days=8)
WHO = "seeds"


async def open_agents(tx: AsyncConnection, firm: Firm, on: date) -> None:
    for number, (ref, contact_ref, name, ceiling) in enumerate(AGENTS, 901):
        await save_contact(tx, firm.id, person(contact_ref, name, CAMEROON, number))
        agent = Agent(ref, contact_ref, Money(firm.currency, ceiling), on - timedelta(days=90))
        await cash.open_agent(tx, firm.id, agent)


def by_agents(entries: Iterable[PaymentEntry], firm: Firm, on: date) -> list[PaymentEntry]:
    """Cash of the past days was taken by one of the two; before, it came to the till."""
    given = []
    for entry in entries:
        recent = local_date(entry.received_at, firm.zone) >= on - TAKEN
        if entry.channel is PaidBy.CASH and recent:
            ref, *_ = AGENTS[int(entry.contract_ref[-1]) % len(AGENTS)]
            entry = replace(entry, agent_ref=ref)
        given.append(entry)
    return given


async def fill(tx: AsyncConnection, firm: Firm, on: date, entries: Iterable[PaymentEntry]) -> None:
    """The first agent went to the bank yesterday; the second holds on to what they took."""
    ref = AGENTS[0][0]
    agent = (await cash.agent_of(tx, firm.id, ref)).agent
    held = await cash.held_by(tx, firm.id, agent)
    if held.minor:
        brought = Deposit(f"{ref}-V001", ref, held, firm.at(on - DAY, 16), "BR-88213")
        await cash.deposit_cash(tx, firm.id, brought, firm.at(on), WHO)
    stated = [
        one for one in entries
        if one.channel is PaidBy.MOBILE_MONEY and local_date(one.received_at, firm.zone) >= on - STATED
    ]  # fmt: skip
    await take_statement(
        tx, CsvFleetFiles(), firm.id, OPERATOR, io.BytesIO(statement(stated, firm, on)), firm.at(on), WHO
    )
    await _keep_aside(tx, firm, on)


def statement(paid: list[PaymentEntry], firm: Firm, on: date) -> bytes:
    """All but the first of ours, one of nobody's, and one that tells of another a second time."""
    ordered = sorted(paid, key=lambda one: (one.received_at, one.ref))
    lines = ["transaction_id,occurred_at,amount_minor,contract_ref"]
    lines += [f"{one.ref},{one.received_at.isoformat()},{one.amount.minor}," for one in ordered[1:]]
    lines.append(f"MP{on:%y%m%d}.A1,{firm.at(on - 2 * DAY, 11).isoformat()},3000,CT-00")
    if ordered[1:]:
        twice = ordered[-1]
        again = (twice.received_at + timedelta(minutes=4)).isoformat()
        lines.append(f"MP{on:%y%m%d}.A2,{again},{twice.amount.minor},{twice.contract_ref}")
    return "\n".join(lines).encode()


async def _keep_aside(tx: AsyncConnection, firm: Firm, on: date) -> None:
    """An operator told of a contract that nobody signed: two figures were turned round."""
    given = {
        "payment_ref": f"MP{on:%y%m%d}.B7", "contract_ref": "CT-201", "amount_minor": "3000",
        "received_at": firm.at(on - DAY, 9).isoformat(), "currency": firm.currency,
        "channel": PaidBy.MOBILE_MONEY.value,
    }  # fmt: skip
    wrong = Mistake(
        "reference", "no contract with the reference 'CT-201'", "correct the reference or the row"
    )
    ref = given["payment_ref"]
    await kept_aside.keep_aside(tx, firm.id, "webhook", ref, given, [wrong], firm.at(on), ref)
