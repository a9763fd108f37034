"""What changed in contracts since they were signed: another bike, a fee, a quote for settling early."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import amending, assigning, settling
from database.fleet.changes import Act, changes_of
from domain.money import Money
from seeds.firm import Firm

SWAPPED, FEE, QUOTED = "CT-001", "CT-009", "CT-016"
WHO = "seeds"


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> None:
    if await changes_of(tx, firm.id, SWAPPED):
        return
    at = firm.at(on)
    swap = Act(at, WHO, "Support de batterie fendu : moto en atelier.", on - timedelta(days=14))
    await assigning.swap_bike(tx, firm.id, SWAPPED, "MOTO-101", swap)
    key = Money(firm.currency, 3_500)
    lost = Act(at, WHO, "Clé perdue, remplacée.")
    await amending.add_fee(tx, firm.id, FEE, key, on + timedelta(days=5), lost)
    last, fee = on + timedelta(days=15), Money(firm.currency, 0)
    await settling.quote_settlement(tx, firm.id, QUOTED, last, fee, at, WHO)
