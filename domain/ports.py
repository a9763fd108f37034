"""What the inside asks of the outside world. Adapters implement these."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from domain.case import Case
from domain.file import Entry
from domain.links import FileTarget, Target
from domain.message import Answer, Channel, Envelope
from domain.platform.webhook import Receipt
from domain.table import Table
from domain.upload import Checked, Given


class Provider(Protocol):
    """One channel's provider. Never raises for a provider's fault: the verdict says it."""

    @property
    def channel(self) -> Channel: ...

    async def send(self, envelope: Envelope) -> Answer: ...

    async def look_up(self, envelope: Envelope) -> Answer:
        """Was it accepted? ACCEPTED, ABSENT, UNANSWERABLE, or BUSY or UNREACHABLE to ask later."""
        ...


@dataclass(frozen=True)
class Text:
    """A rendered message. ``subject`` and ``html`` are empty for an SMS."""

    text: str
    subject: str = ""
    html: str = ""


class Writer(Protocol):
    """Renders the words of a message template. Raises BadInput when a template or a value is missing."""

    def write(self, template: str, channel: Channel, locale: str, data: Mapping[str, Any]) -> Text: ...


class Links(Protocol):
    """Signed links by which people answer. Made when a message is written, never kept in a history."""

    def to(self, target: Target) -> str: ...


class FileLinks(Protocol):
    """Signed links by which one person fetches one file, until an instant."""

    def to(self, target: FileTarget) -> str: ...


class PayloadKeys(Protocol):
    """The keys under which histories are sealed: a name that may be read by anybody, and 32 secret bytes."""

    async def of(self, workflow_id: str) -> tuple[str, bytes]:
        """The key of a case, by the id of its workflow; the platform's own where it is no case's."""
        ...

    async def named(self, name: str) -> bytes | None:
        """Nothing for a key that was destroyed or is not ours."""
        ...


class Files(Protocol):
    """A store of bytes that are sealed already. Every call raises FilesDown when the store does not answer.

    A name is ``<tenant>/<two letters>/<id>``, of lower-case letters, digits, ``-``, ``.`` and ``/``.
    """

    async def put(self, name: str, content: bytes) -> None:
        """Whole or not at all; on disk when it returns."""
        ...

    async def get(self, name: str) -> bytes:
        """Raises NotFound."""
        ...

    async def delete(self, name: str) -> None:
        """What is not there is no error."""
        ...

    def entries(self, prefix: str = "") -> AsyncIterator[Entry]:
        """All that is stored under a prefix that ends with ``/``; everything without one."""
        ...


class Typesetter(Protocol):
    """Renders a document template to PDF bytes; the same data gives the same bytes."""

    async def render(self, template: str, data: Mapping[str, Any], locale: str) -> bytes: ...


class TableWriter(Protocol):
    """Writes a table into a file as its rows come. ``format`` is ``xlsx`` or ``csv``, ``into`` a path."""

    async def write(
        self, table: Table, format: str, locale: str, into: str, tell: Callable[[int], None],
        more: Sequence[Table] = (),
    ) -> int:  # fmt: skip
        """How many rows; ``tell`` hears of them on the way. A workbook has ``more`` on other sheets."""
        ...


class Holidays(Protocol):
    """Public holidays of a country (ISO 3166), as local dates of a year."""

    def of(self, country: str, year: int) -> frozenset[date]: ...


class Doorbell(Protocol):
    """How facts reach processes. Both calls may come twice for one fact."""

    async def start(self, case: Case, fact: str, at: datetime) -> str:
        """Open the case's process, or wake it if it is open. Returns a note for the record."""
        ...

    async def ring(self, case: Case, fact: str, at: datetime) -> str:
        """Wake the case's process. A case that is not open is no error: the note says so."""
        ...


class Matcher(Protocol):
    """An engine that answers which rules of a definition hold for the facts of one subject."""

    def fired(
        self, definition: Mapping[str, Any], facts: Sequence[Mapping[str, int | str]]
    ) -> frozenset[str]:
        """The names of the rules that fired; blocks. Nothing of a subject is kept for the next.

        Raises DomainError `rules-engine-down` when the engine does not answer."""
        ...


class Inspector(Protocol):
    """Looks at what people hand in before anything is kept of it."""

    async def check(self, given: Given) -> Checked:
        """Raises BadFile."""
        ...


class Poster(Protocol):
    """Sends a webhook to an address that a tenant chose. Never raises for the receiver's fault."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt: ...


class Scanner(Protocol):
    """The virus scan."""

    async def finding(self, content: bytes) -> str:
        """The name of what was found; empty when nothing was. Raises ScannerDown."""
        ...


class Virtual(Doorbell, Protocol):
    """A doorbell whose processes live in virtual time: they stand still until they are moved."""

    started: set[Case]

    async def possible(self) -> bool:
        """Whether the server lets time be skipped."""
        ...

    async def forward(self, cases: Iterable[Case], to: datetime) -> None:
        """Move these processes to an instant, all that they do on the way included."""
        ...

    async def forget(self, cases: Iterable[Case]) -> None:
        """End them, and have the server delete what it kept of them."""
        ...
