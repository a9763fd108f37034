"""Invented thresholds, scorecards and grids."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.rules.witness.invent import Facts, effects, gives, head, why


def thresholds(random: Random) -> tuple[dict[str, Any], Facts]:
    book, facts = head(random, "thresholds")
    if random.random() < 0.6:
        book["mode"] = random.choice(["first", "each"])
    values = gives(random, book, facts) if random.random() < 0.4 else None
    rules = []
    for number in range(random.randint(1, 7)):
        row = {"id": f"r{number}", "when": facts.when(), "outcome": random.choice(["a", "b", f"o{number}"])}
        row |= {"why": why(), **effects(random)}
        if random.random() < 0.2:
            row["closes"] = random.choice(["true", "true", "false"])
        if values:
            row["gives"] = values()
        rules.append(row)
    if random.random() < 0.4:
        book["anchor"] = facts.new("dated_on", "date", random.choice([None, "none"]))
    if random.random() < 0.3:
        book["key_by"] = facts.new("nth", "int", random.choice([None, "1", "none"]))
    last = {"outcome": "nothing", "why": why()}
    book |= {"rules": rules, "otherwise": last | ({"gives": values()} if values else {})}
    return book, facts


def scorecard(random: Random) -> tuple[dict[str, Any], Facts]:
    book, facts = head(random, "scorecard")
    low = random.randint(-20, 40)
    high = low + random.randint(1, 100)
    book |= {"start": str(random.randint(low, high)), "clamp": f"{low}..{high}"}
    book["rules"] = [
        {"id": f"r{n}", "when": facts.when(), "points": str(random.choice([-1, 1]) * random.randint(1, 60)),
         "why": why()}
        for n in range(random.randint(1, 12))
    ]  # fmt: skip
    cuts = sorted({low, *(random.randint(low, high) for _ in range(random.randint(0, 4)))})
    ends = [*(cut - 1 for cut in cuts[1:]), high]
    bands = [
        {"id": f"b{n}", "points": f"{first}..{last}", "why": why()}
        for n, (first, last) in enumerate(zip(cuts, ends, strict=True))
    ]
    random.shuffle(bands)
    book["bands"] = bands
    return book, facts


def grid(random: Random) -> tuple[dict[str, Any], Facts]:
    """The space of the facts is cut again and again, so that every combination has one row."""
    book, facts = head(random, "grid")
    values = gives(random, book, facts)
    columns = [*random.sample(list(facts.declared), random.randint(1, len(facts.declared)))]
    cells: list[dict[str, Any]] = [{}]
    for name in columns:
        whole = cuts(random, facts, name)
        cells = [{**row, name: one} for row in cells for one in (
            whole if random.random() < 0.5 else cuts(random, facts, name)
        )]  # fmt: skip
        if len(cells) > 300:
            columns = columns[: columns.index(name) + 1]
            break
    rows = [{**row, **values()} for row in cells]
    random.shuffle(rows)
    if random.random() < 0.4:
        rows = rows[: max(1, len(rows) - random.randint(0, len(rows) // 2))]
        book["otherwise"] = {"gives": values(), "why": why()}
    order = [*columns, *book["gives"]]
    random.shuffle(order)
    book |= {"columns": order, "rows": [[row[name] for name in order] for row in rows], "why": why()}
    return book, facts


def cuts(random: Random, facts: Facts, name: str) -> list[Any]:
    """Cells that together take every value of the fact once."""
    kind = facts.declared[name]["type"]
    if random.random() < 0.1:
        return ["any"]
    if kind in ("bool", "enum"):
        words = ["true", "false"] if kind == "bool" else list(facts.declared[name]["values"])
        return parted(random, facts, name, words)
    found = {facts.number(name) for _ in range(random.randint(0, 4))}
    points = sorted(found)
    if not points:
        return parted(random, facts, name, [f"..{facts.written(name, facts.number(name))}"], rest=True)
    made = []
    for low, high in zip([None, *points], [*points, None], strict=True):
        made.append(between(random, facts, name, low, high))
    return parted(random, facts, name, made)


def between(random: Random, facts: Facts, name: str, low: Any, high: Any) -> str:
    """From `low`, included, to `high`, excluded."""
    if low is None:
        return f"{random.choice(['<', '..<'])}{facts.written(name, high)}"
    if high is None:
        end = facts.written(name, low)
        return random.choice([f">= {end}", f"{end}.."])
    start = facts.written(name, low)
    if isinstance(high, Decimal):
        return f"{start}..<{facts.written(name, high)}"
    before = high - (timedelta(days=1) if not isinstance(high, int) else 1)
    if before == low and random.random() < 0.5:
        return start
    end = random.choice([f"<{facts.written(name, high)}", facts.written(name, before)])
    return f"{start}..{end}"


def parted(random: Random, facts: Facts, name: str, cells: list[str], rest: bool = False) -> list[Any]:
    """Cells put together at random, and the one that `not` or `none` completes."""
    cells = list(cells)
    if rest:
        return [cells[0], f"not {cells[0]}"]
    if facts.nullable(name):
        cells.append("none")
    random.shuffle(cells)
    groups: list[list[str]] = []
    for cell in cells:
        if groups and random.random() < 0.3:
            groups[-1].append(cell)
        else:
            groups.append([cell])
    if len(groups) == 2 and len(groups[0]) == 1 and random.random() < 0.5:
        return [groups[0][0], f"not {groups[0][0]}"]
    return [group[0] if len(group) == 1 and random.random() < 0.8 else group for group in groups]
