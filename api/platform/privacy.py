"""Requests of persons about their data: written down, and carried out."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import Row

from api.commands import Command, Reading, Result, reads, writes
from api.downloads import download
from api.fields import Day, Given, Line, Paragraph, ReasonGiven, Ref, Shown, examples, wrong
from api.pages import Cursor, Limit, Page, begin_after, page
from api.platform import privacy_acts as acts
from api.platform.contacts import email_address
from database.privacy import requests
from database.privacy.erasure import obstacles
from database.privacy.requests import Asked
from database.privacy.subject import subject_of
from database.shared import audit
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.errors import NotFound
from domain.platform.privacy_request import Kind, State, check_received

router = APIRouter(prefix="/v1/privacy", tags=["Privacy"])

Id = Annotated[str, Field(pattern=r"^r[0-9a-f]{12}$", examples=["r5e0c2a77b1d4"])]
PersonId = Annotated[str, Field(pattern=r"^p[0-9a-f]{12}$", examples=["p5e0c2a77b1d4"])]
ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


class SubjectGiven(Given):
    """A contact, or a person who signs in and is no contact. Whichever is given leads to the other."""

    contact_ref: Ref | None = None
    person_id: PersonId | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.contact_ref is None) == (self.person_id is None):
            raise wrong("not one person", "give contact_ref or person_id, and not both")
        return self


class RequestGiven(SubjectGiven):
    """``received_on``: when it came in, today unless given; an answer is due a month later."""

    kind: Kind
    received_on: Day | None = None
    note: Paragraph | None = None

    model_config = examples(
        {
            "kind": "access", "contact_ref": "C-0042", "received_on": "2026-03-20",
            "note": "Par courriel, identité vérifiée au téléphone.",
        }
    )  # fmt: skip


class AnswerGiven(Given):
    answer: Paragraph

    model_config = examples({"answer": "Le numéro de téléphone est corrigé ; réponse envoyée ce jour."})


class CorrectionGiven(Given):
    """What is not given stays."""

    full_name: Line | None = None
    email: Annotated[str, Field(max_length=254), AfterValidator(email_address)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    locale: Literal["fr", "en"] | None = None

    model_config = examples({"full_name": "Mireille Nguema", "phone": "679 28 42 12"})


class RequestShown(Shown):
    """``obstacles``: what has to be over before this person can be erased. ``result``: what was done."""

    id: str
    kind: Kind
    contact_ref: str | None
    person_id: str | None
    received_on: date
    due_on: date = Field(description="RGPD, art. 12(3): a month after it was received.")
    state: State
    note: str
    answer: str
    recorded_by: str
    recorded_at: datetime
    answered_by: str | None
    answered_at: datetime | None
    archive: bool = Field(description="Whether an archive can be fetched.")
    file_id: str | None = Field(description="The archive among the files, to be shared by a link that ends.")
    result: dict[str, Any] | None
    obstacles: list[str] = Field(default_factory=list)


Reads = Annotated[Reading, reads("privacy:read")]
Takes = Annotated[Reading, reads("privacy:write", fresh=True)]
Writes = Annotated[Command, writes("privacy:write")]
Acts = Annotated[Command, writes("privacy:write", fresh=True)]


async def today_of(here: Reading) -> date:
    return local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)


@router.post("/requests", status_code=201, response_model=RequestShown)
async def record_request(given: RequestGiven, command: Writes) -> Response:
    """Write down what a person asks for. The team is told, and again as the due date comes near."""
    today = await today_of(command)
    subject = await subject_of(
        command.tx, command.tenant, today, given.contact_ref or "", given.person_id or ""
    )
    received_on = given.received_on or today
    check_received(received_on, today)
    asked = Asked(given.kind, received_on, given.note or "", command.actor.who)
    made = await requests.record(command.tx, subject, asked, command.now)
    return await command.reply(_told("privacy.request_recorded", made, await _shown(command, made)), 201)


@router.get("/requests")
async def list_requests(
    here: Reads, state: Literal["", "open", "done", "refused"] = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[RequestShown]:
    """In the order of their ids; their due dates say which is pressing."""
    (after,) = begin_after(cursor, (state,))
    rows = await requests.page_of_requests(here.tx, here.tenant, after, limit + 1, state)
    return page(rows, limit, shown, lambda row: (row.id,), (state,))


@router.get("/requests/{id}")
async def read_request(id: Id, here: Reads) -> RequestShown:
    """One request; of an erasure, what stands against it."""
    return await _shown(here, await requests.request_of(here.tx, here.tenant, id))


@router.post("/requests/{id}/export", response_model=RequestShown)
async def export_person(id: Id, command: Acts) -> Response:
    """Gather all of the person's data into an archive: JSON, CSV, documents. It is kept for a month."""
    row = await requests.open_request(command.tx, command.tenant, id, Kind.ACCESS, Kind.PORTABILITY)
    return await _answered(command, row, "privacy.exported", await acts.export(command, row))


