"""Files that are taken in by themselves: given, followed, stopped. `imports` takes one in while one waits."""

import asyncio
import hashlib
import io
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, reads, writes
from api.fields import Ref, Shown, printable
from api.fleet.imports import FILE, XLSX, Kind, MistakeShown
from api.pages import Cursor, Limit, Page, begin_at, page
from database.fleet import intake
from database.fleet.imports import CONTRACTS, PAYMENTS
from database.fleet.intake import Intake, Wish
from database.shared.contacts import Tenant, tenant_of
from domain.errors import BadInput, Mistake
from domain.fleet.intake import FleetFiles

router = APIRouter(prefix="/v1/fleet/intakes", tags=["Fleet"])

Reads = Annotated[Reading, reads("imports:write")]
Writes = Annotated[Command, writes("imports:write")]
Imports = Annotated[Command, writes("imports:write", "text/csv", XLSX)]
FileName = Annotated[str, Query(max_length=120), AfterValidator(printable)]
ZIP = b"PK\x03\x04"


class IntakeShown(Shown):
    """``done`` of at most ``total`` rows were read: some were ``created``, some known already and
    ``unchanged``, some ``refused`` and kept aside. ``repeated``: the same file was in completely before.
    """

    id: str
    kind: Kind
    name: str
    sha256: str
    size: int = Field(description="Bytes.")
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    done: int
    total: int
    percent: int
    created: int
    unchanged: int
    refused: int
    repeated: bool
    problem: str = Field(description="Why it failed.")
    mistakes: list[MistakeShown] = Field(description="What is wrong with the file as a whole.")
    asked_by: str
    created_at: datetime
    updated_at: datetime


@router.post("", status_code=202, response_model=IntakeShown, openapi_extra=FILE)
async def give_file(request: Request, kind: Kind, command: Imports, name: FileName = "") -> Response:
    """Signed contracts, payments or swaps. A file that cannot be read as a whole is refused at once."""
    made = await take(command, kind, name, await request.body())
    return await command.told(shown(made), 202)


@router.get("")
async def list_intakes(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[IntakeShown]:
    """The latest first."""
    found = await intake.intakes_of(here.tx, here.tenant, begin_at(cursor), limit + 1)
    return page(found, limit, shown, lambda one: (one.created_at.isoformat(), one.id))


@router.get("/{id}")
async def read_intake(id: Ref, here: Reads) -> IntakeShown:
    """How far it is. Its refused rows are `GET /v1/fleet/kept-aside`, its report `/v1/fleet/imports`."""
    return shown(await intake.intake_of(here.tx, here.tenant, id))


@router.post("/{id}/stop", response_model=IntakeShown)
async def stop_intake(id: Ref, command: Writes) -> Response:
    """What is in stays in; the same file given again goes on from there."""
    return await command.told(shown(await intake.stop(command.tx, command.tenant, command.actor, id)))


async def take(command: Command, kind: Kind, name: str, content: bytes) -> Intake:
    """Raises BadInput for a file that cannot be read as a whole, Conflict when too many are on their way."""
    parts = command.parts
    home = await tenant_of(command.tx, command.tenant)
    total = await asyncio.to_thread(_looked_at, parts.fleet_files, kind, content, home)
    media_type = XLSX if content.startswith(ZIP) else "text/csv"
    wish = Wish(kind, name, media_type, content, hashlib.sha256(content).hexdigest(), total)
    return await intake.begin(command.tx, parts.files, command.tenant, command.actor, wish, command.now)


def _looked_at(files: FleetFiles, kind: Kind, content: bytes, home: Tenant) -> int:
    """How many rows there may be; the first line is read. Raises BadInput."""
    if not content:
        raise BadInput(Mistake("file", "it is empty", "choose another file"))
    total, source = files.most_rows(io.BytesIO(content)), io.BytesIO(content)
    if kind == CONTRACTS:
        files.contracts(source, home.country, home.zone)
    elif kind == PAYMENTS:
        files.payments(source, home.currency, home.zone)
    else:
        files.swaps(source, home.currency, home.zone)
    return total


def shown(found: Intake) -> IntakeShown:
    return IntakeShown.model_validate(
        {
            **{name: value for name, value in vars(found).items() if name != "file"},
            "percent": found.percent, "mistakes": [MistakeShown(**vars(one)) for one in found.mistakes],
        }
    )  # fmt: skip
