"""Fund calls: what operators and clients write about them, and what their process writes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import ledger, outbox
from database.shared.ledger import Entry
from database.training.projects import FUNDS, case_of, locked, position_of, project_of
from database.training.tables import fund_call, fund_call_answer, fund_call_request
from domain.calendar import local_date
from domain.case import Case
from domain.errors import Conflict, NotFound
from domain.money import Money
from domain.training.fund_call import FundCall, Opener, amount_to_request
from domain.training.fund_call_answer import Answer, Given, checked_amount, granted_by

RECEIVABLE = "client_receivable"


async def calls_of(tx: AsyncConnection, tenant: str, project_ref: str) -> list[FundCall]:
    """Every fund call of a project, oldest first. Raises NotFound (project)."""
    currency = (await project_of(tx, tenant, project_ref)).project.initial_budget.currency
    return [_call(row, currency) for row in await tx.execute(_calls(tenant, project_ref))]


def _calls(tenant: str, project_ref: str) -> Select[Any]:
    joined = fund_call.outerjoin(
        fund_call_answer,
        (fund_call_answer.c.tenant_id == fund_call.c.tenant_id)
        & (fund_call_answer.c.project_ref == fund_call.c.project_ref)
        & (fund_call_answer.c.number == fund_call.c.number),
    )
    answer = fund_call_answer.c
    return (
        select(fund_call, answer.answer, answer.answered_minor, answer.answered_by, answer.answered_at)
        .select_from(joined)
        .where(fund_call.c.tenant_id == tenant, fund_call.c.project_ref == project_ref)
        .order_by(fund_call.c.number)
    )


def _call(row: Row[Any], currency: str) -> FundCall:
    given = None
    if row.answer:
        granted = Money(currency, row.answered_minor)
        given = Given(Answer(row.answer), granted, row.answered_by, row.answered_at)
    return FundCall(
        row.project_ref, row.number, row.opened_on, Money(currency, row.requested_minor),
        Opener(row.opened_by), row.crossing, row.note,
        None if row.state == "open" else Answer(row.state), row.closed_on, given,
    )  # fmt: skip


async def requested(tx: AsyncConnection, tenant: str, project_ref: str, number: int) -> Row[Any] | None:
    """What an operator asked for as the call of this number."""
    query = select(fund_call_request).where(
        fund_call_request.c.tenant_id == tenant, fund_call_request.c.project_ref == project_ref,
        fund_call_request.c.number == number,
    )  # fmt: skip
    return (await tx.execute(query)).first()


async def request_call(
    tx: AsyncConnection, tenant: str, project_ref: str, amount: Money, note: str, by: str, at: datetime
) -> int:
    """An operator asks for a fund call; its number. The process opens it at its next review.

    Raises NotFound, BadInput, and Conflict while another call is open or asked for.
    """
    known = await locked(tx, tenant, project_ref)
    known.must_be_open()
    checked_amount(amount, known.project.initial_budget.currency)
    calls = await calls_of(tx, tenant, project_ref)
    if calls and calls[-1].open:
        raise Conflict(f"the fund call {calls[-1].number} of the project {project_ref} is open")
    number = len(calls) + 1
    if await requested(tx, tenant, project_ref, number):
        raise Conflict(f"the fund call {number} of the project {project_ref} is asked for already")
    row = {
        "tenant_id": tenant, "project_ref": project_ref, "number": number, "amount_minor": amount.minor,
        "note": note, "requested_by": by, "requested_at": at,
    }  # fmt: skip
    await tx.execute(insert(fund_call_request).values(row))
    case = await case_of(tx, tenant, project_ref)
    await outbox.owe(tx, outbox.RING, case, "fund_call.requested", at, f"request:{number}")
    return number


async def answer_call(
    tx: AsyncConnection, tenant: str, project_ref: str, number: int | None, answer: Answer,
    amount: Money | None, by: str, at: datetime,
) -> FundCall:  # fmt: skip
    """Write the client's answer and wake the process. ``number`` None is the last call: a link names none.

    The same answer twice is one. Raises NotFound, BadInput, and Conflict when the call was answered
    otherwise or has ended.
    """
    await locked(tx, tenant, project_ref)
    call = _chosen(await calls_of(tx, tenant, project_ref), project_ref, number)
    granted = granted_by(answer, amount, call.requested)
    if call.given and call.given.says(answer, granted):
        return call
    if call.given or call.closed:
        raise Conflict(_ended(call))
    row = {
        "tenant_id": tenant, "project_ref": project_ref, "number": call.number, "answer": answer,
        "answered_minor": granted.minor, "answered_by": by, "answered_at": at,
    }  # fmt: skip
    await tx.execute(insert(fund_call_answer).values(row))
    case = await case_of(tx, tenant, project_ref)
    await outbox.owe(tx, outbox.RING, case, f"fund_call.{answer}", at, f"answer:{call.number}")
    return (await calls_of(tx, tenant, project_ref))[call.number - 1]


def _chosen(calls: list[FundCall], project_ref: str, number: int | None) -> FundCall:
    number = len(calls) if number is None else number
    if not 1 <= number <= len(calls):
        raise NotFound(f"fund call of the project {project_ref}", str(number or "1"))
    return calls[number - 1]


def _ended(call: FundCall) -> str:
    name = f"the fund call {call.number} of the project {call.project_ref}"
    if call.given:
        return f"{name} was answered already: {call.given.answer} ({call.given.granted.decimal})"
    if call.closed is Answer.EXPIRED:
        return f"{name} expired on {call.closed_on}; ask us for a new one"
    return f"{name} ended with its project on {call.closed_on}"


async def open_call(tx: AsyncConnection, case: Case, at: datetime) -> bool:
    """Written by the process: the call that an operator asked for, else the one that the crossing asks for.

    False if a call is open, was made for this crossing, or nothing asks for one any more.
    """
    known = await locked(tx, case.tenant, case.ref)
    calls = await calls_of(tx, case.tenant, case.ref)
    if known.closed_on or (calls and calls[-1].open):
        return False
    where = await position_of(tx, case.tenant, case.ref)
    request = await requested(tx, case.tenant, case.ref, len(calls) + 1)
    if request is None and (not where.reached or answered_for(calls, where.crossings)):
        return False
    amount = amount_to_request(where, known.project.initial_budget, known.project.threshold)
    row = {
        "tenant_id": case.tenant, "project_ref": case.ref, "number": len(calls) + 1,
        "opened_on": local_date(at, case.zone), "crossing": where.crossings,
        "requested_minor": request.amount_minor if request else amount.minor,
        "opened_by": Opener.OPERATOR if request else Opener.RULE, "note": request.note if request else "",
    }  # fmt: skip
    await tx.execute(insert(fund_call).values(row))
    return True


def answered_for(calls: list[FundCall], crossing: int) -> bool:
    """Whether a call was made for this crossing, or was open when it came."""
    return crossing > 0 and any(call.crossing == crossing for call in calls)


async def close_call(tx: AsyncConnection, case: Case, at: datetime, otherwise: Answer) -> bool:
    """Written by the process: the open call ends as the client answered, else as ``otherwise``.

    What is granted is posted, and the budget grows by it. False if no call is open.
    """
    await locked(tx, case.tenant, case.ref)
    calls = await calls_of(tx, case.tenant, case.ref)
    if not calls or not calls[-1].open:
        return False
    call, today = calls[-1], local_date(at, case.zone)
    where = await position_of(tx, case.tenant, case.ref)
    ended = update(fund_call).where(
        fund_call.c.tenant_id == case.tenant, fund_call.c.project_ref == case.ref,
        fund_call.c.number == call.number,
    )  # fmt: skip
    # A crossing that came while the call was open is answered by it too.
    await tx.execute(ended.values(state=call.answer or otherwise, closed_on=today, crossing=where.crossings))
    if call.given and call.given.granted.minor:
        granted, text = call.given.granted, f"fund call {call.number} of the project {case.ref}"
        key = f"{case.process}:{case.ref}:grant:{call.number}"
        entries = (Entry(RECEIVABLE, case.ref, granted), Entry(FUNDS, case.ref, -granted))
        await ledger.post(tx, case.tenant, key, today, text, *entries)
    return True
