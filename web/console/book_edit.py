"""A rule book being written: checked as it stands, compared with what is in force, its examples run; kept
as a revision, which comes into force when it is published and not before.
"""

import asyncio
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from database.shared import rules
from database.shared.rules import Draft
from domain.typography import spaced
from rules.engine import Book
from rules.errors import BookError, BrokenBook
from rules.example_outcomes import Outcome
from rules.library import Library, misnamed
from rules.reader import LARGEST
from web.console.book import IN_FORCE, differences, examples_of, lines_of, name_in, side
from web.console.visit import Visit, goes_to, refused, text_of


@dataclass(frozen=True)
class Verdict:
    """``book`` is None when there are errors. Every mistake at once, with its place."""

    errors: tuple[BookError, ...]
    warnings: tuple[BookError, ...] = ()
    book: Book | None = None
    examples: tuple[Outcome, ...] = ()


async def show(visit: Visit) -> Response:
    """Begins with what is in force, or with a revision that was written before."""
    name = name_in(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        revision, text = await side(tx, visit, name, visit.asked("from") or IN_FORCE)
    return await _page(visit, name, (revision, text), text, "", None)


async def take(visit: Visit) -> Response:
    """Check it, or keep it. What has a mistake is shown again as it was written."""
    name, form = name_in(visit), await visit.request.form()
    text = _content(form.get("content"))
    if len(text.encode()) > LARGEST:
        return refused(visit.request, 413, "books.too_large", most=LARGEST)
    found = await asyncio.to_thread(judged, visit.desk.parts.library, text, name)
    note = text_of(form, "note")
    if text_of(form, "act") == "save" and found.book:
        draft = Draft(
            name, found.book.revision, text, found.book.version, note or visit.words("books.no_note")
        )
        async with visit.database.tenant(visit.tenant.id) as tx:
            await rules.add_revision(tx, visit.tenant.id, visit.actor, draft, visit.moments.now)
        return goes_to(f"/books/{name}?saved={found.book.revision}#revisions")
    async with visit.database.tenant(visit.tenant.id) as tx:
        base = await side(tx, visit, name, IN_FORCE)
    return await _page(visit, name, base, text, note, found)


async def check(visit: Visit) -> Response:
    """For the editor's script, while somebody writes. Nothing is kept."""
    name, form = name_in(visit), await visit.request.form()
    text = _content(form.get("content"))
    found = await asyncio.to_thread(judged, visit.desk.parts.library, text, name)
    locale = visit.words.locale

    def told(errors: tuple[BookError, ...]) -> list[dict[str, object]]:
        return [
            {"line": one.line, "column": one.column, "text": spaced(one.text.to(locale), locale)}
            for one in errors
        ]

    return JSONResponse(
        {
            "errors": told(found.errors),
            "warnings": told(found.warnings),
            "said": said(visit, found),
            "revision": found.book.revision if found.book else "",
        }
    )


def said(visit: Visit, found: Verdict) -> str:
    if found.errors:
        return visit.words("books.check.errors", n=len(found.errors))
    return visit.words("books.check.sound", n=len(found.examples))


def judged(library: Library, text: str, name: str) -> Verdict:
    file = f"{name}.yaml"
    try:
        read = library.check(text, file)
        if read.name != name:
            raise BrokenBook((misnamed(file, read.name, name),))
    except BrokenBook as broken:
        return Verdict(broken.errors)
    return Verdict((), read.warnings, read, tuple(examples_of(read)))


def _content(given: object) -> str:
    """As an editor on a Unix machine would have kept it: forms send CR LF."""
    text = given if isinstance(given, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


async def _page(
    visit: Visit, name: str, base: tuple[str, str], text: str, note: str, found: Verdict | None
) -> Response:
    """``base`` is what is in force, by revision and text."""
    changed = text != base[1]
    answer = visit.page(
        "book_edit.html.j2", book=visit.desk.parts.library.book(name), text=text, note=note, found=found,
        told=said(visit, found) if found else "", base=base[0], changed=changed,
        changes=differences(base[1], text) if found and found.book and changed else [],
        lines=lines_of(base, (visit.words("books.draft"), text)) if found and changed else [],
    )  # fmt: skip
    answer.status_code = 422 if found and found.errors else 200
    return answer
