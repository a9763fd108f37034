"""Books in force: facts in, a ruling out. A book is pure: the same question has the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from domain.decision import Bilingual
from rules.facts import Fact, checked, recorded
from rules.near import in_currency
from rules.ruling import Question, Ruling

__all__ = ["Book", "Policy", "Question", "Ruling"]


class Policy(Protocol):
    """A checked table of one kind. ``values`` are facts already type-checked."""

    def decide(self, values: Mapping[str, Any], question: Question) -> Ruling: ...


@dataclass(frozen=True)
class Book:
    """One revision of one book. ``revision`` names the table itself, whatever its comments and spaces."""

    name: str
    policy: str
    revision: str
    version: str
    title: Bilingual
    facts: Mapping[str, Fact]
    table: Policy

    def decide(self, facts: Mapping[str, object], question: Question) -> Ruling:
        """Raises FactsRefused when a fact is missing, unknown or of the wrong type."""
        ruling = self.table.decide(checked(self.name, self.facts, facts), question)
        return replace(ruling, near=in_currency(ruling.near, facts)) if ruling.near else ruling

    def record(self, facts: Mapping[str, object]) -> dict[str, Any]:
        """The facts as JSON values, defaults included, for the record of the decision."""
        values = checked(self.name, self.facts, facts)
        return {name: recorded(facts.get(name, value)) for name, value in values.items()}
