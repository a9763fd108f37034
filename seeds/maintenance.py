"""An electrician in Annecy: yearly maintenance contracts, some of whose ends are near."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.renewal import answer, sign
from database.shared.contacts import save_contact
from domain.calendar import DAY, add_months
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Answer, Level
from domain.money import Money
from seeds import maintenance_rounds
from seeds.firm import Firm
from seeds.people import CUSTOMERS, FRANCE, person

FIRM = Firm("electricite-annecy", "Électricité Annecy", "FR", "Europe/Paris", "EUR")
PRICES = {Level.BRONZE: 180_00, Level.SILVER: 320_00, Level.GOLD: 540_00}
BRONZE, SILVER, GOLD = Level.BRONZE, Level.SILVER, Level.GOLD
WITHOUT_EMAIL = 15
ANSWERED = 6


@dataclass(frozen=True)
class Agreed:
    """``ends_in`` and ``notice`` are days; ``years`` the terms so far, the present one included."""

    level: Level
    ends_in: int
    notice: int
    tacit: bool
    years: int = 1


AGREED = (
    Agreed(BRONZE, 4, 0, False),  # a call is due: it lapses in four days
    Agreed(SILVER, 35, 30, True, 3),  # a call is due: five days are left to refuse
    Agreed(BRONZE, 19, 0, False, 2),  # reminder
    Agreed(GOLD, 84, 60, True, 4),  # reminder
    Agreed(SILVER, 47, 30, True),  # reminder
    Agreed(GOLD, 100, 60, True, 2),  # in the window, and renewed already
    Agreed(BRONZE, 43, 0, False),  # notice
    Agreed(SILVER, 80, 30, True, 2),  # notice
    Agreed(GOLD, 112, 60, True),  # notice
    Agreed(SILVER, 125, 30, True, 5),
    Agreed(GOLD, 160, 60, True, 3),
    Agreed(BRONZE, 205, 0, False),
    Agreed(SILVER, 260, 30, True),
    Agreed(GOLD, 361, 60, True),
    Agreed(BRONZE, 52, 0, False, 2),  # notice by letter: no email address is known
)


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> str:
    for number, (agreed, name) in enumerate(zip(AGREED, CUSTOMERS, strict=True), start=1):
        customer = person(f"CL-{number:03}", name, FRANCE, 100 + number, email=number != WITHOUT_EMAIL)
        await save_contact(tx, firm.id, customer)
        contract = contract_of(agreed, number, on)
        await sign(tx, firm.id, contract, firm.at(contract.starts_on, 9))
    await answer(tx, firm.id, f"ENT-{ANSWERED:03}", Answer.RENEWED, f"link:CL-{ANSWERED:03}", firm.at(on))
    rounds = await maintenance_rounds.fill(tx, firm, on)
    return f"{len(AGREED)} customers and contracts; {rounds}"


def contract_of(agreed: Agreed, number: int, on: date) -> ServiceContract:
    ends_on = on + timedelta(days=agreed.ends_in)
    starts_on = add_months(ends_on, -12 * agreed.years) + DAY
    return ServiceContract(
        f"ENT-{number:03}", f"CL-{number:03}", agreed.level, starts_on, ends_on, agreed.notice, agreed.tacit,
        Money(FIRM.currency, PRICES[agreed.level]),
    )  # fmt: skip
