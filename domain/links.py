"""Links to a person: where they answer, fetch a file, see what is theirs."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Target:
    """``audience`` is the contact the link was sent to."""

    tenant: str
    process: str
    ref: str
    audience: str


@dataclass(frozen=True)
class FileTarget:
    """``key`` is the id of the audience's data key: once it is destroyed, the link opens nothing more."""

    tenant: str
    file: str
    audience: str
    key: str
    until: datetime


@dataclass(frozen=True)
class PersonTarget:
    """A page of one's own; ``kind`` is driver or investor. ``key`` as of `FileTarget`."""

    tenant: str
    kind: str
    audience: str
    key: str
    until: datetime
