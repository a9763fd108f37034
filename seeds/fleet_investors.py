"""Three investors of the demonstration: what they financed, their past statements and their payouts."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import investors, payouts
from database.fleet.statements import close_month, latest_statement, next_month
from database.shared.contacts import save_contact
from domain.calendar import add_months
from domain.fleet.intake import PaidBy
from domain.fleet.investing import (
    InvestorContract,
    InvestorKind,
    Payout,
    PayoutKind,
    Share,
    month_of,
    statement_on,
)
from domain.money import Money
from seeds.firm import Firm
from seeds.people import CAMEROON, person

MONTHS_AGO = 5
WHO = "seeds"


@dataclass(frozen=True)
class Holding:
    """``bikes`` are the numbers of drivers' bikes, each financed for ``share_bp``."""

    ref: str
    investor_ref: str
    name: str
    kind: InvestorKind
    amount: int
    revenue_share_bp: int
    share_bp: int
    bikes: range
    locale: str = "fr"
    years: int = 3


HOLDINGS = (
    Holding("INV-C-001", "INV-001", "Aïssatou Mbarga", InvestorKind.PURCHASE, 1_200_000, 6_000, 10_000,
            range(1, 4)),
    Holding("INV-C-002", "INV-002", "Jean-Paul Ewane", InvestorKind.FINANCING, 900_000, 4_500, 5_000,
            range(4, 10)),
    Holding("INV-C-003", "INV-003", "Grace Tabi", InvestorKind.FINANCING, 750_000, 5_000, 5_000,
            range(6, 12), "en", 2),
)  # fmt: skip


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> None:
    """After what drivers signed and paid. The process sends the latest statement and goes on from there."""
    signed_on = add_months(month_of(on), -MONTHS_AGO)
    for number, held in enumerate(HOLDINGS, 821):
        someone = replace(person(held.investor_ref, held.name, CAMEROON, number), locale=held.locale)
        await save_contact(tx, firm.id, someone)
        agreed = InvestorContract(
            held.ref, held.investor_ref, held.kind, Money(firm.currency, held.amount),
            held.revenue_share_bp, signed_on, add_months(signed_on, 12 * held.years),
        )  # fmt: skip
        at = firm.at(signed_on, 10)
        await investors.create_contract(tx, firm.id, agreed, at)
        for bike in held.bikes:
            share = Share(held.ref, f"MOTO-{bike:03}", held.share_bp, signed_on)
            await investors.finance(tx, firm.id, share, at)
        await _live(tx, firm, agreed, on)


async def _live(tx: AsyncConnection, firm: Firm, agreed: InvestorContract, on: date) -> None:
    """Months are stated on their day, and paid on theirs."""
    shares = await investors.shares_of(tx, firm.id, contract_ref=agreed.ref)
    month = month_of(agreed.signed_on)
    while (day := statement_on(month, agreed.statement_day)) < on:
        await close_month(tx, firm.id, agreed.ref, month, firm.at(day, 9), shares)
        stated = await latest_statement(tx, firm.id, agreed.ref)
        if stated and stated.payable.minor > 0 and stated.due_on < on:
            ref = f"{agreed.ref}-V{month:%y%m}"
            paid = Payout(ref, agreed.ref, PayoutKind.SHARE, stated.payable, stated.due_on, PaidBy.BANK)
            await payouts.pay_out(tx, firm.id, paid, firm.at(stated.due_on, 15), WHO)
        known = await investors.investor_contract_of(tx, firm.id, agreed.ref)
        following = next_month(known, month)
        if following is None:
            return
        month = following
