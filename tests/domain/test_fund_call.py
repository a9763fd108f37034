from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.money import Money
from domain.training.budget import Movement, position
from domain.training.client import Client
from domain.training.fund_call import FundCall, Opener, amount_to_request, call_facts
from domain.training.fund_call_answer import Answer, Given, granted_by
from domain.training.project import Project, Session, Training

DAY = date(2031, 9, 10)
ROUND = 100_00
PERCENT = st.integers(1, 100_00).map(lambda bp: Decimal(bp).scaleb(-2))
COSTS = st.lists(st.integers(1, 5_000_00), min_size=1, max_size=8)


def eur(minor: int) -> Money:
    return Money("EUR", minor)


def spent(costs: list[int]) -> list[Movement]:
    return [Movement(DAY, eur(cost)) for cost in costs]


@given(st.integers(1, 10_000_00), PERCENT, COSTS)
def test_the_smallest_round_sum_brings_consumption_below_the_percentage(
    budget: int, percent: Decimal, costs: list[int]
) -> None:
    initial = eur(budget)
    asked = amount_to_request(position(initial, percent, spent(costs)), initial, percent)
    assert asked.minor > 0
    assert asked.minor % ROUND == 0
    assert not position(initial, percent, [*spent(costs), Movement(DAY, asked, granted=True)]).reached
    if asked.minor > ROUND:
        less = Movement(DAY, asked - eur(ROUND), granted=True)
        assert position(initial, percent, [*spent(costs), less]).reached


@given(st.integers(2, 10_000_00), st.data(), COSTS)
def test_for_a_threshold_in_euros_it_restores_what_was_left_there(
    budget: int, data: st.DataObject, costs: list[int]
) -> None:
    initial, threshold = eur(budget), eur(data.draw(st.integers(1, budget)))
    where = position(initial, threshold, spent(costs))
    asked = amount_to_request(where, initial, threshold)
    assert asked.minor % ROUND == 0
    assert where.left + asked >= initial - threshold
    assert asked.minor == ROUND or where.left + asked - eur(ROUND) < initial - threshold


def test_a_budget_at_its_threshold_asks_for_one_round_sum() -> None:
    initial = eur(10_000_00)
    assert amount_to_request(position(initial, Decimal(80), spent([8_000_00])), initial, Decimal(80)) == eur(
        ROUND
    )


@pytest.mark.parametrize(
    ("answer", "amount", "granted"),
    [
        (Answer.APPROVED, None, 500),
        (Answer.APPROVED, eur(500), 500),
        (Answer.ADJUSTED, eur(1), 1),
        (Answer.ADJUSTED, eur(900), 900),
        (Answer.REFUSED, None, 0),
    ],
)
def test_an_answer_grants(answer: Answer, amount: Money | None, granted: int) -> None:
    assert granted_by(answer, amount, eur(500)) == eur(granted)


@pytest.mark.parametrize(
    ("field", "answer", "amount"),
    [
        ("answer", Answer.EXPIRED, None),
        ("amount", Answer.APPROVED, eur(501)),
        ("amount", Answer.ADJUSTED, None),
        ("amount", Answer.ADJUSTED, eur(0)),
        ("amount", Answer.ADJUSTED, eur(-5)),
        ("amount", Answer.ADJUSTED, eur(10**16)),
        ("amount", Answer.ADJUSTED, Money("XAF", 500)),
        ("amount", Answer.REFUSED, eur(0)),
    ],
)
def test_an_answer_that_cannot_be_names_its_field(field: str, answer: Answer, amount: Money | None) -> None:
    with pytest.raises(BadInput) as refused:
        granted_by(answer, amount, eur(500))
    assert refused.value.mistakes[0].field == field


def test_a_call_is_answered_before_it_is_closed() -> None:
    call = FundCall("P-1", 2, DAY, eur(500), Opener.RULE, 1)
    assert (call.open, call_facts(call).answer) == (True, "none")
    answered = replace(
        call, given=Given(Answer.REFUSED, eur(0), "link:C-1", datetime(2031, 9, 11, tzinfo=UTC))
    )
    assert (answered.open, call_facts(answered).answer) == (True, Answer.REFUSED)


TRAINING = Training(1, "Sécurité", "Forma", eur(1_000_01), 2000)
PROJECT = Project("P-1", "CL-1", "Plan", eur(10), Decimal(80), DAY)
CLIENT = Client("CL-1", "Aubépine", "732829320", "", "", "C-1")


def test_the_cost_of_a_session_is_before_tax() -> None:
    session = Session("S-1", DAY, "Lyon", (TRAINING, replace(TRAINING, number=2)))
    assert session.cost == eur(2_000_02)
    assert TRAINING.vat == eur(200_00)


@pytest.mark.parametrize(
    ("field", "thing", "change"),
    [
        ("ref", CLIENT, {"ref": "a:b"}),
        ("name", CLIENT, {"name": " "}),
        ("siren", CLIENT, {"siren": "73282932"}),
        ("commission_bp", CLIENT, {"commission_bp": 100_01}),
        ("ref", PROJECT, {"ref": ""}),
        ("name", PROJECT, {"name": ""}),
        ("initial_budget", PROJECT, {"initial_budget": eur(0)}),
        ("initial_budget", PROJECT, {"initial_budget": eur(10**16)}),
        ("threshold", PROJECT, {"threshold": eur(11)}),
        ("threshold", PROJECT, {"threshold": Decimal("100.01")}),
        ("trainings[1].cost", TRAINING, {"cost": eur(-1)}),
        ("trainings[1].vat_bp", TRAINING, {"vat_bp": -1}),
        ("trainings[1].provider", TRAINING, {"provider": ""}),
        ("trainings", Session("S-1", DAY, "", (TRAINING,)), {"trainings": ()}),
        ("trainings", Session("S-1", DAY, "", (TRAINING,)), {"trainings": (TRAINING, TRAINING)}),
    ],
)
def test_what_cannot_be_names_its_field(field: str, thing: object, change: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        replace(thing, **change)  # type: ignore[type-var]
    assert refused.value.mistakes[0].field == field
