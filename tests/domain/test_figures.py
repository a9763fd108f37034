"""Figures by their definitions, and beside values that others have published."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.figures import (
    AT_RISK,
    BUCKETS,
    Flow,
    annual_yield,
    bucket_of,
    collection_rate,
    paid_back_on,
    portfolio_at_risk,
    ratio,
)
from domain.fleet.investing import entitled, statement_on

FIRST = date(2026, 1, 5)
FLOWS = st.lists(st.tuples(st.integers(1, 1500), st.integers(1, 10**7)), min_size=1, max_size=20)


def test_the_yield_of_the_usual_example() -> None:
    """The example of the spreadsheets' own documentation of XIRR: 37.34 %."""
    flows = [
        Flow(date(2008, 1, 1), -10_000), Flow(date(2008, 3, 1), 2_750), Flow(date(2008, 10, 30), 4_250),
        Flow(date(2009, 2, 15), 3_250), Flow(date(2009, 4, 1), 2_750),
    ]  # fmt: skip
    assert annual_yield(flows) == Decimal("0.3734")


@given(paid_in=st.integers(1, 10**9), per_mille=st.integers(1, 3_000), years=st.integers(1, 5))
def test_a_sum_that_grows_at_a_rate_yields_it(paid_in: int, per_mille: int, years: int) -> None:
    grown = round(paid_in * (per_mille / 1000) ** years)
    found = annual_yield([Flow(FIRST, -paid_in), Flow(FIRST + timedelta(days=365 * years), grown)])
    exact = (grown / paid_in) ** (1 / years) - 1
    if grown and exact > -0.9999:
        assert found is not None
        assert abs(float(found) - exact) < 0.0001


@given(flows=FLOWS, paid_in=st.integers(1, 10**8))
def test_at_its_yield_an_investment_is_worth_nothing(flows: list[tuple[int, int]], paid_in: int) -> None:
    dated = [Flow(FIRST, -paid_in), *(Flow(FIRST + timedelta(days=day), minor) for day, minor in flows)]
    found = annual_yield(dated)
    if found is not None:

        def worth(rate: float) -> float:
            return float(sum(one.minor * (1 + rate) ** (-(one.on - FIRST).days / 365) for one in dated))

        rate = float(found)
        if rate > -0.99:
            assert worth(rate - 0.0001) >= 0 >= worth(rate + 0.0001)


@pytest.mark.parametrize(
    "flows",
    [
        [],
        [Flow(FIRST, -5)],
        [Flow(FIRST, -5), Flow(FIRST, 5)],
        [Flow(FIRST, 5), Flow(FIRST + timedelta(days=9), 7)],
        [Flow(FIRST, -1), Flow(FIRST + timedelta(days=1), 5), Flow(FIRST + timedelta(days=2), -5)],
    ],
)
def test_where_no_rate_is_meant_none_is_told(flows: list[Flow]) -> None:
    assert annual_yield(flows) is None


def test_a_second_payment_in_after_the_first_share_keeps_the_rate_unique() -> None:
    days = [(0, -1000), (365, 100), (366, -50), (730, 1200)]
    found = annual_yield([Flow(FIRST + timedelta(days=day), minor) for day, minor in days])
    assert found is not None
    assert found > Decimal("0.11")


@given(flows=FLOWS, paid_in=st.integers(1, 10**8))
def test_what_is_paid_back_covers_what_was_paid(flows: list[tuple[int, int]], paid_in: int) -> None:
    dated = [Flow(FIRST, -paid_in), *(Flow(FIRST + timedelta(days=day), minor) for day, minor in flows)]
    on, total = paid_back_on(dated), sum(one.minor for one in dated)
    assert (on is not None) == (total >= 0)
    if on is not None:
        assert sum(one.minor for one in dated if one.on <= on) >= 0
        assert sum(one.minor for one in dated if one.on < on) < 0


@given(contracts=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 10**6)), max_size=30))
def test_the_later_the_smaller_the_risk(contracts: list[tuple[int, int]]) -> None:
    known = [portfolio_at_risk(contracts, days) for days in (0, *AT_RISK)]
    if sum(outstanding for _, outstanding in contracts):
        shares = [one for one in known if one is not None]
        assert len(shares) == len(known)
        assert shares == sorted(shares, reverse=True)
        assert all(0 <= one <= 1 for one in shares)
    else:
        assert set(known) == {None}


@given(days=st.integers(0, 400))
def test_every_lateness_has_one_bucket(days: int) -> None:
    inside = [one.id for one in BUCKETS if one.first <= days <= (one.last or days)]
    assert inside == ([] if not days else [bucket_of(days)])


def test_a_rate_compares_with_what_fell_due() -> None:
    assert collection_rate(150, 100) == Decimal("1.5")
    assert collection_rate(5, 0) is None
    assert ratio(2, 3) == Decimal("0.6667")


@given(
    months=st.lists(st.integers(-(10**6), 10**7), min_size=1, max_size=24),
    share_bp=st.integers(1, 10_000), revenue_share_bp=st.integers(1, 10_000),
)  # fmt: skip
def test_months_add_up_to_the_whole(months: list[int], share_bp: int, revenue_share_bp: int) -> None:
    """Each month is owed what everything grew by: the sum is the whole, rounded once."""
    owed, parts = 0, []
    for minor in months:
        parts.append((minor, share_bp))
        owed += entitled(parts, revenue_share_bp) - owed
    exact = Decimal(sum(months)) * share_bp * revenue_share_bp / 10**8
    assert 0 <= exact - owed < 1


def test_a_statement_falls_due_in_the_next_month() -> None:
    assert statement_on(date(2026, 12, 1), 5) == date(2027, 1, 5)
