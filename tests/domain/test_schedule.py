from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.calendar import add_months
from domain.errors import BadInput
from domain.fleet.schedule import Due, DueKind, schedule
from domain.fleet.terms import FlatFee, Frequency, HolidayRule, Interest, Kind, Terms
from domain.money import Money

SUNDAY = 6
LABOUR_DAY = date(2026, 5, 1)


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


MONTHLY = Terms(
    kind=Kind.LEASE_TO_OWN,
    price=xaf(30_800),
    down_payment=xaf(20_000),
    instalments=6,
    frequency=Frequency.MONTHLY,
    first_due_on=date(2026, 4, 5),
    signed_on=date(2026, 3, 20),
)
DAILY = replace(
    MONTHLY,
    price=xaf(1_000_000),
    instalments=730,
    frequency=Frequency.DAILY,
    first_due_on=date(2026, 4, 6),
    rest_days=frozenset({SUNDAY}),
)


def holidays_of(year: int) -> frozenset[date]:
    return frozenset({date(year, 1, 1), date(year, 5, 1), date(year, 5, 20), date(year, 12, 25)})


def dates(terms: Terms) -> list[date]:
    return [due.due_on for due in schedule(terms, holidays_of) if due.number]


def total(dues: tuple[Due, ...]) -> int:
    return sum(due.amount.minor for due in dues)


def test_a_signed_contract_gets_its_down_payment_and_six_months() -> None:
    dues = schedule(MONTHLY)
    assert dues[0] == Due(0, date(2026, 3, 20), xaf(20_000), xaf(20_000), xaf(0), DueKind.DOWN_PAYMENT)
    assert [due.number for due in dues] == list(range(7))
    assert {due.amount for due in dues[1:]} == {xaf(1_800)}


def test_without_a_down_payment_the_first_due_is_number_one() -> None:
    assert schedule(replace(MONTHLY, down_payment=xaf(0)))[0].number == 1


def test_month_ends_come_back_after_february() -> None:
    terms = replace(MONTHLY, first_due_on=date(2028, 1, 31), signed_on=date(2028, 1, 1), instalments=4)
    assert [day.isoformat() for day in dates(terms)] == [
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
    ]


def test_a_shift_for_a_holiday_leaves_the_following_dates_alone() -> None:
    terms = replace(
        MONTHLY,
        first_due_on=LABOUR_DAY,
        instalments=2,
        holiday_rule=HolidayRule.NEXT_OPEN_DAY,
        rest_days=frozenset({5, SUNDAY}),
    )
    assert dates(terms) == [date(2026, 5, 4), date(2026, 6, 1)]


def test_daily_instalments_may_skip_holidays() -> None:
    terms = replace(
        DAILY, instalments=3, first_due_on=date(2026, 4, 30), holiday_rule=HolidayRule.SKIP, price=xaf(50_000)
    )
    assert dates(terms) == [date(2026, 4, 30), date(2026, 5, 2), date(2026, 5, 4)]
    assert dates(replace(terms, holiday_rule=HolidayRule.KEEP))[1] == LABOUR_DAY


def test_the_last_instalment_absorbs_the_rounding() -> None:
    dues = schedule(replace(DAILY, rounding=5))
    assert {due.amount.minor for due in dues[1:-1]} == {1_340}
    assert dues[-1].amount == xaf(980_000 - 729 * 1_340)
    assert total(dues) == 1_000_000


def test_a_flat_fee_is_spread_over_the_instalments() -> None:
    dues = schedule(replace(MONTHLY, charge=FlatFee(xaf(1_200))))
    assert {due.amount.minor for due in dues[1:]} == {2_000}
    assert {due.charge.minor for due in dues[1:]} == {200}


def test_interest_is_the_annuity_of_the_textbooks() -> None:
    """200 000.00 € over 20 years at 4 %: 1 211.96 € a month, 666.67 € of it interest in the first."""
    dues = schedule(
        replace(
            MONTHLY,
            price=Money("EUR", 25_000_000),
            down_payment=Money("EUR", 5_000_000),
            instalments=240,
            charge=Interest(400),
        )
    )
    assert (dues[1].amount.minor, dues[1].charge.minor) == (121_196, 66_667)
    assert abs(dues[-1].amount.minor - 121_196) < 240


@pytest.mark.parametrize(
    ("changes", "a_year"),
    [
        ({"frequency": Frequency.MONTHLY}, 12),
        ({"frequency": Frequency.WEEKLY}, 52),
        ({"frequency": Frequency.DAILY}, 365),
        ({"frequency": Frequency.DAILY, "rest_days": frozenset({SUNDAY})}, Fraction(365 * 6, 7)),
        ({"frequency": Frequency.EVERY_N_DAYS, "every_days": 10}, Fraction(365, 10)),
    ],
)
def test_a_period_bears_its_share_of_the_year_s_interest(changes: dict[str, Any], a_year: Fraction) -> None:
    terms = replace(
        MONTHLY,
        price=xaf(10**9),
        down_payment=xaf(0),
        first_due_on=date(2026, 4, 6),
        charge=Interest(1_200),
        **changes,
    )
    assert schedule(terms)[0].charge.minor == round(10**9 * Fraction(12, 100) / a_year)


FREQUENCIES = st.sampled_from(Frequency)
RESTS = st.frozensets(st.integers(0, 6), max_size=6)
RULES = st.sampled_from(HolidayRule)
CHARGES = st.one_of(
    st.none(), st.builds(FlatFee, st.integers(0, 10**6).map(xaf)), st.builds(Interest, st.integers(0, 5000))
)


