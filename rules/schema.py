"""A book from its text: read, checked, compiled, and tried on its own examples."""

from collections.abc import Callable
from datetime import time

from rules.engine import Book, Policy
from rules.errors import BrokenBook
from rules.examples import try_examples
from rules.facts import read_currency, read_facts
from rules.ladder import KEYS as LADDER_KEYS
from rules.ladder import OPTIONAL as LADDER_OPTIONAL
from rules.ladder import read_ladder
from rules.reader import Table, fingerprint, read_nodes
from rules.reading import Reading, Vocabulary
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
    "thresholds": (THRESHOLDS_KEYS, THRESHOLDS_OPTIONAL, read_thresholds),
    "stages": (STAGES_KEYS, STAGES_OPTIONAL, read_stage_book),
    "ladder": (LADDER_KEYS, LADDER_OPTIONAL, read_ladder),
}


def read_book(text: str, file: str, vocabulary: Vocabulary) -> Book:
    """Raises BrokenBook with every mistake, in the order of the file."""
    root = read_nodes(text, file)
    reading = Reading(file, vocabulary)
    book = _book(reading, root)
    if book is not None and not reading.errors:
        try_examples(reading, root.entries["examples"], book)
    if book is None or reading.errors:
        raise BrokenBook(tuple(sorted(reading.errors)))
    return book


def _book(reading: Reading, root: Table) -> Book | None:
    policy = root.entries.get("policy")
    if policy is None:
        reading.wrong(root, "il manque « policy »", "'policy' is missing")
        return None
    kind = reading.choice(policy, tuple(KINDS), "sorte de livre inconnue", "unknown kind of book")
    if not kind:
        return None
    keys, optional, read = KINDS[kind]
    table = reading.table(root, HEAD + keys, HEAD_OPTIONAL + optional)
    if table is None:
        return None
    entries = table.entries
    reading.currency = read_currency(reading, entries.get("currency"))
    reading.hour = reading.clock(entries.get("hour"), time(9))
    reading.facts = read_facts(reading, entries["facts"])
    name, title = reading.text(entries["name"]), reading.bilingual(entries["title"])
    version = reading.text(entries["version"])
    return Book(name, kind, fingerprint(root), version, title, reading.facts, read(reading, table, name))
