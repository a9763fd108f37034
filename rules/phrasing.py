"""Cells and conditions as words: *at most 3*, *12 March 2026 or later*, *anything but refused*."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.decision import Bilingual
from domain.money import Money
from domain.wording import listed, on_day, value
from rules.condition import Cell, Condition, Span, Today
from rules.facts import Fact

NO_VALUE = Bilingual("aucune valeur", "no value")


def condition_words(condition: Condition, facts: Mapping[str, Fact], currency: str) -> Bilingual:
    """``currency`` is what the amounts of the case are in."""
    return listed([_clause(facts[name], cell, currency) for name, cell in condition.cells])


def _clause(fact: Fact, cell: Cell, currency: str) -> Bilingual:
    said = cell_words(fact, cell, currency)
    return Bilingual(f"« {fact.label.fr} » vaut {said.fr}", f"{fact.label.en!r} is {said.en}")


def cell_words(fact: Fact, cell: Cell, currency: str) -> Bilingual:
    parts = [_span(fact, span, currency) for span in cell.spans]
    parts += [NO_VALUE] if cell.none else []
    said = Bilingual(" ou ".join(one.fr for one in parts), " or ".join(one.en for one in parts))
    if not cell.negated:
        return said
    if not parts:
        return Bilingual("n’importe quelle valeur ou aucune", "any value or none")
    if not cell.spans:
        return Bilingual("une valeur quelconque", "any value")
    return Bilingual(f"autre chose que {said.fr}", f"anything but {said.en}")


def _span(fact: Fact, span: Span, currency: str) -> Bilingual:
    low = None if span.low is None else _end(fact, span.low, currency)
    high = None if span.high is None else _end(fact, span.high, currency)
    if low and high:
        if span.low == span.high:
            return low
        return Bilingual(f"entre {low.fr} et {high.fr}", f"between {low.en} and {high.en}")
    if fact.type == "date":
        return _from_or_until(low, high)
    if low:
        fr, en = ("plus de", "more than") if span.low_open else ("au moins", "at least")
        return Bilingual(f"{fr} {low.fr}", f"{en} {low.en}")
    assert high is not None
    fr, en = ("moins de", "less than") if span.high_open else ("au plus", "at most")
    return Bilingual(f"{fr} {high.fr}", f"{en} {high.en}")


def _from_or_until(low: Bilingual | None, high: Bilingual | None) -> Bilingual:
    if low:
        return Bilingual(f"{low.fr} ou après", f"{low.en} or later")
    assert high is not None
    return Bilingual(f"{high.fr} ou avant", f"{high.en} or earlier")


def _end(fact: Fact, end: Any, currency: str) -> Bilingual:
    if isinstance(end, Today):
        return _today(end.offset)
    if isinstance(end, date):
        day = on_day(end)
        return Bilingual(f"le {day.fr}", day.en)
    return value(in_money(fact, end, currency))


def _today(offset: int) -> Bilingual:
    if not offset:
        return Bilingual("aujourd’hui", "today")
    number, sign = abs(offset), "+" if offset > 0 else "−"
    days = Bilingual("jour", "day") if number == 1 else Bilingual("jours", "days")
    return Bilingual(f"aujourd’hui {sign} {number} {days.fr}", f"today {sign} {number} {days.en}")


def in_money(fact: Fact, compared: Any, currency: str) -> Any:
    """Cells compare amounts in minor units."""
    known = fact.currency or currency
    is_amount = fact.type == "money" and isinstance(compared, int)
    return Money(known, compared) if is_amount and known else compared
