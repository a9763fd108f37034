"""Schedules that change: what was paid stays, what is owed is conserved to the last franc."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput, Conflict
from domain.fleet.change import Offer, charges, parted, principal, reaged, renegotiated, total, with_fee
from domain.fleet.earning import earned_until, earnings, next_earning_on
from domain.fleet.ending import End, EndKind, ended, paid_on, quote, settled
from domain.fleet.paper import spans
from domain.fleet.payments import Payment, Standing, allocate
from domain.fleet.schedule import Due, DueKind, schedule
from domain.fleet.terms import FlatFee, Frequency, HolidayRule, Interest, Kind, Terms
from domain.money import Money

ZONE, SIGNED = "Africa/Douala", date(2026, 1, 5)


def franc(minor: int) -> Money:
    return Money("XAF", minor)


RHYTHMS = st.sampled_from([Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY])
CHARGES = st.one_of(
    st.none(),
    st.integers(1, 40_000).map(lambda fee: FlatFee(franc(fee))),
    st.integers(1, 6_000).map(Interest),
)
STEPS = st.sampled_from([1, 5, 50])


@st.composite
def agreed(draw: st.DrawFn) -> Terms:
    return Terms(
        Kind.LEASE_TO_OWN, franc(120_000), franc(draw(st.sampled_from([0, 20_000]))),
        draw(st.integers(2, 40)), draw(RHYTHMS), SIGNED + timedelta(days=2), SIGNED,
        grace_days=draw(st.integers(0, 4)), charge=draw(CHARGES), rounding=draw(STEPS),
    )  # fmt: skip


@st.composite
def lives(draw: st.DrawFn) -> tuple[Terms, Standing, date]:
    """A contract somewhere on its way, with a fee perhaps."""
    terms = draw(agreed())
    plan = schedule(terms)
    day = SIGNED + timedelta(days=draw(st.integers(0, 120)))
    if draw(st.booleans()):
        plan = with_fee(plan, franc(draw(st.integers(1, 9_000))), day + timedelta(days=3), SIGNED)
    came = draw(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 60_000)), max_size=6))
    return terms, standing(plan, came), day


def standing(plan: tuple[Due, ...], came: list[tuple[int, int]], refunded: int = 0) -> Standing:
    noon = datetime.combine(SIGNED, time(12), UTC)
    payments = [
        Payment(f"P-{n}", noon + timedelta(days=day), franc(minor)) for n, (day, minor) in enumerate(came)
    ]
    return allocate(plan, payments, ZONE, refunded)


def again(old: Standing, plan: tuple[Due, ...]) -> Standing:
    """The same payments against another schedule."""
    noon = [datetime.combine(one.on, time(12), UTC) for one in old.receipts]
    paid = [Payment(f"P-{n}", noon[n], one.amount) for n, one in enumerate(old.receipts) if one.amount.minor]
    return allocate(plan, paid, ZONE)


def in_shape(plan: tuple[Due, ...]) -> None:
    assert all(one.amount == one.principal + one.charge for one in plan)
    assert all(one.principal.minor >= 0 and one.charge.minor >= 0 for one in plan)
    assert [one.number for one in plan] == sorted({one.number for one in plan})
    assert [one.due_on for one in plan] == sorted(one.due_on for one in plan)


@given(lives(), st.integers(1, 60), RHYTHMS, CHARGES, STEPS, st.integers(0, 40))
def test_a_renegotiation_spreads_what_is_left_and_keeps_what_is_paid(
    life: tuple[Terms, Standing, date], number: int, rhythm: Frequency, charge: FlatFee | Interest | None,
    step: int, wait: int,
) -> None:  # fmt: skip
    terms, old, day = life
    paid, left = parted(old)
    first = max([day, *(one.due_on for one in paid)]) + timedelta(days=wait + 1)
    try:
        plan = renegotiated(old, terms, Offer(number, rhythm, first, charge=charge, rounding=step), day)
    except BadInput:  # nothing is left, or the step of rounding is too large
        assert not left or step > 1 or number > 1
        return
    in_shape(plan)
    assert plan[: len(paid)] == tuple(paid)
    assert principal(plan) == principal(one.due for one in old.settlements)
    owed = charges(one for one in left if one.due_on <= day or one.kind is DueKind.FEE)
    new = plan[len(paid) :]
    assert charges(new) >= owed
    if charge is None:
        assert charges(new) == owed
    assert len(new) == number
    assert again(old, plan).allocated.minor == min(total(plan), sum(r.amount.minor for r in old.receipts))


@given(lives(), st.integers(0, 40))
def test_dates_that_move_leave_every_amount(life: tuple[Terms, Standing, date], wait: int) -> None:
    terms, old, day = life
    paid, left = parted(old)
    first = max([day, *(one.due_on for one in paid)]) + timedelta(days=wait + 1)
    if not left:
        with pytest.raises(BadInput):
            reaged(old, terms, first, day)
        return
    plan = reaged(old, terms, first, day)
    in_shape(plan)
    assert [one.amount for one in plan] == [one.due.amount for one in old.settlements]
    assert plan[len(paid)].due_on == first
    assert again(old, plan).remaining == old.remaining


@given(lives(), st.integers(1, 9_000), st.integers(0, 200))
def test_a_fee_is_one_more_due(life: tuple[Terms, Standing, date], fee: int, wait: int) -> None:
    _, old, day = life
    plan = with_fee([one.due for one in old.settlements], franc(fee), day + timedelta(days=wait), day)
    in_shape(plan)
    assert total(plan) == old.total.minor + fee
    assert sum(one.kind is DueKind.FEE for one in plan) >= 1


@given(lives(), st.integers(0, 60), st.sampled_from([0, 1_500]), st.integers(0, 60))
def test_a_quote_is_what_its_parts_say_and_the_payment_that_reaches_it_settles(
    life: tuple[Terms, Standing, date], last: int, fee: int, later: int
) -> None:
    _, old, day = life
    last_on = day + timedelta(days=last)
    try:
        made = quote(old, day, last_on, franc(fee))
    except Conflict:
        return
    dues = [one.due for one in old.settlements]
    assert made.total == total(dues) - made.given_back + fee
    assert made.amount == made.total - sum(one.amount.minor for one in old.receipts)
    kept = charges(one for one in dues if one.due_on <= last_on or one.kind is DueKind.FEE)
    assert made.total == principal(dues) + kept + fee
    on = day + timedelta(days=min(later, last))
    plan = settled(dues, made.total, on)
    in_shape(plan)
    assert (total(plan), principal(plan)) == (made.total, principal(dues))
    assert all(one.due_on <= on for one in plan)


def test_a_quote_is_settled_by_the_day_on_which_the_money_was_there() -> None:
    terms = Terms(
        Kind.PURCHASE, franc(9_000), franc(0), 3, Frequency.MONTHLY, date(2026, 2, 1), SIGNED,
        charge=FlatFee(franc(900)),
    )  # fmt: skip
    made = quote(standing(schedule(terms), []), date(2026, 2, 2), date(2026, 2, 20), franc(0))
    assert (made.arrears, made.principal, made.charge, made.given_back) == (3_300, 6_000, 0, 600)
    halves = standing(schedule(terms), [(20, 5_000), (40, 4_300)])
    assert paid_on(halves, made.last_on, made.total) == SIGNED + timedelta(days=40)
    assert paid_on(halves, date(2026, 2, 13), made.total) is None
    assert paid_on(standing(schedule(terms), [(20, 9_299)]), made.last_on, made.total) is None


@given(lives(), st.integers(0, 100), st.integers(0, 100))
def test_at_an_early_end_nothing_is_claimed_twice(
    life: tuple[Terms, Standing, date], of_value: int, of_rest: int
) -> None:
    _, old, day = life
    came = sum(one.amount.minor for one in old.receipts)
    whole = ended(old, End(), day)
    claim = max(total(whole.dues) - came, 0)
    value = claim * of_value // 100
    owed = (claim - value) * of_rest // 100
    made = ended(old, End(EndKind.DEFAULT, franc(value), franc(owed)), day)
    in_shape(made.dues)
    assert made.given_back == whole.given_back
    assert value + made.written_off + owed == claim
    assert total(made.dues) == total(whole.dues) - value - made.written_off
    assert max(total(made.dues) - came, 0) == owed
    assert all(one.due_on <= day for one in made.dues)
    with pytest.raises(BadInput):
        ended(old, End(EndKind.DEFAULT, franc(claim + 1)), day)


@given(lives(), st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_charges_are_earned_once_whenever_the_books_are_looked_at(
    life: tuple[Terms, Standing, date], looks: list[int]
) -> None:
    _, old, _ = life
    dues = [one.due for one in old.settlements]
    posted: dict[date, int] = {}
    for look in sorted(looks):
        for end, minor in earnings(dues, sum(posted.values()), SIGNED + timedelta(days=look)):
            assert end not in posted
            posted[end] = minor
    last = SIGNED + timedelta(days=max(looks))
    over = last.replace(day=1) - timedelta(days=1)
    assert sum(posted.values()) == earned_until(dues, over)
    assert dict(earnings(dues, 0, last)) == posted
    assert (next_earning_on(dues, last) is None) == (sum(posted.values()) == charges(dues))


def test_what_was_earned_is_not_earned_again_on_a_later_date() -> None:
    terms = Terms(
        Kind.PURCHASE, franc(9_000), franc(0), 3, Frequency.MONTHLY, date(2026, 2, 1), SIGNED,
        charge=FlatFee(franc(900)),
    )  # fmt: skip
    moved = reaged(standing(schedule(terms), []), terms, date(2026, 4, 1), date(2026, 3, 15))
    assert list(earnings(moved, 600, date(2026, 6, 2))) == []
    assert list(earnings(moved, 600, date(2026, 7, 2))) == [(date(2026, 6, 30), 300)]


def test_a_holiday_moves_a_date_of_the_new_schedule_too() -> None:
    terms = Terms(Kind.PURCHASE, franc(9_000), franc(0), 9, Frequency.DAILY, SIGNED, SIGNED)
    offer = Offer(3, Frequency.DAILY, date(2026, 1, 12), holiday_rule=HolidayRule.SKIP)
    plan = renegotiated(
        standing(schedule(terms), []),
        terms,
        offer,
        date(2026, 1, 10),
        lambda _: frozenset({date(2026, 1, 13)}),
    )
    assert [one.due_on.day for one in plan] == [12, 14, 15]


def test_a_schedule_is_told_in_spans() -> None:
    terms = Terms(
        Kind.PURCHASE, franc(10_000), franc(1_000), 4, Frequency.WEEKLY, SIGNED, SIGNED, rounding=50
    )
    told = [(one.kind.value, one.number, one.amount) for one in spans(schedule(terms))]
    assert told == [("down_payment", 1, 1_000), ("instalment", 4, 2_250)]


def test_a_refund_is_taken_of_the_latest_money() -> None:
    plan = schedule(Terms(Kind.PURCHASE, franc(3_000), franc(0), 3, Frequency.WEEKLY, SIGNED, SIGNED))
    found = standing(plan, [(0, 2_000), (3, 2_500)], refunded=1_500)
    assert (found.overpayment, found.remaining) == (franc(0), franc(0))
    assert [one.amount.minor for one in found.receipts] == [2_000, 1_000]
