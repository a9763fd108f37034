"""Lists taken away as files: asked for, followed, fetched."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, reads, writes
from api.downloads import download
from api.fields import Given, Ref, Shown, examples, printable
from api.pages import Cursor, Limit, Page, begin_at, page
from api.problems import Refused
from database.listings import LISTINGS
from database.shared import audit, exports
from database.shared.exports import Export, Wish
from database.shared.files import known_file
from database.shared.listing import Listing, asked_of
from domain.decision import Bilingual
from domain.errors import BadInput, Conflict, Mistake
from domain.principal import Extent

router = APIRouter(prefix="/v1/exports", tags=["Exports"])

Text = Annotated[str, Field(max_length=200), AfterValidator(printable)]


class Said(Shown):
    fr: str
    en: str


class ColumnShown(Shown):
    name: str
    label: Said
    kind: Literal["text", "int", "money", "percent", "date", "instant"]


class FilterShown(Shown):
    """``asks``: part of a text, exactly one value, a number or more, a number or less, a day and later,
    a day and before."""

    name: str
    label: Said
    asks: Literal["text", "is", "least", "most", "since", "until"]
    choices: list[str]


class ListShown(Shown):
    name: str = Field(examples=["contracts"])
    title: Said
    columns: list[ColumnShown]
    filters: list[FilterShown]
    orders: list[str] = Field(description="With a minus in front, the largest first.")


class ListsShown(Shown):
    items: list[ListShown]


class ExportGiven(Given):
    """``filters`` and ``order`` as `GET /v1/exports/lists` names them; left out, the whole list as usual."""

    list: Text
    filters: dict[Text, Text] = Field({}, max_length=20)
    order: Text = ""
    format: Literal["xlsx", "csv"] = "xlsx"
    locale: Literal["fr", "en"] = "fr"

    model_config = examples({"list": "contracts", "filters": {"state": "active"}, "format": "xlsx"})


class ExportShown(Shown):
    """``done`` of ``total`` rows are written; the total is 0 until it is known."""

    id: str
    list: str
    filters: dict[str, str]
    order: str
    format: Literal["xlsx", "csv"]
    locale: Literal["fr", "en"]
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    done: int
    total: int
    percent: int
    size: int = Field(description="Bytes; 0 until it is done.")
    problem: str = Field(description="Why it failed.")
    asked_by: str
    created_at: datetime
    updated_at: datetime


Reads = Annotated[Reading, reads("reports:read")]
Writes = Annotated[Command, writes("reports:write")]


@router.get("/lists")
async def list_lists(here: Reads) -> ListsShown:
    """Every list that this caller may take away, with its columns, filters and orders."""
    return ListsShown(items=[_list(one) for one in LISTINGS.values() if _may(here, one)])


@router.post("", response_model=ExportShown, status_code=202)
async def start_export(given: ExportGiven, command: Writes) -> Response:
    """It is written by itself; ask for it again to see how far it is."""
    listing = listing_of(command, given.list)
    if unknown := sorted(given.filters.keys() - {one.name for one in listing.filters}):
        known = ", ".join(one.name for one in listing.filters)
        raise BadInput(Mistake(f"filters.{unknown[0]}", "this list has no such filter", f"use {known}"))
    asked = asked_of(listing, {**given.filters, "order": given.order})
    wish = Wish(listing.name, asked.values, asked.order, given.format, given.locale)
    made = await exports.begin(command.tx, command.tenant, command.actor, wish, command.now)
    return await command.told(shown(made), 202)


@router.get("")
async def list_exports(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[ExportShown]:
    """The latest first."""
    found = await exports.exports_of(here.tx, here.tenant, begin_at(cursor), limit + 1)
    return page(found, limit, shown, lambda one: (one.created_at.isoformat(), one.id))


@router.get("/{ref}")
async def read_export(ref: Ref, here: Reads) -> ExportShown:
    """How far it is."""
    return shown(await exports.export_of(here.tx, here.tenant, ref))


@router.post("/{ref}/stop", response_model=ExportShown)
async def stop_export(ref: Ref, command: Writes) -> Response:
    """Nothing of it is kept."""
    return await command.told(shown(await exports.stop(command.tx, command.tenant, command.actor, ref)))


@router.get(
    "/{ref}/content",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, to be saved."}},
)
async def read_export_content(ref: Ref, here: Reads) -> Response:
    """The file itself; each download is a line of the trail. 409 until it is done."""
    found = await exports.export_of(here.tx, here.tenant, ref)
    listing_of(here, found.wish.listing)
    if not found.file:
        raise Conflict(f"the export {ref} has no file: it is {found.state}")
    known = await known_file(here.tx, here.tenant, found.file)
    content = await here.parts.files.read(here.tx, here.tenant, found.file)
    await audit.write(here.tx, here.tenant, here.actor, "file.downloaded", f"file:{found.file}")
    return download(known.name, known.media_type, content)


def listing_of(here: Reading, name: str) -> Listing:
    """Raises BadInput, and Refused for a list that this caller may not read."""
    listing = LISTINGS.get(name)
    if listing is None:
        raise exports.unknown_list(name, LISTINGS)
    if not _may(here, listing):
        raise Refused("forbidden", f"This list asks for the permission {listing.permission}.")
    return listing


def _may(here: Reading, listing: Listing) -> bool:
    return here.who.extent(listing.permission) is Extent.ALL


def _said(one: Bilingual) -> Said:
    return Said(fr=one.fr, en=one.en)


def _list(one: Listing) -> ListShown:
    orders = dict.fromkeys((one.order.removeprefix("-"), *one.sorts))
    return ListShown(
        name=one.name, title=_said(one.title), orders=list(orders),
        columns=[ColumnShown(name=c.name, label=_said(c.label), kind=c.kind.value) for c in one.columns],
        filters=[
            FilterShown(name=f.name, label=_said(f.label), asks=f.ask.value, choices=list(f.choices))
            for f in one.filters
        ],
    )  # fmt: skip


def shown(found: Export) -> ExportShown:
    wish = found.wish
    return ExportShown.model_validate(
        {
            "id": found.id, "list": wish.listing, "filters": dict(wish.values), "order": wish.order,
            "format": wish.format, "locale": wish.locale, "state": found.state, "done": found.done,
            "total": found.total, "percent": found.percent, "size": found.size, "problem": found.problem,
            "asked_by": found.asked_by, "created_at": found.created_at, "updated_at": found.updated_at,
        }
    )  # fmt: skip
