"""How an investment does, and what the coming months should bring, told with the method."""

from datetime import date, timedelta
from decimal import Decimal

from database.fleet import payouts
from database.fleet.forecast import applied, forecast
from database.fleet.investments import performance
from database.fleet.investors import finance, investor_contract_of
from database.fleet.statements import statements_of
from database.session import Database
from database.shared.ownership import narrow
from domain.fleet.intake import PaidBy
from domain.fleet.investing import Payout, PayoutKind, Share
from domain.money import Money
from tests.database.test_figures import AT, SIGNED, a_fleet, franc
from tests.database.test_statements import an_investor, paid, state

TODAY = date(2026, 3, 10)


async def test_the_coming_months_are_the_schedules_at_the_rate_of_the_class(
    database: Database, owner: Database
) -> None:
    """One contract has paid in advance, one has paid half and is late, one has paid nothing."""
    home = await a_fleet(database, owner, 3)
    async with database.tenant(home) as tx:
        await paid(tx, home, "P-0", "C-0", date(2026, 2, 5), 64_000 + 25_000)
        await paid(tx, home, "P-1", "C-1", date(2026, 2, 20), 31_000)
        found = await forecast(tx, home, TODAY, 3)
        rates = {one.bucket: (one.fallen_due.minor, one.collected.minor) for one in found.rates}
        assert rates == {"0": (54_000, 89_000), "31-60": (54_000, 31_000), "61-90": (54_000, 0)}
        assert applied(found.rates) == {"0": 1, "31-60": Decimal("0.5741"), "61-90": 0}
        (april,) = found.months
        assert april.month_on == date(2026, 4, 1)
        left = 1_000  # of C-0, which has paid 89 of 90 dues; five fall in April
        assert april.falls_due.minor == left + 5_000 + 5_000
        assert april.expected.minor == left + 2_870


async def test_an_investment_is_told_with_its_flows(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 2)
    async with database.tenant(home) as tx:
        await an_investor(tx, home, share_bp=5_000)
        await finance(tx, home, Share("I-1", "M-0", 10_000, SIGNED), AT)
        await finance(tx, home, Share("I-1", "M-1", 5_000, SIGNED), AT)
        await paid(tx, home, "P-1", "C-0", date(2026, 1, 20), 26_000)
        await paid(tx, home, "P-2", "C-1", date(2026, 2, 20), 20_000)
        await state(tx, home, "I-1", 2)
        await paid(tx, home, "P-3", "C-0", date(2026, 3, 2), 8_000)
        assert [one.share.minor for one in await statements_of(tx, home, "I-1")] == [5_000, 13_000]
        given = Payout("V-1", "I-1", PayoutKind.SHARE, franc(13_000), date(2026, 2, 15), PaidBy.BANK)
        await payouts.pay_out(tx, home, given, AT + timedelta(days=60))
        found = await performance(tx, home, await investor_contract_of(tx, home, "I-1"), TODAY)
        assert (found.earned.minor, found.paid.minor, found.owed.minor) == (18_000, 13_000, 5_000)
        assert found.accruing.minor == 4_000
        assert found.paid_back == Decimal("0.0130")
        assert found.paid_back_on is None
        assert found.yield_to_date is None  # 2 % back after two months is no yearly rate yet
        assert [(one.bucket, one.contracts) for one in found.late] == [("31-60", 1), ("8-30", 1)]
        assert [one.month_on for one in found.expected] == [date(2026, 4, 1)]
        assert found.expected[0].expected <= found.expected[0].falls_due == Money("XAF", 2_500 + 1_250)


async def test_whoever_sees_their_own_only_sees_no_drivers(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 1)
    async with database.tenant(home) as tx:
        for ref in ("I-1", "I-2"):
            await an_investor(tx, home, ref, share_bp=5_000)
        await finance(tx, home, Share("I-1", "M-0", 10_000, SIGNED), AT)
        await paid(tx, home, "P-1", "C-0", date(2026, 1, 20), 26_000)
        await state(tx, home, "I-1", 1)
    async with database.tenant(home) as tx:
        await narrow(tx, "B-I-1")
        found = await performance(tx, home, await investor_contract_of(tx, home, "I-1"), TODAY)
        assert (found.earned.minor, found.late, found.expected) == (13_000, (), ())
    async with database.tenant(home) as tx:
        await narrow(tx, "B-I-2")
        assert await statements_of(tx, home, "I-1") == []
