"""A back-test over a file of facts from elsewhere, read row by row, with a checkpoint beside the file."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from adapters.csv_rows import RawRow, rows
from adapters.durable.client import DurableRules
from adapters.holidays import PublicHolidays
from commands.books import named, shipped_library
from commands.findings import Sinks, give
from commands.progress import INTERRUPTED, progress
from commands.words import Voice
from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from domain.look import Look
from rules.asking import open_days
from rules.comparison import Comparison
from rules.engine import Book
from rules.findings import findings
from rules.history import ON, SUBJECT, History
from web.trials.page import About

EVERY = 5_000
"""Rows between two checkpoints."""

SHOWN = 20
"""Rows that cannot be read are counted; so many are told."""


@dataclass
class Reader:
    """How far the file is read, and what of it could not be."""

    path: Path
    history: History
    identity: str
    line: int = 1
    unread: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def checkpoint(self) -> Path:
        return self.path.with_name(f"{self.path.name}.trial.json")

    def looks(self, source: BinaryIO) -> Iterator[Look]:
        """From where it stopped. Raises BadInput for a file that cannot be read at all."""
        done, first = self.line, True
        for row in rows(source, (SUBJECT, ON)):
            if first and row.mistake is None:
                self.history.refuse_columns(list(row.values))
                first = False
            if row.number <= done:
                continue
            self.line = row.number
            if (look := self._look(row)) is not None:
                yield look

    def _look(self, row: RawRow) -> Look | None:
        try:
            if row.mistake:
                raise BadInput(Mistake(f"line {row.number}", row.mistake.problem, row.mistake.mend))
            return self.history.look(row.number, row.values)
        except BadInput as wrong:
            self.unread += 1
            self.mistakes += [str(one) for one in wrong.mistakes][: max(0, SHOWN - len(self.mistakes))]
            return None

    def save(self, comparison: Comparison) -> None:
        state = {
            "identity": self.identity,
            "line": self.line,
            "unread": self.unread,
            "mistakes": self.mistakes,
            "last": self.history.last,
            "comparison": comparison.state(),
        }
        partial = self.checkpoint.with_suffix(".partial")
        partial.write_text(json.dumps(state), "utf-8")
        partial.replace(self.checkpoint)

    def restore(self, comparison: Comparison) -> None:
        """Raises BadInput when there is nothing to go on with, or when it was another trial."""
        try:
            state = json.loads(self.checkpoint.read_text("utf-8"))
        except (OSError, ValueError):
            mend = "leave --go-on out to begin"
            raise BadInput(Mistake(str(self.checkpoint), "no interrupted trial is here", mend)) from None
        if state["identity"] != self.identity:
            mend = "leave --go-on out to begin again"
            raise BadInput(Mistake(str(self.checkpoint), "it is of other books or another file", mend))
        self.line, self.unread, self.mistakes = state["line"], state["unread"], state["mistakes"]
        self.history.last = tuple(state["last"])
        comparison.restore(state["comparison"])


def try_history(
    voice: Voice,
    path: Path,
    file: Path,
    against: str,
    zone: str,
    country: str,
    currency: str,
    go_on: bool,
    into: Sinks,
) -> None:
    """Raises BrokenBook, BadInput."""
    old, new = _books(file, against)
    comparison = Comparison(old, new, zone, open_days(country, PublicHolidays()), path.name)
    identity = f"{path.name} {path.stat().st_size} {old.revision} {new.revision} {zone} {country} {currency}"
    reader = Reader(path, History({**old.facts, **new.facts}, zone, currency), identity)
    if go_on:
        reader.restore(comparison)
    _run(voice, reader, comparison)
    for mistake in reader.mistakes:
        voice.problem(mistake, mistake)
    found = findings(comparison.finish())
    about = About(
        title=new.title,
        book=new.name,
        kind="back_test",
        old=old.revision,
        new=new.revision,
        on=local_date(datetime.now(UTC), zone),
        source=path.name,
    )
    more: dict[str, Any] = {"unread_rows": reader.unread, "mistakes": reader.mistakes}
    give(voice, about, found, into, more)
    reader.checkpoint.unlink(missing_ok=True)
    if reader.unread:
        voice.problem(f"lignes illisibles : {reader.unread}", f"rows that cannot be read: {reader.unread}")
        raise SystemExit(1)


def _books(file: Path, against: str) -> tuple[Book, Book]:
    with closing(DurableRules()) as engine:
        library = shipped_library(engine)
        new = named(file.as_posix(), library)
        return (library.book(new.name) if against == "shipped" else named(against, library)), new


def _run(voice: Voice, reader: Reader, comparison: Comparison) -> None:
    size = reader.path.stat().st_size
    with reader.path.open("rb") as source, progress(voice, reader.path.name) as tell, interrupts() as asked:
        for number, look in enumerate(reader.looks(source), 1):
            comparison.take((look,))
            if asked or number % EVERY == 0:
                reader.save(comparison)
                tell(source.tell(), size)
            if asked:
                break
    if asked:
        voice.problem("interrompu ; --go-on le reprend", "interrupted; --go-on goes on with it")
        raise SystemExit(INTERRUPTED)


@contextmanager
def interrupts() -> Iterator[list[int]]:
    """Fills when Ctrl-C is pressed, so that no row is counted by half."""
    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
