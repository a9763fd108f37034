from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.dunning import Promise
from domain.fleet.payments import Payment, Standing, allocate
from domain.fleet.schedule import Due
from domain.fleet.score import ScoreFacts, score_facts
from domain.money import Money

FIRST = date(2026, 1, 5)
WEEK = timedelta(days=7)
GRACE = 2


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


DUES = [Due(n, FIRST + (n - 1) * WEEK, xaf(1000), xaf(1000), xaf(0)) for n in range(1, 21)]


def standing(*payments: tuple[date, int]) -> Standing:
    rows = [
        Payment(f"P{n}", datetime.combine(day, time(9), UTC), xaf(amount))
        for n, (day, amount) in enumerate(payments)
    ]
    return allocate(DUES, rows, "Africa/Douala")


def score(where: Standing, day: date, **more: object) -> ScoreFacts:
    return score_facts(where, day=day, signed_on=FIRST, grace_days=GRACE, **more)  # type: ignore[arg-type]


def test_nothing_is_said_of_dues_still_in_their_grace() -> None:
    facts = score(standing(), FIRST + timedelta(days=GRACE))
    assert (facts.on_time_12m, facts.on_time_3m, facts.mean_days_12m) == (None, None, None)
    assert (facts.late_3m, facts.days_late, facts.unpaid_dues) == (0, 0, 0)
    assert score(standing(), FIRST + timedelta(days=GRACE + 1)).on_time_12m == 0


def test_a_delay_counts_from_the_due_date_and_only_after_the_grace() -> None:
    where = standing((FIRST + timedelta(days=2), 1000), (FIRST + WEEK + timedelta(days=5), 1000))
    facts = score(where, FIRST + 2 * WEEK)
    assert (facts.on_time_12m, facts.late_3m, facts.late_months) == (Decimal(50), 1, 1)
    assert (facts.worst_days_12m, facts.mean_days_12m) == (5, Decimal("2.5"))
    assert facts.clean_days == 2


def test_what_came_in_after_the_day_is_not_known_yet() -> None:
    where = standing((FIRST, 1000), (FIRST + 3 * WEEK, 19_000))
    facts = score(where, FIRST + WEEK + timedelta(days=3))
    assert (facts.paid_percent, facts.unpaid_dues, facts.worst_days_12m) == (Decimal(5), 1, 3)
    assert facts.arrears == xaf(1000)


def test_paying_ahead_is_seen_and_too_much_is_no_more_than_all() -> None:
    facts = score(standing((FIRST - timedelta(days=1), 30_000)), FIRST + 10 * WEEK)
    assert (facts.early_12m, facts.paid_percent, facts.covered_percent) == (Decimal(100),) * 3


def test_what_is_paid_in_advance_counts_from_the_next_due() -> None:
    day = FIRST + timedelta(days=1)
    assert [score(standing((FIRST, paid)), day).ahead_days for paid in (1, 1000, 1999, 2000, 4000)] == [
        0, 0, 0, 7, 21,
    ]  # fmt: skip
    assert score(standing((FIRST, 20_000)), day).ahead_days == (18 * WEEK).days
    assert score(standing((FIRST, 20_000)), FIRST + 30 * WEEK).ahead_days == 0


def test_what_fell_due_with_another_driver_is_no_lateness_of_this_one() -> None:
    where, day = standing((FIRST + 3 * WEEK, 4000)), FIRST + 5 * WEEK
    late = score(where, day)
    taken_over = score_facts(where, day=day, signed_on=FIRST + 4 * WEEK, grace_days=GRACE)
    assert (late.late_3m, taken_over.late_3m) == (4, 1)
    assert (late.worst_days_12m, taken_over.worst_days_12m) == (21, 7)
    assert taken_over.arrears == late.arrears == xaf(1000)


def test_what_is_covered_is_of_the_dues_past_their_grace() -> None:
    where = standing((FIRST, 1500))
    day = FIRST + WEEK + timedelta(days=GRACE)
    assert score(where, day).covered_percent == 100
    assert score(where, day + timedelta(days=1)).covered_percent == 75
    assert score(where, FIRST).covered_percent is None


def test_a_lateness_older_than_a_year_is_forgotten() -> None:
    where = standing((FIRST + 30 * WEEK, 20_000))
    facts = score(where, FIRST + 80 * WEEK)
    assert (facts.on_time_12m, facts.worst_days_12m, facts.late_months) == (None, 0, 0)
    assert facts.clean_days == (50 * WEEK).days


def test_promises_and_reversals_of_the_year_count() -> None:
    until = FIRST + timedelta(days=9)
    kept = Promise(FIRST + timedelta(days=5), until, xaf(500))
    broken = Promise(FIRST + timedelta(days=5), until, xaf(5000))
    where = standing((until, 500))
    facts = score(
        where,
        until + WEEK,
        promises=[kept, broken],
        reversed_on=[FIRST - timedelta(days=700), FIRST, until + 2 * WEEK],
    )
    assert (facts.kept_promises_12m, facts.broken_promises_12m, facts.reversals_12m) == (1, 1, 1)


def test_swaps_are_counted_by_day() -> None:
    day = FIRST + 10 * WEEK
    swaps = [day - timedelta(days=back) for back in (3, 3, 4, 29, 30)] + [day + WEEK]
    facts = score(standing(), day, swapped_on=swaps)
    assert (facts.swap_days_30, facts.days_without_swap) == (3, 3)
    assert score(standing(), day).days_without_swap is None


amounts = st.lists(st.tuples(st.integers(-5, 160), st.integers(1, 3000)), max_size=12)
days = st.integers(0, 420)


@given(amounts, days)
def test_the_facts_hold_together(paid: list[tuple[int, int]], after: int) -> None:
    day = FIRST + timedelta(days=after)
    facts = score(standing(*[(FIRST + timedelta(days=on), amount) for on, amount in paid]), day)
    assert facts.late_months <= 12
    assert 0 <= facts.paid_percent <= 100
    assert (facts.arrears.minor > 0) == (facts.days_late > 0) == (facts.unpaid_dues > 0)
    assert facts.clean_days == 0 or not facts.unpaid_dues
    if facts.on_time_3m is not None:
        assert facts.on_time_12m is not None
        assert (facts.on_time_3m == 100) == (facts.late_3m == 0)
    assert facts.worst_days_12m == 0 or facts.worst_days_12m > GRACE
