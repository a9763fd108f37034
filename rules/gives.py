"""Values that a table gives besides its outcome: prices, rates, whether something is billed."""

from collections.abc import Mapping
from typing import Any

from domain.money import Money
from rules.facts import Fact, read_fact
from rules.reader import Node, Scalar, Table
from rules.reading import Reading

Gives = Mapping[str, Any]


def read_given_types(reading: Reading, node: Node | None) -> dict[str, Fact]:
    """What is declared under `gives` at the head of a book; typed as facts are, and always there."""
    if node is None:
        return {}
    table = reading.table(node, (), tuple(getattr(node, "entries", {})))
    types = {}
    for name, body in (table.entries if table else {}).items():
        assert table is not None
        if not reading.word(Scalar(name, table.keys[name])):
            continue
        types[name] = read_fact(reading, name, body, ("values",))
        if types[name].type == "money" and not reading.currency:
            reading.wrong(
                body,
                "un montant donné a besoin de « currency » en tête du livre",
                "an amount that is given needs 'currency' at the head of the book",
            )
    return types


def read_gives(reading: Reading, node: Node | None, types: Mapping[str, Fact], at: Table) -> Gives:
    """Every declared value, of its type."""
    if node is None:
        if types:
            reading.wrong(at, "il manque « gives »", "'gives' is missing")
        return {}
    table = reading.table(node, tuple(types))
    if table is None:
        return {}
    return {name: read_given(reading, table.entries[name], fact) for name, fact in types.items()}


def read_given(reading: Reading, node: Node, fact: Fact) -> Any:
    if fact.type == "any":
        return None
    text = reading.text(node)
    try:
        value = fact.read(text)
    except (ValueError, OverflowError):
        if text:
            reading.unknown(
                node, text, fact.values,
                f"valeur impossible pour « {fact.name} » ({fact.type}) :",
                f"impossible value for {fact.name!r} ({fact.type}):",
            )  # fmt: skip
        return None
    return Money(fact.currency, value) if fact.type == "money" and fact.currency else value


def given_as_text(value: Any) -> str:
    """As an author writes it, with the currency of an amount."""
    return f"{value.decimal} {value.currency}" if isinstance(value, Money) else str(value)
