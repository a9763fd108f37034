"""Rule books of a tenant: which revision is published from which day, and what a rollback goes back to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

PROPOSED, APPROVED, REJECTED = "proposed", "approved", "rejected"


@dataclass(frozen=True)
class Version:
    """What names a revision of a tenant: its hash in records, and the SHA-256 of its text. Empty: the shipped
    book.
    """

    revision: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Publication:
    """From the local day ``effective_on`` on, a revision of a book; an empty one is the shipped book.

    ``undoes`` is the publication that a rollback takes back. ``rung_at``: since when its cases know.
    """

    id: int
    book: str
    revision: str
    effective_on: date
    state: str
    note: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    answer: str = ""
    undoes: int | None = None
    rung_at: datetime | None = None

    def in_force(self, on: date) -> bool:
        return self.state == APPROVED and self.effective_on <= on


def standing(publications: Iterable[Publication], on: date) -> list[Publication]:
    """Of one book, what lies on one another on a local day: the last is in force, a rollback takes it off.

    Two rollbacks go back two publications; they do not undo one another.
    """
    stack: list[Publication] = []
    reached = (one for one in publications if one.in_force(on))
    for one in sorted(reached, key=lambda one: (one.effective_on, one.id)):
        if one.undoes is None:
            stack.append(one)
            continue
        undone = next((place for place, below in enumerate(stack) if below.id == one.undoes), len(stack))
        del stack[undone:]
    return stack
