"""Patterns over events as rules of durable-rules, and one subject's events as its facts.

Two things keep the joins right. What triggers them, the question, is the first clause and the last fact
asserted: nothing is joined before everything is known, so no match is ever taken back. And a comparison
with an earlier clause is followed by one that always holds: a false one at the end of a conjunction makes
the engine read past its own table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.decision import Bilingual, Reason
from domain.event import Event
from rules.durable import MARK, Definition, clause, defined
from rules.encoding import Term

QUESTION: Term = ("$eq", "mark", 2)
ABOVE = 2
"""In the field `top` of every event: more than its mark."""


@dataclass(frozen=True)
class Pattern:
    """`count`: at least ``at_least`` events of ``kinds``. Otherwise a sequence of ``kinds``, the last one at
    least ``after`` days old and followed by no event of ``without``. Events older than ``within`` days, and
    events of days to come, do not count.
    """

    id: str
    line: int
    why: Bilingual
    kinds: tuple[str, ...]
    within: int
    at_least: int = 0
    without: tuple[str, ...] = ()
    after: int = 0

    @property
    def reason(self) -> Reason:
        return Reason(self.id, self.line, self.why)

    def refs(self, events: Sequence[Event], today: date) -> tuple[str, ...]:
        """The events that it looked at: in its time, of the kinds it asks for."""
        return tuple(
            event.ref
            for event in events
            if event.kind in self.kinds and 0 <= (today - event.on).days < self.within
        )


def definition_of(patterns: Sequence[Pattern]) -> Definition:
    sets = kind_sets(patterns)
    return defined({pattern.id: _rule(pattern, sets) for pattern in patterns}, QUESTION)


def kind_sets(patterns: Sequence[Pattern]) -> dict[frozenset[str], str]:
    """Every set of kinds that a pattern asks for, and the field that tells whether an event is of it."""
    asked: list[frozenset[str]] = []
    for pattern in patterns:
        together = [frozenset(pattern.kinds)] if pattern.at_least else [frozenset({k}) for k in pattern.kinds]
        asked += [*together, *([frozenset(pattern.without)] if pattern.without else [])]
    return {kinds: f"k{number}" for number, kinds in enumerate(dict.fromkeys(asked))}


def facts_of(
    events: Sequence[Event], today: date, sets: Mapping[frozenset[str], str]
) -> list[dict[str, int | str]]:
    """``events`` in their order; the question comes last."""
    facts: list[dict[str, int | str]] = [
        {
            "mark": 1,
            "top": ABOVE,
            "seq": number,
            "age": (today - event.on).days,
            **{field: int(event.kind in kinds) for kinds, field in sets.items()},
        }
        for number, event in enumerate(events)
    ]
    return [*facts, {"mark": 2}]


def _rule(pattern: Pattern, sets: Mapping[frozenset[str], str]) -> dict[str, Any]:
    def event(alias: str, *kinds: str, old: int = 0, later: str = "") -> dict[str, Any]:
        terms: list[Term] = [
            MARK,
            ("$eq", sets[frozenset(kinds)], 1),
            ("$gte", "age", old),
            ("$lt", "age", pattern.within),
        ]
        joined = [{"$gt": {"seq": {later: "seq"}}}, {"$gte": {"top": {later: "mark"}}}] if later else []
        return clause(alias, *terms, joined=joined)

    if pattern.at_least:
        return {"all": [event("m", *pattern.kinds)], "count": pattern.at_least}
    last = len(pattern.kinds) - 1
    clauses = [clause("q", QUESTION)]
    for number, kind in enumerate(pattern.kinds):
        old = pattern.after if number == last else 0
        clauses.append(event(f"e{number}", kind, old=old, later=f"e{number - 1}" if number else ""))
    if pattern.without:
        clauses.append(event("n$not", *pattern.without, later=f"e{last}"))
    return {"all": clauses}
