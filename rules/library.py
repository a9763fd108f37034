"""The books of a folder, kept in force: what changes on disk is checked, and only then replaces the old."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from domain.errors import NotFound
from rules.engine import Book
from rules.errors import BookError, BrokenBook, BrokenBooks
from rules.reader import LARGEST, decode
from rules.reading import Vocabulary
from rules.schema import read_book
from rules.vocabulary import shipped_vocabulary

Stamp = tuple[int, int, int]
"""Modification time in ns, size, inode: an editor that saves twice in one tick still changes one of them."""


@dataclass(frozen=True)
class _Shelf:
    books: dict[str, Book]
    stamps: dict[Path, Stamp]
    problems: dict[Path, tuple[BookError, ...]]


class Library:
    """Thread-safe. Raises BrokenBooks when a shipped book is broken at start.

    ``refresh`` reads what changed since. A broken or deleted file leaves the last valid revision in force
    and shows in ``problems``.
    """

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._lock = Lock()
        self._shelf = _Shelf({}, {}, {})
        self.refresh()
        if not self._shelf.stamps:
            raise BrokenBooks(
                (BookError(str(folder), 1, 1, "aucun livre de règles ici", "no rule book here"),)
            )
        if problems := self.problems():
            raise BrokenBooks(problems)

    @classmethod
    def load(cls, folder: Path) -> "Library":
        """The books of ``folder``, checked against the message templates that lie beside it."""
        return cls(folder, shipped_vocabulary(folder.parent / "templates"))

    def __len__(self) -> int:
        return len(self._shelf.books)

    def book(self, name: str) -> Book:
        """The revision in force. Raises NotFound."""
        try:
            return self._shelf.books[name]
        except KeyError:
            raise NotFound("rule book", name) from None

    def books(self) -> tuple[Book, ...]:
        return tuple(self._shelf.books[name] for name in sorted(self._shelf.books))

    def problems(self) -> tuple[BookError, ...]:
        found = self._shelf.problems
        return tuple(error for path in sorted(found) for error in found[path])

    def refresh(self) -> tuple[str, ...]:
        """Reads the files that changed; returns the names of the books whose revision is new."""
        with self._lock:
            before = self._shelf
            after = _Shelf(dict(before.books), {}, {})
            for path, stamp in self._files():
                after.stamps[path] = stamp
                if before.stamps.get(path) == stamp:
                    if path in before.problems:
                        after.problems[path] = before.problems[path]
                    continue
                self._take(path, after)
            for path in before.stamps.keys() - after.stamps.keys():
                if path.relative_to(self._folder).with_suffix("").as_posix() in after.books:
                    after.problems[path] = (self._deleted(path),)
                    after.stamps[path] = (0, 0, 0)
            # One assignment: a reader sees the whole old shelf or the whole new one, without a lock.
            self._shelf = after
            return tuple(
                name for name, book in sorted(after.books.items())
                if name not in before.books or before.books[name].revision != book.revision
            )  # fmt: skip

    def _take(self, path: Path, shelf: _Shelf) -> None:
        file = path.relative_to(self._folder).as_posix()
        try:
            with path.open("rb") as stream:
                book = read_book(decode(stream.read(LARGEST + 1), file), file, self._vocabulary)
            expected = file.removesuffix(".yaml")
            if book.name != expected:
                raise BrokenBook((_misnamed(file, book.name, expected),))
        except BrokenBook as broken:
            shelf.problems[path] = broken.errors
        except OSError as error:
            fr, en = f"fichier illisible ({error.strerror})", f"unreadable file ({error.strerror})"
            shelf.problems[path] = (BookError(file, 1, 1, fr, en),)
        else:
            shelf.books[book.name] = book

    def _files(self) -> Iterator[tuple[Path, Stamp]]:
        for path in sorted(self._folder.rglob("*.yaml")):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            yield path, (stat.st_mtime_ns, stat.st_size, stat.st_ino)

    def _deleted(self, path: Path) -> BookError:
        file = path.relative_to(self._folder).as_posix()
        return BookError(
            file, 1, 1, "fichier supprimé : la dernière révision valide reste en vigueur",
            "file deleted: the last valid revision stays in force",
        )  # fmt: skip


def _misnamed(file: str, name: str, expected: str) -> BookError:
    return BookError(
        file,
        1,
        1,
        f"le livre s’appelle « {name} » et non « {expected} »",
        f"the book is named {name!r}, not {expected!r}",
        expected,
    )
