"""What proves that a renewal notice was sent, as a document says it."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from domain.calendar import zone_info


@dataclass(frozen=True)
class DeliveryStep:
    """A signed event of the provider, and when we received it. ``state`` is a MessageState's value."""

    state: str
    received_at: datetime
    event_id: str
    reason: str = ""


@dataclass(frozen=True)
class Proof:
    """``written_at`` is the process's own time, ``handed_over_at`` that of the database's clock."""

    term_ref: str
    contract: str
    sender: str
    zone: str
    customer: str
    address: str
    ends_on: date
    decide_by: date
    inform_from: date
    inform_until: date
    subject: str
    text: str
    message_id: str
    written_at: datetime
    handed_over_at: datetime
    provider_id: str
    state: str
    steps: tuple[DeliveryStep, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the subject, a line break and the text, in UTF-8."""
        return sha256(f"{self.subject}\n{self.text}".encode()).hexdigest()

    def as_data(self) -> dict[str, Any]:
        """The values of templates/maintenance/renewal/proof."""
        return {
            "ref": self.contract, "sender": self.sender, "name": self.customer, "address": self.address,
            "ends_on": self.ends_on.isoformat(), "decide_by_on": self.decide_by.isoformat(),
            "from_on": self.inform_from.isoformat(), "until_on": self.inform_until.isoformat(),
            "subject": self.subject, "text": self.text, "message_id": self.message_id,
            "written_at": self._clock(self.written_at), "handed_over_at": self._clock(self.handed_over_at),
            "provider_id": self.provider_id, "state": self.state, "digest": self.digest, "zone": self.zone,
            "steps": [
                {"state": step.state, "at": self._clock(step.received_at), "id": step.event_id,
                 "reason": step.reason}
                for step in self.steps
            ],
        }  # fmt: skip

    def _clock(self, at: datetime) -> str:
        """``2032-02-27 09:00:00 +01:00``, on the tenant's wall."""
        return at.astimezone(zone_info(self.zone)).isoformat(" ", "seconds").replace("+", " +")
