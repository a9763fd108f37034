"""What is wrong with a book or with the facts given to it, with the place and the mend."""

from dataclasses import dataclass
from difflib import get_close_matches

from domain.decision import Bilingual
from domain.errors import DomainError


def nearest(word: str, known: "list[str] | tuple[str, ...] | frozenset[str]") -> str:
    """The right word that looks most like ``word``, or an empty string."""
    found = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""


@dataclass(frozen=True, order=True)
class BookError:
    """One mistake in a book. Lines and columns count from 1, as editors do."""

    file: str
    line: int
    column: int
    fr: str
    en: str
    suggestion: str = ""

    @property
    def text(self) -> Bilingual:
        if not self.suggestion:
            return Bilingual(self.fr, self.en)
        return Bilingual(
            f"{self.fr}, vouliez-vous dire « {self.suggestion} » ?",
            f"{self.en}, did you mean {self.suggestion!r}?",
        )

    def to(self, locale: str) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.text.to(locale)}"

    def __str__(self) -> str:
        return self.to("fr")


class BrokenBook(DomainError):
    """Every mistake of one book, in the order of the file."""

    slug = "broken-book"

    def __init__(self, errors: tuple[BookError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


class BrokenBooks(BrokenBook):
    """Every mistake of every book of a folder."""


class FactsRefused(DomainError):
    """A decision that cannot be taken: a fact is missing, unknown or of the wrong type."""

    slug = "facts-refused"

    def __init__(self, book: str, fact: str, problem: Bilingual) -> None:
        self.said = Bilingual(
            f"{book} : le fait « {fact} » {problem.fr}", f"{book}: fact {fact!r} {problem.en}"
        )
        super().__init__(self.said.en)
        self.book = book
        self.fact = fact
        self.problem = problem
