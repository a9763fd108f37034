"""Small books and questions for the tests of the engine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rules.engine import Book, Question
from rules.errors import BookError, BrokenBook
from rules.schema import read_book
from rules.vocabulary import shipped_vocabulary

SHIPPED = Path(__file__).parents[2] / "rules"

VOCABULARY = shipped_vocabulary(SHIPPED.parent / "templates")


def shipped(name: str) -> Book:
    return read(SHIPPED.joinpath(f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")


def read(text: str, file: str = "book.yaml") -> Book:
    return read_book(text, file, VOCABULARY)


def errors_of(text: str, file: str = "book.yaml") -> tuple[BookError, ...]:
    try:
        read(text, file)
    except BrokenBook as broken:
        return broken.errors
    return ()


def ask(at: str, zone: str = "UTC", done: frozenset[str] = frozenset(), **more: Any) -> Question:
    """``at`` is UTC, `2026-03-01 09:00`."""
    return Question("p.q:C1", datetime.fromisoformat(at).replace(tzinfo=UTC), zone, done, **more)


LADDER = """\
policy: ladder
name: book
title: {{fr: Livre, en: Book}}
version: "1"
hour: "09:00"
anchor: due_on
facts:
  due_on: {{type: date, label: {{fr: échéance, en: due date}}}}
  paid: {{type: bool, label: {{fr: payé, en: paid}}, missing: false}}
  level: {{type: enum, values: [low, high], label: {{fr: niveau, en: level}}, missing: low}}
stops:
  - {{when: {{paid: true}}, outcome: paid, why: {{fr: Payé., en: Paid.}}}}
steps:
{steps}
examples:
  - {{on: 2000-01-01, given: {{due_on: 2020-06-10}}, expect: {{stage: upcoming}}, why: Trop tôt.}}
"""


def ladder(*steps: str) -> Book:
    """A ladder of steps such as ``id: first, at: -7d``; each sends one message to `driver`."""
    why = "why: {fr: Parce que., en: Because.}"
    send = "send: {template: fleet/dunning/courtesy, to: driver, channels: [sms]}"
    lines = [f"  - {{{step}, {why}{'' if 'act:' in step else ', ' + send}}}" for step in steps]
    return read(LADDER.format(steps="\n".join(lines)))
