"""Cells against their plain meaning, and facts against their types."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.decision import Bilingual
from domain.money import Money
from rules.checking import checked
from rules.condition import Cell, read_cell
from rules.errors import FactsRefused
from rules.facts import Fact
from rules.reader import read_nodes
from rules.reading import Reading, Vocabulary

TODAY = date(2026, 3, 10)
LABEL = Bilingual("x", "x")


def cell(text: str, type: str = "int", **more: Any) -> Cell:
    reading = Reading("book.yaml", Vocabulary())
    made = read_cell(
        reading, read_nodes(f"cell: {text}", "book.yaml").entries["cell"], Fact("x", type, LABEL, **more)
    )
    assert not reading.errors, reading.errors
    return made


numbers = st.integers(-1000, 1000)


@given(numbers, numbers, numbers)
def test_numbers_compare_as_written(a: int, b: int, value: int) -> None:
    low, high = sorted((a, b))
    meanings = {
        f"{a}": value == a,
        f'">= {a}"': value >= a,
        f'"<= {a}"': value <= a,
        f'"> {a}"': value > a,
        f'"< {a}"': value < a,
        f'"= {a}"': value == a,
        f"{low}..{high}": low <= value <= high,
        f"{a}..": value >= a,
        f"..{a}": value <= a,
        f"[{a}, {b}]": value in (a, b),
        f"not {a}": value != a,
        f"not {low}..{high}": not low <= value <= high,
        f'[{low}, "> {high}"]': value == low or value > high,
    }
    for text, meaning in meanings.items():
        assert cell(text).test(value, TODAY) is meaning, text
        assert cell(text, "decimal").test(Decimal(value), TODAY) is meaning, text


@given(st.integers(-400, 400), st.integers(-20, 20))
def test_dates_compare_with_the_day_of_the_decision(away: int, offset: int) -> None:
    value, limit = TODAY + timedelta(days=away), TODAY + timedelta(days=offset)
    sign = "+" if offset >= 0 else "-"
    assert cell(f'">= today{sign}{abs(offset)}d"', "date").test(value, TODAY) is (value >= limit)
    assert cell(f'"< today {sign} {abs(offset)}d"', "date").test(value, TODAY) is (value < limit)
    assert cell(f"{limit}", "date").test(value, TODAY) is (value == limit)


def test_none_matches_only_itself() -> None:
    assert cell("none", "date").test(None, TODAY)
    assert not cell("not none", "date").test(None, TODAY)
    assert cell("not none", "date").test(TODAY, TODAY)
    assert not cell('">= today"', "date").test(None, TODAY)
    assert not cell("1..5").test(None, TODAY)
    assert cell("not 5").test(None, TODAY)


texts = st.one_of(
    numbers.map(str),
    numbers.map(lambda a: f'">= {a}"'),
    numbers.map(lambda a: f'"< {a}"'),
    st.tuples(numbers, numbers).map(lambda p: f"{min(p)}..{max(p)}"),
    st.lists(numbers, min_size=1, max_size=3).map(lambda many: f"[{', '.join(map(str, many))}]"),
    numbers.map(lambda a: f"not {a}"),
)


@given(texts, texts, st.lists(numbers, min_size=1, max_size=30))
def test_a_cell_said_to_cover_another_does(one: str, other: str, values: list[int]) -> None:
    first, second = cell(one), cell(other)
    if first.covers(second):
        assert all(first.test(value, TODAY) for value in values if second.test(value, TODAY))
    assert first.covers(first)


@given(texts, numbers)
def test_the_closest_value_fires_the_cell_and_none_is_closer(text: str, value: int) -> None:
    made = cell(text)
    needed = made.closest(value, TODAY)
    if needed is None or made.test(value, TODAY):
        return
    assert made.test(needed, TODAY)
    between = range(min(value, needed) + 1, max(value, needed))
    assert not any(made.test(one, TODAY) for one in between)


def test_no_value_is_proposed_that_the_cell_would_not_take() -> None:
    assert cell("'>0.995..<1.00'", "decimal").closest(Decimal("0.5"), TODAY) is None
    assert cell("none", "bool", optional=True).closest(True, TODAY) is None
    assert cell("'>0.99..<1.01'", "decimal").closest(Decimal("0.5"), TODAY) == Decimal("1.00")


def test_money_compares_in_minor_units_or_in_the_currency_of_the_book() -> None:
    assert cell('"<= 0"', "money").test(0, TODAY)
    assert cell('"> 12.50"', "money", currency="EUR").test(1251, TODAY)
    assert not cell('"> 12.50"', "money", currency="EUR").test(1250, TODAY)


@pytest.mark.parametrize(
    ("type", "given_value", "problem"),
    [
        ("int", "5", "whole number"),
        ("int", True, "whole number"),
        ("int", None, "no value"),
        ("decimal", 0.1, "Decimal"),
        ("percent", Decimal("NaN"), "Decimal"),
        ("money", 12.5, "whole number"),
        ("money", Money("XAF", 5), "EUR"),
        ("bool", 1, "true or false"),
        ("date", "2026-01-01", "date"),
        ("date", date.max, "between 1900 and 2199"),
        ("enum", "c", "one of a, b"),
    ],
)
def test_a_fact_of_the_wrong_type_is_refused_by_name(type: str, given_value: object, problem: str) -> None:
    facts = {"x": Fact("x", type, LABEL, values=("a", "b"), currency="EUR")}
    with pytest.raises(FactsRefused, match=problem) as caught:
        checked("fleet/dunning", facts, {"x": given_value})
    assert (caught.value.book, caught.value.fact) == ("fleet/dunning", "x")


def test_missing_and_unknown_facts_are_refused_and_defaults_fill_in() -> None:
    facts = {"x": Fact("x", "int", LABEL), "y": Fact("y", "int", LABEL, optional=True, default=7)}
    assert checked("b", facts, {"x": 1}) == {"x": 1, "y": 7}
    with pytest.raises(FactsRefused, match="missing"):
        checked("b", facts, {"y": 1})
    with pytest.raises(FactsRefused, match="not declared"):
        checked("b", facts, {"x": 1, "z": 1})
