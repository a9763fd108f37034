"""Anchors: where each tenant's chain of seals ended, in files outside the database, a line for each change.

One file a month, JSON lines, each signed over itself and the line before. Copies elsewhere make them worth
more: whoever can write both the database and this folder can take off the last lines of both.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import BadInput, Mistake
from domain.trail import Anchor, Finding, Head, Signer

SUFFIX = ".jsonl"
NAMES = ("at", "tenant", "seq", "hash", "before")


@dataclass(frozen=True)
class Line:
    """``before`` is the mark of the line before; ``place`` is the file and the line's number in it."""

    at: str
    tenant: str
    seq: int
    hash: str
    before: str
    mark: str
    place: str = ""

    @property
    def signed(self) -> str:
        return "\n".join(str(getattr(self, name)) for name in NAMES)

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.tenant, self.seq, self.hash, datetime.fromisoformat(self.at))


class AnchorFiles:
    """Implements the port Anchors. Several processes may append: they wait for each other."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self.folder = folder
        self._signer = signer
        self._read: tuple[str, int] = ("", -1)
        self._latest: dict[str, Anchor] = {}
        self._mark = ""

    def append(self, heads: Sequence[Head], at: datetime) -> None:
        """Raises BadInput when the folder cannot be written."""
        if not heads:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self.folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._append(heads, at)
        except OSError as error:
            problem = f"{self.folder} cannot be written ({error.strerror})"
            raise BadInput(Mistake("ECHEANCE_ANCHORS_FOLDER", problem, "give a folder of ours")) from None

    def latest(self, tenant: str) -> Anchor | None:
        self._catch_up()
        return self._latest.get(tenant)

    def lines(self) -> Iterator[Line | Finding]:
        """Every line, the oldest first; a line that cannot be read or is not ours is a finding instead."""
        before: str | None = None
        for file in self._files():
            for number, text in enumerate(file.read_bytes().split(b"\n")[:-1], 1):
                line = _line(text, f"{file.name}:{number}")
                if line is None or not self._signer.is_genuine(line.signed, line.mark):
                    yield Finding("anchor", f"{file.name}:{number} was not written by the platform")
                    continue
                if before is not None and line.before != before:
                    yield Finding("anchor", f"{file.name}:{number} does not follow: lines are missing")
                before = line.mark
                yield line

    def _append(self, heads: Sequence[Head], at: datetime) -> None:
        self._catch_up()
        name = f"{at.astimezone(UTC):%Y-%m}{SUFFIX}"
        file = self.folder / max([name, *(path.name for path in self._files())])
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as into:
            into.seek(_whole(into.read()))
            into.truncate()  # a line that a crash cut short was never relied upon
            for head in heads:
                into.write(self._written(head, at))
            into.flush()
            os.fsync(into.fileno())

    def _written(self, head: Head, at: datetime) -> bytes:
        drawn = Line(at.astimezone(UTC).isoformat(), head.tenant, head.seq, head.hash, self._mark, "")
        self._mark = self._signer.sign(drawn.signed)
        values = {name: getattr(drawn, name) for name in NAMES}
        return json.dumps({**values, "mark": self._mark}, separators=(",", ":")).encode() + b"\n"

    def _catch_up(self) -> None:
        """Nothing to do as long as nobody else has written."""
        files = self._files()
        seen = (files[-1].name, files[-1].stat().st_size) if files else ("", 0)
        if seen == self._read:
            return
        self._latest, self._mark = {}, ""
        for line in self.lines():
            if isinstance(line, Line):
                self._mark = line.mark
                self._latest[line.tenant] = line.anchor
        self._read = seen

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"*{SUFFIX}"))


def _whole(content: bytes) -> int:
    """Where the last whole line ends."""
    return content.rfind(b"\n") + 1


def _line(text: bytes, place: str) -> Line | None:
    try:
        values = json.loads(text)
        line = Line(**{name: values[name] for name in (*NAMES, "mark")}, place=place)
        return line if datetime.fromisoformat(line.at).tzinfo and isinstance(line.seq, int) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
