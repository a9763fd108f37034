"""Invented books: every type of fact, every form of cell, valid by the way they are made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

TODAY = date(2026, 3, 20)
"""The middle of the days that invented books and looks are about."""
CHANNELS = ["sms", "email"]
TEMPLATE = "fleet/dunning/courtesy"
VALUES = ["low", "mid", "high", "none", "top"]


@dataclass
class Facts:
    """What a book declares, and the values at which its cells change their mind."""

    random: Random
    currency: str = ""
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    edges: dict[str, list[Any]] = field(default_factory=dict)

    def new(self, name: str, kind: str, missing: str | None = None) -> str:
        body: dict[str, Any] = {"type": kind, "label": {"fr": name, "en": name}, "use": "record"}
        if kind == "enum":
            body["values"] = self.random.sample(VALUES, self.random.randint(2, 5))
        if missing is not None:
            body["missing"] = missing
        self.declared[name], self.edges[name] = body, []
        return name

    def any(self, name: str) -> str:
        random = self.random
        self.new(name, random.choice(["int", "int", "decimal", "percent", "money", "enum", "bool", "date"]))
        if random.random() < 0.4:
            self.declared[name]["missing"] = self.word(name)
        elif random.random() < 0.5:
            self.declared[name]["missing"] = "none"
            if "none" in self.declared[name].get("values", []):
                del self.declared[name]["missing"]
        return name

    def nullable(self, name: str) -> bool:
        body = self.declared[name]
        return body.get("missing") == "none" and "none" not in body.get("values", [])

    def number(self, name: str) -> Any:
        """A value of the fact, near those already used."""
        random, kind = self.random, self.declared[name]["type"]
        match kind:
            case "int":
                return random.randint(-3, 12)
            case "money":
                return random.randint(-500, 3000) if self.currency else random.randint(-3, 30)
            case "date":
                return TODAY + timedelta(days=random.randint(-12, 12))
            case _:
                return Decimal(random.randint(-30, 1200)).scaleb(-random.randint(0, 2))

    def written(self, name: str, value: Any) -> str:
        kind = self.declared[name]["type"]
        self.edges[name].append(value)
        if kind == "money" and self.currency == "EUR":
            return str(Decimal(value).scaleb(-2))
        if kind == "int" and value >= 0 and self.random.random() < 0.1:
            return f"+{value}"
        return f"{value:f}" if isinstance(value, Decimal) else str(value)

    def word(self, name: str) -> str:
        kind = self.declared[name]["type"]
        if kind == "bool":
            return self.random.choice(["true", "false"])
        if kind == "enum":
            return str(self.random.choice(self.declared[name]["values"]))
        return self.written(name, self.number(name))

    def limit(self, name: str) -> str:
        """The end of a range: a value, or for dates a day counted from today."""
        if self.declared[name]["type"] == "date" and self.random.random() < 0.5:
            return self.moving(name, self.random.randint(-6, 6))
        return self.written(name, self.number(name))

    def moving(self, name: str, away: int) -> str:
        self.edges[name].append(away)
        space = " " if self.random.random() < 0.2 else ""
        if away == 0 and self.random.random() < 0.7:
            return "today"
        return f"today{space}{'-' if away < 0 else '+'}{space}{abs(away)}d"

    def cell(self, name: str) -> Any:
        if self.random.random() < 0.2:
            return [self.plain(name) for _ in range(self.random.randint(1, 3))]
        if self.random.random() < 0.03:
            return "any"
        plain = self.plain(name)
        return f"not {plain}" if self.random.random() < 0.2 else plain

    def plain(self, name: str) -> str:
        if self.nullable(name) and self.random.random() < 0.15:
            return "none"
        if self.declared[name]["type"] in ("bool", "enum"):
            return self.word(name)
        forms: list[Callable[[str], str]] = [self.limit, self.compared, self.compared, self.half, self.range]
        return self.random.choice(forms)(name)

    def compared(self, name: str) -> str:
        space = self.random.choice(["", " "])
        return f"{self.random.choice(['>=', '<=', '>', '<', '='])}{space}{self.limit(name)}"

    def half(self, name: str) -> str:
        end = self.limit(name)
        return self.random.choice([f"{end}..", f"..{end}", f">{end}..", f"..<{end}"])

    def range(self, name: str) -> str:
        """Wide enough to hold something whatever is marked to be without its ends."""
        low, high = self.ends(name)
        return f"{self.random.choice(['', '', '>'])}{low}..{self.random.choice(['', '', '<'])}{high}"

    def ends(self, name: str) -> tuple[str, str]:
        random = self.random
        if self.declared[name]["type"] == "date" and random.random() < 0.5:
            low = random.randint(-6, 3)
            return self.moving(name, low), self.moving(name, low + random.randint(2, 6))
        low = self.number(name)
        wide = random.randint(2, 6)
        return self.written(name, low), self.written(
            name, low + (timedelta(days=wide) if isinstance(low, date) else wide)
        )

    def when(self, least: int = 1, most: int = 3) -> dict[str, Any]:
        names = list(self.declared)
        chosen = self.random.sample(names, min(len(names), self.random.randint(least, most)))
        return {name: self.cell(name) for name in chosen}


def why() -> dict[str, str]:
    return {"fr": "Parce que.", "en": "Because."}


def head(random: Random, policy: str) -> tuple[dict[str, Any], Facts]:
    book: dict[str, Any] = {
        "policy": policy, "name": "book", "title": {"fr": "Livre", "en": "Book"}, "version": "1",
    }  # fmt: skip
    facts = Facts(random)
    if random.random() < 0.4:
        facts.currency = random.choice(["EUR", "XAF"])
        book["currency"] = facts.currency
    if random.random() < 0.5:
        book["hour"] = hour(random)
    for number in range(random.randint(1, 4)):
        facts.any(f"f{number}")
    book["facts"] = facts.declared
    return book, facts


def hour(random: Random) -> str:
    return f"{random.randint(0, 23):02d}:{random.choice([0, 15, 30, 59]):02d}"


def effects(random: Random, least: int = 0) -> dict[str, Any]:
    """One to four effects whose marks differ, in any order, alone or in a list."""
    send = {"template": TEMPLATE, "to": "driver", "channels": random.choice([CHANNELS, ["sms"], "email"])}
    more = {**send, "to": "tutor"}
    alert = {"team": "operations", "title": {"fr": "Attention", "en": "Attention"}}
    possible = [
        ("send", random.choice([send, [send], [send, more]])),
        ("alert", random.choice([alert, [alert]])),
        ("act", random.choice(["expire", ["expire", "complete"], ["complete"]])),
    ]
    return dict(random.sample(possible, random.choices([0, 1, 2, 3], [0 if least else 4, 5, 2, 1])[0]))


def gives(random: Random, book: dict[str, Any], facts: Facts) -> Callable[[], dict[str, str]]:
    """Declares values given, and returns what makes those of one row."""
    own = Facts(random, facts.currency)
    kinds = ["int", "decimal", "percent", "enum", "bool", "date"] + ["money"] * 2 * bool(facts.currency)
    for number in range(random.randint(1, 3)):
        own.new(f"g{number}", random.choice(kinds))
    for body in own.declared.values():
        del body["use"]
    book["gives"] = own.declared
    return lambda: {name: own.word(name) for name in own.declared}
