"""What the twin of the providers has received: every message, found by its ids, kept in the journal."""

import base64
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from adapters.local.journal import Journal, Record
from domain.message import Channel


@dataclass(frozen=True)
class Enclosure:
    """An attachment; its bytes are in the data folder under their SHA-256 (hexadecimal)."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass
class Stored:
    """``status`` and ``fate`` (the last status to come) are the provider's own words; ``at`` is Unix time."""

    sid: str
    channel: Channel
    to: str
    sender: str
    text: str
    at: float
    status: str
    fate: str = "delivered"
    message_id: str = ""
    subject: str = ""
    html: str = ""
    callback: str = ""
    code: str = ""
    inbound: bool = False
    told: list[str] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)


KNOWN = {each.name for each in fields(Stored)}


class Mailbox:
    """Messages in the order of acceptance, and the numbers that said STOP."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(folder / "messages.jsonl")
        self.opted_out: set[str] = set()
        self._enclosures = folder / "enclosures"
        self._enclosures.mkdir(exist_ok=True)
        self._all: list[Stored] = []
        self._by_sid: dict[str, Stored] = {}
        self._by_message: dict[str, list[Stored]] = defaultdict(list)
        self._by_person: dict[str, list[Stored]] = defaultdict(list)
        for record in self.journal.load():
            self._replay(record)

    @property
    def size(self) -> int:
        return len(self._all)

    @property
    def repeated(self) -> dict[str, int]:
        """Our message ids that were accepted more than once, and how often."""
        return {ours: len(them) for ours, them in self._by_message.items() if len(them) > 1}

    async def keep(self, message: Stored) -> None:
        """Returns once the message survives a crash."""
        await self.journal.append({"kind": "message", **asdict(message)})
        self._index(message)

    def progress(self, message: Stored, status: str, code: str = "") -> None:
        message.status, message.code = status, code or message.code
        self.journal.note({"kind": "status", "sid": message.sid, "status": status, "code": message.code})

    def heard(self, message: Stored, status: str) -> None:
        """The platform answered 2xx to the webhook about this status."""
        message.told.append(status)
        self.journal.note({"kind": "told", "sid": message.sid, "status": status})

    def opt(self, number: str, out: bool) -> None:
        (self.opted_out.add if out else self.opted_out.discard)(number)
        self.journal.note({"kind": "opt", "number": number, "out": out})

    def enclose(self, name: str, media_type: str, content: str) -> Enclosure:
        """``content`` is base64. Raises binascii.Error if it is not. The bytes are on disk on return."""
        raw = base64.b64decode(content, validate=True)
        digest = hashlib.sha256(raw).hexdigest()
        path = self._enclosures / digest
        if not path.exists():
            draft = path.with_name(f"{digest}.{os.getpid()}.draft")
            with draft.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        return Enclosure(name, media_type, len(raw), digest)

    def enclosure(self, sid: str, digest: str) -> tuple[Enclosure, Path] | None:
        message = self._by_sid.get(sid)
        known = [each for each in message.enclosures if each.digest == digest] if message else []
        return (known[0], self._enclosures / digest) if known else None

    def get(self, sid: str) -> Stored | None:
        return self._by_sid.get(sid)

    def find(self, *, message_id: str = "", to: str = "", channel: str = "") -> Iterator[Stored]:
        """Newest first; an empty filter lets everything through."""
        if message_id:
            pool = self._by_message.get(message_id, [])
        else:
            pool = self._by_person.get(to, []) if to else self._all
        return (
            each
            for each in reversed(pool)
            if (not to or each.to == to) and (not channel or each.channel == channel)
        )

    def _index(self, message: Stored) -> None:
        self._all.append(message)
        self._by_sid[message.sid] = message
        self._by_person[message.to].append(message)
        if message.message_id:
            self._by_message[message.message_id].append(message)

    def _replay(self, record: Record) -> None:
        kind = record["kind"]
        if kind == "message":
            self._index(_stored(record))
        elif kind == "opt":
            (self.opted_out.add if record["out"] else self.opted_out.discard)(record["number"])
        elif kind == "status":
            message = self._by_sid[record["sid"]]
            message.status, message.code = record["status"], record["code"]
        else:
            self._by_sid[record["sid"]].told.append(record["status"])


def _stored(record: Record) -> Stored:
    known: dict[str, Any] = {name: value for name, value in record.items() if name in KNOWN}
    known["channel"] = Channel(known["channel"])
    known["enclosures"] = [Enclosure(**each) for each in known["enclosures"]]
    return Stored(**known)
