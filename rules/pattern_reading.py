"""Reading a book of patterns."""

from domain.decision import Bilingual, Reason
from rules.events import EVENTS
from rules.matches import Pattern
from rules.pattern import Patterns
from rules.reader import Node, Table
from rules.reading import Reading
from rules.steps import Effect, read_effects

KEYS = ("events", "patterns", "otherwise")
COUNT_KEYS = ("id", "count", "at_least", "within", "why")
SEQUENCE_KEYS = ("id", "sequence", "within", "why")
EFFECTS = ("send", "alert", "act")

Found = tuple[Pattern, tuple[Effect, ...]]
LONGEST_SEQUENCE = 3
MOST_COUNTED = 50


def read_patterns(reading: Reading, table: Table, book: str) -> Patterns:
    entries = table.entries
    kinds = reading.facts[EVENTS].values
    asked: set[str] = set()
    items = reading.items(entries["patterns"])
    found = [one for item in items if (one := _pattern(reading, item, kinds))]
    patterns = tuple(pattern for pattern, _ in found)
    if not items:
        reading.wrong(entries["patterns"], "il faut au moins un motif", "at least one pattern is needed")
    for pattern in patterns:
        asked |= {*pattern.kinds, *pattern.without}
    _warn_of_unused(reading, entries["events"], asked)
    reading.used.add(EVENTS)
    effects = {pattern.id: done for pattern, done in found if done}
    return Patterns(book, patterns, _otherwise(reading, entries["otherwise"]), reading.hour, effects)


def _warn_of_unused(reading: Reading, node: Node, asked: set[str]) -> None:
    for kind, place in getattr(node, "keys", {}).items():
        if kind not in asked:
            reading.warn(
                place,
                f"aucun motif ne regarde l’événement « {kind} »",
                f"no pattern looks at the event {kind!r}",
            )


def _otherwise(reading: Reading, node: Node) -> Reason:
    table = reading.table(node, ("outcome", "why"))
    if table is None:
        return Reason("otherwise", node.place.line, Bilingual("", ""))
    outcome = reading.new_id(table.entries["outcome"])
    return Reason(outcome, table.place.line, reading.bilingual(table.entries["why"]))


def _pattern(reading: Reading, node: Node, kinds: tuple[str, ...]) -> Found | None:
    """A pattern is a sequence if it says so, else a count."""
    in_order = isinstance(node, Table) and "sequence" in node.entries and "count" not in node.entries
    keys, optional = (SEQUENCE_KEYS, ("without", "after")) if in_order else (COUNT_KEYS, ())
    table = reading.table(node, keys, (*optional, *EFFECTS))
    if table is None:
        return None
    within = _window(reading, table.entries["within"])
    pattern = (_sequence if in_order else _count)(reading, table, kinds, within)
    return pattern, read_effects(reading, table)


def _sequence(reading: Reading, table: Table, known: tuple[str, ...], within: int) -> Pattern:
    entries = table.entries
    sequence = _kinds(reading, entries["sequence"], known)
    if len(sequence) > LONGEST_SEQUENCE:
        reading.wrong(
            entries["sequence"],
            f"une suite a {LONGEST_SEQUENCE} événements au plus",
            f"a sequence has at most {LONGEST_SEQUENCE} events",
        )
    after = reading.days(entries["after"]) if "after" in entries else 0
    if not 0 <= after < within:
        reading.wrong(
            entries.get("after", table),
            "« after » doit être plus court que « within », sinon rien ne convient jamais",
            "'after' must be shorter than 'within', else nothing ever holds",
        )
    without = tuple(dict.fromkeys(_kinds(reading, entries.get("without"), known)))
    return Pattern(
        reading.new_id(entries["id"]), table.place.line, reading.bilingual(entries["why"]),
        sequence, within, without=without, after=after,
    )  # fmt: skip


def _count(reading: Reading, table: Table, known: tuple[str, ...], within: int) -> Pattern:
    entries = table.entries
    counted = tuple(dict.fromkeys(_kinds(reading, entries["count"], known)))
    return Pattern(
        reading.new_id(entries["id"]), table.place.line, reading.bilingual(entries["why"]),
        counted, within, at_least=reading.count(entries["at_least"], 1, MOST_COUNTED),
    )  # fmt: skip


def _kinds(reading: Reading, node: Node | None, known: tuple[str, ...]) -> tuple[str, ...]:
    named = (
        reading.choice(item, known, "événement inconnu", "unknown event") for item in reading.items(node)
    )
    found = tuple(kind for kind in named if kind)
    if node is not None and not reading.items(node):
        reading.wrong(node, "il faut au moins un événement", "at least one event is needed")
    return found


def _window(reading: Reading, node: Node) -> int:
    days = reading.days(node)
    if not 1 <= days <= 366:
        reading.wrong(node, "« within » va de 1d à 366d", "'within' goes from 1d to 366d")
        return 366
    return days
