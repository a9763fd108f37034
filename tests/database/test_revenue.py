"""What agencies, stations and bikes bring is the sum of the entries that it opens."""

from datetime import date, timedelta

from sqlalchemy import text

from database.fleet import payments
from database.fleet.assigning import swap_bike
from database.fleet.behind import Measure, Of, entries_of
from database.fleet.changes import Act
from database.fleet.costs import record_cost
from database.fleet.investors import finance
from database.fleet.opening import attach_contracts, open_agency, open_station
from database.fleet.profits import by_day
from database.fleet.refunds import Refund, give_back
from database.fleet.revenue import Income, revenue, totals
from database.fleet.statements import statement_of
from database.fleet.swaps import record_swap
from database.session import Database
from domain.fleet.asset import Agency, Cost, CostKind, CostOf, Station
from domain.fleet.intake import PaidBy, PaymentEntry
from domain.fleet.investing import Share
from domain.fleet.report import Kind, Period
from domain.fleet.swap import SwapEntry, SwapPaidBy
from tests.database.test_figures import AT, SIGNED, a_fleet, franc
from tests.database.test_statements import an_investor, paid, state

SIGNS = {Measure.COLLECTED: 1, Measure.SWAPS: -1, Measure.COSTS: 1, Measure.SHARES: 1}
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 1)


async def test_every_level_is_the_sum_of_its_entries(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 3)
    later = AT + timedelta(days=100)
    async with database.tenant(home) as tx:
        await open_agency(tx, home, Agency("A-1", "Akwa", SIGNED), AT)
        await open_station(tx, home, Station("S-1", "Bonabéri", SIGNED, franc(500), 0, 600, "A-1"), AT)
        await attach_contracts(tx, home, "A-1", ["C-0", "C-1"])
        await paid(tx, home, "P-0", "C-0", date(2026, 1, 20), 26_000)
        await paid(tx, home, "P-1", "C-1", date(2026, 2, 3), 9_000)
        await paid(tx, home, "P-2", "C-2", date(2026, 2, 4), 7_000)
        for number in range(4):
            given = "insert into battery (tenant_id, ref, state) values (:t, :ref, 'in_use')"
            await tx.execute(text(given), {"t": home, "ref": f"B-{number}"})
        for number in range(3):
            at = AT + timedelta(days=20 * number, hours=1)
            names = (f"W-{number}", "S-1", "M-0", f"B-{number}", f"B-{number + 1}")
            swap = SwapEntry(*names, at, SwapPaidBy.CASH)
            await record_swap(tx, home, swap, later)
        for kind, subject in ((CostOf.STATION, "S-1"), (CostOf.AGENCY, "A-1"), (CostOf.BIKE, "M-0")):
            cost = Cost(f"K-{kind}", CostKind.REPAIR, kind, subject, date(2026, 2, 10), franc(1_250))
            await record_cost(tx, home, cost, later)
        await an_investor(tx, home, share_bp=5_000)
        await finance(tx, home, Share("I-1", "M-0", 5_000, SIGNED), AT)
        await state(tx, home, "I-1", 2)
        sums: dict[tuple[Of, str], list[int]] = {}
        for of in (Of.BIKE, Of.STATION, Of.AGENCY, Of.FLEET):
            whole = await totals(tx, home, of, FIRST, LAST)
            months = await revenue(tx, home, of, FIRST, LAST)
            assert sum(one.margin.minor for one in months) == sum(one.margin.minor for one in whole)
            for one in whole:
                sums[of, one.ref] = [told(one, measure) for measure in SIGNS]
                for measure, sign in SIGNS.items():
                    if (of, measure) != (Of.STATION, Measure.COLLECTED):
                        lines = await entries_of(tx, home, one.behind(measure), limit=500)
                        opened = sign * sum(line.amount.minor for line in lines)
                        assert opened == told(one, measure), (of, measure)
    assert sums[Of.STATION, "S-1"] == [0, 1_500, 1_250, 0]
    assert sums[Of.BIKE, "M-0"] == [26_000, 0, 1_250, 6_500]
    assert sums[Of.AGENCY, "A-1"][:2] == [35_000, 1_500]
    assert sums[Of.FLEET, ""] == [42_000, 1_500, 3_750, 6_500]


def told(one: Income, measure: Measure) -> int:
    return int(getattr(one, measure.value).minor)


async def test_money_goes_with_the_bike_that_was_ridden(database: Database, owner: Database) -> None:
    """The bike was swapped on 10 February, which is written down in March; some was given back in April."""
    home = await a_fleet(database, owner, 2)
    async with database.tenant(home) as tx:
        await tx.execute(text("insert into bike (tenant_id, ref) values (:t, 'M-9')"), {"t": home})
        await an_investor(tx, home, share_bp=10_000)
        await finance(tx, home, Share("I-1", "M-9", 10_000, date(2026, 2, 15)), AT)
        for ref, day, minor in (("P-1", 9, 4_000), ("P-2", 10, 3_000), ("P-3", 20, 90_000)):
            await paid(tx, home, ref, "C-0", date(2026, 2, day), minor)
        then = AT + timedelta(days=65)
        await swap_bike(tx, home, "C-0", "M-9", Act(then, "key:ops", "crashed", date(2026, 2, 10)))
        back = Refund("R-1", "C-0", franc(7_000), PaidBy.BANK, AT + timedelta(days=90), "paid twice")
        await give_back(tx, home, back, AT + timedelta(days=90), "key:ops")
        found = {(one.ref, one.first_on.month): one for one in await revenue(tx, home, Of.BIKE, FIRST, LAST)}
        assert {key: one.collected.minor for key, one in found.items() if one.collected.minor} == {
            ("M-0", 2): 4_000, ("M-9", 2): 93_000, ("M-9", 4): -7_000
        }  # fmt: skip
        for one in found.values():
            lines = await entries_of(tx, home, one.behind(Measure.COLLECTED))
            assert sum(line.amount.minor for line in lines) == one.collected.minor
        for month, days in ((2, 28), (4, 30)):
            period = Period(date(2026, month, 1), date(2026, month, days))
            rows = await by_day(tx, home, Kind.BIKE, "", period)
            assert {(row.ref, month): row.collected for row in rows if row.collected} == {
                key: one.collected.minor for key, one in found.items()
                if key[1] == month and one.collected.minor
            }  # fmt: skip
            [whole] = await by_day(tx, home, Kind.FLEET, "", period)
            assert whole.collected == sum(row.collected for row in rows)
        await state(tx, home, "I-1", 4)
        months = [date(2026, month, 1) for month in (1, 2, 3, 4)]
        shares = [(await statement_of(tx, home, "I-1", month))[0].share.minor for month in months]
        assert shares == [0, 90_000, 0, -7_000]


async def test_the_best_come_first_page_by_page(database: Database, owner: Database) -> None:
    home = await a_fleet(database, owner, 5)
    async with database.tenant(home) as tx:
        for number, minor in enumerate([300, 500, 300, 100, 500]):
            entry = PaymentEntry(f"P-{number}", f"C-{number}", AT, franc(minor), PaidBy.BANK)
            await payments.record_payment(tx, home, entry, AT)
        seen: list[str] = []
        after = None
        while found := await totals(
            tx, home, Of.BIKE, FIRST, LAST, sort="collected", descending=True, after=after, limit=2
        ):
            seen += [one.ref for one in found]
            after = (found[-1].collected.minor, found[-1].ref)
        assert seen == ["M-1", "M-4", "M-0", "M-2", "M-3"]
