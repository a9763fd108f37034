"""The same tables in the engines that a user would otherwise take, each used as its documentation shows."""

import json
import logging
from collections.abc import Callable
from typing import Any

import business_rules
import cel
import rule_engine
import zen
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_NUMERIC
from business_rules.variables import (
    BaseVariables,
    boolean_rule_variable,
    numeric_rule_variable,
    string_rule_variable,
)  # fmt: skip
from durable import lang
from durable.engine import MessageNotHandledException

from bench.rule_cases import HIGH, LOW, NUMBERS, RULES, START, Facts, Line, Test

Evaluate = Callable[[Facts], int]

TRACE: Any = {"trace": True}

logging.getLogger("durable").setLevel(logging.ERROR)


class CannotLoad(Exception):
    """The engine itself refuses the rules."""


def clamp(points: float) -> int:
    return int(min(HIGH, max(LOW, points)))


class Zen:
    """A decision table: `collect` gives the points of every row that holds, `first` the first row's price.

    The table is given to the engine once and evaluated by its key. A decision made of a text, or a loader in
    Python, would compile the table again at each evaluation, four to a hundred times slower.
    """

    def __init__(self, columns: list[str], rows: list[dict[str, str]], gives: str, policy: str) -> None:
        content = {
            "rules": [{"_id": str(n), **row} for n, row in enumerate(rows)],
            "inputs": [{"id": f"i_{name}", "name": name, "field": name} for name in columns],
            "outputs": [{"id": "o", "name": gives, "field": gives}], "hitPolicy": policy,
        }  # fmt: skip
        nodes = [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
            {"id": "out", "type": "outputNode", "name": "out"},
        ]
        edges = [
            {"id": "a", "sourceId": "in", "targetId": "table"},
            {"id": "b", "sourceId": "table", "targetId": "out"},
        ]
        static: Any = {"type": "static", "content": {"table": {"nodes": nodes, "edges": edges}}}
        self._engine = zen.ZenEngine({"loader": static})
        self._engine.get_decision("table").validate()
        self._gives, self._collects = gives, policy == "collect"

    def __call__(self, facts: Facts) -> int:
        return self._read(self._engine.evaluate("table", facts)["result"])

    def traced(self, facts: Facts) -> int:
        """With the trace, zen's explanation."""
        return self._read(self._engine.evaluate("table", facts, TRACE)["result"])

    def batch(self, many: list[Facts]) -> list[int]:
        return self._all(self._engine.evaluate_batch(self._requests(many)))

    def traced_batch(self, many: list[Facts]) -> list[int]:
        return self._all(self._engine.evaluate_batch(self._requests(many), TRACE))

    def _requests(self, many: list[Facts]) -> Any:
        return [{"key": "table", "context": facts} for facts in many]

    def _all(self, answers: Any) -> list[int]:
        return [self._read(answer["data"]["result"]) for answer in answers]

    def _read(self, result: Any) -> int:
        if self._collects:
            return clamp(START + sum(row[self._gives] for row in result))
        return int(result[self._gives]) if result else 0


def zen_scorecard() -> Zen:
    columns = [*NUMBERS, "plan", "guaranteed"]
    rows = []
    for _, tests, points in RULES:
        row = {f"i_{name}": "" for name in columns} | {"o": str(points)}
        for name, sign, value in tests:
            cell = f"{'' if sign == '==' else sign + ' '}{json.dumps(value)}"
            row[f"i_{name}"] = f"{row[f'i_{name}']} and {cell}" if row[f"i_{name}"] else cell
        rows.append(row)
    return Zen(columns, rows, "points", "collect")


def zen_grid(lines: list[Line]) -> Zen:
    def weight(line: Line) -> str:
        low = "" if line.low is None else f">= {line.low}"
        high = "" if line.high is None else f"<= {line.high}"
        return f"{low} and {high}" if low and high else low or high

    rows = [
        {"i_reference": json.dumps(one.reference), "i_level": json.dumps(one.level), "i_weight": weight(one),
         "o": str(one.price)}
        for one in lines
    ]  # fmt: skip
    return Zen(["reference", "level", "weight"], rows, "price", "first")


def _written(tests: tuple[Test, ...], both: str = "&&", true: str = "true") -> str:
    return f" {both} ".join(
        f"{name} {sign} {true if value is True else json.dumps(value)}" for name, sign, value in tests
    )


def _tests(line: Line) -> tuple[Test, ...]:
    low = () if line.low is None else (("weight", ">=", line.low),)
    high = () if line.high is None else (("weight", "<=", line.high),)
    return (("reference", "==", line.reference), ("level", "==", line.level), *low, *high)


