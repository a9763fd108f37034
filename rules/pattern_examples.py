"""Examples of patterns need the rules engine: where none is given, they are told to be untried."""

from dataclasses import replace

from domain.ports import Matcher
from rules.engine import Book
from rules.pattern import Patterns
from rules.reader import Node
from rules.reading import Reading


def asking(book: Book, matcher: Matcher | None) -> Book:
    """The book, its patterns put to the matcher; any other book as it is."""
    if matcher is None or not isinstance(book.table, Patterns):
        return book
    return replace(book, table=book.table.asking(matcher))


def warn_untried(reading: Reading, node: Node, book: Book) -> bool:
    """Whether the examples cannot be tried here."""
    if not isinstance(book.table, Patterns) or book.table.matcher is not None:
        return False
    reading.warn(
        node,
        "exemples non essayés : le moteur des motifs n’est pas là",
        "examples not tried: the engine of patterns is not here",
    )
    return True
