"""Near misses are true by the second reading: with that one change, this would have come out."""

import json
from random import Random
from typing import Any

import pytest

from domain.decision import NearMiss
from domain.money import Money, parse_money
from rules.engine import Book
from rules.errors import BrokenBook, FactsRefused
from rules.ruling import Question
from rules.schema import read_book
from tests.profile import tries
from tests.rules.books import VOCABULARY
from tests.rules.test_witness import KINDS, SEED, by_definition
from tests.rules.witness.answer import words
from tests.rules.witness.asked import Book as Words
from tests.rules.witness.invent_looks import facts_for, look

MISSES = tries(1_000, 20_000)


@pytest.mark.parametrize("kind", ["scorecard", "thresholds", "grid"])
def test_a_near_miss_is_true(kind: str) -> None:
    checked, number = 0, 0
    while checked < MISSES:
        number += 1
        seed = f"{SEED}/near/{kind}/{number}"
        random = Random(seed)
        made, facts = KINDS[kind](random)
        text = json.dumps({**made, "examples": []}, ensure_ascii=False, indent=1)
        try:
            book = read_book(text, "book.yaml", VOCABULARY, examples=False)
        except BrokenBook:
            continue
        read = words(text)
        for _ in range(5):
            asked = look(random, read)
            given = facts_for(random, facts, read, asked.today)
            question = Question(asked.prefix, asked.at, asked.zone, asked.done, asked.is_open)
            for miss in near(book, given, question):
                said = by_definition(read, {**given, miss.fact: needed(book, miss)}, asked)
                assert leads_to(said, miss, read), f"seed {seed}: {miss} but {said}\n{text}\n{given}"
                checked += 1


def near(book: Book, given: dict[str, Any], question: Question) -> tuple[NearMiss, ...]:
    try:
        return book.decide(given, question).near
    except FactsRefused:
        return ()


def needed(book: Book, miss: NearMiss) -> Any:
    fact = book.facts[miss.fact]
    if miss.needed == "none" and "none" not in fact.values:
        return None
    if fact.type == "money" and " " in miss.needed:
        amount, currency = miss.needed.split(" ")
        return Money(currency, parse_money(amount, currency).minor)
    return int(miss.needed) if fact.type == "money" else fact.read(miss.needed)


def leads_to(said: dict[str, Any], miss: NearMiss, read: Words) -> bool:
    """The facts of the keys may be asked for then, if they have no value."""
    if "refused" in said:
        return said["refused"] in (read.get("anchor"), read.get("key_by"))
    if "points" in said["result"]:
        return miss.then == f"{said['result']['points']} · {said['outcome']}"
    return said["outcome"] in (miss.then, "found")
