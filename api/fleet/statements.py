"""Statements of mobile-money operators: sent whole, compared line by line, answered by a person."""

import io
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Given, Paragraph, ReasonGiven, Ref, Shown, examples
from api.fleet.imports import FILE, XLSX, MistakeShown
from api.pages import Cursor, Limit, Page, begin_after, page, spoilt_cursor
from database.fleet import line_answers, reconciling
from database.fleet.reconciling import Statement, StatementLine
from domain.fleet.reconciliation import LineState, Taken

router = APIRouter(prefix="/v1/fleet/statements", tags=["Fleet"])

Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]
Imports = Annotated[Command, writes("imports:write", "text/csv", XLSX)]
Operator = Annotated[str, Query(min_length=1, max_length=60, pattern=r"^[\w .&'’-]+$", examples=["MTN MoMo"])]
LineNumber = Annotated[int, Path(ge=1, le=1_000_000_000)]
StateAsked = Literal["", "matched", "unmatched", "differs", "double", "resolved", "dismissed"]


class RefusedShown(Shown):
    line: int
    ref: str
    mistakes: list[MistakeShown]


class StatementShown(Shown):
    """``waiting`` lines need a person: nobody's, another amount than ours, or perhaps told twice."""

    id: str
    operator: str
    from_on: date
    until_on: date
    lines: int
    waiting: int
    counts: dict[str, int] = Field(description="Lines by their state.")
    refused: list[RefusedShown] = Field(description="Rows that could not be read; at most 200.")
    by: str
    recorded_at: datetime
    repeated: bool = Field(False, description="The same file came before, and nothing was changed now.")


class LineShown(Shown):
    """``payment_ref`` is the payment it stands for; ``twin_ref`` what it may tell of a second time."""

    statement_id: str
    line: int
    transaction_id: str
    occurred_at: datetime
    amount: Amount
    contract_hint: str
    state: LineState
    payment_ref: str | None
    twin_ref: str | None
    note: str
    by: str
    at: datetime | None


class MissingShown(Shown):
    payment_ref: str
    contract_ref: str
    amount: Amount
    received_at: datetime


class ContractGiven(Given):
    contract_ref: Ref

    model_config = examples({"contract_ref": "C-0001"})


class DoubleGiven(Given):
    payment_ref: Ref = Field(description="Which of the two payments is taken back.")
    reason: Paragraph

    model_config = examples({"payment_ref": "P-0001-7", "reason": "The agent wrote it as cash as well."})


@router.post("", status_code=201, response_model=StatementShown, openapi_extra=FILE)
async def take_statement(request: Request, operator: Operator, command: Imports) -> Response:
    """Columns: transaction_id, occurred_at, amount_minor; currency and contract_ref if there are any."""
    source, files = io.BytesIO(await request.body()), command.parts.fleet_files
    made, new = await reconciling.take_statement(
        command.tx, files, command.tenant, operator.strip(), source, command.now, command.actor.who
    )
    shown = statement_shown(made, repeated=not new)
    kept = shown.model_dump(mode="json", exclude={"refused"})
    result = Result("fleet.statement.taken", f"fleet.operator_statement:{made.id}", shown, after=kept)
    return await command.reply(result, 201 if new else 200)


@router.get("")
async def list_operator_statements(
    here: Reads, limit: Limit = 50, cursor: Cursor = ""
) -> Page[StatementShown]:
    """The latest first."""
    until, id = begin_after(cursor, width=2)
    try:
        before = (date.fromisoformat(until), id) if until else None
    except ValueError:
        raise spoilt_cursor() from None
    found = await reconciling.statements(here.tx, here.tenant, before=before, limit=limit + 1)
    return page(found, limit, statement_shown, lambda one: (one.until_on.isoformat(), one.id))


@router.get("/{id}")
async def read_operator_statement(id: Ref, here: Reads) -> StatementShown:
    """How many of its lines agree with our payments."""
    return statement_shown(await reconciling.statement_of(here.tx, here.tenant, id))


@router.get("/{id}/lines")
async def list_lines(
    id: Ref, here: Reads, state: StateAsked = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[LineShown]:
    """In the order of the file."""
    (after,) = begin_after(cursor, (id, state))
    await reconciling.statement_of(here.tx, here.tenant, id)
    number = int(after) if after.isascii() and after.isdecimal() else 0
    found = await reconciling.lines_of(
        here.tx, here.tenant, id, state=state, after=number, limit=limit + 1
    )  # fmt: skip
    return page(found, limit, line_shown, lambda one: (str(one.line),), (id, state))


@router.get("/{id}/missing")
async def list_missing(id: Ref, here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[MissingShown]:
    """Mobile money of ours in the statement's days that no statement knows of."""
    (after,) = begin_after(cursor, (id,))
    found = await reconciling.missing_of(here.tx, here.tenant, id, after=after, limit=limit + 1)
    return page(found, limit, missing_shown, lambda one: (one.ref,), (id,))


@router.post("/{id}/lines/{line}/attach", response_model=LineShown)
async def attach_line(id: Ref, line: LineNumber, given: ContractGiven, command: Writes) -> Response:
    """The money is this contract's: it becomes a payment under the operator's id."""
    made = await line_answers.attach(
        command.tx, command.tenant, id, line, given.contract_ref, command.now, command.actor.who
    )
    return await _reply(command, "attached", made)


@router.post("/{id}/lines/{line}/double", response_model=LineShown)
async def strike_double(id: Ref, line: LineNumber, given: DoubleGiven, command: Writes) -> Response:
    """The same money was told twice: one of the two payments is taken back."""
    made = await line_answers.strike_double(
        command.tx, command.tenant, id, line, given.payment_ref, given.reason, command.now, command.actor.who
    )
    return await _reply(command, "double", made)


@router.post("/{id}/lines/{line}/dismiss", response_model=LineShown)
async def dismiss_line(id: Ref, line: LineNumber, given: ReasonGiven, command: Writes) -> Response:
    """It is right as it is, or no money of ours."""
    made = await line_answers.dismiss_line(
        command.tx, command.tenant, id, line, given.reason, command.now, command.actor.who
    )
    return await _reply(command, "dismissed", made)


async def _reply(command: Command, what: str, made: StatementLine) -> Response:
    thing = f"fleet.operator_statement:{made.statement_id}"
    shown = line_shown(made)
    kept = shown.model_dump(mode="json", exclude={"note"})
    return await command.reply(Result(f"fleet.statement.line_{what}", thing, shown, after=kept))


def statement_shown(known: Statement, repeated: bool = False) -> StatementShown:
    return StatementShown(
        id=known.id, operator=known.operator, from_on=known.from_on, until_on=known.until_on,
        lines=known.lines, waiting=sum(known.counts.get(state, 0) for state in reconciling.WAITING),
        counts=known.counts, refused=[RefusedShown(**one) for one in known.refused], by=known.by,
        recorded_at=known.recorded_at, repeated=repeated,
    )  # fmt: skip


def line_shown(known: StatementLine) -> LineShown:
    entry = known.entry
    return LineShown(
        statement_id=known.statement_id, line=known.line, transaction_id=entry.transaction_id,
        occurred_at=entry.occurred_at, amount=Amount.of(entry.amount), contract_hint=entry.contract_hint,
        state=known.state, payment_ref=known.payment_ref, twin_ref=known.twin_ref, note=known.note,
        by=known.by, at=known.at,
    )  # fmt: skip


def missing_shown(one: Taken) -> MissingShown:
    return MissingShown(
        payment_ref=one.ref, contract_ref=one.contract_ref, amount=Amount.of(one.amount), received_at=one.at
    )
