"""What came in and could not be right: read, corrected and replayed, or dismissed."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, ReasonGiven, Ref, Shown, examples
from api.fleet.imports import MistakeShown
from api.pages import Cursor, Limit, Page, begin_at, page
from database.fleet import kept_aside, replays
from database.fleet.kept_aside import KeptAside, Replaying

router = APIRouter(prefix="/v1/fleet/kept-aside", tags=["Fleet"])
assert kept_aside.REPLAYERS["webhook"] is replays.replay_payment

Reads = Annotated[Reading, reads("imports:write")]
Writes = Annotated[Command, writes("imports:write")]
Source = Literal["", "contracts", "payments", "swaps", "webhook"]
State = Literal["open", "replayed", "dismissed"]


class Corrections(Given):
    """Values by their column; those that are not named stay as they came in."""

    values: dict[str, str] = Field(default_factory=dict, max_length=60)

    model_config = examples({"values": {"contract_ref": "C-0001"}})


class KeptAsideShown(Shown):
    id: str
    source: str
    origin: str = Field(description="The file's sha256 and line, or the event's own id.")
    ref: str
    given: dict[str, str]
    mistakes: list[MistakeShown]
    state: State
    at: datetime
    answered_at: datetime | None
    by: str
    reason: str
    result_ref: str


@router.get("")
async def list_kept_aside(
    here: Reads, state: State = "open", source: Source = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[KeptAsideShown]:
    """The oldest first. `swaps` and `webhook` tell of devices and operators, the others of files."""
    after = begin_at(cursor, (state, source))
    found = await kept_aside.kept(
        here.tx, here.tenant, state=state, source=source, after=after, limit=limit + 1
    )  # fmt: skip
    return page(found, limit, shown, lambda one: (one.at.isoformat(), one.id), (state, source))


@router.get("/{id}")
async def read_kept_aside(id: Ref, here: Reads) -> KeptAsideShown:
    """One thing, with the values that came in and what is wrong with them."""
    return shown(await kept_aside.kept_of(here.tx, here.tenant, id))


@router.post("/{id}/replay", response_model=KeptAsideShown)
async def replay_kept_aside(id: Ref, given: Corrections, command: Writes) -> Response:
    """Enter it again with these corrections. What is still wrong is told, and nothing changes."""
    parts = command.parts
    here = Replaying(command.tx, command.tenant, command.now, parts.fleet_files, parts.holidays)
    made = await kept_aside.correct_and_replay(here, id, given.values, command.actor.who)
    return await _reply(command, "replayed", made)


@router.post("/{id}/dismiss", response_model=KeptAsideShown)
async def dismiss_kept_aside(id: Ref, given: ReasonGiven, command: Writes) -> Response:
    """Nothing is to be entered; the reason stays on record."""
    made = await kept_aside.dismiss(
        command.tx, command.tenant, id, given.reason, command.now, command.actor.who
    )
    return await _reply(command, "dismissed", made)


async def _reply(command: Command, what: str, made: KeptAside) -> Response:
    """The trail has no values: they may be somebody's name."""
    told = shown(made)
    kept = told.model_dump(mode="json", include={"id", "source", "state", "result_ref"})
    thing = f"fleet.kept_aside:{made.id}"
    return await command.reply(Result(f"fleet.kept_aside.{what}", thing, told, after=kept))


def shown(known: KeptAside) -> KeptAsideShown:
    return KeptAsideShown(
        id=known.id, source=known.source, origin=known.origin, ref=known.ref, given=dict(known.given),
        mistakes=[MistakeShown(**vars(one)) for one in known.mistakes], state=known.state,
        at=known.at, answered_at=known.answered_at, by=known.by, reason=known.reason,
        result_ref=known.result_ref,
    )  # fmt: skip
