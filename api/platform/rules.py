"""Rule books of a tenant: what is in force, what was sent, and what differs."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.books import TenantBooks, books_of
from api.commands import Command, Reading, asks, reads, writes
from api.fields import Given, Paragraph, examples
from api.pages import Cursor, Limit, Page, begin_after, begin_at, page
from api.platform import rule_shapes as shapes
from api.platform.rule_shapes import BookRead, BookShown, Checked, DiffShown, RevisionRead, RevisionShown
from database.shared import publications
from database.shared import rules as kept
from domain.publication import Publication
from rules.diff import changes, text_diff
from rules.engine import Book
from rules.errors import BrokenBook
from rules.library import misnamed
from rules.reader import LARGEST

router = APIRouter(prefix="/v1/rules", tags=["Rules"])

WORD = r"^[a-z][a-z0-9_]{0,39}$"
SHIPPED, IN_FORCE = "shipped", "in_force"

Reads = Annotated[Reading, reads("rules:read")]
Asks = Annotated[Reading, asks("rules:read")]
Writes = Annotated[Command, writes("rules:write")]
Domain = Annotated[str, Path(pattern=WORD, examples=["fleet"])]
Name = Annotated[str, Path(pattern=WORD, examples=["dunning"])]
Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$", examples=["5e0c2a91b7d4"])]
Side = Annotated[
    str,
    Query(
        pattern=rf"^([0-9a-f]{{12}}|{SHIPPED}|{IN_FORCE})$", description="A revision, or one of the words."
    ),
]
Content = Annotated[str, Field(max_length=LARGEST, description="The book as YAML.")]


class BookGiven(Given):
    content: Content

    model_config = examples({"content": "policy: stages\nname: fleet/dunning\n…"})


class RevisionGiven(BookGiven):
    note: Paragraph = Field("No note.", description="What changes and why; it stays on record.")

    model_config = examples({"content": "policy: stages\nname: fleet/dunning\n…", "note": "Two days more."})


@router.get("")
async def list_books(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[BookShown]:
    """Every book, with the revision that is in force today for this tenant."""
    (after,) = begin_after(cursor)
    books = [book for book in here.parts.library.books() if book.name > after][: limit + 1]
    look = await _look(here)
    shown = [await look.shown(book.name) for book in books]
    return page(shown, limit, lambda one: one, lambda one: (one.name,))


@router.post("/check")
async def check_book(given: BookGiven, here: Asks) -> Checked:
    """Every mistake at once, with its place. Nothing is stored."""
    try:
        book = await asyncio.to_thread(here.parts.library.check, given.content)
    except BrokenBook as broken:
        errors = tuple(map(shapes.mistake, broken.errors))
        return Checked(valid=False, name="", revision="", errors=errors, warnings=())
    warnings = tuple(map(shapes.mistake, book.warnings))
    return Checked(valid=True, name=book.name, revision=book.revision, errors=(), warnings=warnings)


@router.get("/{domain}/{book}")
async def read_book(here: Reads, domain: Domain, book: Name) -> BookRead:
    """The revision in force today, its text and its facts, and what is to come."""
    name = name_of(here, domain, book)
    look = await _look(here)
    found = await look.books.book(name)
    return BookRead(
        **vars(await look.shown(name)), facts=shapes.facts(found), content=found.content,
        warnings=tuple(map(shapes.mistake, found.warnings)),
    )  # fmt: skip


@router.post(
    "/{domain}/{book}/revisions", response_model=RevisionShown,
    responses={**shapes.BROKEN, 201: {"model": RevisionShown}},
)  # fmt: skip
async def create_revision(domain: Domain, book: Name, given: RevisionGiven, command: Writes) -> Response:
    """Keep a book that has no mistake. It is in force when it is published, not before.

    The same table again changes nothing, whatever its layout.
    """
    name = name_of(command, domain, book)
    read = await asyncio.to_thread(command.parts.library.check, given.content, f"{name}.yaml")
    if read.name != name:
        raise BrokenBook((misnamed(f"{name}.yaml", read.name, name),))
    draft = kept.Draft(name, read.revision, given.content, read.version, given.note)
    new = await kept.add_revision(command.tx, command.tenant, command.actor, draft, command.now)
    found = await kept.revision_of(command.tx, command.tenant, name, read.revision)
    return await command.told(shapes.revision(found), 201 if new else 200)


@router.get("/{domain}/{book}/revisions")
async def list_revisions(
    here: Reads, domain: Domain, book: Name, limit: Limit = 50, cursor: Cursor = ""
) -> Page[RevisionShown]:
    """Those of the tenant, the latest first."""
    name = name_of(here, domain, book)
    rows = await kept.revisions_of(here.tx, here.tenant, name, begin_at(cursor, (name,)), limit + 1)
    return page(rows, limit, shapes.revision, lambda one: (one.created_at.isoformat(), one.revision), (name,))


@router.get("/{domain}/{book}/revisions/{revision}")
async def read_revision(here: Reads, domain: Domain, book: Name, revision: Hash) -> RevisionRead:
    """With its text."""
    name = name_of(here, domain, book)
    found = await kept.revision_of(here.tx, here.tenant, name, revision)
    content = await kept.revision_content(here.tx, here.tenant, name, revision)
    return RevisionRead(**vars(shapes.revision(found)), content=content)


@router.get("/{domain}/{book}/diff")
async def compare(
    here: Reads, domain: Domain, book: Name, before: Side = IN_FORCE, after: Side = SHIPPED
) -> DiffShown:
    """What differs between two revisions."""
    name = name_of(here, domain, book)
    old, new = await _side(here, name, before), await _side(here, name, after)
    found = [vars(one) | {"kind": one.kind} for one in changes(old, new)]
    return DiffShown.model_validate(
        {"book": name, "before": before, "after": after, "changes": found,
         "text": text_diff(old, new, (f"{name}@{before}", f"{name}@{after}"))}
    )  # fmt: skip


def name_of(here: Reading, domain: str, book: str) -> str:
    """Raises NotFound."""
    return here.parts.library.book(f"{domain}/{book}").name


async def in_force(here: Reading, name: str) -> Book:
    """The tenant's revision of today, or the shipped one."""
    return await (await books_of(here.tx, here.tenant, here.parts.library, here.now)).book(name)


async def _side(here: Reading, name: str, side: str) -> str:
    if side == SHIPPED:
        return here.parts.library.book(name).content
    if side == IN_FORCE:
        return (await in_force(here, name)).content
    return await kept.any_content(here.tx, here.tenant, name, side)


async def _look(here: Reading) -> "Look":
    books = await books_of(here.tx, here.tenant, here.parts.library, here.now)
    return Look(books, await publications.pending(here.tx, here.tenant, books.today))


@dataclass(frozen=True)
class Look:
    """The books of a tenant, and what is to come."""

    books: TenantBooks
    pending: list[Publication]

    async def shown(self, name: str) -> BookShown:
        shipped, found = self.books.library.book(name), await self.books.book(name)
        return BookShown(
            name=name, title=shapes.words(found.title), policy=found.policy,
            source="shipped" if found is shipped else "tenant", revision=found.revision,
            version=found.version, shipped_revision=shipped.revision,
            pending=tuple(shapes.publication(one) for one in self.pending if one.book == name),
            problems=tuple(map(shapes.mistake, await self.books.problems(name))),
        )  # fmt: skip
