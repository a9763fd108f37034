"""Examples: given these facts on this day, this is expected. A book that fails one of its own is refused."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from rules.engine import Book, Question, Ruling
from rules.errors import FactsRefused
from rules.fitness import EARLIEST, LATEST
from rules.gives import given_as_text, read_given
from rules.reader import Node, Place, Scalar, Table
from rules.reading import Reading

MOMENT = re.compile(r"([0-9]{4}-[0-9][0-9]-[0-9][0-9])(?: ([0-9][0-9]:[0-9][0-9]))?")
EXPECTED = ("outcome", "stage", "steps", "next", "closes", "held", "points", "gives")
PREFIX = "example:1"


def try_examples(reading: Reading, node: Node, book: Book) -> None:
    """Examples are on local time without shifts of the clock (UTC), Saturday and Sunday closed."""
    items = reading.items(node)
    if not items:
        reading.wrong(node, "il faut au moins un exemple", "at least one example is needed")
    fired: set[tuple[str, int]] = set()
    for item in items:
        before = len(reading.errors)
        table = reading.table(item, ("given", "expect", "why"), ("on", "done"))
        if table is None:
            continue
        reading.text(table.entries["why"])
        expect = reading.table(table.entries["expect"], (), EXPECTED)
        question, given = _question(reading, table), _given(reading, table.entries["given"], book)
        if expect is None or question is None or given is None or len(reading.errors) > before:
            continue
        try:
            ruling = book.decide(given, question)
        except FactsRefused as refused:
            reading.wrong(
                table.entries["given"],
                f"faits refusés : {refused.said.fr}",
                f"facts refused: {refused.said.en}",
            )
            continue
        fired |= {(reason.rule, reason.line) for reason in ruling.reasons}
        _compare(reading, expect, ruling, book)
    _warn_of_untried(reading, book, fired)


def _warn_of_untried(reading: Reading, book: Book, fired: set[tuple[str, int]]) -> None:
    for reason in book.table.reasons():
        if (reason.rule, reason.line) not in fired:
            reading.warn(
                Place(reason.line, 1),
                f"aucun exemple ne montre « {reason.rule} »",
                f"no example shows {reason.rule!r}",
            )


def _question(reading: Reading, table: Table) -> Question | None:
    on = table.entries.get("on")
    text = reading.text(on) or "2026-01-15"
    found = MOMENT.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        hour = time.fromisoformat(found[2]) if found[2] else time(12)
        if not EARLIEST <= date.fromisoformat(found[1]) <= LATEST:
            raise ValueError(text)
        at = datetime.combine(date.fromisoformat(found[1]), hour, UTC)
    except ValueError:
        reading.wrong(
            on or table,
            f'« {text} » n’est pas une date, écrivez 2026-03-01 ou "2026-03-01 09:00"',
            f'{text!r} is not a date, write 2026-03-01 or "2026-03-01 09:00"',
        )
        return None
    done = frozenset(f"{PREFIX}:{reading.text(item)}" for item in reading.items(table.entries.get("done")))
    return Question(PREFIX, at, "UTC", done)


def _given(reading: Reading, node: Node, book: Book) -> dict[str, Any] | None:
    before = len(reading.errors)
    table = reading.table(node, (), tuple(getattr(node, "entries", {})))
    given: dict[str, Any] = {}
    for name, body in (table.entries if table else {}).items():
        assert table is not None
        if not reading.fact(Scalar(name, table.keys[name])):
            continue
        fact, text = book.facts[name], reading.text(body)
        try:
            given[name] = None if text == "none" and "none" not in fact.values else fact.read(text)
        except ValueError:
            reading.unknown(
                body,
                text,
                fact.values,
                f"valeur impossible pour « {name} » :",
                f"impossible value for {name!r}:",
            )
    return given if table and len(reading.errors) == before else None


def _compare(reading: Reading, expect: Table, ruling: Ruling, book: Book) -> None:
    actual: dict[str, Any] = {
        "points": str(ruling.result.get("points", "none")),
        "outcome": ruling.outcome,
        "stage": ruling.stage,
        "steps": [step.key.split(":")[2] for step in ruling.steps],
        "next": f"{ruling.next_at:%Y-%m-%d %H:%M}" if ruling.next_at else "none",
        "closes": ruling.closes or "none",
        "held": "true" if ruling.held else "false",
    }
    for key, node in expect.entries.items():
        if key == "gives":
            _compare_given(reading, node, ruling, book)
            continue
        wanted: Any = (
            [reading.text(one) for one in reading.items(node)] if key == "steps" else reading.text(node)
        )
        if wanted != actual[key]:
            reading.wrong(
                node,
                f"l’exemple attend {key} = {_said(wanted)}, le livre donne {_said(actual[key])}",
                f"the example expects {key} = {_said(wanted)}, the book gives {_said(actual[key])}",
            )


def _compare_given(reading: Reading, node: Node, ruling: Ruling, book: Book) -> None:
    """Only the values named are compared."""
    types = getattr(book.table, "types", {})
    table = reading.table(node, (), tuple(types))
    for name, body in (table.entries if table else {}).items():
        if name not in types:
            continue
        wanted = read_given(reading, body, types[name])
        if wanted is not None and wanted != ruling.result[name]:
            actual = given_as_text(ruling.result[name])
            reading.wrong(
                body,
                f"l’exemple attend {name} = {given_as_text(wanted)}, le livre donne {actual}",
                f"the example expects {name} = {given_as_text(wanted)}, the book gives {actual}",
            )


def _said(value: Any) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)
