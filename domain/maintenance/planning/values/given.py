"""JSON as somebody wrote it. Whatever does not do is named with its place, all of it at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any, TypeVar

from domain.errors import BadInput, Mistake
from domain.maintenance.planning import moments

T = TypeVar("T")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Signs that move a terminal's cursor or begin another line: nobody is called so."""
LONGEST = 200
LARGEST = 2**53
MOST_COUNTED = 10**6
MOST = 50
"""Mistakes that are told; who made more has made the same one."""


@dataclass
class Given:
    """One object. A field that does not do is a mistake and is read as something harmless."""

    value: Mapping[str, Any]
    where: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def __contains__(self, name: str) -> bool:
        """Null is as good as absent."""
        self.asked.add(name)
        return self.value.get(name) is not None

    def place(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def wrong(self, name: str, problem: str, mend: str) -> None:
        self.mistakes.append(Mistake(self.place(name), problem, mend))

    def finish(self) -> None:
        """A field that nobody asked for is most often a misspelt one."""
        for name in sorted(map(str, self.value.keys() - self.asked)):
            known = ", ".join(sorted(self.asked))
            self.wrong(name[:LONGEST], "no such field", f"known are {known}")

    def settle(self) -> None:
        """Raises BadInput."""
        if self.mistakes:
            raise BadInput(*self.mistakes[:MOST])

    def integer(self, name: str, default: int | None = None) -> int:
        return self._read(name, default, 0, _integer, "it is no whole number", "give one, such as 3500")

    def number(self, name: str) -> float:
        return self._read(name, None, 0.0, _number, "it is no number", "give one, such as 45.899")

    def text(self, name: str, default: str | None = None) -> str:
        problem = f"it is no text of 1 to {LONGEST} signs"
        return self._read(name, default, "", _text, problem, "give one")

    def flag(self, name: str, default: bool) -> bool:
        return self._read(name, default, default, _flag, "it is neither true nor false", "give one of them")

    def moment(self, name: str, default: int | None = None) -> int:
        mend = 'give hours and minutes, such as "08:30"'
        return self._read(name, default, 0, _moment, "it is no time", mend)

    def day(self, name: str) -> date:
        mend = 'give a day, such as "2026-03-09"'
        return self._read(name, None, date.min, _day, "it is no day", mend)

    def texts(self, name: str) -> tuple[str, ...]:
        return self._read(name, (), (), _texts, "it is no list of texts", 'give one, such as ["north"]')

    def counts(self, name: str) -> dict[str, int]:
        """A whole number by name."""
        mend = 'give numbers by name, such as {"boiler": 2}'
        return self._read(name, {}, {}, _counts, "it is no object of whole numbers from 0 up", mend)

    def object(self, name: str) -> "Given | None":
        """Nothing where it is absent or no object."""
        if name not in self:
            return None
        return self._inner(self.value[name], self.place(name))

    def objects(self, name: str) -> list["Given"]:
        if name not in self:
            return []
        listed = self.value[name]
        if not isinstance(listed, list | tuple):
            self.wrong(name, "it is no list", "give a list of objects")
            return []
        inner = [self._inner(one, f"{self.place(name)}[{index}]") for index, one in enumerate(listed)]
        return [one for one in inner if one is not None]

    def _inner(self, value: Any, where: str) -> "Given | None":
        if not isinstance(value, Mapping):
            self.mistakes.append(
                Mistake(where, "it is no object", "give one with the fields of docs/planning.md")
            )
            return None
        return Given(value, where, self.mistakes)

    def _read(
        self, name: str, default: T | None, harmless: T, read: Callable[[Any], T | None], problem: str,
        mend: str,
    ) -> T:  # fmt: skip
        if name not in self:
            if default is None:
                self.wrong(name, "it is missing", mend)
                return harmless
            return default
        found = read(self.value[name])
        if found is None:
            self.wrong(name, problem, mend)
            return harmless
        return found


def whole(value: Any, where: str = "") -> Given:
    """Raises BadInput."""
    if not isinstance(value, Mapping):
        raise BadInput(Mistake(where or "document", "it is no JSON object", "give one: {…}"))
    return Given(value, where)


def _integer(value: Any) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
    return value if fits else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= LARGEST and isfinite(value) else None


def _text(value: Any) -> str | None:
    fits = isinstance(value, str) and 0 < len(value) <= LONGEST and not CONTROL.search(value)
    return value if fits else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _moment(value: Any) -> int | None:
    return moments.read(value) if isinstance(value, str) else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _texts(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or not all(_text(one) for one in value):
        return None
    return tuple(value)


def _counts(value: Any) -> dict[str, int] | None:
    """A list of names says 1 of each."""
    if isinstance(value, list | tuple):
        return dict.fromkeys(value, 1) if all(_text(one) for one in value) else None
    if not isinstance(value, Mapping):
        return None
    return dict(value) if all(_text(name) and _is_count(one) for name, one in value.items()) else None


def _is_count(value: Any) -> bool:
    """Nobody has less than nothing, and solvers reckon with sums of them."""
    number = _integer(value)
    return number is not None and 0 <= number <= MOST_COUNTED
