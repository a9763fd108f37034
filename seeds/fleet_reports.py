"""Who receives which report of the fleet, and one report that is asked for at once."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.holidays import PublicHolidays
from database.fleet import reports
from database.fleet.reports import Wish
from database.shared.contacts import save_contact
from domain.fleet.report import Format, Kind, Rhythm, period_with
from rules.asking import open_days
from seeds.firm import Firm
from seeds.people import CAMEROON, person

DIRECTOR, ACCOUNTANT = "DIR-001", "FIN-001"
PEOPLE = ((DIRECTOR, "Solange Atangana", 801), (ACCOUNTANT, "Jean-Marie Fouda", 802))
WISHES = (
    ("direction", Rhythm.MONTHLY, Wish(Kind.FLEET, "", (Format.PDF,), "fr", (DIRECTOR, ACCOUNTANT))),
    ("stations", Rhythm.WEEKLY, Wish(Kind.STATION, "", (Format.PDF, Format.XLSX), "fr", (DIRECTOR,))),
    ("investors", Rhythm.QUARTERLY, Wish(Kind.INVESTOR, "", (Format.PDF, Format.XLSX), "fr", (ACCOUNTANT,))),
)
WHO = "seeds"


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> None:
    """The last whole month of the fleet is there soon after the platform runs."""
    for ref, name, number in PEOPLE:
        await save_contact(tx, firm.id, person(ref, name, CAMEROON, number))
    now, is_open = firm.at(on), open_days(firm.country, PublicHolidays())
    for ref, rhythm, wish in WISHES:
        await reports.subscribe(tx, firm.id, ref, wish, rhythm, WHO, now, on, is_open)
    last = period_with(Rhythm.MONTHLY, on).before
    everything = (Format.PDF, Format.XLSX, Format.CSV)
    for kind in (Kind.FLEET, Kind.BIKE):
        await reports.order(tx, firm.id, Wish(kind, "", everything, "fr", ()), last, WHO, now, on)
