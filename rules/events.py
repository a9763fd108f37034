"""The one fact of a book of patterns: the events of one subject."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.decision import Bilingual
from domain.event import Event
from rules.facts import Fact
from rules.fitness import EARLIEST, LATEST, Unfit
from rules.reader import Node, Scalar
from rules.reading import Reading

EVENTS = "events"
LABEL = Bilingual("événements", "events")
WRITTEN = re.compile(r"([a-z][a-z0-9_]*)\s+([0-9]{4}-[0-9][0-9]-[0-9][0-9])")


@dataclass(frozen=True)
class EventsFact(Fact):
    """``values`` are the kinds. In an example: `missed 2026-01-02, missed 2026-01-20`; in a record: a list of
    kind, day and reference.
    """

    def read(self, text: str) -> tuple[Event, ...]:
        events = []
        for number, part in enumerate(text.split(","), 1):
            found = WRITTEN.fullmatch(part.strip())
            if not found or found[1] not in self.values:
                raise ValueError(part.strip())
            events.append(Event(found[1], date.fromisoformat(found[2]), f"event-{number}"))
        return self.check(events)

    def check(self, given: Any) -> tuple[Event, ...]:
        if given is None:
            return ()
        if not isinstance(given, list | tuple):
            raise Unfit("doit être une liste d’événements", "must be a list of events")
        return tuple(self._event(one) for one in given)

    def _event(self, given: Any) -> Event:
        event = given if isinstance(given, Event) else _recalled(given)
        if event.kind not in self.values:
            known = ", ".join(self.values)
            raise Unfit(
                f"doit être l’un de {known}, pas {event.kind}", f"must be one of {known}, not {event.kind}"
            )
        if not EARLIEST <= event.on <= LATEST:
            raise Unfit(f"n’a pas de jour croyable ({event.on})", f"has no believable day ({event.on})")
        return event


def ordered(events: Iterable[Event]) -> list[Event]:
    """By day; those of one day stay in the order given."""
    return sorted(events, key=lambda event: event.on)


def read_events(reading: Reading, node: Node) -> dict[str, Fact]:
    """The kinds of event that a book knows, each with what people call it."""
    table = reading.table(node, (), tuple(getattr(node, "entries", {})))
    kinds = []
    for name, body in (table.entries if table else {}).items():
        if table and reading.word(Scalar(name, table.keys[name])):
            reading.bilingual(body)
            kinds.append(name)
    if not kinds:
        reading.wrong(node, "il faut au moins un événement", "at least one event is needed")
    return {EVENTS: EventsFact(EVENTS, EVENTS, LABEL, tuple(kinds))}


def _recalled(given: Any) -> Event:
    try:
        kind, on, ref = given
        return Event(str(kind), date.fromisoformat(on), str(ref))
    except (TypeError, ValueError):
        raise Unfit("contient un événement illisible", "holds an event that cannot be read") from None
