"""Which businesses a tenant is in, as far as the menu shows them."""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.tables import fleet_contract
from database.maintenance.tables import technician
from database.shared.tables import process_case

FLEET, MAINTENANCE = "fleet", "maintenance"
OTHERS = ("training", "maintenance", "internships")


async def businesses_of(tx: AsyncConnection, tenant: str) -> frozenset[str]:
    """Who has nothing yet is shown all that can be begun."""
    row = (await tx.execute(select(*_asked(tenant)))).one()
    fleet, rounds, others = row[0], row[1], row[2]
    nothing = not (fleet or rounds or others)
    shown = {FLEET: fleet or nothing, MAINTENANCE: rounds or nothing}
    return frozenset(name for name, is_shown in shown.items() if is_shown)


def _asked(tenant: str) -> list[ColumnElement[bool]]:
    process = process_case.c
    of_others = or_(*(process.process.startswith(f"{name}.") for name in OTHERS))
    return [
        exists().where(fleet_contract.c.tenant_id == tenant),
        exists().where(technician.c.tenant_id == tenant),
        exists().where(process.tenant_id == tenant, of_others),
    ]
