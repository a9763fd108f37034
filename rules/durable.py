"""A book's conditions as rules of durable-rules: the second back end, and the witness of the first.

What is written keeps to the part of durable-rules that was found sound: conjunctions of comparisons of whole
numbers, equality of words, a marker in every rule, a rule that always fires in every ruleset, few rules in
one. Alternatives become rules of their own.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from domain.ports import Matcher
from rules.condition import Condition
from rules.encoding import Term, encoded, groups
from rules.engine import Book, Matching
from rules.facts import Fact
from rules.policy import Holds

CATCH_ALL = "asked"
MOST_RULES = 50
MARK: Term = ("$eq", "mark", 1)

Definition = Mapping[str, Any]
Rules = dict[str, Any]


@dataclass(frozen=True)
class Compiled:
    """``names``: of each condition, the groups of rules of which one each must fire."""

    facts: Mapping[str, Fact]
    definition: Definition
    names: Mapping[Condition, Sequence[frozenset[str]]]

    def asked(self, values: Mapping[str, Any], today: date) -> list[dict[str, int | str]]:
        """The one fact that is asserted."""
        return [{"mark": 1, **encoded(self.facts, values, today)}]

    def holds(self, fired: frozenset[str]) -> Holds:
        return lambda condition: all(names & fired for names in self.names[condition])


def compiled(book: Book) -> Compiled:
    """Raises BadInput when a bound of the book is too large to be compared exactly."""
    rules: Rules = {}
    names: dict[Condition, list[frozenset[str]]] = {}
    for number, condition in enumerate(dict.fromkeys(book.conditions())):
        for part, group in enumerate(groups(book.facts, condition)):
            made = {
                f"c{number}_{part}_{n}": {"all": [clause("m", MARK, *terms)]} for n, terms in enumerate(group)
            }
            rules |= made
            names.setdefault(condition, []).append(frozenset(made))
    return Compiled(book.facts, defined(rules, MARK), names)


def matching(book: Book, matcher: Matcher) -> Matching:
    table = compiled(book)

    def ask(values: Mapping[str, Any], today: date) -> Holds:
        return table.holds(matcher.fired(table.definition, table.asked(values, today)))

    return ask


def on_durable_rules(book: Book, matcher: Matcher) -> Book:
    """The same book, its conditions answered by the matcher."""
    return replace(book, matching=matching(book, matcher)) if book.conditions() else book


def defined(rules: Rules, marker: Term) -> Definition:
    """Rulesets of few rules, each with its catch-all, under a key that names their content."""
    always = {CATCH_ALL: {"all": [clause("m", marker)]}}
    items = list(rules.items())
    step = MOST_RULES - 1
    rulesets = [{**dict(items[start : start + step]), **always} for start in range(0, len(items) or 1, step)]
    return {"key": sha256(json.dumps(rulesets).encode()).hexdigest(), "rulesets": rulesets}


def clause(alias: str, *terms: Term, joined: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A conjunction about one fact; ``joined`` compares it with the facts of earlier clauses."""
    return {alias: {"$and": [*(_term(term) for term in terms), *joined]}}


def _term(term: Term) -> dict[str, Any]:
    sign, field, value = term
    return {field: value} if sign == "$eq" else {sign: {field: value}}
