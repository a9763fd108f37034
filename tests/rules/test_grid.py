"""Grids: one answer for every combination, exact amounts, gaps and overlaps named."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.money import Money
from tests.rules.books import ask, errors_of, read

PRICES = """\
policy: grid
name: book
title: {fr: Prix, en: Prices}
version: "1"
currency: EUR
gives:
  unit_price: {type: money, label: {fr: prix unitaire, en: unit price}}
  days: {type: int, label: {fr: délai, en: delay}}
facts:
  level: {type: enum, values: [bronze, gold], label: {fr: niveau, en: level}}
  quantity: {type: int, label: {fr: quantité, en: quantity}}
columns: [level, quantity, unit_price, days]
rows:
  - [bronze, ..9, 45.00, 5]
  - [bronze, 10.., 41.50, 7]
  - [gold, ..9, 39.90, 2]
  - [gold, 10..49, 35.00, 2]
  - [gold, ">= 50", 31.25, 3]
why: {fr: Prix du catalogue., en: Catalogue price.}
examples:
  - given: {level: gold, quantity: 12}
    expect: {outcome: found, gives: {unit_price: 35.00, days: 2}}
    why: Le prix dépend de la quantité.
"""


def test_a_row_answers_exactly() -> None:
    ruling = read(PRICES).decide({"level": "gold", "quantity": 49}, ask("2026-01-15 12:00"))
    assert ruling.result == {"unit_price": Money("EUR", 3500), "days": 2}
    assert [(reason.rule, reason.line) for reason in ruling.reasons] == [("gold/10..49", 17)]
    assert [(miss.rule, miss.needed, miss.then) for miss in ruling.near] == [
        ("gold/>= 50", "50", "unit_price 31.25 EUR, days 3"),
        ("gold/..9", "9", "unit_price 39.90 EUR, days 2"),
    ]


def test_otherwise_fills_the_gaps() -> None:
    text = PRICES.replace("  - [gold, ..9, 39.90, 2]\n", "").replace(
        "why: {fr: Prix du",
        "otherwise: {gives: {unit_price: 0, days: 0}, why: {fr: Devis., en: Quote.}}\nwhy: {fr: Prix du",
    )
    book = read(text)
    ruling = book.decide({"level": "gold", "quantity": 1}, ask("2026-01-15 12:00"))
    assert (ruling.outcome, ruling.result["unit_price"]) == ("otherwise", Money("EUR", 0))
    assert [warning.fr for warning in book.warnings] == ["aucun exemple ne montre « otherwise »"]


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("  - [gold, ..9, 39.90, 2]\n", "", 14, "aucune ligne ne répond pour level = gold, quantity < 9"),
        ("10..49", "9..49", 17, "répond aussi là où répond la ligne 16 (level = gold, quantity = 9)"),
        ("41.50", "41.505", 15, "valeur impossible pour « unit_price » (money) : « 41.505 »"),
        ("[gold, 10..49, 35.00, 2]", "[gold, 10..49, 35.00]", 17, "une ligne a 4 cases entre crochets"),
        ("level, quantity, unit", "level, quantity, unit_prise, unit", 12, "colonne inconnue « unit_prise »"),
        ("quantity, unit_price, days]", "quantity, days, days]", 12, "la colonne « days » est là deux fois"),
        ("currency: EUR\n", "", 6, "a besoin de « currency »"),
        ("unit_price: 35.00, days", "unit_price: 36.00, days", 22, "le livre donne 35.00 EUR"),
    ],
)  # fmt: skip
def test_refused(before: str, after: str, line: int, said: str) -> None:
    errors = errors_of(PRICES.replace(before, after))
    assert any(error.line == line and said in error.fr for error in errors), [str(one) for one in errors]


def large(references: int) -> str:
    """Three levels and four ranges of weight for each reference."""
    names = [f"r{number}" for number in range(references)]
    ranges = ["..1", '">1..5"', '">5..<20"', "20.."]
    rows = "\n".join(
        f"  - [{name}, {level}, {weight}, {number * 12 + place}]"
        for number, name in enumerate(names)
        for place, (level, weight) in enumerate((a, b) for a in ("x", "y", "z") for b in ranges)
    )
    return f"""\
policy: grid
name: book
title: {{fr: Prix, en: Prices}}
version: "1"
gives: {{number: {{type: int, label: {{fr: n, en: n}}}}}}
facts:
  reference: {{type: enum, values: [{", ".join(names)}], label: {{fr: r, en: r}}}}
  level: {{type: enum, values: [x, y, z], label: {{fr: n, en: n}}}}
  weight: {{type: decimal, label: {{fr: p, en: w}}}}
columns: [reference, level, weight, number]
rows:
{rows}
why: {{fr: Prix., en: Price.}}
examples:
  - {{given: {{reference: r1, level: y, weight: 5}}, expect: {{gives: {{number: 17}}}}, why: Au kilo près.}}
"""


def test_a_table_behind_an_index_answers_as_a_small_one() -> None:
    small, indexed = (
        read(large(2)),
        read(large(40)),
    )
    levels, weights = (
        ("x", "y", "z"),
        [Decimal(text) for text in ("0", "1", "1.000001", "5", "19.9", "20.000002")],
    )
    for reference in ("r0", "r1"):
        for level in levels:
            for weight in weights:
                given: dict[str, Any] = {"reference": reference, "level": level, "weight": weight}
                assert indexed.outcome(given, date(2026, 1, 15)) == small.outcome(given, date(2026, 1, 15))
                asked = ask("2026-01-15 12:00")
                assert indexed.decide(given, asked).result == small.decide(given, asked).result


def test_two_rows_for_one_case_are_refused_however_many_cases_otherwise_answers() -> None:
    rows = PRICES[PRICES.index("rows:") : PRICES.index("why:")]
    few = "".join(f"  - [bronze, {n}, 45.00, 5]\n" for n in range(10, 100, 10))
    text = PRICES.replace(rows, f"rows:\n{few}  - [gold, ..49, 35.00, 2]\n  - [gold, 49.., 31.25, 3]\n")
    assert "no row answers" in " ".join(error.en for error in errors_of(text))
    otherwise = (
        "otherwise: {gives: {unit_price: 50.00, days: 9}, why: {fr: Sinon., en: Otherwise.}}\nexamples:"
    )
    assert [error.en for error in errors_of(text.replace("examples:", otherwise))] == [
        "this row answers where line 23 answers too (level = gold, quantity = 49)"
    ]


def test_a_table_of_many_columns_is_checked_at_once() -> None:
    """The first of thirty flags that is up decides, its columns in the order that is hardest to check."""
    flags = [f"x{n}" for n in reversed(range(30))]
    facts = "".join(f"  {flag}: {{type: bool, label: {{fr: drapeau, en: flag}}}}\n" for flag in flags)
    cells = [["any"] * (29 - n) + ["true"] + ["false"] * n for n in range(30)]
    rows = "".join(f"  - [{', '.join([*row, str(n), '5'])}]\n" for n, row in enumerate(cells))
    head, tail = PRICES[: PRICES.index("facts:")], PRICES[PRICES.index("why:") : PRICES.index("examples:")]
    columns = f"columns: [{', '.join(flags)}, unit_price, days]\n"
    missing = errors_of(f"{head}facts:\n{facts}{columns}rows:\n{rows}{tail}examples: []\n")
    assert [error.en.partition(" for ")[0] for error in missing] == ["no row answers"]
