"""Revisions of tenants that were read already: few enough to stay in memory, whoever publishes how much."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from rules.engine import Book
from rules.errors import BookError

Key = tuple[str, str, str]
"""Book, SHA-256 of the text, and the shipped revision with which it had to agree."""


@dataclass(frozen=True)
class Refused:
    """A revision that was valid when it was sent and is not any more: a template is gone, say."""

    errors: tuple[BookError, ...]


class Revisions:
    """The latest used stay. Safe between threads; the same text of two tenants is read once."""

    def __init__(self, most: int = 256, largest: int = 16_000_000) -> None:
        """At most so many revisions, of so many characters in all."""
        self._most, self._largest = most, largest
        self._kept: OrderedDict[Key, tuple[Book | Refused, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Book | Refused | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Key, found: Book | Refused, size: int) -> None:
        with self._lock:
            self._forget(key)
            self._kept[key] = found, size
            self._size += size
            while len(self._kept) > 1 and (len(self._kept) > self._most or self._size > self._largest):
                self._forget(next(iter(self._kept)))

    def _forget(self, key: Key) -> None:
        if key in self._kept:
            self._size -= self._kept.pop(key)[1]
