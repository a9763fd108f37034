"""The engine against a second reading of the language, on invented books and looks.

The witness is written from docs/rule-books.md alone. ECHEANCE_SEED names other books; a difference says
which seed it came from.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from rules.engine import Book
from rules.errors import BrokenBook, FactsRefused
from rules.ruling import Question
from rules.schema import read_book
from tests.profile import NIGHTLY, tries
from tests.rules.books import VOCABULARY
from tests.rules.witness.answer import answer, values_of, words
from tests.rules.witness.asked import Answer, Look, Refused
from tests.rules.witness.asked import Book as Words
from tests.rules.witness.cells import all_hold
from tests.rules.witness.invent import Facts
from tests.rules.witness.invent_looks import facts_for, look, spoiled, with_done
from tests.rules.witness.invent_steps import ladder, stages
from tests.rules.witness.invent_tables import grid, scorecard, thresholds

KINDS: Mapping[str, Callable[[Random], tuple[dict[str, Any], Facts]]] = {
    "thresholds": thresholds, "scorecard": scorecard, "grid": grid, "stages": stages, "ladder": ladder,
}  # fmt: skip
DECISIONS = tries(4_000, 200_000)
"""For each of the five kinds: 20,000 in all, nightly 1,000,000."""
LOOKS = 20
SEED = os.environ.get("ECHEANCE_SEED") or (os.urandom(4).hex() if NIGHTLY else "1")

Plain = dict[str, Any]


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_answers_as_the_definition_says(kind: str) -> None:
    decisions, number = 0, 0
    while decisions < DECISIONS:
        number += 1
        seed = f"{SEED}/{kind}/{number}"
        random = Random(seed)
        made, facts = KINDS[kind](random)
        text = json.dumps({**made, "examples": []}, ensure_ascii=False, indent=1)
        read = words(text)
        try:
            book = read_book(text, "book.yaml", VOCABULARY, examples=False)
        except BrokenBook as broken:
            check_never_reached(random, read, facts, broken, seed)
            continue
        for _ in range(LOOKS):
            compare(random, book, read, facts, seed)
        decisions += LOOKS


def compare(random: Random, book: Book, text: Words, facts: Facts, seed: str) -> None:
    asked = look(random, text)
    given = facts_for(random, facts, text, asked.today)
    if random.random() < 0.1:
        given = spoiled(random, given)
    asked = with_done(random, text, given, asked)
    expected = by_definition(text, given, asked)
    actual = by_engine(book, given, asked)
    same = actual == expected and as_quick(book, text, given, asked, expected)
    if same and random.random() < 0.1 and "refused" not in expected:
        again = book.recall(json.loads(json.dumps(book.record(given))))
        same = by_engine(book, again, asked).items() >= expected.items()
    assert same, (
        f"seed {seed}\n{book.content}\nfacts {given}\nat {asked.at} {asked.zone}, "
        f"done {sorted(asked.done)}\nexpected {expected}\nactual {actual}"
    )


def as_quick(book: Book, text: Words, given: Mapping[str, Any], asked: Look, expected: Plain) -> bool:
    """The answer without explanation, of the tables that have one. It needs none of the facts of keys."""
    keyed = {text.get("anchor"), text.get("key_by")} - {None}
    if not book.table.program or expected.get("refused") in keyed:
        return True
    try:
        outcome, result = book.outcome(given, asked.today)
    except FactsRefused as refused:
        return refused.fact == expected.get("refused")
    return (outcome, dict(result)) == (expected.get("outcome"), expected.get("result"))


def by_definition(text: Words, given: Mapping[str, Any], asked: Look) -> Plain:
    try:
        said = answer(text, given, asked)
    except Refused as refused:
        return {"refused": refused.fact}
    steps = [(one.key, one.kind, one.to, one.template, one.channels, one.due_on) for one in said.steps]
    return plain(said, steps, said.next_at, said.result)


def by_engine(book: Book, given: Mapping[str, Any], asked: Look) -> Plain:
    question = Question(asked.prefix, asked.at, asked.zone, asked.done, asked.is_open)
    try:
        said = book.decide(given, question)
    except FactsRefused as refused:
        return {"refused": refused.fact}
    steps = [(one.key, one.kind, one.to, one.template, one.channels, one.due_on) for one in said.steps]
    return plain(said, steps, said.next_at, said.result)


def plain(said: Any, steps: list[Any], next_at: Any, result: Mapping[str, Any]) -> Plain:
    return {
        "outcome": said.outcome, "stage": said.stage, "steps": steps, "next_at": next_at,
        "closes": said.closes, "held": said.held, "result": dict(result),
    }  # fmt: skip


def check_never_reached(random: Random, text: Words, facts: Facts, broken: BrokenBook, seed: str) -> None:
    """The only reason to refuse an invented book: a row that can never come. It does not come."""
    ids = set()
    for error in broken.errors:
        found = re.search(r"'(\w+)' (is never reached|never comes)", error.en)
        assert found, f"seed {seed}: {error}"
        ids.add(found[1])
    for _ in range(LOOKS):
        asked = look(random, text)
        given = facts_for(random, facts, text, asked.today)
        assert not ids & reached(text, given, asked), f"seed {seed}: {broken} is reached by {given}"


def reached(text: Words, given: Mapping[str, Any], asked: Look) -> set[str]:
    try:
        said: Answer = answer(text, given, asked)
    except Refused:
        return set()
    if text["policy"] == "thresholds":
        values = values_of(text, given)
        rows = [row["id"] for row in text["rules"] if all_hold(row["when"], text, values, asked.today)]
        return set(rows[:1])
    return {
        said.stage,
        *(re.split(r"[#.:]", key.key.removeprefix(asked.prefix + ":"))[0] for key in said.steps),
    }
