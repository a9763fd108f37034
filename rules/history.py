"""History from elsewhere, one row after the other: a column for each fact, `subject`, and the day `on`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from domain.calendar import at_local
from domain.errors import BadInput, Mistake
from domain.look import Look
from domain.money import DIGITS, Money, parse_money
from rules.errors import nearest
from rules.facts import Fact, recorded
from rules.fitness import EARLIEST, LATEST

SUBJECT, ON = "subject", "on"
EVENING = time(23, 59)
"""A day is asked at its end, when all that falls on it is due."""


@dataclass
class History:
    """Reads rows. ``currency`` is that of amounts written without one; ``process`` begins the subjects."""

    facts: Mapping[str, Fact]
    zone: str
    currency: str = ""
    process: str = "history"
    last: tuple[str, str] = field(default=("", ""), compare=False)

    def refuse_columns(self, names: Sequence[str]) -> None:
        """Raises BadInput naming every column that is no fact."""
        known = (*self.facts, SUBJECT, ON)
        wrong = []
        for name in names:
            if name not in known:
                near = nearest(name, known)
                mend = f"did you mean {near!r}?" if near else "rename it after a fact, or take it out"
                wrong.append(Mistake(f"line 1, column {name}", "no fact of the books has this name", mend))
        if wrong:
            raise BadInput(*wrong)

    def look(self, line: int, values: Mapping[str, str]) -> Look:
        """Raises BadInput naming line and column."""
        mistakes: list[Mistake] = []
        facts: dict[str, Any] = {}
        for name, text in values.items():
            if name in self.facts and text:
                try:
                    facts[name] = recorded(cell(self.facts[name], text, self.currency))
                except (ValueError, ArithmeticError, BadInput):
                    mistakes.append(_mistake(line, name, text, _mend(self.facts[name])))
        subject, on = values.get(SUBJECT, ""), values.get(ON, "")
        if not subject:
            mistakes.append(_mistake(line, SUBJECT, subject, "say whom the row is about"))
        day = _day(on)
        if day is None:
            mistakes.append(_mistake(line, ON, on, "write it as 2026-03-20"))
        elif subject == self.last[0] and on < self.last[1]:
            mistakes.append(_mistake(line, ON, on, "sort the rows of a subject by their days"))
        if mistakes or day is None:
            raise BadInput(*mistakes)
        self.last = subject, on
        return Look(f"{self.process}:{subject}", at_local(day, EVENING, self.zone), facts)


def cell(fact: Fact, text: str, currency: str = "") -> object:
    """A fact as people type it: `none`, `2026-03-20`, `true`, `5000 XAF`. Raises ValueError, BadInput."""
    if text == "none" and "none" not in fact.values:
        return None
    if fact.type != "money":
        return fact.read(text)
    amount, _, own = text.rpartition(" ")
    own = own if own in DIGITS else ""
    unit = own or fact.currency or currency
    if not unit:
        raise ValueError(text)
    return parse_money(amount if own else text, unit)


def money_text(value: object) -> str:
    return f"{value.decimal} {value.currency}" if isinstance(value, Money) else str(value)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None


def _mistake(line: int, column: str, text: str, mend: str) -> Mistake:
    problem = f"{text[:40]!r} cannot be read" if text else "it is empty"
    return Mistake(f"line {line}, column {column}", problem, mend)


def _mend(fact: Fact) -> str:
    match fact.type:
        case "money":
            return "write it as 12500 XAF, or give --currency"
        case "enum":
            return f"write one of {', '.join(fact.values)}"
        case "date":
            return "write it as 2026-03-20"
        case "bool":
            return "write true or false"
        case _:
            return f"write a value of type {fact.type}"
