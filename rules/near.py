"""Near misses: the rules that one changed fact would have fired, the smallest change first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.decision import Bilingual, NearMiss
from domain.money import Money
from rules.condition import Condition
from rules.facts import Fact, shown

MOST = 3
FAR = float("inf")

Rule = tuple[str, int, Condition, Bilingual]
"""Id, line, condition, why."""


def near_misses(
    rules: Iterable[Rule],
    facts: Mapping[str, Fact],
    values: Mapping[str, Any],
    today: date,
    fires: Callable[[str, dict[str, Any]], bool],
) -> tuple[NearMiss, ...]:
    """``fires`` tells whether the rule is the one applied with changed facts: no miss is said that is not."""
    found = []
    for rule, line, condition, why in rules:
        failing = condition.failing(values, today)
        if len(failing) != 1:
            continue
        name, cell = failing[0]
        needed = cell.closest(values[name], today)
        if needed is None or not fires(rule, {**values, name: needed}):
            continue
        fact = facts[name]
        miss = NearMiss(rule, line, name, shown(fact, values[name]), shown(fact, needed), why)
        found.append((_distance(values[name], needed), miss))
    return tuple(miss for _, miss in sorted(found, key=lambda pair: pair[0])[:MOST])


def in_currency(misses: tuple[NearMiss, ...], given: Mapping[str, object]) -> tuple[NearMiss, ...]:
    """Amounts compared in minor units, said in the currency that was given."""
    return tuple(
        replace(miss, actual=_amount(money, miss.actual), needed=_amount(money, miss.needed))
        if isinstance(money := given.get(miss.fact), Money)
        else miss
        for miss in misses
    )


def _amount(money: Money, minor: str) -> str:
    return f"{Money(money.currency, int(minor)).decimal} {money.currency}"


def _distance(actual: Any, needed: Any) -> float:
    if isinstance(actual, bool | str) or actual is None:
        return FAR
    change = abs(needed - actual)
    return float(change.days) if isinstance(change, timedelta) else float(change / max(abs(needed), 1))
