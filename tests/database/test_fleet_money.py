"""Whatever the order in which payments and reversals become known, the books agree with the schedule."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from adapters.holidays import PublicHolidays
from database.fleet import contract, payments, queries
from database.session import Database
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from database.shared.tables import ledger_entry, tenant
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import FlatFee, Frequency, Kind, Terms
from domain.money import Money

SIGNED_ON = date(2026, 1, 31)
START = datetime(2026, 1, 31, 9, tzinfo=UTC)
LATER = START + timedelta(days=400)
XAF = "XAF"

Move = tuple[int, int, int, bool]
"""A payment's number, its amount, its day, and whether it is a reversal."""

moves = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 40_000), st.integers(0, 300), st.booleans()), max_size=14
)


async def begun(database: Database, owner: Database, fee: int) -> str:
    name = f"money-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "CM", "zone": "Africa/Douala", "currency": XAF}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(**row, locale="fr"))
    terms = Terms(
        Kind.FINANCING, Money(XAF, 100_000), Money(XAF, 10_000), 7, Frequency.MONTHLY,
        date(2026, 2, 28), SIGNED_ON, charge=FlatFee(Money(XAF, fee)),
    )  # fmt: skip
    async with database.tenant(name) as tx:
        await save_contact(tx, name, Contact("D-1", "Driver", None, None, "fr"))
        await contract.create_signed(tx, name, Contract("C-1", "D-1", "M-1", terms), START, PublicHolidays())
    return name


async def make(database: Database, name: str, move: Move, known: dict[str, int]) -> None:
    """As an outside caller would: what is refused changes nothing."""
    number, amount, days, reversal = move
    ref = f"P-{number}"
    async with database.tenant(name) as tx:
        if reversal:
            if ref in known:
                await payments.reverse_payment(tx, name, ref, "taken back", LATER)
                known[ref] = 0
        elif ref not in known:
            given = PaymentEntry(ref, "C-1", START + timedelta(days=days), Money(XAF, amount), PaidBy.CASH)
            assert await payments.record_payment(tx, name, given, LATER)
            assert not await payments.record_payment(tx, name, given, LATER)
            known[ref] = amount


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=moves, fee=st.integers(0, 5_000))
async def test_the_books_agree_with_the_schedule(
    database: Database, owner: Database, history: list[Move], fee: int
) -> None:
    name = await begun(database, owner, fee)
    live: dict[str, int] = {}
    for move in history:
        await make(database, name, move, live)
    async with database.tenant(name) as tx:
        file = await queries.file_of(tx, name, "C-1")
        owed = await ledger.balance(tx, name, "driver_receivable", "C-1", XAF)
        cash = await ledger.balance(tx, name, "cash:cash", "C-1", XAF)
        mine = ledger_entry.c.tenant_id == name
        total = (await tx.execute(select(func.sum(ledger_entry.c.amount_minor)).where(mine))).scalar_one()
    paid = Money(XAF, sum(live.values()))
    assert file.standing is not None
    assert total == 0
    assert file.standing.allocated + file.standing.overpayment == paid
    assert (owed, cash) == (Money(XAF, 100_000 + fee) - paid, paid)
    assert owed == file.standing.remaining - file.standing.overpayment
