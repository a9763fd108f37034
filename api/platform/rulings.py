"""How a ruling is shown: what a book said, by which rules, and what would have changed it."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.fields import Shown
from api.platform.rule_shapes import Words, words
from domain.decision import NearMiss, Reason
from rules.engine import Book
from rules.facts import recorded
from rules.ruling import Ruling


class ReasonShown(Shown):
    rule: str
    line: int
    why: Words


class NearShown(Shown):
    """A rule that one changed fact would have fired."""

    rule: str
    line: int
    fact: str
    actual: str
    needed: str
    why: Words


class RulingShown(Shown):
    """``next_at`` None: until a fact changes. ``result`` are the values that the book gives."""

    book: str
    revision: str
    outcome: str
    stage: str
    closes: str
    held: bool
    steps: tuple[str, ...] = Field(description="Keys of what would be done now.")
    next_at: datetime | None
    reasons: tuple[ReasonShown, ...]
    near: tuple[NearShown, ...]
    result: dict[str, Any]


def ruling(book: Book, said: Ruling, prefix: str = "") -> RulingShown:
    return RulingShown(
        book=book.name, revision=book.revision, outcome=said.outcome, stage=said.stage, closes=said.closes,
        held=said.held, steps=tuple(step.key.removeprefix(prefix) for step in said.steps),
        next_at=said.next_at, reasons=tuple(map(_reason, said.reasons)), near=tuple(map(_near, said.near)),
        result={name: recorded(value) for name, value in said.result.items()},
    )  # fmt: skip


def _reason(reason: Reason) -> ReasonShown:
    return ReasonShown(rule=reason.rule, line=reason.line, why=words(reason.why))


def _near(miss: NearMiss) -> NearShown:
    return NearShown(
        rule=miss.rule, line=miss.line, fact=miss.fact, actual=miss.actual, needed=miss.needed,
        why=words(miss.why),
    )  # fmt: skip
