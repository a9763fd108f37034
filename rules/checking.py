"""The facts of one decision, checked against what its book declares."""

from collections.abc import Mapping
from typing import Any

from rules.errors import FactsRefused
from rules.facts import Fact
from rules.fitness import Unfit

UNDECLARED = Unfit("n’est pas déclaré dans ce livre", "is not declared in this book")
MISSING = Unfit("manque", "is missing")
NO_VALUE = Unfit("n’a pas de valeur", "has no value")
NEEDED = Unfit(
    "n’a pas de valeur alors que la règle appliquée en a besoin",
    "has no value and the rule that holds needs one",
)
UNREADABLE = Unfit("ne se lit pas dans l’enregistrement", "cannot be read from the record")


def checked(book: str, facts: Mapping[str, Fact], given: Mapping[str, object]) -> dict[str, Any]:
    """Every declared fact in the form that cells compare. Raises FactsRefused at the first wrong one."""
    for name in given:
        if name not in facts:
            raise FactsRefused(book, name, UNDECLARED.said)
    values = {}
    for name, fact in facts.items():
        if name not in given:
            if not fact.optional:
                raise FactsRefused(book, name, MISSING.said)
            values[name] = fact.default
            continue
        try:
            values[name] = fact.check(given[name])
        except Unfit as unfit:
            raise FactsRefused(book, name, unfit.said) from None
    return values