def cel_scorecard() -> Evaluate:
    terms = [f"({_written(tests)} ? {points} : 0)" for _, tests, points in RULES]
    program = cel.compile(f"{START} + {' + '.join(terms)}")
    return lambda facts: clamp(program.execute(facts))


def cel_grid(lines: list[Line]) -> Evaluate:
    """CEL has no tables: one program for each row, the first that holds answers."""
    programs = [(cel.compile(_written(_tests(line))), line.price) for line in lines]
    return lambda facts: next((price for program, price in programs if program.execute(facts)), 0)


def rule_engine_scorecard() -> Evaluate:
    rules = [(rule_engine.Rule(_written(tests, "and")), points) for _, tests, points in RULES]
    return lambda facts: clamp(START + sum(points for rule, points in rules if rule.matches(facts)))


def rule_engine_grid(lines: list[Line]) -> Evaluate:
    rules = [(rule_engine.Rule(_written(_tests(line), "and")), line.price) for line in lines]
    return lambda facts: next((price for rule, price in rules if rule.matches(facts)), 0)


def _variables() -> type:
    """business-rules wants a class with a method for each fact."""

    def reader(name: str) -> Callable[[Any], Any]:
        def read(self: Any) -> Any:
            return self.facts[name]

        read.__name__ = name
        return read

    members: dict[str, Any] = {"__init__": lambda self, facts: setattr(self, "facts", facts)}
    for name in (*NUMBERS, "weight"):
        members[name] = numeric_rule_variable()(reader(name))
    for name in ("plan", "reference", "level"):
        members[name] = string_rule_variable()(reader(name))
    members["guaranteed"] = boolean_rule_variable()(reader("guaranteed"))
    return type("Variables", (BaseVariables,), members)


class Sum(BaseActions):  # type: ignore[misc]
    def __init__(self) -> None:
        self.total = 0

    @rule_action(params={"number": FIELD_NUMERIC})  # type: ignore[untyped-decorator]
    def add(self, number: int) -> None:
        self.total += number


OPERATORS = {">=": "greater_than_or_equal_to", "<=": "less_than_or_equal_to", "==": "equal_to"}


def _business(tests: tuple[Test, ...], number: int) -> dict[str, Any]:
    conditions = [
        {"name": name, "operator": "is_true", "value": ""}
        if value is True
        else {"name": name, "operator": OPERATORS[sign], "value": value}
        for name, sign, value in tests
    ]
    return {"conditions": {"all": conditions}, "actions": [{"name": "add", "params": {"number": number}}]}


def business_rules_of(rules: list[dict[str, Any]], start: int, first: bool) -> Evaluate:
    variables = _variables()

    def evaluate(facts: Facts) -> int:
        total = Sum()
        business_rules.run_all(rules, variables(facts), total, stop_on_first_trigger=first)
        return total.total if first else clamp(start + total.total)

    return evaluate


def business_scorecard() -> Evaluate:
    return business_rules_of([_business(tests, points) for _, tests, points in RULES], START, False)


def business_grid(lines: list[Line]) -> Evaluate:
    return business_rules_of([_business(_tests(line), line.price) for line in lines], 0, True)


def durable_rules(name: str, rules: list[tuple[tuple[Test, ...], int]], start: int) -> Evaluate:
    """Each rule adds its number when it fires; a fact is asserted and retracted for each evaluation."""
    added: list[int] = []
    with lang.ruleset(name):
        for tests, number in rules:
            _durable_rule(tests, number, added)
    try:
        lang.get_host()
    except Exception as error:  # its C code has one class of errors, which has no stable import
        raise CannotLoad(str(error)) from error

    def evaluate(facts: Facts) -> int:
        added.clear()
        fact = {**facts, "guaranteed": int(facts.get("guaranteed", 0)), "id": "1", "sid": "1"}
        try:
            lang.assert_fact(name, fact)
            lang.retract_fact(name, fact)
        except MessageNotHandledException:
            pass
        return clamp(start + sum(added)) if start else sum(added)

    return evaluate


def _durable_rule(tests: tuple[Test, ...], number: int, added: list[int]) -> None:
    condition = None
    for name, sign, value in tests:
        field = getattr(lang.m, name)
        plain = int(value) if isinstance(value, bool) else value
        one = field >= plain if sign == ">=" else field <= plain if sign == "<=" else field == plain
        condition = one if condition is None else condition & one

    @lang.when_all(condition)  # type: ignore[untyped-decorator]
    def fire(_: Any) -> None:
        added.append(number)


def durable_scorecard() -> Evaluate:
    return durable_rules("card", [(tests, points) for _, tests, points in RULES], START)


def durable_grid(lines: list[Line]) -> Evaluate:
    return durable_rules(f"grid{len(lines)}", [(_tests(line), line.price) for line in lines], 0)
