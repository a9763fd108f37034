"""Invented looks at a case: facts around the values at which a book changes its mind, and what was done."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from domain.money import Money
from tests.rules.witness.answer import answer
from tests.rules.witness.asked import Book, Look, Refused
from tests.rules.witness.invent import TODAY, Facts

ZONES = ["UTC", "Europe/Paris", "Africa/Douala", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"]
PREFIX = "p.q:C1"
CLOSED = [frozenset({5, 6}), frozenset({6}), frozenset({4, 5}), frozenset({0, 1, 2, 3, 4})]


def look(random: Random, book: Book) -> Look:
    """Around the day of the books, with the two nights on which Europe and America change their clocks."""
    day = TODAY + timedelta(days=random.randint(-15, 12))
    moment = time(random.randint(0, 23), random.choice([0, 0, 1, 15, 29, 30, 59]), random.choice([0, 0, 59]))
    if "hour" in book and random.random() < 0.3:
        moment = time.fromisoformat(book["hour"])
    closed, holiday = random.choice(CLOSED), day + timedelta(days=random.randint(-3, 3))
    return Look(
        PREFIX, datetime.combine(day, moment, UTC), random.choice(ZONES), frozenset(),
        lambda one: one.weekday() not in closed and one != holiday,
    )  # fmt: skip


def facts_for(random: Random, facts: Facts, book: Book, today: date) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, declared in facts.declared.items():
        if "missing" in declared and random.random() < 0.2:
            continue
        nothing = facts.nullable(name) and random.random() < 0.2
        given[name] = None if nothing else value(random, facts, name, today)
    if book["policy"] == "stages" and given.get("late") is not None and random.random() < 0.8:
        given["oldest_on"] = today - timedelta(days=given["late"])
    return given


def value(random: Random, facts: Facts, name: str, today: date) -> Any:
    kind, edges = facts.declared[name]["type"], facts.edges[name]
    edge = random.choice(edges) if edges and random.random() < 0.85 else None
    match kind:
        case "bool":
            return random.random() < 0.5
        case "enum":
            return random.choice(facts.declared[name]["values"])
        case "date":
            if edge is None:
                edge = random.randint(-10, 10)
            day = edge if isinstance(edge, date) else today + timedelta(days=edge)
            return day + timedelta(days=random.choice([-1, 0, 0, 1]))
        case "decimal" | "percent":
            near = Decimal(edge if edge is not None else facts.number(name))
            return near + Decimal(random.choice(["0", "0", "0.01", "-0.000001", "1"]))
    whole = int(edge if edge is not None else facts.number(name)) + random.choice([-1, 0, 0, 1])
    if kind == "money" and (facts.currency or random.random() < 0.5):
        return Money(facts.currency or random.choice(["EUR", "XAF"]), whole)
    return whole


def with_done(random: Random, book: Book, facts: Mapping[str, Any], asked: Look) -> Look:
    """Some of what earlier looks would have done, under this date or, after an extension, another."""
    if book["policy"] not in ("thresholds", "stages", "ladder") or random.random() < 0.3:
        return asked
    keys = set()
    for days in range(0, 16, random.randint(1, 4)):
        earlier = replace(asked, at=asked.at - timedelta(days=days))
        try:
            keys |= {step.key for step in answer(book, facts, earlier).steps}
        except Refused:
            return asked
    done = {key for key in sorted(keys) if random.random() < 0.5}
    if random.random() < 0.3:
        done |= elsewhere(random, keys)
    return replace(asked, done=frozenset(done))


def elsewhere(random: Random, keys: set[str]) -> set[str]:
    """What was done before the date moved, of a step with several effects perhaps only some."""
    return {moved(key, random.randint(-9, 9)) for key in sorted(keys) if random.random() < 0.5}


def moved(key: str, days: int) -> str:
    rest, _, day = key.rpartition(":")
    return f"{rest}:{date.fromisoformat(day) + timedelta(days=days)}"


STRANGE = [
    "5", "", "none", 5, 5.5, True, None, Decimal("NaN"), Decimal("-Infinity"), Decimal("5.5"),
    Money("EUR", 5), Money("XAF", 5), datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 1), date(1066, 10, 14),
    date.max, [5], {}, (),
]  # fmt: skip


def spoiled(random: Random, given: Mapping[str, Any]) -> dict[str, Any]:
    """One fact that no book takes, or one fact less, or one of another type."""
    made = dict(given)
    kind = random.random() if made else 1
    if kind < 0.3:
        del made[random.choice(list(made))]
    elif kind < 0.7:
        made[random.choice(list(made))] = random.choice(STRANGE)
    else:
        made["unheard_of"] = 1
    return made
