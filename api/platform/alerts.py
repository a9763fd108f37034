"""Alerts: what needs a person, who took it, and what was done."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator, Field
from sqlalchemy import Row

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, Paragraph, Shown, examples, printable
from api.pages import Cursor, Limit, Page, begin_after, page, spoilt_cursor
from database.shared import desk
from database.shared.desk import LARGEST_ID, Wanted
from domain.access import hidden_from

router = APIRouter(prefix="/v1/alerts", tags=["Alerts"])

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Name = Annotated[str, Field(max_length=100), AfterValidator(printable)]


class NoteGiven(Given):
    """What was done about it."""

    note: Paragraph

    model_config = examples({"note": "Called the driver; he pays tomorrow."})


class TitleShown(Shown):
    fr: str
    en: str


class AlertShown(Shown):
    id: int
    process: str
    ref: str
    team: str
    title: TitleShown
    due_on: date
    raised_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    note: str | None


Reads = Annotated[Reading, reads("alerts:read")]
Writes = Annotated[Command, writes("alerts:write")]


@router.get("")
async def list_alerts(
    here: Reads, state: Literal["open", "untaken", "closed", "all"] = "open", team: Name = "",
    process: Name = "", ref: Name = "", limit: Limit = 50, cursor: Cursor = "",
) -> Page[AlertShown]:  # fmt: skip
    """The most urgent first; `open` ones, unless another state is asked for."""
    filters = (state, team, process, ref)
    due_on, id = begin_after(cursor, filters, width=2)
    after = _position(due_on, id) if due_on else None
    wanted = Wanted(state, team, process, ref, hidden_from(here.who))
    rows = await desk.page_of_alerts(here.tx, here.tenant, wanted, after, limit + 1)
    return page(rows, limit, shown, lambda row: (row.due_on.isoformat(), str(row.id)), filters)


@router.get("/{id}")
async def read_alert(id: Id, here: Reads) -> AlertShown:
    """One alert."""
    return shown(await desk.alert_of(here.tx, here.tenant, id, hidden_from(here.who)))


@router.post("/{id}/take", response_model=AlertShown)
async def take_alert(id: Id, command: Writes) -> Response:
    """I see to it. Refused when somebody else does already."""
    await desk.alert_of(command.tx, command.tenant, id, hidden_from(command.who))
    await desk.take_alert(command.tx, command.tenant, id, command.who.who, command.now)
    return await command.reply(await _result(command, id, "alert.taken", {"taken_by": command.who.who}))


@router.post("/{id}/close", response_model=AlertShown)
async def close_alert(id: Id, given: NoteGiven, command: Writes) -> Response:
    """It is done; say what was done."""
    await desk.alert_of(command.tx, command.tenant, id, hidden_from(command.who))
    await desk.close_alert(command.tx, command.tenant, id, command.who.who, given.note, command.now)
    return await command.reply(await _result(command, id, "alert.closed", {"closed_by": command.who.who}))


async def _result(command: Command, id: int, action: str, after: dict[str, Any]) -> Result:
    """The note stays out of the trail: it may name people, and the trail cannot be changed."""
    row = await desk.alert_of(command.tx, command.tenant, id)
    return Result(action, f"alert:{id}", shown(row), None, after)


def _position(due_on: str, id: str) -> tuple[date, int]:
    """Raises BadInput: a cursor is the caller's to spoil."""
    try:
        return date.fromisoformat(due_on), min(int(id), LARGEST_ID)
    except ValueError:
        raise spoilt_cursor() from None


def shown(row: Row[Any]) -> AlertShown:
    return AlertShown(
        id=row.id, process=row.process, ref=row.ref, team=row.team, title=TitleShown(**row.title),
        due_on=row.due_on, raised_at=row.raised_at, taken_by=row.taken_by, taken_at=row.taken_at,
        closed_by=row.closed_by, closed_at=row.closed_at, note=row.note,
    )  # fmt: skip
