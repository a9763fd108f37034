"""A firm of the demonstration: the tenant that its facts belong to."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import tenant

MIDNIGHT = time(0)


@dataclass(frozen=True)
class Firm:
    """``zone`` is an IANA name, ``country`` ISO 3166."""

    id: str
    name: str
    country: str
    zone: str
    currency: str

    def named(self, suffix: str) -> "Firm":
        return replace(self, id=f"{self.id}{suffix}")

    def at(self, day: date, hour: int = 6, minute: int = 0) -> datetime:
        """On the firm's own clock."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.zone))


async def found(owner: AsyncConnection, firm: Firm) -> None:
    """As the owner of the schema: the application may not create tenants.

    Without quiet hours, so that whoever tries the platform at night sees messages too; and without a second
    factor, which everybody may add.
    """
    row = {
        "id": firm.id, "name": firm.name, "country": firm.country, "zone": firm.zone,
        "currency": firm.currency, "locale": "fr", "quiet_from": MIDNIGHT, "quiet_until": MIDNIGHT,
        "second_factor": "off",
    }  # fmt: skip
    await owner.execute(insert(tenant).values(row).on_conflict_do_nothing())
