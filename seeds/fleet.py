"""Electric motorcycles in Douala: drivers who pay for theirs by the day, week, month or some days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.holidays import PublicHolidays
from database.fleet import contract, dunning, payments
from database.shared.contacts import save_contact
from domain.calendar import DAY, add_months
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.schedule import Due, schedule
from domain.fleet.terms import FlatFee, Frequency, Kind, Terms
from domain.money import Money
from seeds import fleet_assets, fleet_changes, fleet_investors, fleet_money, fleet_reports, fleet_scores
from seeds.firm import Firm
from seeds.people import CAMEROON, DRIVERS, person

FIRM = Firm("motos-douala", "Motos Douala", "CM", "Africa/Douala", "XAF")
DOWN_PAYMENT = 50_000
SUNDAY = 6
CHANNELS = (PaidBy.MOBILE_MONEY, PaidBy.MOBILE_MONEY, PaidBy.CASH, PaidBy.MOBILE_MONEY, PaidBy.BANK)
HABITS = {"punctual": (0,), "early": (-2, -1, -3), "late": (2, 0, 3, 1)}
"""Days from the due date to the payment, taken in turn; `halves` and `ahead` are habits of another kind."""


@dataclass(frozen=True)
class Deal:
    """``paid`` instalments are paid; the next fell due ``since`` days ago, or will in as many if negative."""

    frequency: Frequency
    each: int
    instalments: int
    paid: int
    since: int
    habit: str = "punctual"
    every_days: int = 0
    fee: int = 0


DAILY, WEEKLY, MONTHLY, EVERY = (
    Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY, Frequency.EVERY_N_DAYS,
)  # fmt: skip

DEALS = (
    Deal(DAILY, 3_000, 300, 62, 0),
    Deal(DAILY, 3_000, 300, 48, -1, "early"),
    Deal(DAILY, 2_500, 360, 75, 2),  # courtesy
    Deal(DAILY, 3_500, 280, 90, 5, "late"),  # reminder
    Deal(DAILY, 3_000, 300, 30, 10, "halves"),  # firm
    Deal(DAILY, 3_000, 300, 54, 20, "ahead"),  # suspended
    Deal(DAILY, 2_500, 360, 21, 40, "late"),  # handed over
    Deal(DAILY, 3_000, 80, 78, 0),  # nearly paid up
    Deal(WEEKLY, 18_000, 52, 17, -3),
    Deal(WEEKLY, 18_000, 52, 12, -5, "early"),
    Deal(WEEKLY, 20_000, 48, 9, 2, "late"),  # courtesy
    Deal(WEEKLY, 18_000, 52, 22, 6, "halves"),  # reminder
    Deal(WEEKLY, 18_000, 52, 14, 11),  # firm: two instalments
    Deal(WEEKLY, 20_000, 30, 28, -2, "ahead"),  # nearly paid up
    Deal(WEEKLY, 15_000, 60, 6, 35, "late"),  # handed over
    Deal(MONTHLY, 75_000, 14, 5, -12, fee=70_000),
    Deal(MONTHLY, 75_000, 14, 7, -4, "early"),
    Deal(MONTHLY, 90_000, 12, 3, 20, "late", fee=60_000),  # suspended
    Deal(MONTHLY, 75_000, 14, 2, 45),  # handed over
    Deal(MONTHLY, 60_000, 12, 11, -6),  # one instalment left
    Deal(EVERY, 27_000, 36, 8, -4, every_days=10),
    Deal(EVERY, 40_000, 24, 6, 6, every_days=15),  # reminder, held by a promise
    Deal(EVERY, 27_000, 36, 10, 3, "early", every_days=10),  # courtesy
    Deal(EVERY, 38_000, 26, 5, 18, "halves", every_days=14),  # suspended
)
PROMISED = 22
"""The number of the driver who promised to pay within three days."""


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> str:
    """Contracts signed in the past months and what was paid on them. Says what there is."""
    signed, entries = [], []
    for number, (deal, name) in enumerate(zip(DEALS, DRIVERS, strict=True), start=1):
        await save_contact(tx, firm.id, person(f"CH-{number:03}", name, CAMEROON, number))
        terms = terms_of(deal, on)
        signed.append(Contract(f"CT-{number:03}", f"CH-{number:03}", f"MOTO-{number:03}", terms))
        entries += list(entries_of(firm, signed[-1], deal, on))
    for one in signed:
        at = firm.at(one.terms.signed_on, 10)
        await contract.create_signed(tx, firm.id, one, at, PublicHolidays())
    await fleet_money.open_agents(tx, firm, on)
    entries = fleet_money.by_agents(entries, firm, on)
    written = await payments.record_payments(tx, firm.id, entries, firm.at(on))
    if refused := [one for one in written if isinstance(one, Exception)]:
        raise refused[0]
    promised = Money(firm.currency, DEALS[PROMISED - 1].each)
    await dunning.promise(
        tx, firm.id, f"CT-{PROMISED:03}", on + 3 * DAY, promised, firm.at(on), f"link:CH-{PROMISED:03}"
    )
    await fleet_assets.fill(tx, firm, on)
    await fleet_changes.fill(tx, firm, on)
    await fleet_money.fill(tx, firm, on, entries)
    await fleet_investors.fill(tx, firm, on)
    await fleet_reports.fill(tx, firm, on)
    await fleet_scores.fill(tx, firm, on)
    return f"{len(signed)} drivers and contracts, {len(entries)} payments"


def terms_of(deal: Deal, on: date) -> Terms:
    first = _first_due_on(deal, on)
    price = DOWN_PAYMENT + deal.each * deal.instalments
    return Terms(
        Kind.FINANCING if deal.fee else Kind.LEASE_TO_OWN, Money(FIRM.currency, price),
        Money(FIRM.currency, DOWN_PAYMENT), deal.instalments, deal.frequency, first,
        first - timedelta(days=7), deal.every_days, frozenset({SUNDAY} if deal.frequency is DAILY else ()),
        charge=FlatFee(Money(FIRM.currency, deal.fee)) if deal.fee else None,
    )  # fmt: skip


def _first_due_on(deal: Deal, on: date) -> date:
    """Counted back from the due that is not paid."""
    unpaid = on - timedelta(days=deal.since)
    if deal.frequency is MONTHLY:
        return add_months(unpaid, -deal.paid)
    if deal.frequency is not DAILY:
        return unpaid - timedelta(days=deal.paid * (deal.every_days or 7))
    while unpaid.weekday() == SUNDAY:
        unpaid += DAY
    left = deal.paid
    while left:
        unpaid -= DAY
        left -= unpaid.weekday() != SUNDAY
    return unpaid


def entries_of(firm: Firm, agreed: Contract, deal: Deal, on: date) -> Iterator[PaymentEntry]:
    down, *dues = schedule(agreed.terms)
    coming = [(down.due_on, down.amount), *paid_by(deal.habit, dues[: deal.paid])]
    for number, (day, amount) in enumerate(coming):
        received_at = firm.at(min(day, on - DAY), 7 + number % 12, number * 17 % 60)
        channel = CHANNELS[number % len(CHANNELS)]
        ref = f"{agreed.ref}-P{number:03}"
        yield PaymentEntry(ref, agreed.ref, received_at, amount, channel, "demonstration")


def paid_by(habit: str, dues: Sequence[Due]) -> Iterator[tuple[date, Money]]:
    """The local day and the amount of each payment that settles these dues."""
    if habit == "halves":
        for due in dues:
            first, second = due.amount.split(2)
            yield due.due_on, first
            yield due.due_on + 2 * DAY, second
    elif habit == "ahead":
        for start in range(0, len(dues), 6):
            several = dues[start : start + 6]
            total = sum(due.amount.minor for due in several)
            yield several[0].due_on, Money(several[0].amount.currency, total)
    else:
        days = HABITS[habit]
        for number, due in enumerate(dues):
            yield due.due_on + days[number % len(days)] * DAY, due.amount
