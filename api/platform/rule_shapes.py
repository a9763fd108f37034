"""How rule books, their revisions and their publications are shown."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.fields import Shown
from database.shared.rules import Revision
from domain.decision import Bilingual
from domain.publication import Publication
from rules.engine import Book
from rules.errors import BookError
from rules.facts import Fact


class Words(Shown):
    fr: str
    en: str


BROKEN: dict[int | str, dict[str, Any]] = {
    422: {
        "description": "The book has mistakes: every one with its place.",
        "content": {
            "application/problem+json": {
                "example": {
                    "type": "https://echeance.example/problems/broken-book",
                    "title": "The rule book has mistakes",
                    "title_fr": "Le livre de règles contient des erreurs",
                    "status": 422,
                    "detail": "Mistakes: 1. The first: fleet/dunning.yaml:46:10 unknown fact 'days_lat', "
                    "did you mean 'days_late'?",
                    "request_id": "5e0c2a",
                    "errors": [
                        {
                            "file": "fleet/dunning.yaml", "line": 46, "column": 10,
                            "fr": "fait inconnu « days_lat »", "en": "unknown fact 'days_lat'",
                            "suggestion": "days_late",
                        }
                    ],
                }
            }
        },
    }
}  # fmt: skip


class BookMistake(Shown):
    """Lines and columns count from 1, as editors do. ``suggestion`` is the nearest right word."""

    file: str
    line: int
    column: int
    fr: str
    en: str
    suggestion: str


class PublicationShown(Shown):
    id: int
    book: str = Field(examples=["fleet/dunning"])
    revision: str = Field(description="Empty: back to the shipped book.")
    effective_on: date = Field(description="A local day of the tenant.")
    state: Literal["proposed", "approved", "rejected"]
    note: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str = Field(description="Why it was rejected.")
    undoes: int | None = Field(description="The publication that this rollback takes back.")
    rung_at: datetime | None = Field(description="When the open cases that use the book were told.")


class FactShown(Shown):
    name: str
    type: str
    label: Words
    values: tuple[str, ...]
    required: bool


class BookShown(Shown):
    """``source`` tells whose revision is in force: the tenant's own or the shipped one."""

    name: str = Field(examples=["fleet/dunning"])
    title: Words
    policy: str
    source: Literal["tenant", "shipped"]
    revision: str
    version: str
    shipped_revision: str
    pending: tuple[PublicationShown, ...] = Field(description="What waits for an approval or for its day.")
    problems: tuple[BookMistake, ...] = Field(
        description="Why a revision that should be in force was passed over for the one before it."
    )


class BookRead(BookShown):
    facts: tuple[FactShown, ...]
    warnings: tuple[BookMistake, ...]
    content: str


class Checked(Shown):
    """A book without errors can be sent as a revision."""

    valid: bool
    name: str
    revision: str
    errors: tuple[BookMistake, ...]
    warnings: tuple[BookMistake, ...]


class RevisionShown(Shown):
    book: str
    revision: str = Field(description="Names the table, whatever its layout and comments.")
    sha256: str = Field(description="Of the text.")
    version: str
    author: str
    note: str
    created_at: datetime


class RevisionRead(RevisionShown):
    content: str


class ChangeShown(Shown):
    where: str = Field(examples=["stages/firm/days"])
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any


class DiffShown(Shown):
    """Rule by rule, and as `diff -u` says it."""

    book: str
    before: str
    after: str
    changes: tuple[ChangeShown, ...]
    text: str


def words(text: Bilingual) -> Words:
    return Words(fr=text.fr, en=text.en)


def mistake(error: BookError) -> BookMistake:
    return BookMistake(**vars(error))


def publication(made: Publication) -> PublicationShown:
    return PublicationShown.model_validate(vars(made))


def revision(found: Revision) -> RevisionShown:
    return RevisionShown(**vars(found))


def facts(book: Book) -> tuple[FactShown, ...]:
    return tuple(_fact(fact) for fact in book.facts.values())


def _fact(fact: Fact) -> FactShown:
    return FactShown(
        name=fact.name, type=fact.type, label=words(fact.label), values=fact.values,
        required=not fact.optional,
    )  # fmt: skip
