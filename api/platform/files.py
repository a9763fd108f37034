"""Stored files: documents that were issued, and what people handed in."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.auth import PROOF, STALE
from api.commands import Command, Reading, Result, reads, writes
from api.downloads import download
from api.fields import Given, Paragraph, Ref, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from api.problems import Refused
from database.privacy import requests
from database.privacy.holds import is_held
from database.shared import audit, ownership
from database.shared.file_links import link_to
from database.shared.files import KeptFile, files_of, known_file
from domain.access import may_read_files
from domain.errors import Conflict, NotFound
from domain.file import FileState
from domain.platform.retention import Category
from domain.principal import Extent

router = APIRouter(prefix="/v1/files", tags=["Files"])

LONGEST_LINK = 24 * 30
LAWFUL = (Category.DOCUMENT, Category.REPORT)


class FileShown(Shown):
    id: str = Field(examples=["5f0c2a77b1d4e6a8902b3c4d"])
    name: str
    media_type: str
    size: int
    sha256: str = Field(description="Of the original; empty once it is removed.")
    contact_ref: str = Field(description="Whom it is about; empty: nobody.")
    process: str
    ref: str
    retention: str = Field(description="Which period of the retention schedule holds.")
    state: Literal["made", "clean", "unscanned", "quarantined", "infected", "removed"]
    kept_by: str
    kept_at: datetime
    removed_at: datetime | None


class LinkGiven(Given):
    """Who may fetch the file by the link, and for how long."""

    contact_ref: Ref
    hours: Annotated[int, Field(ge=1, le=LONGEST_LINK)] = 72

    model_config = examples({"contact_ref": "T-003", "hours": 72})


class LinkShown(Shown):
    url: str | None = Field(description="Shown this once: an answer that is repeated has null here.")
    expires_at: datetime


class RemovalGiven(Given):
    reason: Paragraph

    model_config = examples({"reason": "Handed in by mistake."})


Reads = Annotated[Reading, reads("files:read", own="file")]
Lists = Annotated[Reading, reads("files:read")]
Writes = Annotated[Command, writes("files:write")]


@router.get("")
async def list_files(
    here: Lists, contact: Annotated[str, Query(max_length=100)] = "",
    process: Annotated[str, Query(max_length=100)] = "", ref: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[FileShown]:  # fmt: skip
    """In the order of their ids."""
    filters = (contact, process, ref)
    (after,) = begin_after(cursor, filters)
    found = await files_of(
        here.tx, here.tenant, contact=contact, process=process, ref=ref, after=after, limit=limit + 1
    )
    answer = page(found, limit, lambda one: one, lambda one: (one.id,), filters)
    return Page(
        items=[shown(one) for one in answer.items if may_read_files(here.who, one.process)], next=answer.next
    )


@router.get("/{ref}")
async def read_file(ref: Ref, here: Reads) -> FileShown:
    """What is known of one file."""
    return shown(await _known(here, ref))


@router.get(
    "/{ref}/content",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, to be saved."}},
)
async def read_content(
    ref: Ref, here: Reads,
    original: Annotated[bool, Query(description="Of a photo: as it came, with place and time.")] = False,
) -> Response:  # fmt: skip
    """The file itself; each download is a line of the trail."""
    found = await _known(here, ref)
    if original and here.who.extent("files:read") is not Extent.ALL:
        raise Refused("forbidden", "The copy without place and time is for you; leave “original” out.")
    await ownership.narrow(here.tx, "")  # this person may have it; the key that opens it is nobody's own
    content = await here.parts.files.read(here.tx, here.tenant, ref, shown=not original)
    await audit.write(here.tx, here.tenant, here.actor, "file.downloaded", f"file:{ref}")
    return download(found.name, found.media_type, content)


@router.post("/{ref}/links", status_code=201, response_model=LinkShown)
async def make_link(ref: Ref, given: LinkGiven, command: Writes) -> Response:
    """A link by which one contact fetches this file without signing in, until it expires."""
    await _known(command, ref)
    until = command.now.replace(microsecond=0) + timedelta(hours=given.hours)
    target = await link_to(
        command.tx, command.parts.keyring, command.tenant, ref, given.contact_ref, until
    )  # fmt: skip
    made = LinkShown(url=command.parts.file_links.to(target), expires_at=until)
    after = {"contact_ref": given.contact_ref, "expires_at": until}
    return await command.reply(Result("file.shared", f"file:{ref}", made, after=after), 201, secret="url")


@router.post("/{ref}/remove", response_model=FileShown)
async def remove_file(ref: Ref, given: RemovalGiven, command: Writes) -> Response:
    """Its content is destroyed; that it was there stays on record. What was issued a law keeps."""
    found = await _known(command, ref)
    await _check_removable(command, found)
    before = {"state": found.state}
    await command.parts.files.remove(command.tx, command.tenant, ref, given.reason, command.now)
    known = shown(await known_file(command.tx, command.tenant, ref))
    after = {"state": known.state, "reason": given.reason}
    return await command.reply(Result("file.removed", f"file:{ref}", known, before, after))


async def _known(here: Reading, ref: str) -> KeptFile:
    """Raises NotFound, also for files of a business that is not the caller's; Refused for a person's archive
    without a fresh proof.
    """
    found = await known_file(here.tx, here.tenant, ref)
    if here.who.extent("files:read") is not Extent.OWN and not may_read_files(here.who, found.process):
        raise NotFound("file", ref)
    if found.process == requests.PROCESS and not here.who.proved_lately(here.now):
        raise Refused("proof-needed", STALE, PROOF)
    return found


async def _check_removable(here: Reading, found: KeptFile) -> None:
    """Raises Conflict."""
    if found.state is FileState.MADE and found.retention in LAWFUL:
        raise Conflict(f"the file {found.id} was issued: a law keeps it, and its period takes it out")
    if found.contact and await is_held(here.tx, here.tenant, found.contact):
        raise Conflict(f"a legal hold is set on {found.contact}; it is lifted first")


def shown(found: KeptFile) -> FileShown:
    return FileShown(
        id=found.id, name=found.name, media_type=found.media_type, size=found.size, sha256=found.sha256,
        contact_ref=found.contact, process=found.process, ref=found.ref, retention=found.retention,
        state=found.state.value, kept_by=found.by, kept_at=found.at, removed_at=found.removed_at,
    )  # fmt: skip
