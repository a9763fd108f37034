"""Tables compiled to Python. Cells were parsed before: the code holds values, never an author's text.

Of one table come ``rows`` (checked facts to the rows that hold), ``outcome`` (facts as they come to the
answer, nothing explained) and ``near`` (the rows that one changed fact would have fired).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.checking import checked
from rules.condition import Condition
from rules.facts import Fact
from rules.index import MANY, Index, index_of
from rules.nearness import Candidate, nearness
from rules.source import Source

Answer = tuple[str, Mapping[str, Any]]
"""The outcome, and the values that the table gives."""


@dataclass(frozen=True)
class Program:
    """``taken`` checks facts as they come; ``answer`` is ``outcome`` for facts that are checked already."""

    taken: Callable[[Mapping[str, Any]], dict[str, Any]]
    rows: Callable[[Mapping[str, Any], date], list[int]]
    answer: Callable[[Mapping[str, Any], date], Answer]
    outcome: Callable[[Mapping[str, Any], date], Answer]
    near: Callable[[Mapping[str, Any], date], list[Candidate]]


@dataclass(frozen=True)
class First:
    """The first row that holds answers; when none does, the last answer is given."""

    answers: Sequence[Answer]


@dataclass(frozen=True)
class Each:
    """All rows that hold answer together."""

    combine: Callable[[list[int]], Answer]


@dataclass(frozen=True)
class Points:
    """``answers`` has one for each sum from ``low`` to ``high``."""

    points: Sequence[int]
    start: int
    low: int
    high: int
    answers: Sequence[Answer]


Finish = First | Each | Points


def compile_rows(
    book: str, facts: Mapping[str, Fact], conditions: Sequence[Condition], finish: Finish
) -> Program:
    index = index_of(facts, conditions) if len(conditions) > MANY else None
    source = Source(facts)
    rows = _rows_body(source, conditions, isinstance(finish, First), index)
    answer = _answer_body(source, conditions, finish, index)
    near = nearness(source, conditions, index)
    days = source.days()
    unpacked = source.unpack("values")
    code = [
        *_function("rows(values, today)", [*unpacked, *days, *rows]),
        *_function("answer(values, today)", [*unpacked, *days, *answer]),
        *_function("outcome(given, today)", [*source.taken("given", "slow(given, today)"), *days, *answer]),
        *_function("taken(given)", [*source.taken("given", "check(given)"), source.packed()]),
        *_function("near(values, today)", [*unpacked, *days, *near]),
    ]

    def check(given: Mapping[str, Any]) -> dict[str, Any]:
        return checked(book, facts, given)

    def slow(given: Mapping[str, Any], today: date) -> Answer:
        answered: Answer = names["answer"](check(given), today)
        return answered

    names: dict[str, Any] = {"slow": slow, "check": check, **source.names}
    exec(compile("\n".join(code), f"<rules {book}>", "exec"), names)
    return Program(*(names[name] for name in ("taken", "rows", "answer", "outcome", "near")))


def _function(signature: str, body: list[str]) -> list[str]:
    return [f"def {signature}:", *(f"    {line}" for line in body)]


def _rows_body(
    source: Source, conditions: Sequence[Condition], first: bool, index: Index | None
) -> list[str]:
    if index:
        if first:
            return [*index.loop(source, ["return [r]"]), "return []"]
        return ["found = []", *index.loop(source, ["found.append(r)"]), "return found"]
    if first:
        lines = [f"if {source.condition(one)}: return [{n}]" for n, one in enumerate(conditions)]
        return [*lines, "return []"]
    lines = [f"if {source.condition(one)}: found.append({n})" for n, one in enumerate(conditions)]
    return ["found = []", *lines, "return found"]


def _answer_body(
    source: Source, conditions: Sequence[Condition], finish: Finish, index: Index | None
) -> list[str]:
    match finish:
        case First(answers):
            return _first(source, conditions, answers, index)
        case Each(combine):
            rows = _rows_body(source, conditions, False, index)
            return [*rows[:-1], f"return {source.constant(combine)}(found)"]
        case Points():
            return _sum(source, conditions, finish, index)


def _first(
    source: Source, conditions: Sequence[Condition], answers: Sequence[Answer], index: Index | None
) -> list[str]:
    otherwise = f"return {source.constant(answers[-1])}"
    if index:
        return [*index.loop(source, [f"return {source.constant(answers)}[r]"]), otherwise]
    rows = [
        f"if {source.condition(one)}: return {source.constant(answers[n])}"
        for n, one in enumerate(conditions)
    ]
    return [*rows, otherwise]


def _sum(source: Source, conditions: Sequence[Condition], card: Points, index: Index | None) -> list[str]:
    lines = [f"points = {card.start}"]
    if index:
        lines += index.loop(source, [f"points += {source.constant(card.points)}[r]"])
    else:
        lines += _additions(source, conditions, card.points)
    answers = source.constant(card.answers)
    return [
        *lines,
        f"if points <= {card.low}: return {answers}[0]",
        f"if points >= {card.high}: return {answers}[-1]",
        f"return {answers}[points - {card.low}]",
    ]


def _additions(source: Source, conditions: Sequence[Condition], points: Sequence[int]) -> list[str]:
    """Rules of one fact in ranges that exclude each other, one after the other, are alternatives."""
    lines: list[str] = []
    chain: list[Condition] = []
    for condition, more in zip(conditions, points, strict=True):
        excluded = bool(chain) and all(_exclude(one, condition) for one in chain)
        chain = [*chain, condition] if excluded else [condition]
        lines.append(f"{'elif' if excluded else 'if'} {source.condition(condition)}: points += {more}")
    return lines


def _exclude(one: Condition, other: Condition) -> bool:
    if len(one.cells) != 1 or len(other.cells) != 1 or one.cells[0][0] != other.cells[0][0]:
        return False
    return one.cells[0][1].excludes(other.cells[0][1])
