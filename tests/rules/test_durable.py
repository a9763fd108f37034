"""The second back end: durable-rules says of every condition what the compiled tables say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.durable.client import DurableRules
from domain.errors import BadInput
from rules.checking import checked
from rules.durable import compiled, on_durable_rules
from rules.engine import Book
from rules.errors import BrokenBooks, FactsRefused
from rules.library import Library
from rules.policy import Holds
from rules.ruling import Question, Ruling
from tests.profile import tries
from tests.rules.books import SHIPPED, VOCABULARY, ask, read
from tests.rules.random_facts import RandomFacts

TODAY = date(2026, 3, 2)
AT_ONCE = 500
"""Decisions in one question."""
DECISIONS = 100_000
"""Of all shipped books together, nightly of each."""

BOOK = """\
policy: thresholds
name: book
title: {fr: Livre, en: Book}
version: "1"
mode: each
facts:
  count: {type: int, label: {fr: a, en: a}, missing: none}
  share: {type: decimal, label: {fr: b, en: b}, missing: none}
  level: {type: enum, values: [low, high, none], label: {fr: c, en: c}, missing: none}
  ready: {type: bool, label: {fr: d, en: d}, missing: none}
  due: {type: date, label: {fr: e, en: e}, missing: none}
  price: {type: money, label: {fr: f, en: f}}
rules:
  - {id: r, when: {%s}, outcome: o, why: {fr: Oui., en: Yes.}}
otherwise: {outcome: n, why: {fr: Non., en: No.}}
examples:
  - {given: {price: 0}, expect: {}, why: Rien.}
