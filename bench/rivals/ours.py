"""Our own books of the two cases, as an author would write them."""

from datetime import UTC, date, datetime

from bench.rule_cases import HIGH, LEVELS, LOW, NUMBERS, PLANS, RULES, START, Line, Test
from rules.engine import Book
from rules.reading import Vocabulary
from rules.ruling import Question
from rules.schema import read_book

DAY = date(2026, 3, 10)
QUESTION = Question("bench:1", datetime(2026, 3, 10, 12, tzinfo=UTC), "UTC")
WHY = "why: {fr: C’est ainsi., en: So it is.}"


def scorecard_text() -> str:
    facts = [f"  {name}: {{type: int, label: {{fr: {name}, en: {name}}}}}" for name in NUMBERS]
    facts.append(f"  plan: {{type: enum, values: [{', '.join(PLANS)}], label: {{fr: plan, en: plan}}}}")
    facts.append("  guaranteed: {type: bool, label: {fr: garant, en: guaranteed}}")
    rules = [
        f"  - {{id: {id}, when: {{{_when(tests)}}}, points: {points}, {WHY}}}" for id, tests, points in RULES
    ]
    given = ", ".join([*(f"{name}: 0" for name in NUMBERS), "plan: short", "guaranteed: false"])
    return _text(
        "policy: scorecard", f"start: {START}", f"clamp: {LOW}..{HIGH}", "facts:", *facts, "rules:", *rules,
        "bands:", f"  - {{id: low, points: 0..49, {WHY}}}", f"  - {{id: high, points: 50..100, {WHY}}}",
        "examples:", f"  - {{given: {{{given}}}, expect: {{outcome: high}}, why: Au départ.}}",
    )  # fmt: skip


def _when(tests: tuple[Test, ...]) -> str:
    """Two bounds of one fact are one range."""
    cells: dict[str, str] = {}
    for name, sign, value in tests:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if name in cells:
            cells[name] = f"{cells[name].removeprefix('>= ')}..{text}"
        else:
            cells[name] = text if sign == "==" else f"{sign} {text}"
    return ", ".join(f'{name}: "{cell}"' for name, cell in cells.items())


def grid_text(lines: list[Line]) -> str:
    references = list(dict.fromkeys(line.reference for line in lines))
    rows = [f"  - [{one.reference}, {one.level}, {_range(one)}, {one.price}]" for one in lines]
    first = lines[0]
    return _text(
        "policy: grid", "gives: {price: {type: int, label: {fr: prix, en: price}}}", "facts:",
        f"  reference: {{type: enum, values: [{', '.join(references)}], label: {{fr: r, en: r}}}}",
        f"  level: {{type: enum, values: [{', '.join(LEVELS)}], label: {{fr: n, en: l}}}}",
        "  weight: {type: int, label: {fr: poids, en: weight}}",
        "columns: [reference, level, weight, price]", "rows:", *rows, WHY,
        f"otherwise: {{gives: {{price: 0}}, {WHY}}}", "examples:",
        f"  - given: {{reference: {first.reference}, level: {first.level}, weight: 1}}",
        f"    expect: {{gives: {{price: {first.price}}}}}", "    why: La première ligne.",
    )  # fmt: skip


def thresholds_text(count: int) -> str:
    """Rules with their sentences, ten to a region."""
    rules = [
        f"  - id: r{n}\n    when: {{region: z{n // 10}, amount: {n % 10 * 10}..{n % 10 * 10 + 9}}}\n"
        f"    outcome: o{n % 7}\n    why: {{fr: La règle {n} s’applique., en: Rule {n} applies.}}"
        for n in range(count)
    ]
    regions = ", ".join(f"z{n}" for n in range(-(-count // 10)))
    return _text(
        "policy: thresholds", "facts:",
        f"  region: {{type: enum, values: [{regions}], label: {{fr: région, en: region}}}}",
        "  amount: {type: int, label: {fr: montant, en: amount}}", "rules:", *rules,
        f"otherwise: {{outcome: other, {WHY}}}", "examples:",
        "  - {given: {region: z0, amount: 5}, expect: {outcome: o0}, why: La première.}",
    )  # fmt: skip


def _range(line: Line) -> str:
    return f"{'' if line.low is None else line.low}..{'' if line.high is None else line.high}"


def _text(*lines: str) -> str:
    head = ("name: bench", "title: {fr: Banc, en: Bench}", 'version: "1"')
    return "\n".join((lines[0], *head, *lines[1:], ""))


def read(text: str) -> Book:
    return read_book(text, "bench.yaml", Vocabulary())
