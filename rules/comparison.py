"""Two books on the same looks: who would have been told something else, and what it comes to.

Constant memory: counts, a bounded sample, and what was done for the subject at hand.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from domain.decision import Step
from domain.errors import BadInput, Mistake
from domain.look import Look
from domain.money import Money
from rules.checking import checked
from rules.engine import Book
from rules.errors import FactsRefused
from rules.gives import given_as_text
from rules.ruling import Question, Ruling
from rules.tally import Example, Tally

REFUSED = "refused"
SIDES = ("old", "new")
WITHOUT_STEPS = ("scorecard", "grid")
"""Kinds of books that answer without doing anything: their quick answer is all there is."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one book said. ``refused`` names the fact for which it could not answer."""

    label: str
    steps: tuple[Step, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    refused: str = ""


Wanted = dict[str, tuple[str, str, str, str]]
"""By the keys of steps: kind, template or team or verb, first channel, and the local day of the look."""


@dataclass
class Subject:
    """The subject at hand, and what each book would have done for it so far."""

    ref: str = ""
    old: Wanted = field(default_factory=dict)
    new: Wanted = field(default_factory=dict)
    changed: bool = False


class Comparison:
    """Looks of one subject come one after the other, in their order.

    Each book goes on from what it would have done itself, and a step counts once under its key. The facts
    stay as they were recorded.
    """

    def __init__(
        self, old: Book, new: Book, zone: str, is_open: Callable[[date], bool], seed: str = ""
    ) -> None:
        """Raises BadInput for a book that decides on events."""
        for book in (old, new):
            if book.policy == "pattern":
                mend = "try the book that asks for its answer as a fact"
                raise BadInput(Mistake("book", f"{book.name} decides on events, not on facts", mend))
        self.old, self.new, self.zone, self.is_open = old, new, zone, is_open
        self.subject, self.tally = Subject(), Tally()
        self._alike = old.facts == new.facts
        self.tally.samples.seed = seed

    def take(self, looks: Iterable[Look]) -> None:
        for look in looks:
            self._take(look)

    def finish(self) -> Tally:
        """The tally with the last subject in it."""
        self._leave()
        return self.tally

    def state(self) -> dict[str, Any]:
        """JSON values from which the comparison goes on as if it had not been interrupted."""
        mine = self.subject
        sides = {side: {key: list(one) for key, one in getattr(mine, side).items()} for side in SIDES}
        return {"subject": {"ref": mine.ref, "changed": mine.changed, **sides}, "tally": self.tally.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        mine = state["subject"]
        old, new = ({key: tuple(one) for key, one in mine[side].items()} for side in SIDES)
        self.subject = Subject(mine["ref"], old, new, mine["changed"])
        self.tally = Tally.restored(state["tally"])

    def _take(self, look: Look) -> None:
        if look.subject != self.subject.ref:
            self._leave()
            self.subject = Subject(look.subject)
        mine = self.subject
        asked = self._question(look, mine.old)
        same_done = mine.old.keys() == mine.new.keys()
        values = _values(self.old, look.facts)
        old = _said(self.old, values, asked)
        if not self._alike:
            values = _values(self.new, look.facts)
        new = _said(self.new, values, asked if same_done else self._question(look, mine.new))
        day = asked.today.isoformat()
        mine.old.update((step.key, _described(step, day)) for step in old.steps)
        mine.new.update((step.key, _described(step, day)) for step in new.steps)
        self._count(look, old, new, asked)

    def _question(self, look: Look, wanted: Wanted) -> Question:
        done = look.done | wanted.keys() if wanted else look.done
        return Question(look.subject, look.at, self.zone, done, self.is_open, near=False)

    def _count(self, look: Look, old: Said, new: Said, asked: Question) -> None:
        tally, month = self.tally, asked.today.isoformat()[:7]
        tally.add("looked")
        tally.add("month", month, "looked")
        tally.add("move", old.label, new.label)
        if old.label == new.label and old.result == new.result and not old.refused:
            if old.result:
                self._measure(old, new, month)
            return
        offer = partial(self._offer, look, old, new, asked)
        if old.label != new.label:
            offer("move", old.label, new.label)
        for side, said in zip(SIDES, (old, new), strict=True):
            if said.refused:
                tally.add("refused", side, said.refused)
                offer("refused", side, said.refused)
        if old.label != new.label or old.result != new.result:
            self.subject.changed = True
            tally.add("month", month, "changed")
        for change in self._measure(old, new, month):
            offer(*change)

    def _measure(self, old: Said, new: Said, month: str) -> list[tuple[str, str, str]]:
        """Points and amounts where both books gave them; returns what rose or fell."""
        tally, moved = self.tally, []
        for name, before in old.result.items():
            if name not in new.result:
                continue
            after = new.result[name]
            one, other = _measured(before), _measured(after)
            if one is None or other is None or one[1] != other[1]:
                tally.add("value", name, "changed" if before != after else "same")
                continue
            unit = one[1]
            tally.add("measure", name, unit, "answers")
            for side, (number, _) in zip(SIDES, (one, other), strict=True):
                tally.add("measure", name, unit, side, times=number)
                tally.add("month", month, "measure", name, unit, side, times=number)
            if one[0] != other[0]:
                change = ("up" if other[0] > one[0] else "down", name, unit)
                tally.add("measure", name, unit, change[0])
                moved.append(change)
        return moved

    def _offer(self, look: Look, old: Said, new: Said, asked: Question, *change: str) -> None:
        def example() -> Example:
            return {
                "on": asked.today.isoformat(), "old": _shown(old), "new": _shown(new),
                "old_rules": self._rules(self.old, old, look, asked),
                "new_rules": self._rules(self.new, new, look, asked),
            }  # fmt: skip

        self.tally.samples.offer(change, look.subject, example)

    def _rules(self, book: Book, said: Said, look: Look, asked: Question) -> str:
        if book.policy in WITHOUT_STEPS and not said.refused:
            said = _told(book.decide(book.recall(look.facts), asked))
        return ", ".join(said.rules)

    def _leave(self) -> None:
        """Count the subject at hand, and what would have been done for it."""
        mine, tally = self.subject, self.tally
        self.subject = Subject()
        if not mine.ref:
            return
        tally.add("subjects")
        if mine.changed or mine.old != mine.new:
            tally.add("subjects", "changed")
        for side, wanted in zip(SIDES, (mine.old, mine.new), strict=True):
            for kind, what, channel, day in wanted.values():
                tally.add("step", kind, what, channel, side)
                tally.add("month", day[:7], kind, side)
        if mine.old != mine.new:
            self._differing(mine)

    def _differing(self, mine: Subject) -> None:
        """Who would have had what more or less; the same thing on another day is no difference."""
        messages = 0
        for change, sign, wanted, other in (
            ("lost", -1, mine.old, mine.new),
            ("gained", 1, mine.new, mine.old),
        ):
            for key, (*thing, day) in wanted.items():
                if key in other and other[key][:3] == tuple(thing):
                    continue
                self.tally.add("step", *thing, change)
                self.tally.samples.offer((change, *thing), mine.ref, partial(_on, day))
                messages += sign if thing[0] == "message" else 0
        if messages:
            self.tally.add("subjects", "more" if messages > 0 else "fewer")


def _values(book: Book, record: Mapping[str, Any]) -> dict[str, Any] | FactsRefused:
    """The recorded facts, checked; books that declare the same facts share them."""
    try:
        return checked(book.name, book.facts, book.recall(record))
    except FactsRefused as refused:
        return refused


def _said(book: Book, values: dict[str, Any] | FactsRefused, asked: Question) -> Said:
    if isinstance(values, FactsRefused):
        return Said(REFUSED, refused=values.fact)
    try:
        program = book.table.program
        if program and book.policy in WITHOUT_STEPS:
            outcome, result = program.answer(values, asked.today)
            return Said(outcome, result=result)
        return _told(book.table.decide(values, asked))
    except FactsRefused as refused:
        return Said(REFUSED, refused=refused.fact)


def _told(ruling: Ruling) -> Said:
    outcome, stage = ruling.outcome, ruling.stage
    label = outcome if outcome == stage else f"{outcome} · {stage}"
    return Said(label, ruling.steps, ruling.result, tuple(one.rule for one in ruling.reasons))


def _described(step: Step, day: str) -> tuple[str, str, str, str]:
    what = step.template or (step.to if step.kind == "alert" else step.id)
    return step.kind, what, step.channels[0] if step.channels else "", day


def _measured(value: Any) -> tuple[int, str] | None:
    """A whole number and its unit: minor units of a currency, or none for points."""
    if isinstance(value, Money):
        return value.minor, value.currency
    return (value, "") if isinstance(value, int) and not isinstance(value, bool) else None


def _shown(said: Said) -> str:
    given = ", ".join(f"{name} {given_as_text(value)}" for name, value in said.result.items())
    if said.refused:
        return f"{REFUSED}: {said.refused}"
    return f"{said.label} ({given})" if given else said.label


def _on(day: str) -> Example:
    return {"on": day}
