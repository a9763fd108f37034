"""Near misses: the rules that one changed fact would have fired, the smallest change first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Any

from domain.decision import Bilingual, NearMiss, Reason
from domain.money import Money
from rules.condition import Condition
from rules.facts import Fact, shown
from rules.nearness import Candidate, candidate

MOST = 3

Rule = tuple[str, int, Condition, Bilingual]
"""Id, line, condition, why."""

Then = Callable[[int, dict[str, Any]], str]
"""What the book says with changed facts; an empty string when the rule is still not the one applied."""


def nearest(
    found: list[Candidate],
    reason_of: Callable[[int], Reason],
    facts: Mapping[str, Fact],
    values: Mapping[str, Any],
    then: Then,
) -> tuple[NearMiss, ...]:
    """The closest of the candidates. No miss is said that is not one: ``then`` asks the book again."""
    misses: list[NearMiss] = []
    for _, number, name, needed in sorted(found, key=itemgetter(0)):
        said = then(number, {**values, name: needed})
        if not said:
            continue
        reason, fact = reason_of(number), facts[name]
        misses.append(
            NearMiss(reason.rule, reason.line, name, shown(fact, values[name]), shown(fact, needed),
                     reason.why, said)
        )  # fmt: skip
        if len(misses) == MOST:
            break
    return tuple(misses)


def near_misses(
    rules: Iterable[Rule],
    facts: Mapping[str, Fact],
    values: Mapping[str, Any],
    today: date,
    fires: Callable[[str, dict[str, Any]], bool],
) -> tuple[NearMiss, ...]:
    """For stages and ladders, whose rules are few. ``fires`` tells whether the rule is the one applied."""
    all_rules = list(rules)
    reasons = [Reason(id, line, why) for id, line, _, why in all_rules]
    found = [candidate(number, rule[2], values, today) for number, rule in enumerate(all_rules)]
    near = [one for one in found if one]
    return nearest(
        near, reasons.__getitem__, facts, values,
        lambda number, changed: reasons[number].rule if fires(reasons[number].rule, changed) else "",
    )  # fmt: skip


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
