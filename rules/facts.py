"""The facts a book asks for: their types, their defaults, and the check of what is given."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.decision import Bilingual
from domain.errors import BadInput
from domain.event import Event
from domain.money import DIGITS, Money, parse_money
from rules.fitness import Unfit, fit
from rules.reader import Node, Scalar
from rules.reading import Reading

TYPES = ("int", "decimal", "percent", "money", "enum", "bool", "date")
USES = ("rules", "record")
ORDERED = ("int", "decimal", "percent", "money", "date")
INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?")
MOST_FACTS = 500
STEP = Decimal("0.01")
"""The smallest change proposed for a decimal fact."""


@dataclass(frozen=True)
class Fact:
    """A declared fact. ``default`` counts only when ``optional``; None is the value `none`.

    Money compares in minor units of whatever currency is given, so that `0` is right in all of them. A
    book that declares ``currency`` writes its cells in major units and refuses any other currency.
    ``for_record`` facts are kept with the decision and need not be used by a rule.
    """

    name: str
    type: str
    label: Bilingual
    values: tuple[str, ...] = ()
    optional: bool = False
    default: Any = None
    currency: str = ""
    for_record: bool = False

    def read(self, text: str) -> Any:
        """A value as an author writes it. Raises ValueError."""
        match self.type:
            case "bool":
                return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse(text)
            case "enum":
                return text if text in self.values else _refuse(text)
            case "date":
                return fit(self, date.fromisoformat(text)) if DAY.fullmatch(text) else _refuse(text)
            case "int":
                return int(text) if INTEGER.fullmatch(text) else _refuse(text)
            case "money":
                return self._amount(text)
            case _:
                return Decimal(text) if DECIMAL.fullmatch(text) else _refuse(text)

    def check(self, given: Any) -> Any:
        """The value in the form that cells compare. Raises Unfit."""
        if given is None:
            if self.optional and self.default is None:
                return None
            raise Unfit("n’a pas de valeur", "has no value")
        return fit(self, given)

    def _amount(self, text: str) -> int:
        if not self.currency:
            return int(text) if INTEGER.fullmatch(text) else _refuse(text)
        try:
            return parse_money(text, self.currency).minor
        except BadInput as error:
            raise ValueError(str(error)) from None


def _refuse(text: str) -> Any:
    raise ValueError(text)


def shown(fact: Fact, value: Any) -> str:
    """A value as people read it; an amount stays in minor units (see ``near.in_currency``)."""
    if value is None:
        return "none"
    if fact.type == "bool":
        return "true" if value else "false"
    return str(value)


def recorded(value: object) -> Any:
    """A fact as a JSON value, for the record of a decision."""
    if isinstance(value, Money):
        return {"currency": value.currency, "minor": value.minor}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Event):
        return [value.kind, value.on.isoformat(), value.ref]
    if isinstance(value, list | tuple):
        return [recorded(one) for one in value]
    return str(value) if isinstance(value, Decimal | str) else value


RECALLED = ("money", "date", "decimal", "percent")
"""Types that JSON has no value of its own for."""


def recalled(fact: Fact, record: Any) -> Any:
    """The fact behind a recorded JSON value. Raises ValueError."""
    if record is None:
        return None
    match fact.type:
        case "money" if isinstance(record, dict):
            return Money(record["currency"], record["minor"])
        case "date":
            return date.fromisoformat(record)
        case "decimal" | "percent":
            return Decimal(str(record))
        case _:
            return record


def read_facts(reading: Reading, node: Node) -> dict[str, Fact]:
    table = reading.table(node, (), tuple(getattr(node, "entries", {})))
    facts: dict[str, Fact] = {}
    if table and len(table.entries) > MOST_FACTS:
        reading.wrong(node, f"{MOST_FACTS} faits au plus", f"at most {MOST_FACTS} facts")
        return facts
    for name, body in (table.entries if table else {}).items():
        if table and reading.word(Scalar(name, table.keys[name])):
            facts[name] = read_fact(reading, name, body)
    return facts


def read_fact(
    reading: Reading, name: str, node: Node, optional: tuple[str, ...] = ("missing", "values", "use")
) -> Fact:
    table = reading.table(node, ("type", "label"), optional)
    if table is None:
        return Fact(name, "any", Bilingual("", ""))
    kind = reading.choice(table.entries["type"], TYPES, "type inconnu", "unknown type")
    values = tuple(reading.word(item) for item in reading.items(table.entries.get("values")))
    if kind == "enum" and not values:
        reading.wrong(table, "un enum a besoin de « values »", "an enum needs 'values'")
    currency = reading.currency if kind == "money" else ""
    use = reading.choice(table.entries.get("use"), USES, "usage inconnu", "unknown use")
    label = reading.bilingual(table.entries["label"])
    fact = Fact(name, kind or "any", label, values, currency=currency, for_record=use == "record")
    missing = table.entries.get("missing")
    if missing is None or not kind:
        return fact
    return replace(fact, optional=True, default=_default(reading, missing, fact))


def _default(reading: Reading, node: Node, fact: Fact) -> Any:
    text = reading.text(node)
    if text == "none" and "none" not in fact.values:
        return None
    try:
        return fact.read(text)
    except ValueError:
        kind = fact.type
        reading.unknown(node, text, fact.values, f"valeur impossible pour un {kind} :", f"not a {kind}:")
        return None


def read_currency(reading: Reading, node: Node | None) -> str:
    return reading.choice(node, tuple(DIGITS), "monnaie inconnue", "unknown currency")
