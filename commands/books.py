"""Rule books as the operator names them: a file, a folder, or the name of a shipped book."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from domain.errors import BadInput, Mistake
from domain.ports import Matcher
from rules.engine import Book
from rules.errors import BookError, BrokenBook, nearest
from rules.library import Library, misnamed
from rules.reader import LARGEST, decode
from rules.schema import read_book
from rules.vocabulary import shipped_vocabulary
from settings import HERE

SHIPPED = HERE / "rules"


@dataclass
class Found:
    """What became of some files."""

    books: list[tuple[str, Book]] = field(default_factory=list)
    errors: list[BookError] = field(default_factory=list)
    warnings: list[BookError] = field(default_factory=list)


def shipped_library(matcher: Matcher | None = None) -> Library:
    """Raises BrokenBooks."""
    return Library(SHIPPED, shipped_vocabulary(HERE / "templates"), matcher)


def read_all(paths: tuple[Path, ...], matcher: Matcher, *, examples: bool = True) -> Found:
    """Every book of the files and folders; the shipped ones when none are given.

    A file from elsewhere is a tenant's draft: it has to agree with the shipped book of its name.
    """
    found = Found()
    vocabulary = shipped_vocabulary(HERE / "templates")
    drafts = cache(partial(shipped_library, matcher))
    for path, file, name in files_of(paths or (SHIPPED,)):
        try:
            text = text_of(path, file)
            if name or not examples:
                book = read_book(text, file, vocabulary, examples=examples, matcher=matcher)
            else:
                book = drafts().check(text, file)
            if name and book.name != name:
                raise BrokenBook((misnamed(file, book.name, name),))
        except BrokenBook as broken:
            found.errors += broken.errors
        else:
            found.books.append((file, book))
            found.warnings += book.warnings
    return found


def files_of(paths: tuple[Path, ...]) -> Iterator[tuple[Path, str, str]]:
    """Each with what to call it in messages and the name that its place demands; empty: none."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*.yaml")):
                name = file.relative_to(path).with_suffix("").as_posix()
                yield file, file.as_posix() if path != SHIPPED else f"{name}.yaml", name
        else:
            shipped = path.resolve().is_relative_to(SHIPPED)
            name = path.resolve().relative_to(SHIPPED).with_suffix("").as_posix() if shipped else ""
            yield path, path.as_posix(), name


def text_of(path: Path, file: str = "") -> str:
    """Raises BrokenBook, BadInput."""
    try:
        with path.open("rb") as stream:
            return decode(stream.read(LARGEST + 1), file or path.as_posix())
    except OSError as error:
        raise BadInput(
            Mistake(path.as_posix(), f"{error.strerror}", "give a file that can be read")
        ) from None


def named(given: str, library: Library) -> Book:
    """A shipped book by its name, or a file, whose mistakes are said. Raises BadInput, BrokenBook."""
    path = Path(given)
    if path.is_file():
        vocabulary = shipped_vocabulary(HERE / "templates")
        return read_book(text_of(path), path.as_posix(), vocabulary, matcher=library.matcher)
    names = tuple(book.name for book in library.books())
    if given not in names:
        near = nearest(given, names)
        mend = f"did you mean {near}?" if near else f"give a file or one of {', '.join(names)}"
        raise BadInput(Mistake("BOOK", f"{given!r} is no file and no shipped book", mend))
    return library.book(given)
