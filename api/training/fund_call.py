"""Fund calls: asked for by an operator, answered by the client."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Given, Paragraph, Price, Ref, Shown, Whole, examples
from api.training.projects import thing
from database.training import fund_call
from domain.errors import NotFound
from domain.training.fund_call import FundCall
from domain.training.fund_call_answer import Answer

router = APIRouter(prefix="/v1/training/projects/{ref}/fund-calls", tags=["Training"])


class RequestGiven(Given):
    amount: Price
    note: Paragraph | None = None

    model_config = examples(
        {"amount": {"amount": "3000.00", "currency": "EUR"}, "note": "Two more sessions in May."}
    )  # fmt: skip


class FundCallAnswerGiven(Given):
    """An adjustment names the ``amount`` that is granted."""

    answer: Literal["approved", "adjusted", "refused"]
    amount: Price | None = None

    model_config = examples({"answer": "adjusted", "amount": {"amount": "2000.00", "currency": "EUR"}})


class FundCallAnswerOf(FundCallAnswerGiven):
    """``number`` left out is the last call."""

    project_ref: Ref
    number: Annotated[Whole, Field(ge=1)] | None = None

    model_config = examples({"project_ref": "PR-01", "answer": "approved"})


class CallShown(Shown):
    project_ref: str
    number: int
    opened_on: date
    requested: Amount
    opened_by: Literal["rule", "operator"]
    note: str
    answer: str | None = Field(description="approved, adjusted, refused, expired or withdrawn.")
    granted: Amount | None
    answered_by: str
    answered_at: datetime | None
    closed_on: date | None


class RequestShown(Shown):
    """The process opens the call at its next review, a moment later."""

    project_ref: str
    number: int
    amount: Amount


class CallsShown(Shown):
    items: list[CallShown]


Reads = Annotated[Reading, reads("training:read", own="project")]
Writes = Annotated[Command, writes("training:write")]


async def write_answer(command: Command, given: FundCallAnswerOf) -> Result:
    """What an event does as the route does."""
    amount = given.amount.money if given.amount else None
    call = await fund_call.answer_call(
        command.tx, command.tenant, given.project_ref, given.number, Answer(given.answer), amount,
        command.actor.who, command.now,
    )  # fmt: skip
    return Result("training.fund_call.answered", thing(given.project_ref), shown(call))


@router.post("", status_code=202, response_model=RequestShown)
async def request_call(ref: Ref, given: RequestGiven, command: Writes) -> Response:
    """Ask the client for more funds."""
    number = await fund_call.request_call(
        command.tx, command.tenant, ref, given.amount.money, given.note or "", command.actor.who, command.now
    )
    asked = RequestShown(project_ref=ref, number=number, amount=given.amount)
    return await command.reply(Result("training.fund_call.requested", thing(ref), asked), 202)


@router.get("")
async def list_calls(ref: Ref, here: Reads) -> CallsShown:
    """All fund calls of a project, oldest first."""
    return CallsShown(items=[shown(call) for call in await fund_call.calls_of(here.tx, here.tenant, ref)])


@router.get("/{number}")
async def read_call(ref: Ref, number: int, here: Reads) -> CallShown:
    """One fund call."""
    for call in await fund_call.calls_of(here.tx, here.tenant, ref):
        if call.number == number:
            return shown(call)
    raise NotFound(f"fund call of the project {ref}", str(number))


@router.post("/{number}/answer", response_model=CallShown)
async def answer_call(ref: Ref, number: int, given: FundCallAnswerGiven, command: Writes) -> Response:
    """What the client said; it is said once."""
    given_for = FundCallAnswerOf(project_ref=ref, number=number, answer=given.answer, amount=given.amount)
    return await command.reply(await write_answer(command, given_for))


def shown(call: FundCall) -> CallShown:
    given = call.given
    return CallShown(
        project_ref=call.project_ref, number=call.number, opened_on=call.opened_on,
        requested=Amount.of(call.requested), opened_by=call.opened_by.value, note=call.note,
        answer=call.answer, granted=Amount.of(given.granted) if given else None,
        answered_by=given.by if given else "", answered_at=given.at if given else None,
        closed_on=call.closed_on,
    )  # fmt: skip