"""

NUMBERS = ["5", '">= 5"', '"> 5"', "-3..5", "..5", "5..<9", '">5..9"', "[1, 5, 9]", "not 5", "not 3..7",
           "none", "not none", "[none, 5]", "[1..2, 8..]"]  # fmt: skip
DATES = ["today", '"< today"', '">= today+3d"', "today-3d..today+3d", "2026-03-02", '"> 2026-03-02"',
         "[none, today]", "not today", "not 2026-03-01..2026-03-03", "none", "not none",
         "2026-02-01..today"]  # fmt: skip
WORDS = ["low", "[low, high]", "not low", "none", "not none"]
CELLS = {
    "count": NUMBERS,
    "share": [*NUMBERS, '">= 4.999999"', "0.000001..0.5"],
    "price": [cell for cell in NUMBERS if "none" not in cell],
    "level": WORDS,
    "ready": ["true", "false", "not true", "none", "not none"],
    "due": DATES,
}

numbers = st.one_of(st.none(), st.integers(-12, 12), st.integers(-(10**20), 10**20))
decimals = st.one_of(
    st.none(),
    st.decimals(-12, 12, places=9),
    st.sampled_from(
        [Decimal(5), Decimal("4.999999"), Decimal("4.9999991"), Decimal("1e-9"), Decimal("-1e30")]
    ),
)
FACTS = st.fixed_dictionaries(
    {
        "count": numbers,
        "share": decimals,
        "level": st.sampled_from(["low", "high", "none"]),
        "ready": st.one_of(st.none(), st.booleans()),
        "due": st.one_of(st.none(), st.integers(-6, 6).map(lambda n: TODAY + timedelta(days=n))),
        "price": st.integers(-12, 12),
    }
)
WHEN = st.fixed_dictionaries({}, optional={name: st.sampled_from(cells) for name, cells in CELLS.items()})


def holds_of(book: Book, engine: DurableRules, asked: list[dict[str, Any]], today: date) -> list[Holds]:
    table = compiled(book)
    fired = engine.fired_each(table.definition, [table.asked(values, today) for values in asked])
    return [table.holds(names) for names in fired]


@settings(
    max_examples=tries(300, 6_000), deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(when=WHEN, given=st.lists(FACTS, min_size=10, max_size=10))
def test_every_cell_means_the_same(
    engine: DurableRules, when: dict[str, str], given: list[dict[str, Any]]
) -> None:
    book = read(BOOK % ", ".join(f"{name}: {cell}" for name, cell in when.items()))
    asked = [checked(book.name, book.facts, facts) for facts in given]
    [condition] = book.conditions()
    for values, holds in zip(asked, holds_of(book, engine, asked, TODAY), strict=True):
        assert holds(condition) == condition.holds(values, TODAY), values


def test_a_condition_of_many_alternatives_is_asked_cell_by_cell(engine: DurableRules) -> None:
    book = read(BOOK % "count: [1, 2, 3, 4, 5, 6], due: [today, none, 2026-03-05], level: not low, price: 7")
    rules = compiled(book).definition["rulesets"][0]
    assert len(rules) == 1 + 6 + 3 + 2 + 1
    facts: dict[str, Any] = {
        "count": 4,
        "share": None,
        "level": "high",
        "ready": None,
        "due": None,
        "price": 7,
    }
    [condition] = book.conditions()
    changes: list[dict[str, Any]] = [{}, {"count": 7}, {"level": "low"}, {"price": 8}]
    asked = [{**facts, **changed} for changed in changes]
    assert [holds(condition) for holds in holds_of(book, engine, asked, TODAY)] == [True, False, False, False]


def test_a_large_table_is_cut_into_small_rulesets(engine: DurableRules) -> None:
    rows = "\n".join(
        f"  - {{id: r{n}, when: {{count: {n}}}, outcome: o, why: {{fr: Oui., en: Yes.}}}}" for n in range(400)
    )
    head, _, rest = BOOK.partition("  - {id: r,")
    book = on_durable_rules(read(f"{head}{rows}\n{rest.partition(chr(10))[2]}"), engine)
    sizes = [len(rules) for rules in compiled(book).definition["rulesets"]]
    assert len(sizes) == 9
    assert max(sizes) == 50
    ruling = book.decide({"count": 333, "price": 0}, ask("2026-03-02 12:00"))
    assert [reason.rule for reason in ruling.reasons] == ["r333"]


def test_a_bound_too_large_for_the_engine_is_refused_with_the_fact(
    tmp_path: Path, engine: DurableRules
) -> None:
    text = BOOK % "share: 999999999999999.5"
    with pytest.raises(BadInput, match="share"):
        compiled(read(text))
    tmp_path.joinpath("book.yaml").write_text(text)
    assert len(Library(tmp_path, VOCABULARY, engine)) == 1
    with pytest.raises(BrokenBooks, match="python back end"):
        Library(tmp_path, VOCABULARY, engine, durable=True)


def shipped_tables(engine: DurableRules) -> list[Book]:
    return [book for book in Library.load(SHIPPED, engine).books() if book.conditions()]


def decided(book: Book, values: dict[str, Any], question: Question, holds: Holds | None) -> Ruling | str:
    try:
        return book.table.decide(values, question, holds)
    except FactsRefused as refused:
        return str(refused)


def test_both_back_ends_agree_on_random_decisions_of_every_shipped_book(engine: DurableRules) -> None:
    books = shipped_tables(engine)
    question = Question("p.q:C1", datetime(2026, 3, 2, 10, tzinfo=UTC), "Africa/Douala")
    for number, book in enumerate(books):
        facts = RandomFacts(book, question.today, Random(number))
        for _ in range(-(-DECISIONS // (tries(len(books), 1) * AT_ONCE))):
            asked = [checked(book.name, book.facts, facts.draw()) for _ in range(AT_ONCE)]
            answers = holds_of(book, engine, asked, question.today)
            for values, holds in zip(asked, answers, strict=True):
                mine = decided(book, values, question, None)
                assert decided(book, values, question, holds) == mine, (book.name, values)


def test_the_setting_puts_every_shipped_table_on_the_engine(engine: DurableRules) -> None:
    plain = {book.name: book for book in shipped_tables(engine)}
    durable = Library(SHIPPED, VOCABULARY.anything(), engine, durable=True)
    question = Question("p.q:C1", datetime(2026, 3, 2, 10, tzinfo=UTC), "Africa/Douala")
    for number, (name, book) in enumerate(plain.items()):
        other = durable.book(name)
        assert other.matching is not None
        facts = RandomFacts(book, question.today, Random(number))
        for _ in range(20):
            values = checked(name, book.facts, facts.draw())
            assert decided(other, values, question, other.matching(values, question.today)) == decided(
                book, values, question, None
            )
