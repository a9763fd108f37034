"""What a tenant sets for itself."""

from dataclasses import asdict, dataclass
from datetime import time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import tenant
from domain.errors import BadInput, Mistake, NotFound

SECOND_FACTOR = ("off", "staff", "all")
SHORTEST_TRAIL, LONGEST_TRAIL = 366, 36_600
MOST_MESSAGES = 1000


@dataclass(frozen=True)
class Settings:
    """Quiet hours are local, and may go over midnight; the same time twice: there are none.

    The limits are messages to one person. ``audit_days`` is how long the trail keeps its contents.
    """

    name: str
    locale: str
    quiet_from: time
    quiet_until: time
    sms_a_day: int
    sms_a_week: int
    email_a_day: int
    email_a_week: int
    rules_need_approval: bool
    second_factor: str
    audit_days: int


async def settings_of(tx: AsyncConnection, tenant_id: str, hold: bool = False) -> Settings:
    """``hold``: nobody else changes them until the transaction ends. Raises NotFound."""
    query = select(*(tenant.c[name] for name in Settings.__dataclass_fields__))
    query = query.where(tenant.c.id == tenant_id)
    row = (await tx.execute(query.with_for_update(key_share=True) if hold else query)).first()
    if row is None:
        raise NotFound("tenant", tenant_id)
    return Settings(**row._mapping)


async def change(tx: AsyncConnection, tenant_id: str, given: Settings) -> tuple[Settings, Settings]:
    """Before and after. Raises BadInput."""
    if mistakes := _mistakes(given):
        raise BadInput(*mistakes)
    before = await settings_of(tx, tenant_id, hold=True)
    await tx.execute(update(tenant).where(tenant.c.id == tenant_id).values(asdict(given)))
    return before, await settings_of(tx, tenant_id)


def differences(before: Settings, after: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the trail keeps of a change: the settings that are others now."""
    names = [name for name, value in asdict(before).items() if asdict(after)[name] != value]
    return _told(before, names), _told(after, names)


def _told(settings: Settings, names: list[str]) -> dict[str, Any]:
    values = {name: asdict(settings)[name] for name in names}
    return {
        name: value.isoformat("minutes") if isinstance(value, time) else value
        for name, value in values.items()
    }


def _mistakes(given: Settings) -> list[Mistake]:
    found = []
    for channel in ("sms", "email"):
        day, week = getattr(given, f"{channel}_a_day"), getattr(given, f"{channel}_a_week")
        for name, value in ((f"{channel}_a_day", day), (f"{channel}_a_week", week)):
            if not 1 <= value <= MOST_MESSAGES:
                found.append(Mistake(name, f"not between 1 and {MOST_MESSAGES}", "give a number between"))
        if week < day:
            found.append(Mistake(f"{channel}_a_week", "less than a day’s limit", f"give {day} or more"))
    if given.second_factor not in SECOND_FACTOR:
        found.append(Mistake("second_factor", "not known", f"choose among {', '.join(SECOND_FACTOR)}"))
    if not SHORTEST_TRAIL <= given.audit_days <= LONGEST_TRAIL:
        mend = f"keep the trail for {SHORTEST_TRAIL} to {LONGEST_TRAIL} days"
        found.append(Mistake("audit_days", "the trail is kept for a year at least", mend))
    return found
