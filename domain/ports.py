"""What the inside asks of the outside world. Adapters implement these."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from domain.message import Answer, Channel, Envelope


class Provider(Protocol):
    """One channel's provider. Never raises for a provider's fault: the verdict says it."""

    @property
    def channel(self) -> Channel: ...

    async def send(self, envelope: Envelope) -> Answer: ...

    async def look_up(self, envelope: Envelope) -> Answer:
        """Ask whether a message was accepted: ACCEPTED, ABSENT, UNANSWERABLE, or BUSY/UNREACHABLE to ask later."""
        ...


class Typesetter(Protocol):
    """Renders a document template to PDF bytes; the same data gives the same bytes."""

    async def render(self, template: str, data: Mapping[str, Any], locale: str) -> bytes: ...


class Holidays(Protocol):
    """Public holidays of a country (ISO 3166), as local dates of a year."""

    def of(self, country: str, year: int) -> frozenset[date]: ...
