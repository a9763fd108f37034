"""The facts that the domain computes are those that the shipped books declare, by name and by type."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
import yaml

from domain.fleet.contract import contract_facts
from domain.fleet.dunning import Promise, dunning_facts
from domain.fleet.payments import Payment, allocate
from domain.fleet.schedule import Due
from domain.internships.deliverable import DeliverableFacts, Kind
from domain.maintenance.renewal import Answer, Level, RenewalFacts
from domain.money import Money
from domain.training.budget import Movement, budget_facts, position
from domain.training.fund_call import FundCall, Opener, call_facts
from domain.training.fund_call_answer import Answer as Ending
from domain.training.fund_call_answer import AnswerFacts
from tests.architecture.sources import ROOT

DAY = date(2026, 4, 10)
TYPES = {"int": int, "percent": Decimal, "money": Money, "enum": str, "bool": bool, "date": date}


def franc(minor: int) -> Money:
    return Money("XAF", minor)


STANDING = allocate(
    [Due(1, date(2026, 4, 1), franc(100), franc(100), franc(0))],
    [Payment("P-1", datetime(2026, 4, 2, tzinfo=UTC), franc(40))],
    "Africa/Douala",
)
BUDGET = position(franc(100), Decimal(80), [Movement(DAY, franc(90))])
RENEWAL = RenewalFacts(date(2026, 1, 1), date(2026, 12, 31), 30, True, Level.GOLD, Answer.NONE, True)

COMPUTED: list[tuple[str, dict[str, object]]] = [
    (
        "fleet/contract",
        contract_facts(STANDING, state="active", day=DAY, grace_days=0, dunning_open=False).as_facts(),
    ),
    ("fleet/dunning", dunning_facts(STANDING, [Promise(DAY, DAY, franc(60))], day=DAY).as_facts()),
    ("training/budget", budget_facts(BUDGET, call_open=False, closed=False).as_facts()),
    (
        "training/fund_call",
        call_facts(FundCall("P-1", 1, DAY, franc(50_000), Opener.RULE, 1)).as_facts(),
    ),
    ("training/fund_call_answer", AnswerFacts(1, DAY, Ending.APPROVED).as_facts()),
    ("maintenance/renewal", RENEWAL.as_facts()),
    ("internships/deliverable", DeliverableFacts(DAY, False, False, Kind.REPORT).as_facts()),
]


def declared(book: str) -> Mapping[str, Mapping[str, object]]:
    facts: Mapping[str, Mapping[str, object]] = yaml.safe_load((ROOT / f"rules/{book}.yaml").read_text())[
        "facts"
    ]
    return facts


@pytest.mark.parametrize(("book", "facts"), COMPUTED)
def test_a_book_declares_the_facts_it_is_given(book: str, facts: dict[str, object]) -> None:
    assert set(facts) == set(declared(book))
    for name, value in facts.items():
        kind = str(declared(book)[name]["type"])
        assert isinstance(value, TYPES[kind]), f"{book}: {name} is a {type(value).__name__}, not a {kind}"


@pytest.mark.parametrize(
    ("book", "fact", "values"),
    [("maintenance/renewal", "answer", Answer), ("internships/deliverable", "kind", Kind)],
)
def test_a_book_knows_every_value(book: str, fact: str, values: type[StrEnum]) -> None:
    assert declared(book)[fact]["values"] == [value.value for value in values]
