"""Examples: given these facts on this day, this is expected. A book that fails one of its own is refused."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from rules.engine import Book, Question, Ruling
from rules.errors import FactsRefused
from rules.facts import EARLIEST, LATEST
from rules.reader import Node, Scalar, Table
from rules.reading import Reading

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))?")
EXPECTED = ("outcome", "stage", "steps", "next", "closes", "held")
PREFIX = "example:1"


def try_examples(reading: Reading, node: Node, book: Book) -> None:
    """Examples are on local time without shifts of the clock (UTC), Saturday and Sunday closed."""
    items = reading.items(node)
    if not items:
        reading.wrong(node, "il faut au moins un exemple", "at least one example is needed")
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
            _compare(reading, expect, book.decide(given, question))
        except FactsRefused as refused:
            reading.wrong(table.entries["given"], f"faits refusés : {refused}", f"facts refused: {refused}")


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


def _compare(reading: Reading, expect: Table, ruling: Ruling) -> None:
    actual: dict[str, Any] = {
        "outcome": ruling.outcome,
        "stage": ruling.stage,
        "steps": [step.key.split(":")[2] for step in ruling.steps],
        "next": f"{ruling.next_at:%Y-%m-%d %H:%M}" if ruling.next_at else "none",
        "closes": ruling.closes or "none",
        "held": "true" if ruling.held else "false",
    }
    for key, node in expect.entries.items():
        wanted: Any = (
            [reading.text(one) for one in reading.items(node)] if key == "steps" else reading.text(node)
        )
        if wanted != actual[key]:
            reading.wrong(
                node,
                f"l’exemple attend {key} = {_said(wanted)}, le livre donne {_said(actual[key])}",
                f"the example expects {key} = {_said(wanted)}, the book gives {_said(actual[key])}",
            )


def _said(value: Any) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)