@router.get("/requests/{id}/archive", response_class=Response, responses=ZIP)
async def take_archive(id: Id, here: Takes) -> Response:
    """The archive, to be handed to the person. Each time it is taken stands in the trail."""
    row = await requests.request_of(here.tx, here.tenant, id)
    if not row.file_id:
        raise NotFound("archive of the request", id)
    content = await here.parts.files.read(here.tx, here.tenant, row.file_id)
    await audit.write(here.tx, here.tenant, here.actor, "privacy.archive_taken", f"privacy_request:{id}")
    return download(f"donnees-{id}.zip", "application/zip", content)


@router.post("/requests/{id}/correct", response_model=RequestShown)
async def correct_person(id: Id, given: CorrectionGiven, command: Acts) -> Response:
    """Correct what is known, wherever it would still act: also in messages that wait."""
    row = await requests.open_request(command.tx, command.tenant, id, Kind.CORRECTION)
    values = given.model_dump(exclude_none=True)
    return await _answered(command, row, "privacy.corrected", await acts.correct_all(command, row, values))


@router.post("/requests/{id}/erase", response_model=RequestShown)
async def erase_person(id: Id, command: Acts) -> Response:
    """Erase the person for ever: names, addresses, words, keys. Refused while something is not over.

    What a law keeps stays without a name; `result.kept` says what, which law, and until when.
    """
    row = await requests.open_request(command.tx, command.tenant, id, Kind.ERASURE)
    return await _answered(command, row, "privacy.erased", await acts.erase_all(command, row))


@router.post("/requests/{id}/done", response_model=RequestShown)
async def close_request(id: Id, given: AnswerGiven, command: Writes) -> Response:
    """Answered in another way; say how."""
    row = await requests.open_request(command.tx, command.tenant, id, *acts.ANSWERED_BY_WORDS)
    return await _answered(command, row, "privacy.answered", acts.Done(answer=given.answer))


@router.post("/requests/{id}/refuse", response_model=RequestShown)
async def refuse_request(id: Id, given: ReasonGiven, command: Writes) -> Response:
    """Refuse, with the reason that the person is told (RGPD, art. 12(4))."""
    row = await requests.open_request(command.tx, command.tenant, id)
    done = acts.Done(answer=given.reason, state=State.REFUSED)
    return await _answered(command, row, "privacy.refused", done)


async def _answered(command: Command, row: Row[Any], action: str, done: acts.Done) -> Response:
    settled = await requests.settle(
        command.tx, row, done.state, command.actor.who, command.now, done.answer, done.result, done.file_id
    )
    return await command.reply(_told(action, settled, shown(settled), done.result))


async def _shown(here: Reading, row: Row[Any]) -> RequestShown:
    if row.kind != Kind.ERASURE or row.state != State.OPEN:
        return shown(row)
    today = await today_of(here)
    subject = await subject_of(here.tx, here.tenant, today, row.contact_ref or "", row.person_id or "")
    return shown(row, await obstacles(here.tx, subject, today))


def shown(row: Row[Any], found: list[str] | None = None) -> RequestShown:
    values = {**row._mapping, "archive": bool(row.file_id), "obstacles": found or []}
    return RequestShown(**{name: values[name] for name in RequestShown.model_fields})


def _told(
    action: str, row: Row[Any], told: RequestShown, result: dict[str, Any] | None = None
) -> Result:  # fmt: skip
    """The trail gets no word of what the person wrote."""
    after = {"kind": row.kind, "state": row.state, "due_on": row.due_on, "result": result}
    return Result(action, f"privacy_request:{row.id}", told, None, after)
