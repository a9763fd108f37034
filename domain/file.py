"""A stored file: what it is, whom it concerns, and whether it may be read."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import DomainError


class FileState(StrEnum):
    """Only what is ``clean``, ``unscanned`` (no scanner is set) or ``made`` by ourselves may be read."""

    MADE = "made"
    CLEAN = "clean"
    UNSCANNED = "unscanned"
    QUARANTINED = "quarantined"
    INFECTED = "infected"
    REMOVED = "removed"


READABLE = frozenset({FileState.MADE, FileState.CLEAN, FileState.UNSCANNED})


@dataclass(frozen=True)
class NewFile:
    """``contact`` is whom the file is about, under whose key it is sealed; empty: the tenant's own.

    ``process`` and ``ref`` name what it belongs to, ``retention`` how long such files are kept. ``shown`` is
    the copy that others see, where it differs from the original.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    process: str
    ref: str
    retention: str
    by: str
    at: datetime
    contact: str = ""
    shown: bytes = field(default=b"", repr=False)
    state: FileState = FileState.MADE


@dataclass(frozen=True)
class Entry:
    """What the store has under a name, and since when (UTC)."""

    name: str
    at: datetime


class FilesDown(DomainError):
    """The store of files does not answer; nothing was written."""

    slug = "files-down"


class ScannerDown(DomainError):
    """The virus scan does not answer: what comes in waits in quarantine."""

    slug = "files-down"


class Withheld(DomainError):
    """The file is there and may not be read now; the text says why."""

    slug = "conflict"
