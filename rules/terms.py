"""The retention book read as a whole: how long each category is kept."""

from datetime import datetime

from domain.errors import BadInput, Mistake
from domain.platform.retention import Category, RetentionFacts, Term
from rules.engine import Book
from rules.ruling import Question

RETENTION = "platform/retention"


def terms_in(book: Book, at: datetime, zone: str) -> tuple[Term, ...]:
    """Raises BadInput for a period that a law does not allow."""
    return tuple(_term(book, category, Question(RETENTION, at, zone, near=False)) for category in Category)


def _term(book: Book, category: Category, question: Question) -> Term:
    given = book.decide(RetentionFacts(category).as_facts(), question).result
    months, days = given["months"], given["days"]
    if not isinstance(months, int) or not isinstance(days, int):
        raise BadInput(Mistake(category, "no whole number of months and days", "give whole numbers"))
    return Term(category, months, days)
