"""Scorecards: every rule that holds adds its points; the sum falls into a band."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from domain.decision import Bilingual, Reason
from rules.condition import Condition, read_condition
from rules.facts import Fact
from rules.near import nearest
from rules.policy import Holds, rows_that_hold
from rules.program import Answer, Points, Program, compile_rows
from rules.reader import Node, Table
from rules.reading import Reading
from rules.ruling import Question, Ruling

KEYS = ("start", "clamp", "rules", "bands")
RULE_KEYS = ("id", "when", "points", "why")
BAND_KEYS = ("id", "points", "why")
WHOLE = re.compile(r"[+-]?[0-9]{1,4}")
RANGE = re.compile(r"([+-]?[0-9]{1,4})(?:\.\.([+-]?[0-9]{1,4}))?")


@dataclass(frozen=True)
class Rule:
    id: str
    line: int
    when: Condition
    points: int
    why: Bilingual


@dataclass(frozen=True)
class Band:
    """Both ends are in the band."""

    id: str
    line: int
    low: int
    high: int
    why: Bilingual

    @property
    def reason(self) -> Reason:
        return Reason(self.id, self.line, self.why)


@dataclass(frozen=True)
class Scorecard:
    """``bands`` go from the lowest to the highest and cover ``low`` to ``high``."""

    book: str
    facts: Mapping[str, Fact]
    start: int
    low: int
    high: int
    rules: tuple[Rule, ...]
    bands: tuple[Band, ...]

    def conditions(self) -> tuple[Condition, ...]:
        return self._conditions

    def reasons(self) -> tuple[Reason, ...]:
        return (*(band.reason for band in self.bands), *self._reasons)

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return tuple(rule.when for rule in self.rules)

    @cached_property
    def _reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(rule.id, rule.line, rule.why, f"{rule.points:+d}") for rule in self.rules)

    @cached_property
    def _points(self) -> tuple[int, ...]:
        return tuple(rule.points for rule in self.rules)

    @cached_property
    def _bands(self) -> tuple[Reason, ...]:
        """The reason of the band, by points from the lowest."""
        return tuple(band.reason for band in self.bands for _ in range(band.low, band.high + 1))

    @cached_property
    def program(self) -> Program:
        answers: list[Answer] = [
            (reason.rule, MappingProxyType({"points": points}))
            for points, reason in enumerate(self._bands, self.low)
        ]
        finish = Points(self._points, self.start, self.low, self.high, answers)
        return compile_rows(self.book, self.facts, self._conditions, finish)

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling:
        program, today, reason = self.program, question.today, self._reasons.__getitem__
        fired = rows_that_hold(program, self._conditions, values, question, holds)
        total = self.start + sum(map(self._points.__getitem__, fired))
        points = min(self.high, max(self.low, total))
        band = self._bands[points - self.low]
        near = nearest(
            program.near(values, today) if question.near else [], reason, self.facts, values,
            lambda _number, changed: _said(program.answer(changed, today)),
        )  # fmt: skip
        reasons = (band, *map(reason, fired))
        return Ruling(band.rule, band.rule, reasons=reasons, near=near, result={"points": points})


def _said(answer: Answer) -> str:
    return f"{answer[1]['points']} · {answer[0]}"


def read_scorecard(reading: Reading, table: Table, book: str) -> Scorecard:
    entries = table.entries
    rules = tuple(rule for item in reading.items(entries["rules"]) if (rule := _rule(reading, item)))
    if not rules:
        reading.wrong(entries["rules"], "il faut au moins une règle", "at least one rule is needed")
    low, high = _range(reading, entries["clamp"])
    bands = [band for item in reading.items(entries["bands"]) if (band := _band(reading, item))]
    bands.sort(key=lambda band: band.low)
    _refuse_holes(reading, entries["bands"], bands, low, high)
    start = _whole(reading, entries["start"])
    return Scorecard(book, reading.facts, start, low, high, rules, tuple(bands))


def _rule(reading: Reading, node: Node) -> Rule | None:
    table = reading.table(node, RULE_KEYS)
    if table is None:
        return None
    entries = table.entries
    return Rule(
        reading.new_id(entries["id"]), table.place.line, read_condition(reading, entries["when"]),
        _whole(reading, entries["points"]), reading.bilingual(entries["why"]),
    )  # fmt: skip


def _band(reading: Reading, node: Node) -> Band | None:
    table = reading.table(node, BAND_KEYS)
    if table is None:
        return None
    entries = table.entries
    low, high = _range(reading, entries["points"])
    id, why = reading.new_id(entries["id"]), reading.bilingual(entries["why"])
    return Band(id, table.place.line, low, high, why)


def _whole(reading: Reading, node: Node) -> int:
    text = reading.text(node)
    if text and not WHOLE.fullmatch(text):
        reading.wrong(
            node,
            f"« {text} » n’est pas un nombre de points, écrivez par exemple -15",
            f"{text!r} is not a number of points, write for example -15",
        )
        return 0
    return int(text or 0)


def _range(reading: Reading, node: Node) -> tuple[int, int]:
    text = reading.text(node)
    found = RANGE.fullmatch(text)
    low = int(found[1]) if found else 0
    high = int(found[2]) if found and found[2] else low
    if text and (not found or high < low):
        reading.wrong(
            node,
            f"« {text} » n’est pas une plage de points, écrivez par exemple 60..79",
            f"{text!r} is not a range of points, write for example 60..79",
        )
        return 0, 0
    return low, high


def _refuse_holes(reading: Reading, node: Node, bands: list[Band], low: int, high: int) -> None:
    """Each band takes up where the one below ends."""
    upto = low - 1
    for band in bands:
        at = reading.ids.get(band.id, node)
        if band.low > upto + 1:
            missing = f"{upto + 1}..{band.low - 1}"
            reading.wrong(at, f"aucune classe pour {missing} points", f"no band for {missing} points")
        elif band.low <= upto:
            reading.wrong(
                at,
                f"la classe « {band.id} » en chevauche une autre, ou sort de « clamp »",
                f"band {band.id!r} overlaps another one, or leaves 'clamp'",
            )
        upto = max(upto, band.high)
    if upto != high:
        reading.wrong(
            node,
            f"les classes vont jusqu’à {upto} et « clamp » jusqu’à {high}",
            f"the bands go up to {upto} and 'clamp' up to {high}",
        )
