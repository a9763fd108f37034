"""Books in force: facts in, a ruling out. A book is pure: the same question has the same answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from domain.decision import Bilingual
from rules.checking import UNREADABLE, checked
from rules.condition import Condition
from rules.errors import BookError, FactsRefused
from rules.facts import RECALLED, Fact, recalled, recorded
from rules.near import in_currency
from rules.policy import Holds, Policy
from rules.program import Answer
from rules.ruling import Question, Ruling

__all__ = ["Book", "Policy", "Question", "Ruling"]

Matching = Callable[[Mapping[str, Any], date], Holds]
"""Another back end: checked facts and the local day, to what holds."""


@dataclass(frozen=True)
class Book:
    """One revision of one book. ``revision`` names the table itself, whatever its comments and spaces.

    ``content`` is the text that it was read from; ``warnings`` are what an author would want to know.
    """

    name: str
    policy: str
    revision: str
    version: str
    title: Bilingual
    facts: Mapping[str, Fact]
    table: Policy
    content: str = field(default="", repr=False)
    warnings: tuple[BookError, ...] = ()
    matching: Matching | None = None

    def decide(self, facts: Mapping[str, object], question: Question) -> Ruling:
        """Raises FactsRefused when a fact is missing, unknown or of the wrong type."""
        program = self.table.program
        values = program.taken(facts) if program else checked(self.name, self.facts, facts)
        holds = self.matching(values, question.today) if self.matching else None
        ruling = self.table.decide(values, question, holds)
        if not ruling.near or not any(self.facts[miss.fact].type == "money" for miss in ruling.near):
            return ruling
        return replace(ruling, near=in_currency(ruling.near, facts))

    def outcome(self, facts: Mapping[str, object], today: date) -> Answer:
        """The outcome and the values given, without reasons: of scorecards, thresholds and grids, which need
        nothing but their facts and the local day. Raises FactsRefused.
        """
        program = self.table.program
        if program is None:
            raise TypeError(f"{self.name}: a book of kind {self.policy} depends on what was done already")
        return program.outcome(facts, today)

    def conditions(self) -> tuple[Condition, ...]:
        return self.table.conditions()

    def record(self, facts: Mapping[str, object]) -> dict[str, Any]:
        """The facts as JSON values, defaults included, for the record of the decision."""
        values = checked(self.name, self.facts, facts)
        return {name: recorded(facts.get(name, value)) for name, value in values.items()}

    def recall(self, record: Mapping[str, Any]) -> dict[str, object]:
        """The facts of this book out of a decision's record. Raises FactsRefused."""
        facts: dict[str, object] = {}
        for name, fact in self.facts.items():
            if name in record:
                given = record[name]
                if given is None or fact.type not in RECALLED:
                    facts[name] = given
                    continue
                try:
                    facts[name] = recalled(fact, given)
                except (ValueError, TypeError, KeyError, ArithmeticError):
                    raise FactsRefused(self.name, name, UNREADABLE.said) from None
        return facts
