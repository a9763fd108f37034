"""How the local twin of SendGrid and Twilio is set up."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TwinSettings:
    """``data`` is the twin's own folder. ``webhooks`` is the platform's base address; empty: tell nobody.

    ``delay`` (seconds) lies between two states of a message, ``disorder`` is the share of messages whose
    webhooks come out of order, ``patience`` (seconds) how long an unanswered webhook is repeated.
    """

    data: Path
    webhooks: str = "http://127.0.0.1:8000"
    api_key: str = "SG-local-twin"
    account_sid: str = "AC00000000000000000000000000000001"
    auth_token: str = "local-twin-auth-token"
    sms_number: str = "+33757900000"
    delay: float = 0.3
    disorder: float = 0.1
    patience: float = 900.0

    @property
    def sendgrid_events_url(self) -> str:
        return f"{self.webhooks.rstrip('/')}/webhooks/sendgrid/events" if self.webhooks else ""

    @property
    def twilio_inbound_url(self) -> str:
        return f"{self.webhooks.rstrip('/')}/webhooks/twilio/inbound" if self.webhooks else ""
