"""Facts and cells as whole numbers and words, the only things that durable-rules compares rightly.

Each fact is a field `v_name`; a day has a second one, `d_name`, counted from the day of the decision; a fact
that may be missing has `n_name`, 1 when it is. A decimal is twice its millionths, plus one when there is more
behind the sixth place, so that it still falls on the right side of every bound.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Context, Decimal
from itertools import product
from math import prod
from typing import Any

from domain.errors import BadInput, Mistake
from rules.condition import Cell, Condition, Span, Today
from rules.facts import Fact
from rules.source import nullable

LARGEST = 2**53 - 1
PLACES = 6
MANY = 12
"""A condition with more combinations of alternatives than this is asked about cell by cell."""

Term = tuple[str, str, int | str]
"""Comparison, field, value; equality is `$eq`."""

Alternative = tuple[Term, ...]
Group = tuple[Alternative, ...]
"""Of a group one alternative must hold, and of a condition every group."""

_EXACT = Context(prec=60)


def encoded(facts: Mapping[str, Fact], values: Mapping[str, Any], today: date) -> dict[str, int | str]:
    """Checked facts as fields. What is larger than any bound can be stays larger."""
    fields: dict[str, int | str] = {}
    for name, fact in facts.items():
        value = values[name]
        if nullable(fact):
            fields[f"n_{name}"] = int(value is None)
        fields[f"v_{name}"] = _value(fact, value)
        if fact.type == "date":
            fields[f"d_{name}"] = (value - today).days if value else 0
    return fields


def groups(facts: Mapping[str, Fact], condition: Condition) -> tuple[Group, ...]:
    """A condition that always holds has one group of one alternative without terms."""
    cells = [_alternatives(facts[name], cell) for name, cell in condition.cells]
    if prod(len(cell) for cell in cells) <= MANY:
        return (_combined(cells),)
    single = [cell for cell in cells if len(cell) == 1]
    return (_combined(single), *(cell for cell in cells if len(cell) > 1))


def _combined(cells: Iterable[Group]) -> Group:
    return tuple(tuple(term for part in parts for term in part) for parts in product(*cells))


def _alternatives(fact: Fact, cell: Cell) -> Group:
    missing: Group = ((("$eq", f"n_{fact.name}", 1),),) if nullable(fact) else ()
    there: Alternative = (("$eq", f"n_{fact.name}", 0),) if nullable(fact) else ()
    if not cell.negated:
        inside = tuple((*there, *_inside(fact, span)) for span in cell.spans)
        return (*inside, *(missing if cell.none else ()))
    outside = tuple((*there, *part) for part in _outside(fact, cell.spans))
    return (*outside, *(() if cell.none else missing))


def _inside(fact: Fact, span: Span) -> Alternative:
    if isinstance(span.low, str):
        return (("$eq", f"v_{fact.name}", span.low),)
    low = [_bound(fact, "$gt" if span.low_open else "$gte", span.low)] if span.low is not None else []
    high = [_bound(fact, "$lt" if span.high_open else "$lte", span.high)] if span.high is not None else []
    return (*low, *high)


def _outside(fact: Fact, spans: tuple[Span, ...]) -> Group:
    """Words are the others that the fact may have; numbers lie before or after each span."""
    if fact.type == "enum":
        named = {span.low for span in spans}
        return tuple((("$eq", f"v_{fact.name}", word),) for word in fact.values if word not in named)
    return _combined(_around(fact, span) for span in spans)


def _around(fact: Fact, span: Span) -> Group:
    before = [_bound(fact, "$lte" if span.low_open else "$lt", span.low)] if span.low is not None else []
    after = [_bound(fact, "$gte" if span.high_open else "$gt", span.high)] if span.high is not None else []
    return tuple((term,) for term in (*before, *after))


def _bound(fact: Fact, sign: str, end: Any) -> Term:
    if isinstance(end, Today):
        return sign, f"d_{fact.name}", end.offset
    number = _value(fact, end)
    assert isinstance(number, int)
    if abs(number) >= LARGEST:
        problem = f"{end} cannot be compared by the durable back end"
        raise BadInput(Mistake(fact.name, problem, "use a smaller bound, or the python back end"))
    return sign, f"v_{fact.name}", number


def _value(fact: Fact, value: Any) -> int | str:
    if fact.type == "enum":
        return value or ""
    if value is None:
        return 0
    if isinstance(value, date):
        return value.toordinal()
    number = _doubled(value) if isinstance(value, Decimal) else int(value)
    return max(-LARGEST, min(LARGEST, number))


def _doubled(value: Decimal) -> int:
    if abs(value) >= LARGEST:
        return LARGEST if value > 0 else -LARGEST
    whole = value.scaleb(PLACES, _EXACT).to_integral_value(ROUND_FLOOR, _EXACT)
    return 2 * int(whole) + (whole.scaleb(-PLACES, _EXACT) != value)
