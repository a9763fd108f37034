"""Placements and their deliverables: announced, extended, handed in, cancelled."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Day, Given, Line, Paragraph, ReasonGiven, Ref, Shown, examples
from api.multipart import MEDIA_TYPE as MULTIPART
from api.pages import Cursor, Limit, Page, begin_after, page
from api.uploads import looks
from database.internships import deliverable, placement
from database.internships.deliverable import DueDateChange, KnownDeliverable
from database.internships.placement import KnownPlacement
from database.shared.contacts import check_opaque
from database.shared.uploads import Found
from domain.internships.deliverable import Deliverable, Kind
from domain.internships.placement import Placement

router = APIRouter(prefix="/v1/internships", tags=["Internships"])


class PlacementGiven(Given):
    """Student and tutors are references of contacts."""

    ref: Ref
    student_ref: Ref
    school_tutor_ref: Ref
    company_tutor_ref: Ref
    company: Line
    starts_on: Day
    ends_on: Day

    model_config = examples(
        {
            "ref": "S-2026-014", "student_ref": "E-014", "school_tutor_ref": "T-003",
            "company_tutor_ref": "T-101", "company": "Atelier Morvan", "starts_on": "2026-04-06",
            "ends_on": "2026-08-28",
        }
    )  # fmt: skip


class PlacementShown(PlacementGiven):
    state: str


class DeliverableGiven(Given):
    ref: Ref
    placement_ref: Ref
    kind: Kind
    title: Line
    due_on: Day

    model_config = examples(
        {
            "ref": "S-2026-014-R1", "placement_ref": "S-2026-014", "kind": "report",
            "title": "Rapport de mi-parcours", "due_on": "2026-06-15",
        }
    )  # fmt: skip


class HandInGiven(Given):
    file_name: Line

    model_config = examples({"file_name": "rapport-mi-parcours.pdf"})


class HandInOf(HandInGiven):
    deliverable_ref: Ref

    model_config = examples({"deliverable_ref": "S-2026-014-R1", "file_name": "rapport-mi-parcours.pdf"})


class ExtensionGiven(Given):
    to_on: Day
    reason: Paragraph

    model_config = examples({"to_on": "2026-06-22", "reason": "The student was ill for a week."})


class ChangeShown(Shown):
    from_on: date
    to_on: date
    reason: str
    by: str
    at: datetime


class DeliverableShown(Shown):
    ref: str
    placement_ref: str
    kind: Kind
    title: str
    due_on: date = Field(description="In force, extensions included.")
    state: Literal["announced", "handed_in", "cancelled"]
    handed_in_at: datetime | None
    handed_in_by: str
    file_name: str
    cancelled_at: datetime | None
    cancel_reason: str
    file_id: str = Field(description="To be read under /v1/files; empty where only a name was told.")
    extensions: list[ChangeShown]
    process: str = Field(examples=["internships.deliverable:S-2026-014-R1"])


FILE = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
File = Annotated[Found, looks("internships:write")]
Files = Annotated[Command, writes("internships:write", MULTIPART)]
Reads = Annotated[Reading, reads("internships:read", own="deliverable")]
ReadsPlacement = Annotated[Reading, reads("internships:read", own="placement")]
Writes = Annotated[Command, writes("internships:write")]


async def write_announced(command: Command, given: DeliverableGiven) -> Result:
    student = (await placement.placement_of(command.tx, command.tenant, given.placement_ref)).placement
    await check_opaque(command.tx, command.tenant, given.ref, student.student_ref)
    await deliverable.announce(command.tx, command.tenant, Deliverable(**given.model_dump()), command.now)
    return await _result(command, "internships.deliverable.announced", given.ref)


async def write_handed_in(command: Command, given: HandInOf) -> Result:
    ref = given.deliverable_ref
    before = await _before(command, ref)
    await deliverable.hand_in(
        command.tx, command.tenant, ref, given.file_name, command.actor.who, command.now
    )  # fmt: skip
    return await _result(command, "internships.deliverable.handed_in", ref, before)


@router.post("/placements", status_code=201, response_model=PlacementShown)
async def create_placement(given: PlacementGiven, command: Writes) -> Response:
    """One student in one company."""
    about = (given.student_ref, given.school_tutor_ref, given.company_tutor_ref)
    await check_opaque(command.tx, command.tenant, given.ref, *about)
    await placement.create_placement(command.tx, command.tenant, Placement(**given.model_dump()))
    known = await placement.placement_of(command.tx, command.tenant, given.ref)
    result = Result(
        "internships.placement.created", f"internships.placement:{given.ref}", shown_placement(known)
    )
    return await command.reply(result, 201)


@router.post("/placements/{ref}/cancel", response_model=PlacementShown)
async def cancel_placement(ref: Ref, given: ReasonGiven, command: Writes) -> Response:
    """With it, all that is still to be handed in."""
    before = {"state": (await placement.placement_of(command.tx, command.tenant, ref)).state}
    await deliverable.cancel_placement(command.tx, command.tenant, ref, given.reason, command.now)
    known = await placement.placement_of(command.tx, command.tenant, ref)
    result = Result(
        "internships.placement.cancelled", f"internships.placement:{ref}", shown_placement(known), before
    )
    return await command.reply(result)


@router.get("/placements/{ref}")
async def read_placement(ref: Ref, here: ReadsPlacement) -> PlacementShown:
    """One placement."""
    return shown_placement(await placement.placement_of(here.tx, here.tenant, ref))


@router.post("/deliverables", status_code=201, response_model=DeliverableShown)
async def announce_deliverable(given: DeliverableGiven, command: Writes) -> Response:
    """Say what is to be handed in and by when; it is watched from now on."""
    return await command.reply(await write_announced(command, given), 201)


@router.post("/deliverables/{ref}/hand-in", response_model=DeliverableShown)
async def hand_in(ref: Ref, given: HandInGiven, command: Writes) -> Response:
    """It is handed in elsewhere, under this name; nobody is reminded any more."""
    given_for = HandInOf(deliverable_ref=ref, file_name=given.file_name)
    return await command.reply(await write_handed_in(command, given_for))


@router.post("/deliverables/{ref}/file", response_model=DeliverableShown, openapi_extra=FILE)
async def hand_in_file(ref: Ref, found: File, command: Files) -> Response:
    """The file itself is handed in, as the part `file` of a form; nobody is reminded any more.

    PDF, Word, Excel, PowerPoint, OpenDocument, JPEG, PNG or WebP of at most 20 MB, checked by its content.
    """
    before = await _before(command, ref)
    await deliverable.hand_in_file(
        command.tx, command.parts.uploads, command.tenant, ref, found, command.actor.who, command.now
    )
    return await command.reply(await _result(command, "internships.deliverable.handed_in", ref, before))


@router.post("/deliverables/{ref}/extend", response_model=DeliverableShown)
async def extend(ref: Ref, given: ExtensionGiven, command: Writes) -> Response:
    """Grant a later day; what is still to come moves with it."""
    before = await _before(command, ref)
    await deliverable.extend(
        command.tx, command.tenant, ref, given.to_on, given.reason, command.actor.who, command.now
    )
    return await command.reply(await _result(command, "internships.deliverable.extended", ref, before))


@router.post("/deliverables/{ref}/cancel", response_model=DeliverableShown)
async def cancel(ref: Ref, given: ReasonGiven, command: Writes) -> Response:
    """It is no longer required."""
    before = await _before(command, ref)
    await deliverable.cancel(command.tx, command.tenant, ref, given.reason, command.now)
    return await command.reply(await _result(command, "internships.deliverable.cancelled", ref, before))


@router.get("/deliverables")
async def list_deliverables(
    here: Reads, placement: str = "", state: Literal["", "announced", "handed_in", "cancelled"] = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[DeliverableShown]:  # fmt: skip
    """In the order of their references."""
    filters = (placement, state)
    (after,) = begin_after(cursor, filters)
    found = await deliverable.deliverables_page(
        here.tx, here.tenant, after=after, limit=limit + 1, placement_ref=placement, state=state
    )
    rows = [
        (known, await deliverable.changes_of(here.tx, here.tenant, known.deliverable.ref)) for known in found
    ]
    return page(rows, limit, lambda row: shown(*row), lambda row: (row[0].deliverable.ref,), filters)


@router.get("/deliverables/{ref}")
async def read_deliverable(ref: Ref, here: Reads) -> DeliverableShown:
    """One deliverable with its extensions."""
    return await _shown(here, await deliverable.deliverable_of(here.tx, here.tenant, ref))


async def _shown(here: Reading, known: KnownDeliverable) -> DeliverableShown:
    return shown(known, await deliverable.changes_of(here.tx, here.tenant, known.deliverable.ref))


def shown(known: KnownDeliverable, changes: list[DueDateChange]) -> DeliverableShown:
    it = known.deliverable
    return DeliverableShown(
        ref=it.ref, placement_ref=it.placement_ref, kind=it.kind, title=it.title, due_on=it.due_on,
        state=known.state,
        handed_in_at=known.handed_in_at, handed_in_by=known.handed_in_by, file_name=known.file_name,
        cancelled_at=known.cancelled_at, cancel_reason=known.cancel_reason, file_id=known.file_id,
        extensions=[ChangeShown(**vars(one)) for one in changes],
        process=f"{deliverable.PROCESS}:{it.ref}",
    )  # fmt: skip


def shown_placement(known: KnownPlacement) -> PlacementShown:
    return PlacementShown(**vars(known.placement), state=known.state)


async def _before(command: Command, ref: str) -> dict[str, object]:
    known = await deliverable.deliverable_of(command.tx, command.tenant, ref)
    return {"state": known.state, "due_on": known.deliverable.due_on}


async def _result(
    command: Command, action: str, ref: str, before: dict[str, object] | None = None
) -> Result:  # fmt: skip
    known = await deliverable.deliverable_of(command.tx, command.tenant, ref)
    return Result(action, f"{deliverable.PROCESS}:{ref}", await _shown(command, known), before)