@st.composite
def all_terms(draw: st.DrawFn) -> Terms:
    frequency, rest = draw(FREQUENCIES), draw(RESTS)
    first = draw(st.dates(date(2024, 1, 1), date(2032, 1, 1)))
    rule = draw(RULES)
    daily = frequency is Frequency.DAILY
    assume(not daily or first.weekday() not in rest)
    assume(daily or rule is not HolidayRule.SKIP)
    return Terms(
        kind=draw(st.sampled_from(Kind)),
        price=xaf(draw(st.integers(500_000, 5_000_000))),
        down_payment=xaf(draw(st.integers(0, 400_000))),
        instalments=draw(st.integers(1, 60)),
        frequency=frequency,
        first_due_on=first,
        signed_on=first - timedelta(days=draw(st.integers(0, 40))),
        every_days=draw(st.integers(1, 45)) if frequency is Frequency.EVERY_N_DAYS else 0,
        rest_days=rest,
        holiday_rule=rule,
        charge=draw(CHARGES),
        rounding=draw(st.sampled_from([1, 5, 25])),
    )


def leafed_through(terms: Terms) -> list[date]:
    """The due dates found by walking the calendar one day at a time and asking of each day."""
    closed = {day for year in range(2023, 2065) for day in holidays_of(year)}
    found: list[date] = []
    day, months = terms.first_due_on, 0
    while len(found) < terms.instalments:
        gone = (day - terms.first_due_on).days
        falls = {
            Frequency.DAILY: day.weekday() not in terms.rest_days,
            Frequency.WEEKLY: gone % 7 == 0,
            Frequency.EVERY_N_DAYS: gone % (terms.every_days or 1) == 0,
            Frequency.MONTHLY: day == add_months(terms.first_due_on, months),
        }[terms.frequency]
        if falls:
            months += 1
            moved = day
            while terms.holiday_rule is HolidayRule.NEXT_OPEN_DAY and (
                moved in closed or moved.weekday() in terms.rest_days
            ):
                moved += timedelta(days=1)
            if not (terms.holiday_rule is HolidayRule.SKIP and day in closed):
                found.append(moved)
        day += timedelta(days=1)
    return found


@given(all_terms())
def test_due_dates_are_those_of_a_walk_through_the_calendar(terms: Terms) -> None:
    assert dates(terms) == leafed_through(terms)


@given(all_terms())
def test_every_sum_is_exact(terms: Terms) -> None:
    dues = schedule(terms, holidays_of)
    assert sum(due.principal.minor for due in dues) == terms.price.minor
    assert all(due.amount == due.principal + due.charge for due in dues)
    assert all(due.amount.minor > 0 <= min(due.principal.minor, due.charge.minor) for due in dues)
    assert [due.due_on for due in dues] == sorted(due.due_on for due in dues)
    regular = [due.amount.minor for due in dues if due.number][:-1]
    assert len(set(regular)) <= 1
    assert all(amount % terms.rounding == 0 for amount in regular)
    if isinstance(terms.charge, FlatFee):
        assert total(dues) == terms.price.minor + terms.charge.amount.minor
    if terms.charge is None:
        assert total(dues) == terms.price.minor


@given(st.integers(100_000, 10**9), st.integers(1, 120), st.integers(1, 5000))
def test_the_annuity_discounts_to_the_principal(price: int, instalments: int, rate_bp: int) -> None:
    """The oracle discounts every instalment in exact fractions instead of using the closed formula."""
    terms = replace(
        MONTHLY,
        price=xaf(price),
        down_payment=xaf(0),
        instalments=instalments,
        charge=Interest(rate_bp),
    )
    rate = Fraction(rate_bp, 120_000)
    present = Fraction(sum(due.amount.minor / (1 + rate) ** due.number for due in schedule(terms)))
    assert abs(present - price) <= instalments


def refused(**changes: Any) -> str:
    with pytest.raises(BadInput) as error:
        schedule(replace(MONTHLY, **changes))
    assert all(mistake.mend and mistake.problem for mistake in error.value.mistakes)
    return error.value.mistakes[0].field


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("instalments", {"instalments": 0}),
        ("instalments", {"instalments": 10**6}),
        ("first_due_on", {"first_due_on": date(2026, 3, 19)}),
        ("first_due_on", {"frequency": Frequency.DAILY, "rest_days": frozenset({6})}),
        ("down_payment", {"down_payment": xaf(30_800)}),
        ("down_payment", {"down_payment": xaf(-1)}),
        ("down_payment", {"down_payment": Money("EUR", 100)}),
        ("price", {"price": xaf(0), "down_payment": xaf(0)}),
        ("price", {"price": Money("USD", 100), "down_payment": Money("USD", 0)}),
        ("charge", {"charge": FlatFee(Money("EUR", 5))}),
        ("charge", {"charge": FlatFee(xaf(-5))}),
        ("charge", {"charge": Interest(-1)}),
        ("charge", {"charge": Interest(10_001)}),
        ("rest_days", {"rest_days": frozenset(range(7))}),
        ("rest_days", {"rest_days": frozenset({7})}),
        ("every_days", {"every_days": 3}),
        ("every_days", {"frequency": Frequency.EVERY_N_DAYS}),
        ("holiday_rule", {"holiday_rule": HolidayRule.SKIP}),
        ("grace_days", {"grace_days": -1}),
        ("rounding", {"rounding": 0}),
        ("rounding", {"rounding": 25_000}),
        ("instalments", {"first_due_on": date(9999, 12, 1)}),
    ],
)
def test_terms_that_cannot_be_name_field_and_mend(field: str, changes: dict[str, Any]) -> None:
    assert refused(**changes) == field


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(BadInput) as error:
        replace(MONTHLY, instalments=0, grace_days=-1, down_payment=xaf(99_999))
    assert {mistake.field for mistake in error.value.mistakes} == {
        "instalments",
        "grace_days",
        "down_payment",
    }
