"""What the events of one subject amount to: three missed instalments in a month, a long silence."""

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

    program: ClassVar[None] = None

    def asking(self, matcher: Matcher) -> "Patterns":
        return replace(self, matcher=matcher)

    def conditions(self) -> tuple[Condition, ...]:
        return ()

    def reasons(self) -> tuple[Reason, ...]:
        return (*(pattern.reason for pattern in self.patterns), self.otherwise)

    @cached_property
    def definition(self) -> Definition:
        return definition_of(self.patterns)

    @cached_property
    def sets(self) -> dict[frozenset[str], str]:
        return kind_sets(self.patterns)

    def decide(self, values: Mapping[str, Any], question: Question, holds: Holds | None = None) -> Ruling:  # noqa: ARG002
        """Asks the matcher, which blocks. Raises RulesEngineDown, and FactsRefused of too many events."""
        events = ordered(values[EVENTS])
        fired = self.holding(events, question.today)
        reasons = tuple(
            replace(pattern.reason, refs=pattern.refs(events, question.today))
            for pattern in self.patterns
            if pattern.id in fired
        ) or (self.otherwise,)
        changes = self._changes_on(events, question.today, fired)
        outcome = reasons[0].rule
        return Ruling(
            outcome, outcome, self._steps(events, question, fired),
            question.moment(changes, self.hour) if changes else None,
            reasons=reasons, result={pattern.id: pattern.id in fired for pattern in self.patterns},
        )  # fmt: skip

    def _steps(self, events: Sequence[Event], question: Question, fired: frozenset[str]) -> tuple[Step, ...]:
        steps: list[Step] = []
        for id, effects in self.effects.items():
            if id in fired and (day := self.since(id, events, question.today)):
                steps += due_steps(id, effects, question, day, day)
        return tuple(steps)

    def holding(self, events: Sequence[Event], today: date) -> frozenset[str]:
        """The patterns that hold on that day. ``events`` are in order."""
        widest = max(pattern.within for pattern in self.patterns)
        counted = [event for event in events if 0 <= (today - event.on).days < widest]
        if not counted:
            return frozenset()
        if self.matcher is None:
            raise TypeError(f"{self.book}: no rules engine was given to a book of patterns")
        self._refuse_too_many(counted)
        return self.matcher.fired(self.definition, facts_of(counted, today, self.sets))

    def since(self, id: str, events: Sequence[Event], today: date) -> date | None:
        """The first of the days on which the pattern has held without a break until today."""
        events, day = ordered(events), today
        if id not in self.holding(events, today):
            return None
        for turn in sorted(
            {on for event in events for on in self._turns(event) if on <= today}, reverse=True
        ):
            if id not in self.holding(events, turn - timedelta(days=1)):
                return turn
            day = turn
        return day

    def _changes_on(self, events: Sequence[Event], today: date, fired: frozenset[str]) -> date | None:
        later = sorted({on for event in events for on in self._turns(event) if on > today})
        return next((day for day in later if self.holding(events, day) != fired), None)

    def _turns(self, event: Event) -> Iterator[date]:
        """The days on which this event may change an answer."""
        yield event.on
        for pattern in self.patterns:
            yield event.on + timedelta(days=pattern.within)
            if pattern.after:
                yield event.on + timedelta(days=pattern.after)

    def _refuse_too_many(self, events: Sequence[Event]) -> None:
        counts = {kind: sum(event.kind == kind for event in events) for kind in {e.kind for e in events}}
        ways = (prod(counts.get(kind, 0) for kind in one.kinds) for one in self.patterns if not one.at_least)
        if len(events) > MOST_EVENTS or max(ways, default=0) > MOST_PAIRS:
            raise FactsRefused(self.book, EVENTS, TOO_MANY.said)


TOO_MANY = Unfit(
    f"compte trop d’événements ({MOST_EVENTS} au plus) : raccourcissez « within »",
    f"has too many events (at most {MOST_EVENTS}): shorten 'within'",
)
