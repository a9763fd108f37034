"""Figures of the fleet are the sums of what stands behind them, whatever was paid, taken back and when."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.holidays import PublicHolidays
from database.fleet import contract, payments
from database.fleet.behind import Measure, Of, entries_of
from database.fleet.investor_tables import collected_month, due_month
from database.fleet.lists import CONTRACTS
from database.fleet.portfolio import collection, late_contracts, portfolio
from database.fleet.queries import file_of
from database.fleet.revenue import revenue, totals
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.listing import Scope, asked_of, find
from database.shared.tables import tenant
from domain.fleet.figures import bucket_of, portfolio_at_risk
from domain.fleet.intake import Contract, PaidBy, PaymentEntry
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money

DOUALA = ZoneInfo("Africa/Douala")
SIGNED = date(2026, 1, 5)
AT = datetime(2026, 1, 5, 9, tzinfo=DOUALA)


def franc(minor: int) -> Money:
    return Money("XAF", minor)


async def a_fleet(database: Database, owner: Database, contracts: int = 1) -> str:
    home = f"moto-{uuid4().hex[:8]}"
    row = {"id": home, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    terms = Terms(Kind.PURCHASE, franc(90_000), franc(0), 90, Frequency.DAILY,
                  SIGNED + timedelta(days=1), SIGNED)  # fmt: skip
    async with database.tenant(home) as tx:
        for one in range(contracts):
            await save_contact(tx, home, Contact(f"D-{one}", "Fabrice Nguema", None, None, "fr"))
            given = Contract(f"C-{one}", f"D-{one}", f"M-{one}", terms)
            await contract.create_signed(tx, home, given, AT, PublicHolidays())
    return home


PAID = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 80), st.integers(1, 9_000), st.integers(0, 60)), max_size=9
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paid=PAID)
async def test_what_is_collected_in_a_month_is_the_sum_of_the_entries_that_it_opens(
    database: Database, owner: Database, paid: list[tuple[int, int, int, int]]
) -> None:
    home = await a_fleet(database, owner, 3)
    async with database.tenant(home) as tx:
        for number, (whose, day, minor, back) in enumerate(paid):
            ref, when = f"P-{number}", AT + timedelta(days=day, hours=15)
            entry = PaymentEntry(ref, f"C-{whose}", when, franc(minor), PaidBy.CASH)
            await payments.record_payment(tx, home, entry, when)
            if back > 30:
                await payments.reverse_payment(tx, home, ref, "refused", when + timedelta(days=back))
        for of in (Of.BIKE, Of.CONTRACT, Of.FLEET):
            for income in await revenue(tx, home, of, SIGNED, date(2026, 7, 1)):
                lines = await entries_of(tx, home, income.behind(Measure.COLLECTED), limit=500)
                assert sum(line.amount.minor for line in lines) == income.collected.minor
        whole = await totals(tx, home, Of.FLEET, SIGNED, date(2026, 7, 1))
        live = sum(minor for _, _, minor, back in paid if back <= 30)
        assert sum(one.collected.minor for one in whole) == live
        kept = [
            tuple(row)
            for row in await tx.execute(select(collected_month).order_by("contract_ref", "month_on"))
        ]
    async with owner.anyone() as tx:
        for one in range(3):
            await tx.execute(
                text("select count_collected(:tenant, :ref)"), {"tenant": home, "ref": f"C-{one}"}
            )
        again = select(collected_month).where(collected_month.c.tenant_id == home)
        ordered = again.where(collected_month.c.payments != 0).order_by("contract_ref", "month_on")
        rows = [tuple(row) for row in await tx.execute(ordered)]
        assert rows == [row for row in kept if row[6]]


async def test_entries_are_opened_page_by_page(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 3)
    async with database.tenant(home) as tx:
        for number in range(20):
            when = AT + timedelta(hours=number)
            entry = PaymentEntry(f"P-{number:02}", f"C-{number % 3}", when, franc(100), PaidBy.CASH)
            await payments.record_payment(tx, home, entry, when)
        (income,) = await totals(tx, home, Of.FLEET, SIGNED, SIGNED)
        behind, seen, after = income.behind(Measure.COLLECTED), [], ("", 0, 0)
        while lines := await entries_of(tx, home, behind, after=after, limit=3):
            seen += lines
            after = (lines[-1].subject, lines[-1].transaction_id, lines[-1].line)
    assert len(seen) == len({line.key for line in seen}) == 20
    assert [line.subject for line in seen] == sorted(line.subject for line in seen)


async def test_arrears_and_risk_are_those_of_every_contract(database: Database, owner: Database) -> None:
    home, day = await a_fleet(database, owner, 6), SIGNED + timedelta(days=70)
    async with database.tenant(home) as tx:
        for whose, minor in enumerate([70_000, 65_000, 50_000, 15_000, 0, 95_000]):
            if minor:
                entry = PaymentEntry(f"P-{whose}", f"C-{whose}", AT, franc(minor), PaidBy.CASH)
                await payments.record_payment(tx, home, entry, AT)
        found = await portfolio(tx, home, day)
        standings = [(await file_of(tx, home, f"C-{one}")).standing for one in range(6)]
        known = [(one.days_late(day), one.remaining.minor) for one in standings if one]
        for days, share in found.at_risk.items():
            assert share == portfolio_at_risk(known, days)
        for one in found.buckets:
            mine = [left for late, left in known if bucket_of(late) == one.bucket.id]
            assert (one.contracts, one.outstanding.minor) == (len(mine), sum(mine))
            listed = await late_contracts(tx, home, day, one.bucket.id)
            assert sum(each.arrears_minor for each in listed) == one.arrears.minor
            if listed:
                last = (listed[0].arrears_minor, listed[0].contract_ref)
                assert await late_contracts(tx, home, day, one.bucket.id, after=last) == listed[1:]
        assert {one.bucket.id: one.contracts for one in found.buckets} == {
            "0": 2, "1-7": 1, "8-30": 1, "31-60": 1, "61-90": 1, "90+": 0
        }  # fmt: skip
        await listed_alike(tx, home, day)


async def listed_alike(tx: AsyncConnection, home: str, day: date) -> None:
    """A page that is found without asking the schedules is the one that they give; a draft comes last."""
    terms = Terms(Kind.PURCHASE, franc(9_000), franc(0), 9, Frequency.DAILY, day, day)
    given = Contract("C-9", "D-1", "M-9", terms)
    await contract.create_draft(tx, home, given, PublicHolidays())
    scope = Scope(home, day, "Africa/Douala", "XAF")
    asks = [{"order": f"{way}{name}"} for name in CONTRACTS.empty for way in ("", "-")]
    for ask in (*asks, {"late": "5", "order": "-days_late"}, {"late_most": "20", "state": "active"}):
        asked, pages = asked_of(CONTRACTS, ask), []
        for listing in (CONTRACTS, replace(CONTRACTS, light=None)):
            first = await find(tx, scope, listing, asked, limit=4)
            then = await find(tx, scope, listing, asked, first.after, 4) if first.after else first
            pages.append([tuple(row)[:16] for row in (*first.rows, *then.rows)])
        assert pages[0] == pages[1], ask


async def test_dues_are_kept_by_month_until_the_contract_ends(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 2)
    async with database.tenant(home) as tx:
        entry = PaymentEntry("P-1", "C-0", AT, franc(13_000), PaidBy.CASH)
        await payments.record_payment(tx, home, entry, AT)
        await contract.terminate(tx, home, "C-1", "stolen", AT + timedelta(days=40))
        months = {one.month_on.month: one for one in await collection(tx, home, SIGNED, date(2026, 4, 30))}
    # At its end the rest of the contract is claimed at once.
    assert [months[month].fallen_due.minor for month in (1, 2, 3, 4)] == [52_000, 92_000, 31_000, 5_000]
    assert months[1].rate == Decimal("0.2500")
    async with owner.anyone() as tx:
        due = text("select contract_ref, date_trunc('month', due_on)::date, sum(amount_minor), count(*) "
                   "from due where tenant_id = :tenant group by 1, 2 order by 1, 2")  # fmt: skip
        query = select(
            due_month.c.contract_ref, due_month.c.month_on, due_month.c.due_minor, due_month.c.dues
        )
        kept = query.where(due_month.c.tenant_id == home, due_month.c.dues != 0)
        kept = kept.order_by("contract_ref", "month_on")
        assert (await tx.execute(kept)).all() == (await tx.execute(due, {"tenant": home})).all()
