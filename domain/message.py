"""Messages to people: what is sent, by which channel, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class MessageState(StrEnum):
    """pending → sending → accepted → delivered | failed; unknown while a lost reply is being asked about.

    ``withheld`` is final and was never sent (opt-out, no address, invalid address); its reason says why.
    """

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"


RANK = {state: rank for rank, state in enumerate(MessageState)}
"""Provider events arrive out of order: a state never gives way to one of a lower rank."""


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """What a provider is given. ``message_id`` is ours (``<tenant>.<uuid>``) and travels with the message.

    ``subject`` and ``html`` are for email; an SMS has ``text`` alone, already reduced to GSM-7.
    ``first_tried_at`` (real UTC instant) bounds a look-up at the provider; ``last_tried_at`` says since when
    an empty one proves something. ``lost_until``: the database was restored; what went out between the first
    try and this moment it has forgotten. ``known`` are the provider's ids of what it has not.
    """

    message_id: str
    to: str
    text: str
    subject: str = ""
    html: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    first_tried_at: datetime | None = None
    last_tried_at: datetime | None = None
    lost_until: datetime | None = None
    known: frozenset[str] = frozenset()

    @property
    def tried_at(self) -> datetime | None:
        return self.last_tried_at or self.first_tried_at


class Verdict(StrEnum):
    """What one exchange with a provider tells us about a message."""

    ACCEPTED = "accepted"
    BUSY = "busy"
    """Refused for now, certainly not sent: try again later (429)."""
    UNREACHABLE = "unreachable"
    """The provider never received the request: try again."""
    UNKNOWN = "unknown"
    """It may have been sent (timeout, lost connection, 5xx): ask, never send again blindly."""
    REFUSED = "refused"
    """Permanent for this message (bad address, bad content)."""
    OPTED_OUT = "opted_out"
    """The person told the provider STOP: permanent, and an opt-out to write down."""
    BLOCKED = "blocked"
    """Our account is refused (401, 403): nothing goes out on this channel until a person mends it."""
    ABSENT = "absent"
    """Only from a look-up: the provider has no such message."""
    UNANSWERABLE = "unanswerable"
    """Only from a look-up: the provider cannot tell."""


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    provider_id: str = ""
    code: str = ""
    detail: str = ""
    retry_after: float | None = field(default=None)
    """Seconds the provider asked us to wait, if it did."""


@dataclass(frozen=True)
class DeliveryEvent:
    """What a signed webhook of a provider said about one of our messages."""

    event_id: str
    message_id: str
    state: MessageState
    provider_id: str = ""
    reason: str = ""
    opted_out: bool = False
