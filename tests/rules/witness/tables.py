"""Thresholds, scorecards and grids: tables that need only their facts and the day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from domain.money import Money
from tests.rules.witness.asked import Answer, Book, Effect, Look, Refused, Values, effects_of, hour_of
from tests.rules.witness.cells import all_hold, cell_holds, value_of


def needed(values: Values, name: str) -> Any:
    if values[name] is None:
        raise Refused(name)
    return values[name]


def given(book: Book, row: Mapping[str, str]) -> dict[str, Any]:
    currency = book.get("currency", "")
    made = {}
    for name, declared in book.get("gives", {}).items():
        value = value_of(row[name], declared, currency)
        made[name] = Money(currency, value) if declared["type"] == "money" else value
    return made


def thresholds(book: Book, values: Values, look: Look) -> Answer:
    rows = [row for row in book["rules"] if all_hold(row["when"], book, values, look.today)]
    if book.get("mode", "first") == "first":
        rows = rows[:1]
    rows = rows or [book["otherwise"]]
    closing = next((row for row in rows if row.get("closes") == "true"), None)
    outcome = (closing or rows[0])["outcome"]
    acting = [row for row in rows if any(kind in row for kind in ("send", "alert", "act"))]
    steps: list[Effect] = []
    for row in acting:
        id = row["id"]
        if "key_by" in book:
            id = f"{id}#{needed(values, book['key_by'])}"
        day = needed(values, book["anchor"]) if "anchor" in book else look.today
        steps += effects_of(row, id, day, day, look)
    again = None
    if acting and not closing and "anchor" not in book:
        again = look.moment(look.today + timedelta(days=1), hour_of(book.get("hour", "09:00")))
    return Answer(
        outcome, outcome, tuple(steps), again, outcome if closing else "",
        result=given(book, rows[0].get("gives", {})),
    )  # fmt: skip


def scorecard(book: Book, values: Values, look: Look) -> Answer:
    points = int(book["start"])
    for rule in book["rules"]:
        if all_hold(rule["when"], book, values, look.today):
            points += int(rule["points"])
    low, high = (int(end) for end in book["clamp"].split(".."))
    points = max(low, min(high, points))
    for band in book["bands"]:
        ends = [int(end) for end in band["points"].split("..")]
        if ends[0] <= points <= ends[-1]:
            return Answer(band["id"], band["id"], result={"points": points})
    raise AssertionError(f"no band for {points}")


def grid(book: Book, values: Values, look: Look) -> Answer:
    found = [row for row in book["rows"] if row_answers(book, row, values, look.today)]
    assert len(found) <= 1, f"{len(found)} rows answer"
    if not found:
        return Answer("otherwise", "otherwise", result=given(book, book["otherwise"]["gives"]))
    return Answer("found", "found", result=given(book, dict(zip(book["columns"], found[0], strict=True))))


def row_answers(book: Book, row: list[Any], values: Values, today: date) -> bool:
    currency, facts = book.get("currency", ""), book["facts"]
    return all(
        cell_holds(cell, facts[name], values[name], today, currency)
        for name, cell in zip(book["columns"], row, strict=True)
        if name in facts
    )
