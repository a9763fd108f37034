"""What the events of one subject amount to: three missed instalments in a month, a long silence."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from functools import cached_property
from math import prod
from typing import Any, ClassVar

from domain.decision import Reason, Step
from domain.event import Event
from domain.ports import Matcher
from rules.condition import Condition
from rules.durable import Definition
from rules.errors import FactsRefused
from rules.events import EVENTS, ordered
from rules.fitness import Unfit
from rules.matches import Pattern, definition_of, facts_of, kind_sets
from rules.policy import Holds
from rules.ruling import Question, Ruling
from rules.steps import Effect, due_steps

MOST_EVENTS = 1_000
MOST_PAIRS = 300_000
"""Ways in which a sequence may be looked for; three kinds of event on sixty days each stay below."""

MOST_ANSWERS = 2_000
"""Of the matcher, remembered by a book. Who misses a due every day asks the same day after day."""

Asked = tuple[tuple[str, ...], tuple[int, ...]]
"""All that an answer depends on: the kinds of the events that count, and their ages in days."""


@dataclass(frozen=True)
class Past:
    """The events of one subject in order; ``held`` is what is known of its days."""

    events: Sequence[Event]
    held: dict[date, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def days(self) -> list[int]:
        return [event.on.toordinal() for event in self.events]

    @cached_property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def counted(self, today: date, widest: int) -> slice:
        """Events younger than ``widest`` days, and none to come."""
        day = today.toordinal()
        return slice(bisect_right(self.days, day - widest), bisect_right(self.days, day))

    def asked(self, counted: slice, today: date) -> Asked:
        day = today.toordinal()
        return tuple(self.kinds[counted]), tuple(day - on for on in self.days[counted])


@dataclass(frozen=True)
class Patterns:
    """The outcome is the id of the first pattern that holds; ``result`` tells of each whether it does.

    The ruling is to be looked at again on the day on which time alone changes it: an event grows old enough,
    leaves the window, or is only to come.
    """

    book: str
    patterns: tuple[Pattern, ...]
    otherwise: Reason
    hour: time = time(9)
    effects: Mapping[str, tuple[Effect, ...]] = field(default_factory=dict)
    """Of patterns that do something; their keys bear the day since which the pattern has held."""
    matcher: Matcher | None = field(default=None, compare=False, repr=False)
    answers: dict[Asked, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    program: ClassVar[None] = None

    def asking(self, matcher: Matcher) -> "Patterns":
        return replace(self, matcher=matcher, answers={})

    def conditions(self) -> tuple[Condition, ...]:
        return ()

    def reasons(self) -> tuple[Reason, ...]:
        return (*(pattern.reason for pattern in self.patterns), self.otherwise)

    @cached_property
    def definition(self) -> Definition:
        return definition_of(self.patterns)

    @cached_property
    def widest(self) -> int:
        return max(pattern.within for pattern in self.patterns)

    @cached_property
    def sets(self) -> dict[frozenset[str], str]:
        return kind_sets(self.patterns)

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling:  # noqa: ARG002
        """Asks the matcher, which blocks. Raises RulesEngineDown, and FactsRefused of too many events."""
        past = Past(ordered(values[EVENTS]))
        fired = self.holding(past, question.today)
        reasons = tuple(
            replace(pattern.reason, refs=pattern.refs(past.events, question.today))
            for pattern in self.patterns
            if pattern.id in fired
        ) or (self.otherwise,)
        changes = self._changes_on(past, question.today, fired)
        outcome = reasons[0].rule
        return Ruling(
            outcome, outcome, self._steps(past, question, fired),
            question.moment(changes, self.hour) if changes else None,
            reasons=reasons, result={pattern.id: pattern.id in fired for pattern in self.patterns},
        )  # fmt: skip

    def _steps(self, past: Past, question: Question, fired: frozenset[str]) -> tuple[Step, ...]:
        steps: list[Step] = []
        for id, effects in self.effects.items():
            if id in fired and (day := self.since(id, past, question.today)):
                steps += due_steps(id, effects, question, day, day)
        return tuple(steps)

    def holding(self, past: Past, today: date) -> frozenset[str]:
        """The patterns that hold on that day."""
        held = past.held.get(today)
        if held is None:
            held = past.held[today] = self._holding(past, today)
        return held

    def _holding(self, past: Past, today: date) -> frozenset[str]:
        counted = past.counted(today, self.widest)
        events = past.events[counted]
        if not events:
            return frozenset()
        if self.matcher is None:
            raise TypeError(f"{self.book}: no rules engine was given to a book of patterns")
        asked = past.asked(counted, today)
        answer = self.answers.get(asked)
        if answer is None:
            self._refuse_too_many(events)
            answer = self.matcher.fired(self.definition, facts_of(events, today, self.sets))
            if len(self.answers) >= MOST_ANSWERS:
                self.answers.clear()
            self.answers[asked] = answer
        return answer

    def since(self, id: str, past: Past, today: date) -> date | None:
        """The first of the days on which the pattern has held without a break until today."""
        day = today
        if id not in self.holding(past, today):
            return None
        for turn in sorted({on for on in self._turns(past) if on <= today}, reverse=True):
            if id not in self.holding(past, turn - timedelta(days=1)):
                return turn
            day = turn
        return day

    def _changes_on(self, past: Past, today: date, fired: frozenset[str]) -> date | None:
        later = sorted({on for on in self._turns(past) if on > today})
        return next((day for day in later if self.holding(past, day) != fired), None)

    def _turns(self, past: Past) -> Iterator[date]:
        """The days on which an event may change an answer."""
        spans = {0} | {span for one in self.patterns for span in (one.within, one.after)}
        for on in dict.fromkeys(event.on for event in past.events):
            for span in spans:
                yield on + timedelta(days=span)

    def _refuse_too_many(self, events: Sequence[Event]) -> None:
        counts = {kind: sum(event.kind == kind for event in events) for kind in {e.kind for e in events}}
        ways = (prod(counts.get(kind, 0) for kind in one.kinds) for one in self.patterns if not one.at_least)
        if len(events) > MOST_EVENTS or max(ways, default=0) > MOST_PAIRS:
            raise FactsRefused(self.book, EVENTS, TOO_MANY.said)


TOO_MANY = Unfit(
    f"compte trop d’événements ({MOST_EVENTS} au plus) : raccourcissez « within »",
    f"has too many events (at most {MOST_EVENTS}): shorten 'within'",
)
