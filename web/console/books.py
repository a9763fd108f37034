"""Rule books as administrators wrote them, with what is wrong in them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from domain.decision import Bilingual
from rules.errors import BookError
from rules.library import Library
from rules.reader import LARGEST
from web.console.visit import Visit


@dataclass(frozen=True)
class ShownBook:
    """``text`` is the file as it lies there; with ``problems`` it is not what is in force."""

    name: str
    revision: str
    version: str
    title: Bilingual
    text: str
    problems: tuple[BookError, ...]


async def books(visit: Visit) -> Response:
    parts = visit.desk.parts
    shown, others = await asyncio.to_thread(read_books, parts.library, parts.rules_folder)
    return visit.page("books.html.j2", books=shown, others=others)


def read_books(library: Library, folder: Path) -> tuple[list[ShownBook], list[BookError]]:
    """Every book in force, and the problems of files that have never been one."""
    library.refresh()
    problems = library.problems()
    shown = [
        ShownBook(
            book.name, book.revision, book.version, book.title, _text(folder / f"{book.name}.yaml"),
            tuple(problem for problem in problems if problem.file == f"{book.name}.yaml"),
        )
        for book in library.books()
    ]  # fmt: skip
    known = {f"{book.name}.yaml" for book in shown}
    return shown, [problem for problem in problems if problem.file not in known]


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
