"""Rule books as administrators wrote them, with what is wrong in them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from api.books import TenantBooks, books_of
from domain.decision import Bilingual
from rules.errors import BookError
from rules.library import at_once
from rules.reader import LARGEST
from web.console.visit import Visit


@dataclass(frozen=True)
class ShownBook:
    """``text`` is the file as it lies there, or the tenant's ``own`` one; with ``problems`` it is not what is
    in force.
    """

    name: str
    revision: str
    version: str
    title: Bilingual
    text: str
    problems: tuple[BookError, ...]
    own: bool = False

    @property
    def domain(self) -> str:
        return self.name.partition("/")[0]


async def books(visit: Visit) -> Response:
    parts = visit.desk.parts
    await asyncio.to_thread(parts.library.refresh)
    async with visit.database.tenant(visit.tenant.id) as tx:
        mine = await books_of(tx, visit.tenant.id, parts.library, visit.moments.now)
        shown = [await _shown(mine, book.name, parts.rules_folder) for book in parts.library.books()]
    known = {f"{book.name}.yaml" for book in shown}
    others = [problem for problem in parts.library.problems() if problem.file not in known]
    return visit.page("books.html.j2", books=shown, others=others)


async def problems_of(tx: AsyncConnection, visit: Visit) -> list[BookError]:
    """Of the files, and of the tenant's own revisions: of no other tenant's."""
    library = visit.desk.parts.library
    mine = await books_of(tx, visit.tenant.id, library, visit.moments.now)
    known = {book.name for book in library.books()} & mine.versions.keys()
    own = {error for name in sorted(known) for error in await mine.problems(name)}
    return sorted({*library.problems(), *own})


async def _shown(mine: TenantBooks, name: str, folder: Path) -> ShownBook:
    book, own = await mine.book(name), await mine.own_text(name)
    text = own if own is not None else await asyncio.to_thread(_text, folder / f"{name}.yaml")
    problems = await mine.problems(name)
    return ShownBook(
        name, book.revision, book.version, book.title, text, problems, own is not None
    )  # fmt: skip


def _text(file: Path) -> str:
    try:
        with open(file, "rb", opener=at_once) as stream:
            return stream.read(LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
