"""Positions read from running totals are those of the domain, whatever was paid, reversed and when."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from adapters.holidays import PublicHolidays
from database.fleet import contract, payments
from database.fleet.positions import count_dues, position_of
from database.fleet.queries import file_of
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import FlatFee, Frequency, Kind, Terms
from domain.money import Money

DOUALA = ZoneInfo("Africa/Douala")
SIGNED = date(2026, 1, 5)


def franc(minor: int) -> Money:
    return Money("XAF", minor)


TERMS = st.builds(
    lambda down, n, frequency, grace, fee: Terms(
        Kind.LEASE_TO_OWN,
        franc(60_000),
        franc(down),
        n,
        frequency,
        SIGNED + timedelta(days=2),
        SIGNED,
        grace_days=grace,
        charge=FlatFee(franc(fee)) if fee else None,
    ),
    st.sampled_from([0, 10_000]),
    st.integers(1, 25),
    st.sampled_from([Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY]),
    st.integers(0, 4),
    st.sampled_from([0, 5_000]),
)
PAID = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30_000), st.booleans()), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=TERMS, paid=PAID, days=st.lists(st.integers(0, 90), min_size=1, max_size=4))
async def test_a_position_is_what_the_domain_says(
    database: Database, owner: Database, terms: Terms, paid: list[tuple[int, int, bool]], days: list[int]
) -> None:
    home = f"moto-{uuid4().hex[:8]}"
    row = {"id": home, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    at = datetime(2026, 1, 5, 9, tzinfo=DOUALA)
    async with database.tenant(home) as tx:
        await save_contact(tx, home, Contact("D-1", "Fabrice Nguema", None, None, "fr"))
        await contract.create_signed(tx, home, Contract("C-1", "D-1", "M-1", terms), at, PublicHolidays())
        late = at + timedelta(days=365)
        for number, (day, minor, back) in enumerate(paid):
            ref, when = f"P-{number}", at + timedelta(days=day)
            entry = PaymentEntry(ref, "C-1", when, franc(minor), PaidBy.CASH)
            await payments.record_payment(tx, home, entry, late)
            if back:
                await payments.reverse_payment(tx, home, ref, "refused", late)
        # Payments count on every day: the comparison is on days on which all of them had come in.
        standing = (await file_of(tx, home, "C-1")).standing
        assert standing is not None
        for number, on in enumerate(SIGNED + timedelta(days=60 + extra) for extra in days):
            if number % 2:
                await count_dues(tx, home, on)
            found = await position_of(tx, home, "C-1", on)
            grace = terms.grace_days
            assert found.arrears_minor == standing.arrears_on(on, grace).minor
            assert found.oldest_unpaid_on == standing.oldest_unpaid_due_on(on, grace)
            assert found.days_late == standing.days_late(on, grace)
            assert found.remaining_minor == standing.remaining.minor
            assert found.overpaid_minor == standing.overpayment.minor
            assert found.total_minor == standing.total.minor
            assert found.payments == len(standing.receipts)
            unpaid = [one.due.due_on for one in standing.settlements if one.unpaid.minor]
            assert found.next_unpaid_on == next(iter(unpaid), None)


async def test_the_months_of_the_ledger_are_the_sums_of_its_entries(owner: Database) -> None:
    """Over all that the other tests of this run have posted."""
    kept = text("select tenant_id, account, subject, month_on, currency, debit_minor - credit_minor "
                "from ledger_month order by 1, 2, 3, 4, 5")  # fmt: skip
    summed = text(
        "select e.tenant_id, e.account, e.subject, date_trunc('month', t.posted_on)::date, e.currency, "
        "sum(e.amount_minor) from ledger_entry e join ledger_transaction t on t.tenant_id = e.tenant_id "
        "and t.id = e.transaction_id group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5"
    )
    async with owner.anyone() as tx:
        assert (await tx.execute(kept)).all() == (await tx.execute(summed)).all()
