"""A book from its text: read, checked, compiled, and tried on its own examples."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

from domain.ports import Matcher
from rules.engine import Book
from rules.errors import BrokenBook
from rules.events import read_events
from rules.examples import try_examples
from rules.facts import read_currency, read_facts
from rules.grid import KEYS as GRID_KEYS
from rules.grid import OPTIONAL as GRID_OPTIONAL
from rules.grid import read_grid
from rules.ladder import KEYS as LADDER_KEYS
from rules.ladder import OPTIONAL as LADDER_OPTIONAL
from rules.ladder import read_ladder
from rules.pattern_examples import asking, warn_untried
from rules.pattern_reading import KEYS as PATTERN_KEYS
from rules.pattern_reading import read_patterns
from rules.policy import Policy
from rules.reader import Node, Table, fingerprint, read_nodes
from rules.reading import Enough, Reading, Vocabulary
from rules.scorecard import KEYS as SCORECARD_KEYS
from rules.scorecard import read_scorecard
from rules.stages import KEYS as STAGES_KEYS
from rules.stages import OPTIONAL as STAGES_OPTIONAL
from rules.stages import read_stage_book
from rules.thresholds import KEYS as THRESHOLDS_KEYS
from rules.thresholds import OPTIONAL as THRESHOLDS_OPTIONAL
from rules.thresholds import read_thresholds

__all__ = ["Vocabulary", "read_book"]

HEAD = ("policy", "name", "title", "version", "facts", "examples")
HEAD_OPTIONAL = ("hour", "currency")

Kind = tuple[tuple[str, ...], tuple[str, ...], Callable[[Reading, Table, str], Policy]]

KINDS: dict[str, Kind] = {
    "scorecard": (SCORECARD_KEYS, (), read_scorecard),
    "thresholds": (THRESHOLDS_KEYS, THRESHOLDS_OPTIONAL, read_thresholds),
    "stages": (STAGES_KEYS, STAGES_OPTIONAL, read_stage_book),
    "grid": (GRID_KEYS, GRID_OPTIONAL, read_grid),
    "ladder": (LADDER_KEYS, LADDER_OPTIONAL, read_ladder),
    "pattern": (PATTERN_KEYS, (), read_patterns),
}


def read_book(
    text: str, file: str, vocabulary: Vocabulary, *, examples: bool = True, matcher: Matcher | None = None
) -> Book:
    """Raises BrokenBook with every mistake, in the order of the file.

    A revision that was in force once is read again without its ``examples``. Patterns ask the ``matcher``;
    without one their examples are not tried, and a warning says so.
    """
    root = read_nodes(text, file)
    reading = Reading(file, vocabulary)
    book = None
    try:
        book = _tried(reading, root, examples, matcher)
    except Enough:
        _say_enough(reading)
    except RecursionError:
        reading.wrong(root, "le livre est trop grand pour être lu", "the book is too large to be read")
    if book is None or reading.errors:
        raise BrokenBook(tuple(sorted(set(reading.errors))))
    return replace(book, content=text, warnings=tuple(sorted(reading.warnings)))


def _tried(reading: Reading, root: Table, examples: bool, matcher: Matcher | None) -> Book | None:
    """The book on its own examples, which are only tried when nothing else is wrong."""
    book = _book(reading, root)
    if book is not None and not reading.errors:
        _warn_of_unused(reading, book, root.entries.get("facts", root))
        book = asking(book, matcher)
        if examples and not warn_untried(reading, root.entries["examples"], book):
            try_examples(reading, root.entries["examples"], book)
    return book


def _say_enough(reading: Reading) -> None:
    last = reading.errors[-1]
    count = len(reading.errors)
    fr = f"plus de {count} erreurs : corrigez celles-ci, la suite n’est pas lue"
    en = f"more than {count} mistakes: mend these first, the rest is not read"
    reading.errors.append(replace(last, fr=fr, en=en, suggestion=""))


def _warn_of_unused(reading: Reading, book: Book, node: Node) -> None:
    for name, fact in book.facts.items():
        if name not in reading.used and not fact.for_record and isinstance(node, Table):
            reading.warn(
                node.keys[name],
                f"le fait « {name} » ne sert à aucune règle (sinon : use: record)",
                f"fact {name!r} is used by no rule (otherwise: use: record)",
            )


def _book(reading: Reading, root: Table) -> Book | None:
    policy = root.entries.get("policy")
    if policy is None:
        reading.wrong(root, "il manque « policy »", "'policy' is missing")
        return None
    kind = reading.choice(policy, tuple(KINDS), "sorte de livre inconnue", "unknown kind of book")
    if not kind:
        return None
    keys, optional, read = KINDS[kind]
    head = tuple(key for key in HEAD if key != "facts" or "events" not in keys)
    table = reading.table(root, head + keys, HEAD_OPTIONAL + optional)
    if table is None:
        return None
    entries = table.entries
    reading.currency = read_currency(reading, entries.get("currency"))
    reading.hour = reading.clock(entries.get("hour"), time(9))
    if "events" in keys:
        reading.facts = read_events(reading, entries["events"])
    else:
        reading.facts = read_facts(reading, entries["facts"])
    name, title = reading.text(entries["name"]), reading.bilingual(entries["title"])
    version = reading.text(entries["version"])
    return Book(name, kind, fingerprint(root), version, title, reading.facts, read(reading, table, name))
