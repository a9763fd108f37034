"""The differences between two books as rows for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from domain.spreadsheet import csv_table

HEAD = ("part", "what", "detail", "old", "new", "count", "more", "fewer", "subject", "on")


def sheet(found: dict[str, Any]) -> str:
    """CSV with a header; samples stand under what they are samples of."""
    return csv_table(HEAD, _rows(found))


def _rows(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for what in ("looked", "subjects", "changed", "more_messages", "fewer_messages"):
        yield {"part": "total", "what": what, "count": found[what]}
    for move in found["moves"]:
        row = {"part": "move", "what": move["from"], "detail": move["to"]}
        yield {**row, "count": move["count"]}
        yield from _sample(row, move)
    for step in found["steps"]:
        row = {"part": "step", "what": f"{step['kind']} {step['what']}", "detail": step["channel"]}
        yield {**row, "old": step["old"], "new": step["new"], "more": step["gained"], "fewer": step["lost"]}
        yield from _sample(row, step)
    for one in found["measures"]:
        row = {"part": "measure", "what": one["name"], "detail": one["unit"]}
        numbers = {"old": one["old"], "new": one["new"], "more": one["up"], "fewer": one["down"]}
        yield {**row, **numbers, "count": one["answers"]}
        yield from _sample(row, one)
    for one in found["values"]:
        yield {"part": "value", "what": one["name"], "count": one["changed"]}
    for one in found["refused"]:
        row = {"part": "refused", "what": one["fact"], "detail": one["book"]}
        yield {**row, "count": one["count"]}
        yield from _sample(row, one)
    yield from _months(found)


def _sample(row: dict[str, Any], found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in found["sample"]:
        shown = {"old": one.get("old", ""), "new": one.get("new", "")}
        yield {**row, **shown, "part": f"{row['part']} sample", "subject": one["subject"], "on": one["on"]}


def _months(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for month in found["months"]:
        row = {"part": "month", "what": month["month"]}
        yield {**row, "detail": "looked", "count": month["looked"]}
        yield {**row, "detail": "changed", "count": month["changed"]}
        for kind in ("messages", "alerts", "acts"):
            yield {**row, "detail": kind, **month[kind]}
        for one in month["measures"]:
            detail = f"{one['name']} {one['unit']}".strip()
            yield {**row, "detail": detail, "old": one["old"], "new": one["new"]}
