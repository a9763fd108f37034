"""Legal holds, and the register of processing."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import Row

from api.commands import Command, Result, writes
from api.fields import Paragraph, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from api.platform.privacy import Reads, SubjectGiven, today_of
from database.privacy import holds
from database.privacy.register import Entry, register
from database.privacy.subject import subject_of
from database.shared import rules
from database.shared.contacts import tenant_of
from rules.terms import RETENTION, terms_in

router = APIRouter(prefix="/v1/privacy", tags=["Privacy"])

Id = Annotated[str, Field(pattern=r"^h[0-9a-f]{12}$", examples=["h5e0c2a77b1d4"])]


class HoldGiven(SubjectGiven):
    reason: Paragraph

    model_config = examples({"contact_ref": "C-0042", "reason": "Litige devant le tribunal, dossier 26/114."})


class HoldShown(Shown):
    id: str
    contact_ref: str | None
    person_id: str | None
    reason: str
    set_by: str
    set_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None


class EntryShown(Shown):
    """An activity of processing, as article 30 of the RGPD wants it told."""

    name: str
    title: dict[str, str] = Field(examples=[{"fr": "Messages", "en": "Messages"}])
    purpose: dict[str, str]
    basis: dict[str, str]
    people: dict[str, str]
    recipients: dict[str, str]
    tables: list[str]
    data: list[str]
    kept: list[str] = Field(description="Category and time, out of the rule book in force.")
    laws: list[str]


class RegisterShown(Shown):
    entries: list[EntryShown]


Sets = Annotated[Command, writes("privacy:write", fresh=True)]


@router.post("/holds", status_code=201, response_model=HoldShown)
async def set_hold(given: HoldGiven, command: Sets) -> Response:
    """Keep everything about a person, because of a dispute say. Nothing erases them until it is lifted."""
    today = await today_of(command)
    subject = await subject_of(
        command.tx, command.tenant, today, given.contact_ref or "", given.person_id or ""
    )
    row = await holds.set_hold(command.tx, subject, given.reason, command.actor.who, command.now)
    return await command.reply(_told("privacy.hold_set", row, subject.thing), 201)


@router.get("/holds")
async def list_holds(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[HoldShown]:
    """Those that were lifted, too."""
    (after,) = begin_after(cursor)
    rows = await holds.page_of_holds(here.tx, here.tenant, after, limit + 1)
    return page(rows, limit, _shown, lambda row: (row.id,))


@router.post("/holds/{id}/lift", response_model=HoldShown)
async def lift_hold(id: Id, command: Sets) -> Response:
    """From now on the person can be erased, and terms count again."""
    row = await holds.lift_hold(command.tx, command.tenant, id, command.actor.who, command.now)
    return await command.reply(_told("privacy.hold_lifted", row, f"privacy_hold:{id}"))


@router.get("/register")
async def read_register(here: Reads) -> RegisterShown:
    """The register of processing (RGPD, art. 30), made of what the platform really holds."""
    today = await today_of(here)
    versions = (await rules.in_force(here.tx, here.tenant, today)).get(RETENTION, ())
    fetch = partial(rules.revision_content, here.tx, here.tenant, RETENTION)
    book = await here.parts.library.in_force(RETENTION, versions, fetch)
    terms = terms_in(book, here.now, (await tenant_of(here.tx, here.tenant)).zone)
    return RegisterShown(entries=[_entry(one) for one in register(terms)])


def _entry(one: Entry) -> EntryShown:
    return EntryShown(
        name=one.processing.name, title=vars(one.processing.title), purpose=vars(one.processing.purpose),
        basis=vars(one.processing.basis), people=vars(one.processing.people),
        recipients=vars(one.processing.recipients), tables=list(one.tables), data=list(one.data),
        kept=[f"{term.category}: {term.told.en}" for term in one.terms], laws=list(one.laws),
    )  # fmt: skip


def _shown(row: Row[Any]) -> HoldShown:
    return HoldShown(**{name: row._mapping[name] for name in HoldShown.model_fields})


def _told(action: str, row: Row[Any], about: str) -> Result:
    """The reason may tell of the person: it stays out of the trail."""
    return Result(action, f"privacy_hold:{row.id}", _shown(row), None, {"about": about})
