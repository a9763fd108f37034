"""Decisions: what a review concluded, from which facts, by which rules, and what it now waits for."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

StepKind = Literal["message", "alert", "document", "act"]


@dataclass(frozen=True)
class Bilingual:
    """A sentence for people, French first."""

    fr: str
    en: str

    def to(self, locale: str) -> str:
        return self.en if locale.startswith("en") else self.fr


@dataclass(frozen=True)
class Reason:
    """A rule that fired: its id, the line in its book, and why, for people.

    ``effect`` is what it did to a sum, `-15`; empty elsewhere. ``refs`` name the events that a pattern saw.
    """

    rule: str
    line: int
    why: Bilingual
    effect: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class NearMiss:
    """A rule that did not fire, and the change of one fact that would have fired it.

    ``then`` is what the whole book would have said with it: an outcome, or points and band.
    """

    rule: str
    line: int
    fact: str
    actual: str
    needed: str
    why: Bilingual
    then: str = ""


@dataclass(frozen=True)
class Step:
    """One effect that is due now.

    ``key`` makes it happen once: ``domain.process:case:step:due date``. For a message, ``template`` is
    ``domain/process/name``, ``to`` the role of the person in the case and ``channels`` the order of
    preference; for an alert ``to`` is the team; for an act ``id`` is the verb the workflow knows.
    """

    id: str
    kind: StepKind
    key: str
    due_on: date
    to: str = ""
    template: str = ""
    channels: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    """References of the people behind ``to``, filled in by the review; personal data stays in PostgreSQL."""
    data: dict[str, Any] = field(default_factory=dict)
    title: Bilingual = Bilingual("", "")
    asked: bool = False
    """Whether the person waits for this message: no limit holds an answer back."""


@dataclass(frozen=True)
class Waiting:
    """*Waiting for X until Y because Z.*"""

    what: Bilingual
    because: Bilingual


@dataclass(frozen=True)
class Decision:
    """The result of one review. ``facts`` are JSON values; ``review_at`` None means: until rung.

    ``closes`` is the outcome's name when the process ends here, else empty.
    """

    stage: str
    waiting: Waiting
    steps: tuple[Step, ...] = ()
    review_at: datetime | None = None
    due_on: date | None = None
    closes: str = ""
    book: str = ""
    revision: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    near: tuple[NearMiss, ...] = ()
