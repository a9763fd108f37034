"""Facts about the renewal of maintenance contracts, and the state its process writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import renewal_answer, service_contract
from database.shared import outbox
from database.shared.contacts import contact_of, tenant_of
from database.shared.tables import contact
from domain.case import Case
from domain.errors import Conflict, NotFound
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Answer, Level, RenewalFacts
from domain.money import Money

PROCESS = "maintenance.renewal"
RENEWED = ("renewed", "renewed_tacitly")


@dataclass(frozen=True)
class Term:
    """A contract with the answer given for its present term, and what follows from both."""

    contract: ServiceContract
    state: str
    answer: Answer
    facts: RenewalFacts


async def sign(tx: AsyncConnection, tenant: str, contract: ServiceContract, at: datetime) -> Case:
    """Write a signed contract; the watch over its end starts. Raises NotFound, Conflict."""
    await contact_of(tx, tenant, contract.customer_ref)
    row = {
        "tenant_id": tenant, "ref": contract.ref, "customer_ref": contract.customer_ref,
        "level": contract.level,
        "starts_on": contract.starts_on, "ends_on": contract.ends_on, "notice_days": contract.notice_days,
        "tacit": contract.tacit, "amount_minor": contract.amount.minor, "currency": contract.amount.currency,
    }  # fmt: skip
    made = await tx.execute(
        insert(service_contract).values(row).on_conflict_do_nothing().returning(service_contract.c.ref)
    )
    if made.first() is None:
        raise Conflict(f"the contract {contract.ref} exists already")
    return await _watch(tx, tenant, contract, at)


async def _watch(tx: AsyncConnection, tenant: str, contract: ServiceContract, at: datetime) -> Case:
    case = (await tenant_of(tx, tenant)).case(PROCESS, contract.term_ref)
    await outbox.owe(tx, outbox.START, case, "contract.signed", at, contract.term_ref)
    return case


async def contract_of(tx: AsyncConnection, tenant: str, ref: str) -> ServiceContract:
    """Raises NotFound."""
    return (await term_of(tx, tenant, ref)).contract


async def term_of(tx: AsyncConnection, tenant: str, ref: str) -> Term:
    """By the contract's reference, or by its term's (``ref.YYYYMMDD``). Raises NotFound."""
    mine = service_contract.c
    query = _TERMS.where(mine.tenant_id == tenant, mine.ref.in_([ref, ref.rpartition(".")[0]]))
    row = (await tx.execute(query.order_by(mine.ref.desc()))).first()
    if row is None:
        raise NotFound("maintenance contract", ref)
    return _term(row)


_TERMS = (
    select(service_contract, renewal_answer.c.answer, contact.c.email)
    .join(
        contact,
        and_(
            contact.c.tenant_id == service_contract.c.tenant_id,
            contact.c.ref == service_contract.c.customer_ref,
        ),
    )
    .join(
        renewal_answer,
        and_(
            renewal_answer.c.tenant_id == service_contract.c.tenant_id,
            renewal_answer.c.contract_ref == service_contract.c.ref,
            renewal_answer.c.ends_on == service_contract.c.ends_on,
        ),
        isouter=True,
    )
)


def _term(row: Row[Any]) -> Term:
    contract = ServiceContract(
        row.ref, row.customer_ref, Level(row.level), row.starts_on, row.ends_on, row.notice_days, row.tacit,
        Money(row.currency, row.amount_minor),
    )  # fmt: skip
    given = Answer(row.answer or Answer.NONE)
    return Term(contract, row.state, given, contract.facts(given, bool(row.email)))


async def terms(
    tx: AsyncConnection, tenant: str, *, after: str = "", limit: int = 50, state: str = "", customer: str = ""
) -> list[Term]:
    """A page in the order of references, beginning after the reference ``after``."""
    mine = service_contract.c
    query = _TERMS.where(mine.tenant_id == tenant, mine.ref > after)
    if state:
        query = query.where(mine.state == state)
    if customer:
        query = query.where(mine.customer_ref == customer)
    return [_term(row) for row in await tx.execute(query.order_by(mine.ref).limit(limit))]


async def _locked(tx: AsyncConnection, tenant: str, ref: str) -> Term:
    """Answers and the end of a term take turns. Raises NotFound."""
    known = await term_of(tx, tenant, ref)
    mine = (service_contract.c.tenant_id == tenant, service_contract.c.ref == known.contract.ref)
    await tx.execute(select(service_contract.c.ref).where(*mine).with_for_update())
    return await term_of(tx, tenant, ref)


async def answer(tx: AsyncConnection, tenant: str, ref: str, given: Answer, by: str, at: datetime) -> Term:
    """Write the customer's answer and wake the watch. The same answer twice is one; another is a Conflict."""
    term = await _locked(tx, tenant, ref)
    if ref not in (term.contract.ref, term.contract.term_ref):
        raise Conflict(f"the term {ref} is over")
    if term.answer == given:
        return term
    if term.answer is not Answer.NONE or term.state != "active":
        state = term.answer if term.answer is not Answer.NONE else term.state
        raise Conflict(f"the contract {term.contract.ref} is {state} already")
    row = {
        "tenant_id": tenant, "contract_ref": term.contract.ref, "ends_on": term.contract.ends_on,
        "answer": given, "answered_at": at, "answered_by": by,
    }  # fmt: skip
    await tx.execute(insert(renewal_answer).values(row))
    case = (await tenant_of(tx, tenant)).case(PROCESS, term.contract.term_ref)
    await outbox.owe(tx, outbox.RING, case, f"renewal.{given}", at, given)
    return await term_of(tx, tenant, ref)


async def end_term(tx: AsyncConnection, case: Case, outcome: str, at: datetime) -> None:
    """Write how the term ended. A renewed contract goes on for a year, with a watch of its own.

    An answer that came while the last review was carried out prevails over its outcome.
    """
    term = await _locked(tx, case.tenant, case.ref)
    contract = term.contract
    if contract.term_ref != case.ref:
        return
    if term.answer is not Answer.NONE:
        outcome = term.answer
    mine = (service_contract.c.tenant_id == case.tenant, service_contract.c.ref == contract.ref)
    if outcome not in RENEWED:
        await tx.execute(update(service_contract).where(*mine).values(state=outcome))
        return
    await tx.execute(update(service_contract).where(*mine).values(ends_on=contract.next_term_ends_on()))
    await _watch(tx, case.tenant, (await term_of(tx, case.tenant, contract.ref)).contract, at)
