from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.fleet.contract import ContractFacts, contract_facts
from domain.fleet.dunning import DunningFacts, Promise, dunning_facts
from domain.fleet.payments import Payment, Standing, allocate
from domain.fleet.schedule import Due
from domain.money import Money

ZONE = "Africa/Douala"
FIRST, SECOND = date(2026, 4, 5), date(2026, 5, 5)
GRACE = 3


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


DUES = [Due(n, day, xaf(1800), xaf(1800), xaf(0)) for n, day in enumerate([FIRST, SECOND], 1)]


def standing(*payments: tuple[date, int]) -> Standing:
    return allocate(
        DUES,
        [
            Payment(f"P{n}", datetime(day.year, day.month, day.day, 9, tzinfo=UTC), xaf(amount))
            for n, (day, amount) in enumerate(payments)
        ],
        ZONE,
    )


def contract(where: Standing, day: date, state: str = "active") -> ContractFacts:
    return contract_facts(where, state=state, day=day, grace_days=GRACE, dunning_open=False)


def dunning(where: Standing, day: date, *promises: Promise) -> DunningFacts:
    return dunning_facts(where, promises, day=day)


def test_a_contract_is_reviewed_when_its_next_due_leaves_the_grace() -> None:
    facts = contract(standing(), FIRST)
    assert facts.as_facts() == {
        "remaining": xaf(3600),
        "past_grace": False,
        "dunning_open": False,
        "terminated": False,
        "settled_on": FIRST,
    }
    assert facts.next_review_on == FIRST + timedelta(days=GRACE + 1)


def test_money_that_no_due_waits_for_does_not_move_the_day_of_settlement() -> None:
    settled = [(FIRST, 1800), (SECOND, 1800)]
    late = SECOND + timedelta(days=9)
    assert contract(standing(*settled), SECOND).settled_on == SECOND
    assert contract(standing(*settled, (late, 500)), late).settled_on == SECOND


def test_past_the_grace_the_next_date_is_that_of_the_following_due() -> None:
    facts = contract(standing(), FIRST + timedelta(days=GRACE + 1))
    assert facts.past_grace
    assert facts.next_review_on == SECOND + timedelta(days=GRACE + 1)


def test_a_paid_contract_waits_for_nothing() -> None:
    facts = contract(standing((FIRST, 3600)), FIRST)
    assert facts.remaining == xaf(0)
    assert facts.next_review_on is None


def test_a_terminated_contract_says_so() -> None:
    assert contract(standing(), FIRST, "terminated").terminated
    assert not contract(standing(), FIRST, "completed").terminated


@given(st.lists(st.tuples(st.dates(FIRST, SECOND), st.integers(1, 3000)), max_size=4))
def test_nothing_becomes_late_before_the_review(payments: list[tuple[date, int]]) -> None:
    """Every change of ``past_grace`` that time alone brings falls on an announced date."""
    where = standing(*[(FIRST, amount) for _, amount in payments])
    day = FIRST
    while day < SECOND + timedelta(days=30):
        now, tomorrow = contract(where, day), contract(where, day + timedelta(days=1))
        if now.past_grace != tomorrow.past_grace:
            assert now.next_review_on == day + timedelta(days=1)
        day += timedelta(days=1)


def test_a_driver_in_arrears_is_so_many_days_late() -> None:
    assert dunning(standing((FIRST, 800)), date(2026, 4, 12)).as_facts() == {
        "days_late": 7,
        "arrears": xaf(1000),
        "oldest_due_on": FIRST,
        "promise_until": None,
        "broken_promises": 0,
        "terminated": False,
    }


def test_everything_stops_on_the_day_of_payment() -> None:
    facts = dunning(standing((FIRST, 800), (date(2026, 4, 12), 1000)), date(2026, 4, 12))
    assert (facts.days_late, facts.arrears, facts.oldest_due_on) == (0, xaf(0), None)


def test_a_promise_runs_until_its_date_and_is_broken_after_it() -> None:
    promise = Promise(date(2026, 4, 8), date(2026, 4, 10), xaf(1800))
    running = dunning(standing(), date(2026, 4, 10), promise)
    assert (running.promise_until, running.broken_promises) == (date(2026, 4, 10), 0)
    broken = dunning(standing(), date(2026, 4, 11), promise)
    assert (broken.promise_until, broken.broken_promises) == (None, 1)


def test_a_payment_the_day_after_comes_too_late_for_the_promise() -> None:
    promise = Promise(date(2026, 4, 8), date(2026, 4, 10), xaf(1800))
    assert dunning(standing((date(2026, 4, 11), 1800)), date(2026, 4, 12), promise).broken_promises == 1


def test_a_promised_part_that_came_in_keeps_the_promise() -> None:
    promise = Promise(date(2026, 4, 8), date(2026, 4, 10), xaf(500))
    facts = dunning(standing((date(2026, 4, 10), 500)), date(2026, 4, 11), promise)
    assert facts.broken_promises == 0
    assert facts.arrears == xaf(1300)


def test_of_several_promises_the_last_date_counts() -> None:
    first = Promise(date(2026, 4, 8), date(2026, 4, 15), xaf(500))
    second = Promise(date(2026, 4, 9), date(2026, 4, 12), xaf(500))
    assert dunning(standing(), date(2026, 4, 10), first, second).promise_until == date(2026, 4, 15)
    assert dunning(standing(), date(2026, 4, 20), first, second).broken_promises == 2


@pytest.mark.parametrize(("until", "amount", "field"), [(FIRST, 5, "until_on"), (SECOND, 0, "amount")])
def test_a_promise_that_cannot_be_is_refused(until: date, amount: int, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        Promise(date(2026, 4, 30), until, xaf(amount))
    assert refused.value.mistakes[0].field == field
