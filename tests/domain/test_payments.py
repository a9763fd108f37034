import random
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.fleet.payments import Payment, Standing, allocate
from domain.fleet.schedule import Due
from domain.money import Money

ZONE = "Africa/Douala"
START = date(2026, 4, 1)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


def daily_dues(*amounts: int) -> list[Due]:
    days = [START + timedelta(days=n) for n in range(len(amounts))]
    return [Due(n, day, xaf(a), xaf(a), xaf(0)) for n, (day, a) in enumerate(zip(days, amounts, strict=True))]


def paid(ref: str, day: int, amount: int, *, reversed: bool = False) -> Payment:
    return Payment(ref, NOON + timedelta(days=day), xaf(amount), reversed)


def test_a_partial_payment_leaves_the_due_open_until_the_rest_comes() -> None:
    dues = daily_dues(1000, 1000)
    first = allocate(dues, [paid("a", 0, 600)], ZONE).settlements[0]
    assert (first.paid, first.unpaid, first.paid_on) == (xaf(600), xaf(400), None)
    both = allocate(dues, [paid("a", 0, 600), paid("b", 3, 400)], ZONE).settlements
    assert [one.paid_on for one in both] == [START + timedelta(days=3), None]


def test_one_large_payment_settles_several_dues_and_the_rest_is_credit() -> None:
    standing = allocate(daily_dues(1000, 1000), [paid("a", -2, 2500)], ZONE)
    assert not standing.remaining.minor
    assert standing.overpayment == xaf(500)
    assert {one.paid_on for one in standing.settlements} == {START - timedelta(days=2)}


def test_a_reversed_payment_counts_for_nothing() -> None:
    dues = daily_dues(1000, 1000)
    with_it = allocate(dues, [paid("a", 0, 1000, reversed=True), paid("b", 1, 700)], ZONE)
    assert with_it == allocate(dues, [paid("b", 1, 700)], ZONE)


def test_the_same_payment_told_twice_counts_once() -> None:
    dues, payment = daily_dues(1000, 1000), paid("a", 0, 1000)
    assert allocate(dues, [payment, payment], ZONE) == allocate(dues, [payment], ZONE)


def test_a_payment_before_midnight_in_utc_is_tomorrow_in_douala() -> None:
    late = Payment("a", datetime(2026, 4, 1, 23, 30, tzinfo=UTC), xaf(1000))
    assert allocate(daily_dues(1000), [late], ZONE).settlements[0].paid_on == date(2026, 4, 2)


def test_arrears_begin_the_day_after_the_grace_and_end_on_the_day_of_payment() -> None:
    standing = allocate(daily_dues(1000, 1000), [paid("a", 6, 2000)], ZONE)
    on = [START + timedelta(days=n) for n in range(8)]
    assert [standing.arrears_on(day, 2).minor for day in on] == [0, 0, 0, 1000, 2000, 2000, 0, 0]
    assert [standing.days_late(day, 2) for day in on] == [0, 0, 0, 3, 4, 5, 0, 0]
    assert standing.arrears_on(on[1]) == xaf(1000)
    assert standing.oldest_unpaid_due_on(on[5]) == START


def test_a_part_payment_moves_the_oldest_unpaid_due() -> None:
    standing = allocate(daily_dues(1000, 1000, 1000), [paid("a", 0, 1500)], ZONE)
    assert standing.oldest_unpaid_due_on(date(2026, 4, 30)) == START + timedelta(days=1)
    assert standing.arrears_on(date(2026, 4, 30)) == xaf(1500)
    assert standing.remaining == xaf(1500)


