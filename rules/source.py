"""Cells as Python source. Only values that were parsed go in, as literals or as named constants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.money import DIGITS, Money
from rules.condition import Cell, Condition, Span, Today
from rules.facts import Fact
from rules.fitness import EARLIEST, LATEST

LITERAL = (bool, int, str, type(None))
CLASSES = {"int": int, "decimal": Decimal, "percent": Decimal, "enum": str, "bool": bool, "date": date}


@dataclass
class Source:
    """One generated module. ``variables`` name the facts; an author's word is never a name in the code."""

    facts: Mapping[str, Fact]
    names: dict[str, Any] = field(default_factory=dict)
    offsets: dict[int, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.variables = {name: f"v{number}" for number, name in enumerate(self.facts)}
        self.names |= {"Money": Money, "date": date}

    def constant(self, value: Any) -> str:
        if type(value) in LITERAL:
            return repr(value)
        name = f"K{len(self.names)}"
        self.names[name] = value
        return name

    def end(self, end: Any) -> str:
        """An end of a range; a day that moves with today is computed once, before the rows."""
        if not isinstance(end, Today):
            return self.constant(end)
        return self.offsets.setdefault(end.offset, f"t{len(self.offsets)}")

    def days(self) -> list[str]:
        return [f"{name} = today + {self.constant(timedelta(days=n))}" for n, name in self.offsets.items()]

    def condition(self, condition: Condition) -> str:
        return " and ".join(self.cell(name, cell) for name, cell in condition.cells) or "True"

    def cell(self, name: str, cell: Cell) -> str:
        test = self._plain(self.variables[name], self.facts[name], cell)
        return f"not ({test})" if cell.negated else test

    def _plain(self, variable: str, fact: Fact, cell: Cell) -> str:
        exact = exact_values(cell)
        if exact is not None:
            return self._one_of(variable, exact)
        tests = [self._span(variable, span) for span in cell.spans]
        test = tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"
        if cell.none:
            return f"({variable} is None or {test})"
        return f"({variable} is not None and {test})" if nullable(fact) else test

    def _one_of(self, variable: str, exact: list[Any]) -> str:
        if len(exact) != 1:
            return f"{variable} in {self.constant(frozenset(exact))}"
        if exact[0] is None or isinstance(exact[0], bool):
            return f"{variable} is {exact[0]}"
        return f"{variable} == {self.constant(exact[0])}"

    def _span(self, variable: str, span: Span) -> str:
        low = f"{self.end(span.low)} {'<' if span.low_open else '<='} " if span.low is not None else ""
        high = f" {'<' if span.high_open else '<='} {self.end(span.high)}" if span.high is not None else ""
        return f"{low}{variable}{high}"

    def unpack(self, mapping: str) -> list[str]:
        return [f"{variable} = {mapping}[{name!r}]" for name, variable in self.variables.items()]

    def packed(self) -> str:
        """The variables as a mapping of facts."""
        return f"return {{{', '.join(f'{name!r}: {variable}' for name, variable in self.variables.items())}}}"

    def taken(self, given: str, otherwise: str) -> list[str]:
        """Statements that take facts as they come; what is not plain goes the slow and explaining way."""
        slow = f"return {otherwise}"
        lines = [f"if len({given}) != {len(self.facts)}: {slow}", "try:"]
        lines += [f"    {line}" for line in self.unpack(given)] or ["    pass"]
        lines += [f"except KeyError: {slow}"]
        for name, fact in self.facts.items():
            if fact.type == "money":
                lines += self._amount(self.variables[name], fact, slow)
        return [*lines, f"if not ({self._accepted()}): {slow}"]

    def _amount(self, variable: str, fact: Fact, slow: str) -> list[str]:
        allowed = f"{variable}.__class__ is not int" + (f" and {variable} is not None" * nullable(fact))
        known = self.constant((fact.currency,) if fact.currency else tuple(DIGITS))
        money = f"{variable}.__class__ is Money and {variable}.currency in {known}"
        return [
            f"if {money}: {variable} = {variable}.minor",
            f"if {allowed}: {slow}",
        ]

    def _accepted(self) -> str:
        """One chain for all numbers and one for all flags: short tables spend most of their time here."""
        plain: dict[str, list[str]] = {"int": [], "bool": []}
        tests = []
        for name, fact in self.facts.items():
            if fact.type in plain and not nullable(fact):
                plain[fact.type].append(f"{self.variables[name]}.__class__")
            elif fact.type != "money":
                tests.append(self._accepts(self.variables[name], fact))
        chains = [f"{kind} is {' is '.join(found)}" for kind, found in plain.items() if found]
        return " and ".join([*chains, *tests]) or "True"

    def _accepts(self, variable: str, fact: Fact) -> str:
        test = f"{variable}.__class__ is {self.constant(CLASSES[fact.type])}"
        if fact.type == "enum":
            test += f" and {variable} in {self.constant(frozenset(fact.values))}"
        elif fact.type == "date":
            test += f" and {self.constant(EARLIEST)} <= {variable} <= {self.constant(LATEST)}"
        elif fact.type in ("decimal", "percent"):
            test += f" and {variable}.is_finite()"
        return f"({variable} is None or {test})" if nullable(fact) else f"({test})"


def nullable(fact: Fact) -> bool:
    return fact.optional and fact.default is None


def exact_values(cell: Cell) -> list[Any] | None:
    """The single values of a cell, `none` among them; None when it has a range or a moving day."""
    found = [span.low for span in cell.spans if span.low is not None and span.low == span.high]
    if len(found) != len(cell.spans) or any(isinstance(value, Today) for value in found):
        return None
    return [*found, None] if cell.none else found
