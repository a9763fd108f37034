"""Investors are owed, to the minor unit and over all months, their share of what their bikes brought."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import payments, payouts
from database.fleet.behind import Measure, entries_of
from database.fleet.investors import (
    PAYABLE,
    create_contract,
    end_contract,
    end_share,
    finance,
    investor_contract_of,
    shares_of,
)
from database.fleet.statements import close_month, latest_statement, next_month, statement_of, statements_of
from database.session import Database
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from domain.calendar import add_months
from domain.errors import BadInput, Conflict, NotFound
from domain.fleet.intake import PaidBy, PaymentEntry
from domain.fleet.investing import InvestorContract, InvestorKind, Payout, PayoutKind, Share
from domain.money import Money
from tests.database.test_figures import AT, DOUALA, SIGNED, a_fleet, franc

JANUARY = date(2026, 1, 1)


async def an_investor(
    tx: AsyncConnection, home: str, ref: str = "I-1", share_bp: int = 3333, ends_on: date | None = None
) -> InvestorContract:
    person = Contact(f"B-{ref}", "Aïssatou Mbarga", "aissatou@example.cm", None, "fr")
    await save_contact(tx, home, person)
    agreed = InvestorContract(
        ref, person.ref, InvestorKind.FINANCING, franc(1_000_000), share_bp, SIGNED, ends_on
    )
    await create_contract(tx, home, agreed, AT)
    return agreed


async def state(tx: AsyncConnection, home: str, ref: str, months: int, at: datetime = AT) -> None:
    """The next months, one after the other."""
    for _ in range(months):
        latest = await latest_statement(tx, home, ref)
        month = next_month(await investor_contract_of(tx, home, ref), latest.month_on if latest else None)
        assert month is not None
        await close_month(tx, home, ref, month, at, await shares_of(tx, home, contract_ref=ref))


async def paid(tx: AsyncConnection, home: str, ref: str, contract: str, day: date, minor: int) -> None:
    when = datetime(day.year, day.month, day.day, 23, 30, tzinfo=DOUALA)
    await payments.record_payment(
        tx, home, PaymentEntry(ref, contract, when, franc(minor), PaidBy.MOBILE_MONEY), when
    )


MOVES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 110), st.integers(1, 7_777), st.sampled_from([0, 0, 20, 50])),
    max_size=12,
)
SHARES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 5000), st.integers(0, 60), st.integers(0, 60)), max_size=3
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, shares=SHARES, share_bp=st.integers(1, 10_000))
@example(moves=[(0, 0, 7767, 0)], shares=[(0, 29, 0, 0), (0, 29, 0, 0)], share_bp=222)
async def test_over_the_months_nothing_is_lost_and_nothing_owed_twice(
    database: Database, owner: Database, moves: list[tuple[int, int, int, int]],
    shares: list[tuple[int, int, int, int]], share_bp: int,
) -> None:  # fmt: skip
    """Reckoned day by day from every payment and reversal, beside what months and their edges give."""
    home = await a_fleet(database, owner, 2)
    async with database.tenant(home) as tx:
        agreed = await an_investor(tx, home, share_bp=share_bp)
        kept: list[Share] = []
        for bike, bp, first, length in shares:
            from_on = SIGNED + timedelta(days=first)
            share = Share("I-1", f"M-{bike}", bp, from_on, from_on + timedelta(days=length))
            try:
                await finance(tx, home, share, AT)
                if share not in kept:  # the same one said twice is one
                    kept.append(share)
            except Conflict:
                continue
        flows: list[tuple[str, date, int]] = []
        for number, (bike, day, minor, back) in enumerate(moves):
            on = SIGNED + timedelta(days=day)
            await paid(tx, home, f"P-{number}", f"C-{bike}", on, minor)
            flows.append((f"M-{bike}", on, minor))
            if back:
                then = datetime(on.year, on.month, on.day, 12, tzinfo=DOUALA) + timedelta(days=back)
                await payments.reverse_payment(tx, home, f"P-{number}", "refused", then)
                flows.append((f"M-{bike}", then.date(), -minor))
            if number == len(moves) // 2:
                await state(tx, home, "I-1", 2)  # what comes later for these months is stated with the next
        await state(tx, home, "I-1", 5)
        stated = await statements_of(tx, home, "I-1")
        for share_of_bike in {share.bike_ref for share in kept}:
            weighted = sum(
                minor * share.share_bp
                for share in kept if share.bike_ref == share_of_bike
                for bike, on, minor in flows
                if bike == share_of_bike and share.from_on <= on <= (share.until_on or date.max)
            )  # fmt: skip
            lines = [
                line for one in stated
                for line in (await statement_of(tx, home, "I-1", one.month_on))[1]
                if line.bike_ref == share_of_bike
            ]  # fmt: skip
            exact = weighted * agreed.revenue_share_bp // 100_000_000
            assert sum(line.share.minor for line in lines) == exact
        owed = await ledger.balance(tx, home, PAYABLE, "I-1", "XAF")
        assert -owed.minor == sum(one.share.minor for one in stated) == stated[0].payable.minor
        for one in stated:
            opened = await entries_of(tx, home, one.behind(Measure.SHARES), limit=500)
            assert -sum(line.amount.minor for line in opened) == one.share.minor


async def test_a_bike_is_financed_once(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 1)
    async with database.tenant(home) as tx:
        for ref in ("I-1", "I-2"):
            await an_investor(tx, home, ref)
        assert await finance(tx, home, Share("I-1", "M-0", 6_000, SIGNED), AT)
        assert not await finance(tx, home, Share("I-1", "M-0", 6_000, SIGNED), AT)
        with pytest.raises(Conflict, match="more than 100 %"):
            await finance(tx, home, Share("I-2", "M-0", 4_001, SIGNED + timedelta(days=9)), AT)
        assert await finance(tx, home, Share("I-2", "M-0", 4_000, SIGNED), AT)
        assert await end_share(tx, home, "I-1", "M-0", date(2026, 2, 10), AT)
        assert not await end_share(tx, home, "I-1", "M-0", date(2026, 2, 10), AT)
        with pytest.raises(Conflict, match="40 %"):
            await finance(tx, home, Share("I-2", "M-0", 6_000, date(2026, 2, 11)), AT)
        assert await finance(tx, home, Share("I-1", "M-0", 5_000, date(2026, 2, 11)), AT)
        with pytest.raises(NotFound):
            await finance(tx, home, Share("I-1", "M-9", 100, SIGNED), AT)
        with pytest.raises(BadInput, match="from_on"):
            await finance(tx, home, Share("I-1", "M-0", 100, SIGNED - timedelta(days=1)), AT)


async def test_a_payout_is_of_what_is_owed(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 1)
    async with database.tenant(home) as tx:
        await an_investor(tx, home, share_bp=5_000)
        await finance(tx, home, Share("I-1", "M-0", 10_000, SIGNED), AT)
        await paid(tx, home, "P-1", "C-0", SIGNED, 9_001)
        await state(tx, home, "I-1", 1)
        later = AT + timedelta(days=40)
        with pytest.raises(Conflict, match="4500 XAF"):
            await payouts.pay_out(tx, home, payout("V-1", 4_501), later)
    async with database.tenant(home) as tx:
        assert await payouts.pay_out(tx, home, payout("V-1", 4_500), later)
        assert not await payouts.pay_out(tx, home, payout("V-1", 4_500), later)
        with pytest.raises(Conflict, match="amount_minor"):
            await payouts.pay_out(tx, home, payout("V-1", 4_000), later)
        assert await payouts.reverse_payout(tx, home, "V-1", "the bank sent it back", later)
        assert not await payouts.reverse_payout(tx, home, "V-1", "the bank sent it back", later)
        assert await payouts.pay_out(tx, home, payout("V-2", 4_500), later)
        assert await payouts.pay_out(tx, home, payout("V-3", 1_000_000, PayoutKind.CAPITAL), later)
        await state(tx, home, "I-1", 1)
        second = await latest_statement(tx, home, "I-1")
        assert second is not None
        assert (second.before.minor, second.share.minor, second.paid.minor) == (4_500, 0, 4_500)
        assert second.due_on == date(2026, 3, 15)


def payout(ref: str, minor: int, kind: PayoutKind = PayoutKind.SHARE) -> Payout:
    return Payout(ref, "I-1", kind, Money("XAF", minor), date(2026, 2, 14))


async def test_the_last_month_is_that_of_the_end(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 1)
    async with database.tenant(home) as tx:
        await an_investor(tx, home, share_bp=10_000)
        await finance(tx, home, Share("I-1", "M-0", 10_000, SIGNED), AT)
        await paid(tx, home, "P-1", "C-0", date(2026, 3, 10), 700)
        await paid(tx, home, "P-2", "C-0", date(2026, 3, 11), 500)
        await state(tx, home, "I-1", 2)
        with pytest.raises(BadInput, match="2026-02-28"):
            await end_contract(tx, home, "I-1", date(2026, 2, 27), "bought out", AT)
        assert await end_contract(tx, home, "I-1", date(2026, 3, 10), "bought out", AT)
        await state(tx, home, "I-1", 1)
        last = await latest_statement(tx, home, "I-1")
        assert last is not None
        assert last.share.minor == 700
        assert next_month(await investor_contract_of(tx, home, "I-1"), last.month_on) is None
        assert add_months(JANUARY, 2) == last.month_on
