"""What goes wrong, said so that the reader can mend it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One thing wrong in what was given: where, what, and how to mend it."""

    field: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}; {self.mend}"


class DomainError(Exception):
    """Base of the errors that a caller can mend. ``slug`` names the problem type in the API."""

    slug = "error"


class BadInput(DomainError):
    """Every mistake of an input at once."""

    slug = "bad-input"

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("; ".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


class NotFound(DomainError):
    """No such thing for this tenant."""

    slug = "not-found"

    def __init__(self, kind: str, ref: str) -> None:
        super().__init__(f"no {kind} with the reference {ref!r}")
        self.kind = kind
        self.ref = ref


class Conflict(DomainError):
    """The order does not fit the present state; the text says which state."""

    slug = "conflict"


class RulesEngineDown(DomainError):
    """The rules engine beside us broke twice on one question; nothing was decided."""

    slug = "rules-engine-down"

    def __init__(self, why: str) -> None:
        super().__init__(f"the rules engine does not answer: {why}")
