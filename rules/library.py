"""The books of a folder, kept in force: what changes on disk is checked, and only then replaces the old.

A tenant's own revision goes before the book of the folder.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from domain.errors import BadInput, NotFound, RulesEngineDown
from domain.ports import Matcher
from domain.publication import Version
from rules.agreement import disagreements
from rules.durable import on_durable_rules
from rules.engine import Book
from rules.errors import BookError, BrokenBook, BrokenBooks, nearest
from rules.reader import LARGEST, Scalar, Table, decode, read_nodes
from rules.reading import Vocabulary
from rules.revisions import Refused, Revisions
from rules.schema import read_book
from rules.vocabulary import shipped_vocabulary

Stamp = tuple[int, int, int]
"""Modification time in ns, size, inode: an editor that saves twice in one tick still changes one of them."""

Fetch = Callable[[str], Awaitable[str]]
"""The text of a tenant's revision."""

Passed = Mapping[tuple[str, str], tuple[BookError, ...]]
"""What is wrong, by book and revision."""


@dataclass(frozen=True)
class _Shelf:
    books: dict[str, Book]
    stamps: dict[Path, Stamp]
    problems: dict[Path, tuple[BookError, ...]]


class Library:
    """Thread-safe. Raises BrokenBooks when a shipped book is broken at start.

    ``refresh`` reads what changed since. A broken or deleted file leaves the last valid revision in force
    and shows in ``problems``. ``matcher`` answers for patterns, and with ``durable`` for the conditions
    of all other books too; closing it is its owner's affair.
    """

    def __init__(
        self, folder: Path, vocabulary: Vocabulary, matcher: Matcher | None = None, *, durable: bool = False
    ) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self.matcher = matcher
        self._durable = durable
        self._lock = Lock()
        self._shelf = _Shelf({}, {}, {})
        self._revisions = Revisions()
        self._passed_over: Passed = {}
        self.refresh()
        if not self._shelf.stamps:
            raise BrokenBooks(
                (BookError(str(folder), 1, 1, "aucun livre de règles ici", "no rule book here"),)
            )
        if problems := self.problems():
            raise BrokenBooks(problems)

    @classmethod
    def load(cls, folder: Path, matcher: Matcher | None = None) -> "Library":
        """The books of ``folder``, checked against the message templates that lie beside it."""
        return cls(folder, shipped_vocabulary(folder.parent / "templates"), matcher)

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
        """Of the files."""
        found = self._shelf.problems
        return tuple(error for path in sorted(found) for error in found[path])

    def passed_over(self) -> tuple[BookError, ...]:
        """Of tenants' revisions that should be in force, named `book@revision.yaml`. For operators only: they
        quote what tenants wrote.
        """
        found = self._passed_over
        return tuple(error for key in sorted(found) for error in found[key])

    async def in_force(self, name: str, versions: Iterable[Version], fetch: Fetch) -> Book:
        """The first of a tenant's versions that can still be read, else the book of the folder.

        ``fetch`` is asked only for what was not read before. Raises NotFound.
        """
        shipped = self.book(name)
        for version in versions:
            if not version.revision:
                break
            found = await self._revision(shipped, version, fetch)
            if isinstance(found, Book):
                return found
            self._passed_over = {**self._passed_over, (name, version.revision): found.errors}
        return shipped

    async def refused(self, name: str, versions: Iterable[Version], fetch: Fetch) -> Passed:
        """What is wrong with the version that should be in force; empty when it can be read."""
        version = next(iter(versions), Version())
        if name not in self._shelf.books or not version.revision:
            return {}
        found = await self._revision(self.book(name), version, fetch)
        return {(name, version.revision): found.errors} if isinstance(found, Refused) else {}

    def pass_over(self, refused: Passed) -> None:
        """Of all tenants, what should be in force and cannot be read: it replaces what was known of it."""
        self._passed_over = refused

    def check(self, text: str, file: str = "") -> Book:
        """A tenant's book, which must agree with the shipped one of its name.

        Raises BrokenBook with every mistake.
        """
        named = read_nodes(text, file or "book.yaml").entries.get("name")
        name = named.text.strip() if isinstance(named, Scalar) else ""
        return self._checked(text, file or f"{name or 'book'}.yaml", name)

    async def _revision(self, shipped: Book, version: Version, fetch: Fetch) -> Book | Refused:
        key = (shipped.name, version.sha256, shipped.revision)
        found = self._revisions.get(key)
        if found is None:
            text = await fetch(version.revision)
            file = f"{shipped.name}@{version.revision}.yaml"
            found = await asyncio.to_thread(self._read_again, text, file, shipped.name)
            self._revisions.put(key, found, len(text))
        return found

    def _read_again(self, text: str, file: str, name: str) -> Book | Refused:
        try:
            return self._checked(text, file, name)
        except BrokenBook as broken:
            return Refused(broken.errors)

    def _checked(self, text: str, file: str, name: str) -> Book:
        root = read_nodes(text, file)
        shipped = self._shelf.books.get(name)
        errors = disagreements(root, file, shipped) if shipped else self._unknown(root, file, name)
        try:
            book = self._read(text, file)
        except BrokenBook as broken:
            errors += broken.errors
        if errors:
            raise BrokenBook(tuple(sorted(set(errors))))
        return book

    def _read(self, text: str, file: str) -> Book:
        book = read_book(text, file, self._vocabulary, matcher=self.matcher)
        if not self._durable or self.matcher is None:
            return book
        try:
            return on_durable_rules(book, self.matcher)
        except BadInput as wrong:
            raise BrokenBook((BookError(file, 1, 1, str(wrong), str(wrong)),)) from None

    def _unknown(self, root: Table, file: str, name: str) -> tuple[BookError, ...]:
        place = root.entries["name"].place if name else root.place
        fr, en = f"aucun processus ne lit le livre « {name} »", f"no process reads a book {name!r}"
        suggestion = nearest(name, tuple(self._shelf.books))
        return (BookError(file, place.line, place.column, fr, en, suggestion),)

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
            with open(path, "rb", opener=at_once) as stream:
                book = self._read(decode(stream.read(LARGEST + 1), file), file)
            expected = file.removesuffix(".yaml")
            if book.name != expected:
                raise BrokenBook((misnamed(file, book.name, expected),))
        except BrokenBook as broken:
            shelf.problems[path] = broken.errors
        except RulesEngineDown as down:
            fr, en = "livre non essayé : le moteur de règles ne répond pas", f"book not tried: {down}"
            shelf.problems[path] = (BookError(file, 1, 1, fr, en),)
            shelf.stamps[path] = (0, 0, 0)
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
            except OSError:  # unreadable for the moment: reading it says why
                yield path, (0, 0, 0)
                continue
            yield path, (stat.st_mtime_ns, stat.st_size, stat.st_ino)

    def _deleted(self, path: Path) -> BookError:
        file = path.relative_to(self._folder).as_posix()
        return BookError(
            file, 1, 1, "fichier supprimé : la dernière révision valide reste en vigueur",
            "file deleted: the last valid revision stays in force",
        )  # fmt: skip


def at_once(path: str, flags: int) -> int:
    """Opens without waiting for a writer: a pipe in the folder is an empty file, not a standstill."""
    return os.open(path, flags | os.O_NONBLOCK)


def misnamed(file: str, name: str, expected: str) -> BookError:
    return BookError(
        file,
        1,
        1,
        f"le livre s’appelle « {name} » et non « {expected} »",
        f"the book is named {name!r}, not {expected!r}",
        expected,
    )
