"""Cases over all processes: listed, explained, paused, resumed, stopped."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api import processes
from api.commands import Command, Reading, Result, reads, writes
from api.fields import Day, Given, Instant, Paragraph, Shown
from api.pages import Cursor, Limit, Page, begin_after, page
from database.shared.timeline import Happening, timeline
from database.shared.worklist import Filters, Told, case_row, page_of_cases, told_about
from domain.access import hidden_from
from domain.case import Case

router = APIRouter(prefix="/v1/processes", tags=["Processes"])


class Words(Shown):
    fr: str
    en: str


class OrderShown(Shown):
    state: str
    reason: str
    ordered_by: str


class Next(Shown):
    """What the case waits for, until when, and why. ``review_at`` None: until a fact comes in."""

    waits_for: Words
    because: Words
    review_at: datetime | None
    due_on: date | None


class CaseShown(Shown):
    id: str = Field(examples=["fleet.dunning:C-0001"])
    process: str
    ref: str
    stage: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    order: OrderShown | None = Field(description="What operations ordered, while it holds.")
    next: Next | None = Field(description="Nothing comes next once the case is closed.")


class Event(Shown):
    """``kind`` is decision, message, alert, document or command."""

    at: datetime
    kind: str
    what: str
    details: dict[str, Any]


class Timeline(Shown):
    case: CaseShown
    happened: list[Event]


class OrderGiven(Given):
    reason: Paragraph = Field(examples=["The driver is in hospital until Monday."])


Reads = Annotated[Reading, reads("processes:read")]
Operates = Annotated[Command, writes("processes:operate")]
Name = Annotated[str, Query(max_length=64, pattern=r"^[a-z_.]*$")]


@router.get("")
async def list_cases(
    here: Reads, process: Name = "", stage: Name = "", open: bool | None = None,
    due_before: Annotated[Day | None, Query()] = None,
    review_before: Annotated[Instant | None, Query()] = None,
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[CaseShown]:  # fmt: skip
    """The cases of all processes, in the order of process and reference."""
    wanted = Filters(process, stage, open, due_before, review_before, hidden_from(here.who))
    filters = (process, stage, open, due_before, review_before)
    after_process, after_ref = begin_after(cursor, filters, 2)
    rows = await page_of_cases(here.tx, here.tenant, wanted, (after_process, after_ref), limit + 1)
    return page(rows, limit, shown, lambda row: (row.process, row.ref), filters)


@router.get("/{id}")
async def read_case(here: Reads, id: str) -> CaseShown:
    """`id` is `process:reference`, such as `fleet.dunning:C-0001`."""
    return shown(await case_row(here.tx, await processes.case_of(here, id)))


@router.get("/{id}/timeline")
async def read_timeline(here: Reads, id: str) -> Timeline:
    """What happened, what was decided and why, and what comes next."""
    case = await processes.case_of(here, id)
    row = await case_row(here.tx, case)
    happened = [_event(one) for one in await timeline(here.tx, case)]
    told = [_command(one) for one in await told_about(here.tx, here.parts.keyring, here.tenant, id)]
    return Timeline(case=shown(row), happened=sorted(happened + told, key=lambda event: event.at))


@router.post("/{id}/pause")
async def pause(id: str, given: OrderGiven, command: Operates) -> Response:
    """Nothing is sent or raised until the case is resumed; facts still come in."""
    case = await processes.case_of(command, id)
    before = await _state(command, case)
    await processes.pause(command, case, given.reason)
    return await _reply(command, case, "process.paused", before, given.reason)


@router.post("/{id}/resume")
async def resume(id: str, given: OrderGiven, command: Operates) -> Response:
    """The case is looked at again at once, and catches up on what still makes sense."""
    case = await processes.case_of(command, id)
    before = await _state(command, case)
    await processes.resume(command, case)
    return await _reply(command, case, "process.resumed", before, given.reason)


@router.post("/{id}/stop")
async def stop(id: str, given: OrderGiven, command: Operates) -> Response:
    """The case ends, whatever is still due."""
    case = await processes.case_of(command, id)
    before = await _state(command, case)
    await processes.stop(command, case, given.reason)
    return await _reply(command, case, "process.stopped", before, given.reason)


async def _state(command: Command, case: Case) -> dict[str, Any]:
    row = await case_row(command.tx, case)
    return {"stage": row.stage, "order": row.order_state}


async def _reply(
    command: Command, case: Case, action: str, before: dict[str, Any], reason: str
) -> Response:  # fmt: skip
    after = {**await _state(command, case), "reason": reason}
    now = shown(await case_row(command.tx, case))
    return await command.reply(Result(action, processes.name_of(case), now, before, after))


def shown(row: Any) -> CaseShown:
    order = None
    if row.order_state:
        order = OrderShown(state=row.order_state, reason=row.order_reason, ordered_by=row.order_ordered_by)
    return CaseShown(
        id=f"{row.process}:{row.ref}", process=row.process, ref=row.ref, stage=row.stage,
        opened_at=row.opened_at, closed_at=row.closed_at, outcome=row.outcome, order=order,
        next=None if row.closed_at else _next(row),
    )  # fmt: skip


def _next(row: Any) -> Next:
    return Next(
        waits_for=Words(**row.waiting["what"]), because=Words(**row.waiting["because"]),
        review_at=row.review_at, due_on=row.due_on,
    )  # fmt: skip


def _event(one: Happening) -> Event:
    return Event(at=one.at, kind=one.kind, what=one.what, details=one.details)


def _command(one: Told) -> Event:
    return Event(at=one.at, kind="command", what=one.action, details={**(one.after or {}), "who": one.who})
