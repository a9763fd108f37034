"""A decision taken again years later: its own facts, its own revisions, its own moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.decision import Reason
from domain.ports import Matcher
from rules.engine import Book
from rules.reading import Vocabulary
from rules.ruling import Question, Ruling
from rules.schema import read_book


@dataclass(frozen=True)
class Recorded:
    """A decision as it was kept. ``steps`` are keys; ``reasons`` pairs of a rule and its French sentence."""

    books: tuple[tuple[str, str], ...]
    facts: Mapping[str, Any]
    stage: str
    closes: str
    reasons: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """``own`` are recorded steps that follow from the facts alone: the process wanted them, no book did.

    ``differences`` name what is not as recorded.
    """

    rulings: tuple[Ruling, ...]
    stage: str
    closes: str
    reasons: tuple[Reason, ...]
    steps: tuple[str, ...]
    own: tuple[str, ...]
    differences: tuple[str, ...]


def recorded(row: Mapping[str, Any]) -> Recorded:
    """Out of a row of ``decision``. An empty book: operations held the case, or the facts were refused."""
    names, revisions = row["book"].split("+"), row["revision"].split("+")
    return Recorded(
        tuple(zip(names, revisions, strict=True)) if row["book"] else (), row["facts"], row["stage"],
        row["closes"], tuple((one["rule"], one["why"]["fr"]) for one in row["reasons"]),
        tuple(one["key"] for one in row["steps"]),
    )  # fmt: skip


def revision(name: str, text: str, matcher: Matcher | None = None) -> Book:
    """A book of any time, with the words that it had. Raises BrokenBook."""
    return read_book(text, f"{name}.yaml", Vocabulary.anything(), examples=False, matcher=matcher)


def replay(kept: Recorded, books: Sequence[Book], question: Question) -> Replay:
    """``books`` in the order in which they were asked. Raises FactsRefused."""
    rulings = tuple(book.decide(book.recall(kept.facts), question) for book in books)
    stage = rulings[-1].stage if rulings else kept.stage
    closes = next((ruling.closes for ruling in rulings if ruling.closes), "" if rulings else kept.closes)
    reasons = tuple(reason for ruling in rulings for reason in ruling.reasons)
    steps = tuple(step.key for ruling in rulings for step in ruling.steps)
    own = tuple(key for key in kept.steps if key not in steps)
    again = {
        "stage": stage == kept.stage,
        "closes": closes == kept.closes,
        "reasons": not rulings or tuple((one.rule, one.why.fr) for one in reasons) == kept.reasons,
        "steps": kept.steps[: len(steps)] == steps,
    }
    differences = tuple(name for name, same in again.items() if not same)
    return Replay(rulings, stage, closes, reasons, steps, own, differences)
