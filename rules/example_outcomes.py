"""The examples of a book, one by one: what each shows, and whether the book does it."""

from dataclasses import dataclass

from domain.typography import spaced
from rules.engine import Book
from rules.errors import BookError
from rules.examples import try_examples
from rules.reader import Listing, Node, Scalar, Table, read_nodes
from rules.reading import Reading, Vocabulary


@dataclass(frozen=True)
class Outcome:
    """``errors`` is empty when the book does what the example expects."""

    line: int
    why: str
    errors: tuple[BookError, ...]

    def said(self, lang: str) -> str:
        return "\n".join(spaced(error.text.to(lang), lang) for error in self.errors)


def outcomes(file: str, book: Book) -> list[Outcome]:
    """In the order of the book, whose own texts were read before."""
    known = Reading(file, Vocabulary.anything())
    node = read_nodes(book.content, file).entries["examples"]
    return [_outcome(file, book, item) for item in known.items(node)]


def _outcome(file: str, book: Book, item: Node) -> Outcome:
    reading = Reading(file, Vocabulary.anything(), facts=dict(book.facts))
    try_examples(reading, Listing(item.place, (item,)), book)
    why = item.entries.get("why") if isinstance(item, Table) else None
    said = why.text if isinstance(why, Scalar) else ""
    return Outcome(item.place.line, said, tuple(sorted(set(reading.errors))))
