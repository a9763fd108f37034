"""Large tables: a hash index on the facts that rows ask one value of, so that few rows are looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.condition import Cell, Condition, Today
from rules.facts import ORDERED, Fact
from rules.source import Source, exact_values, nullable

MANY = 50
"""Rows above which an index is worth its memory."""
COPIES = 4
"""Rows without a value for the indexed fact stand in every bucket; more copies than this are refused."""

Row = tuple[Any, ...]
Keys = list[list[Any] | None]

LOWEST = {"date": date.min}
HIGHEST = {"date": date.max}


@dataclass(frozen=True)
class Index:
    """``buckets`` hold rows in the book's order: ends, or tests, of the ``others``, and the row's number."""

    keys: tuple[str, ...]
    others: tuple[str, ...]
    spans: frozenset[str]
    buckets: Mapping[Any, Sequence[Row]]
    default: Sequence[Row]

    def loop(self, source: Source, body: list[str]) -> list[str]:
        names, tests = [], []
        for number, fact in enumerate(self.others):
            variable = source.variables[fact]
            if fact in self.spans:
                names.append(f"l{number}, h{number}")
                tests.append(f"l{number} <= {variable} <= h{number}")
            else:
                names.append(f"c{number}")
                tests.append(f"(c{number} is None or c{number}({variable}, today))")
        looked_up = f"{self._bucket(source)}"
        head = f"for {', '.join([*names, 'r'])}, in {looked_up}:"
        if not tests:
            return [head, *(f"    {line}" for line in body)]
        return [head, f"    if {' and '.join(tests)}:", *(f"        {line}" for line in body)]

    def _bucket(self, source: Source) -> str:
        variables = [source.variables[fact] for fact in self.keys]
        key = variables[0] if len(variables) == 1 else f"({', '.join(variables)})"
        return f"{source.constant(self.buckets)}.get({key}, {source.constant(self.default)})"

    def numbers(self, values: Mapping[str, Any]) -> list[int]:
        """The rows looked at for these facts."""
        key = tuple(values[fact] for fact in self.keys)
        return [row[-1] for row in self.buckets.get(key[0] if len(key) == 1 else key, self.default)]


def index_of(facts: Mapping[str, Fact], conditions: Sequence[Condition]) -> Index | None:
    """On the fact with the most values, and on every other one that all rows ask one value of."""
    cells = [dict(condition.cells) for condition in conditions]
    exact = {name: [_keys(row.get(name)) for row in cells] for name in facts}
    widths = {name: len({value for one in found if one for value in one}) for name, found in exact.items()}
    widest = max(widths, key=lambda name: widths[name], default="")
    if not widest or widths[widest] < 2:
        return None
    general = sum(1 for found in exact[widest] if found is None)
    if general * widths[widest] > COPIES * len(conditions):
        return None
    keys = (widest, *(name for name in facts if name != widest and not general and _single(exact[name])))
    others = tuple(name for name in facts if name not in keys and any(name in row for row in cells))
    spans = frozenset(name for name in others if _all_spans(facts[name], [row.get(name) for row in cells]))
    rows = [
        (*(part for name in others for part in _part(facts[name], row.get(name), name in spans)), n)
        for n, row in enumerate(cells)
    ]
    return Index(keys, others, spans, *_filled(exact, keys, rows))


def _filled(exact: Mapping[str, Keys], keys: tuple[str, ...], rows: list[Row]) -> tuple[Any, list[Row]]:
    buckets: dict[Any, list[Row]] = {}
    general: list[Row] = []
    for row in rows:
        values = exact[keys[0]][row[-1]]
        if values is None:
            general.append(row)
            for bucket in buckets.values():
                bucket.append(row)
            continue
        rest = tuple(found[0] for name in keys[1:] if (found := exact[name][row[-1]]))
        for value in values:
            buckets.setdefault((value, *rest) if rest else value, [*general]).append(row)
    return buckets, general


def _keys(cell: Cell | None) -> list[Any] | None:
    found = exact_values(cell) if cell is not None and not cell.negated else None
    return None if found is None else list(dict.fromkeys(found))  # a value written twice is one row once


def _single(found: Keys) -> bool:
    return all(one is not None and len(one) == 1 for one in found)


def _all_spans(fact: Fact, cells: list[Cell | None]) -> bool:
    if fact.type not in ORDERED or nullable(fact):
        return False
    return all(cell is None or _one_closed_span(cell) for cell in cells)


def _one_closed_span(cell: Cell) -> bool:
    if cell.negated or cell.none or len(cell.spans) != 1:
        return False
    span = cell.spans[0]
    moving = isinstance(span.low, Today) or isinstance(span.high, Today)
    return not (span.low_open or span.high_open or moving)


def _part(fact: Fact, cell: Cell | None, span: bool) -> tuple[Any, ...]:
    if not span:
        return (cell.test if cell is not None else None,)
    low = cell.spans[0].low if cell is not None else None
    high = cell.spans[0].high if cell is not None else None
    return (
        LOWEST.get(fact.type, float("-inf")) if low is None else low,
        HIGHEST.get(fact.type, float("inf")) if high is None else high,
    )
