"""A case's life as a reader is told it: sentences first, facts behind them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from babel.numbers import format_currency

from database.shared.timeline import Happening
from domain.errors import NotFound
from domain.money import DIGITS, Money
from rules.engine import Book
from rules.library import Library
from rules.stages import Stages
from web.console.language import Words
from web.console.moments import Moments, Tile

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SIGNED_LINK = re.compile(r"(/a/)[\w.~-]{6,}")


@dataclass(frozen=True)
class Told:
    """One local day of the story."""

    tile: Tile
    happenings: list[Happening]


@dataclass(frozen=True)
class Narrator:
    """Knows the labels that the books give to facts."""

    library: Library
    words: Words
    moments: Moments

    def days(self, happened: Iterable[Happening]) -> list[Told]:
        """The latest day first; within a day, in the order of things."""
        ordered = sorted(happened, key=lambda happening: happening.at)
        grouped = groupby(ordered, key=lambda happening: self.moments.day_of(happening.at))
        told = [Told(self.moments.tile(day, counts=False), list(items)) for day, items in grouped]
        return told[::-1]

    def facts(self, books: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Labels and values. ``books`` is as decisions keep it, joined by ``+``."""
        known = {name: fact.label for book in self._books(books) for name, fact in book.facts.items()}
        return [
            (known[name].to(self.words.locale) if name in known else name, self.value(value))
            for name, value in facts.items()
        ]

    def near(
        self, books: str, misses: Iterable[Mapping[str, Any]], decided_on: date
    ) -> list[tuple[str, str]]:
        """What one changed fact would have brought at that decision: when or if, and then what."""
        return [
            (condition, self.words.both(miss["why"]))
            for miss in misses
            if (condition := self._condition(books, miss, decided_on))
        ]

    def value(self, value: Any) -> str:
        if value is None or value in ("", "none"):
            return "—"
        if isinstance(value, bool) or value in ("true", "false"):
            return self.words("yes" if value in (True, "true") else "no")
        if isinstance(value, dict) and value.get("currency") in DIGITS and "minor" in value:
            return self._amount(Money(value["currency"], int(value["minor"])))
        if isinstance(value, str) and ISO_DAY.fullmatch(value):
            return self._day(value)
        if isinstance(value, list):
            return ", ".join(self.value(item) for item in value) or "—"
        return self.words.of("value", str(value)) if isinstance(value, str) else str(value)

    def _condition(self, books: str, miss: Mapping[str, Any], decided_on: date) -> str:
        name, actual, needed = miss["fact"], str(miss["actual"]), str(miss["needed"])
        if name in self._measures(books):
            on = decided_on + timedelta(days=int(needed) - int(actual))
            return self._coming(on) if on > decided_on and on >= self.moments.today else ""
        label = self.facts(books, {name: needed})[0][0]
        return self.words("near.if", fact=label, needed=self.value(needed), actual=self.value(actual))

    def _coming(self, on: date) -> str:
        return f"{self.moments.short(on)}, {self.moments.days_away((on - self.moments.today).days)}"

    def _measures(self, books: str) -> set[str]:
        """Facts that grow by one every day: their distance is a time to come."""
        return {book.table.measure for book in self._books(books) if isinstance(book.table, Stages)}

    def _books(self, names: str) -> list[Book]:
        found = []
        for name in names.split("+"):
            try:
                found.append(self.library.book(name))
            except NotFound:
                continue
        return found

    def _amount(self, money: Money) -> str:
        locale = "fr_CM" if (money.currency, self.words.locale) == ("XAF", "fr") else self.words.locale
        return format_currency(money.decimal, money.currency, locale=locale)

    def _day(self, text: str) -> str:
        try:
            return self.moments.written(date.fromisoformat(text))
        except ValueError:
            return text


def without_keys(text: str) -> str:
    """A message's text without the signature of its link: to read it is not to answer for its reader."""
    return SIGNED_LINK.sub(r"\1…", text)
