"""What the API stands on. The composition root (`serving.py`) builds it; tests build their own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from api.maintenance.planning_tools import Tools as Planning
from database.session import Database
from database.shared.files import FileStore
from database.shared.keys import Keyring
from database.shared.uploads import Uploads
from domain.fleet.reconciliation import MoneyFiles
from domain.links import FileTarget, PersonTarget, Target
from domain.message import DeliveryEvent
from domain.network import Outgoing
from domain.ports import Holidays, Links, Typesetter
from domain.principal import Claims
from domain.refusals import Refusals
from rules.library import Library


class AnswerLinks(Links, Protocol):
    def read(self, token: str) -> Target:
        """Raises NotFound for a link that we did not sign."""
        ...


class FileLinks(Protocol):
    def to(self, target: FileTarget) -> str: ...

    def read(self, token: str) -> FileTarget:
        """Raises NotFound for a link that we did not sign."""
        ...


class PersonLinks(Protocol):
    def to(self, target: PersonTarget) -> str: ...

    def read(self, token: str) -> PersonTarget:
        """Raises NotFound for a link that we did not sign."""
        ...


class MailWebhook(Protocol):
    def events(self, body: bytes, signature: str, timestamp: str, now: datetime) -> list[DeliveryEvent]:
        """Raises a DomainError with the slug ``bad-signature``, and BadInput."""
        ...


class Inbound(Protocol):
    """A message that a person wrote to us."""

    @property
    def provider_id(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def stops(self) -> bool: ...
    @property
    def starts(self) -> bool: ...


class SmsWebhook(Protocol):
    """Both raise a DomainError with the slug ``bad-signature``, and BadInput."""

    def status(self, body: bytes, signature: str, path_and_query: str) -> DeliveryEvent: ...

    def inbound(self, body: bytes, signature: str, path_and_query: str) -> Inbound: ...


class Identifiers(Protocol):
    """Numbers of firms and accounts. Both raise BadInput naming ``field``."""

    def siren(self, text: str, field: str = "siren") -> str: ...

    def iban(self, text: str, field: str = "iban") -> str: ...


class AccessTokens(Protocol):
    """Short-lived tokens for people and keys, signed by keys that are published."""

    @property
    def issuer(self) -> str: ...

    async def issue(self, claims: Claims, now: datetime) -> str: ...

    async def published(self, now: datetime) -> list[Mapping[str, Any]]:
        """The public keys, as JWK."""
        ...

    async def read(self, text: str, now: datetime) -> Claims:
        """Raises Refused ``unauthorized`` for whatever is not a genuine, unexpired token of ours."""
        ...


class Histories(Protocol):
    """Reads what Temporal keeps of a tenant's cases, payload by payload in protobuf's JSON."""

    async def clear(self, payloads: Sequence[Mapping[str, Any]], tenant: str) -> list[dict[str, Any]]:
        """Another tenant's stay sealed. Raises BadInput for what is no payload."""
        ...


@dataclass(frozen=True)
class Parts:
    """``clock`` gives aware UTC instants: only here is the real time asked for.

    ``outgoing`` is where webhooks may go.
    ``ping_temporal`` raises when the engine does not answer; ``book_problems`` are the rule files refused.
    """

    database: Database
    clock: Callable[[], datetime]
    links: AnswerLinks
    mail_webhook: MailWebhook
    sms_webhook: SmsWebhook
    holidays: Holidays
    fleet_files: MoneyFiles
    identifiers: Identifiers
    typesetter: Typesetter
    mobile_money_secret: str
    templates: Path
    ping_temporal: Callable[[], Awaitable[None]]
    book_problems: Callable[[], Sequence[str]]
    library: Library
    keyring: Keyring
    files: FileStore
    uploads: Uploads
    file_links: FileLinks
    person_links: PersonLinks
    histories: Histories
    tokens: AccessTokens
    planning: Planning
    outgoing: Outgoing = field(default_factory=Outgoing)
    refusals: Refusals = field(default_factory=Refusals)
