"""What stands in for the outside world where nothing may leave: all is taken, and goes nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.links import Target
from domain.message import Answer, Channel, Envelope, Verdict
from domain.ports import Holidays, Provider

YEAR = timedelta(days=364)
"""By which a past quarter is moved on: whole weeks, so that every day keeps its name."""


@dataclass(frozen=True)
class Captured:
    """A provider that accepts everything. What was written stays in the table of messages."""

    channel: Channel

    async def send(self, envelope: Envelope) -> Answer:
        return Answer(Verdict.ACCEPTED, provider_id=f"captured:{envelope.message_id}"[:64])

    async def look_up(self, envelope: Envelope) -> Answer:
        return await self.send(envelope)


PROVIDERS: Mapping[Channel, Provider] = {channel: Captured(channel) for channel in Channel}


@dataclass(frozen=True)
class NowhereLinks:
    """Links of the length that they have, to nowhere."""

    base: str

    def to(self, target: Target) -> str:  # noqa: ARG002
        return f"{self.base.rstrip('/')}/a/{'0' * 96}"


@dataclass(frozen=True)
class LaterHolidays:
    """Public holidays moved on with the days of a shadow, so that what was one is one."""

    holidays: Holidays

    def of(self, country: str, year: int) -> frozenset[date]:
        near = self.holidays.of(country, year - 1) | self.holidays.of(country, year)
        return frozenset(day + YEAR for day in near if (day + YEAR).year == year)