def test_the_next_due_is_one_that_is_not_paid_in_advance() -> None:
    standing = allocate(daily_dues(1000, 1000, 1000), [paid("a", 0, 2000)], ZONE)
    due = standing.next_due_after(START)
    assert due is not None
    assert due.number == 2
    assert standing.next_due_after(START + timedelta(days=2)) is None


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("amount", lambda: paid("a", 0, 0)),
        ("received_at", lambda: Payment("a", datetime(2026, 4, 1), xaf(5))),
        ("currency", lambda: allocate(daily_dues(5), [Payment("a", NOON, Money("EUR", 5))], ZONE)),
        ("ref", lambda: allocate(daily_dues(5), [paid("a", 0, 5), paid("a", 1, 5)], ZONE)),
        ("dues", lambda: allocate([], [], ZONE)),
    ],
)
def test_bad_input_names_its_field(field: str, make: object) -> None:
    assert callable(make)
    with pytest.raises(BadInput) as refused:
        make()
    assert refused.value.mistakes[0].field == field


AMOUNTS = st.lists(st.integers(1, 9), min_size=1, max_size=12)
PAYMENTS = st.lists(
    st.builds(
        lambda day, amount, gone: (day, amount, gone), st.integers(-3, 15), st.integers(1, 20), st.booleans()
    ),
    max_size=10,
).map(lambda rows: [paid(f"P{n}", d, a, reversed=gone) for n, (d, a, gone) in enumerate(rows)])


@given(AMOUNTS, PAYMENTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    amounts: list[int], payments: list[Payment], dice: random.Random
) -> None:
    shuffled = payments.copy()
    dice.shuffle(shuffled)
    dues = daily_dues(*amounts)
    assert allocate(dues, shuffled, ZONE) == allocate(list(reversed(dues)), payments, ZONE)


@given(AMOUNTS, PAYMENTS)
def test_no_franc_is_lost_and_each_goes_to_the_oldest_due(
    amounts: list[int], payments: list[Payment]
) -> None:
    """The oracle pays franc by franc."""
    standing = allocate(daily_dues(*amounts), payments, ZONE)
    live = sorted((p for p in payments if not p.reversed), key=lambda p: (p.received_at, p.ref))
    francs = [payment.received_at.date() for payment in live for _ in range(payment.amount.minor)]
    wanted = [number for number, amount in enumerate(amounts) for _ in range(amount)]
    spent = list(zip(wanted, francs, strict=False))
    for number, one in enumerate(standing.settlements):
        mine = [day for due, day in spent if due == number]
        assert one.paid.minor == len(mine)
        assert one.paid_on == (mine[-1] if len(mine) == amounts[number] else None)
    assert standing.allocated.minor == len(spent)
    assert (standing.allocated + standing.overpayment).minor == len(francs)
    assert standing.remaining.minor == sum(amounts) - len(spent)


@given(AMOUNTS, PAYMENTS, st.integers(-1, 30), st.integers(0, 5))
def test_what_stood_on_a_day_is_what_was_known_by_then(
    amounts: list[int], payments: list[Payment], day: int, grace: int
) -> None:
    """The oracle allocates again with the payments of that day and before."""
    on, dues = START + timedelta(days=day), daily_dues(*amounts)
    then = allocate(dues, [p for p in payments if p.received_at.date() <= on], ZONE)
    late = [
        one for one in then.settlements if one.due.due_on + timedelta(days=grace) < on and one.unpaid.minor
    ]
    now: Standing = allocate(dues, payments, ZONE)
    assert now.arrears_on(on, grace).minor == sum(one.unpaid.minor for one in late)
    assert now.oldest_unpaid_due_on(on, grace) == (late[0].due.due_on if late else None)
    assert now.days_late(on, grace) == ((on - late[0].due.due_on).days if late else 0)


def test_the_work_grows_with_the_size_and_not_with_its_square() -> None:
    def seconds(size: int) -> float:
        dues, payments = daily_dues(*[1000] * size), [paid(f"P{n}", n, 990) for n in range(size)]
        begun = perf_counter()
        allocate(dues, payments, ZONE)
        return perf_counter() - begun

    assert min(seconds(7300) for _ in range(3)) < 40 * min(seconds(730) for _ in range(3))
