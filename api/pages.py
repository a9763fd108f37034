"""Pages of long lists: in a stable order, continued by an opaque cursor."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import Field

from api.fields import Shown
from domain.errors import BadInput, Mistake

Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=200, description="Items on a page.")]
Cursor = Annotated[str, Query(max_length=1000, description="`next` of the page before.")]


class Page(Shown, Generic[Item]):
    items: list[Item]
    next: str = Field("", description="The cursor of the next page; empty on the last one.")


def begin_after(cursor: str, filters: Sequence[object] = (), width: int = 1) -> tuple[str, ...]:
    """The sort key after which the page begins; empty texts for the first page. Raises BadInput."""
    if not cursor:
        return ("",) * width
    try:
        mark, *key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError):
        mark, key = "", []
    if len(key) != width or not all(isinstance(part, str) and part.isprintable() for part in key):
        raise spoilt_cursor()
    if mark != _mark(filters):
        raise BadInput(Mistake("cursor", "it belongs to other filters", "begin again without a cursor"))
    return tuple(key)


def begin_at(cursor: str, filters: Sequence[object] = ()) -> tuple[datetime, str] | None:
    """Of a list in the order of moments and names: those after which the page begins; None for the first
    page. Raises BadInput.
    """
    at, name = begin_after(cursor, filters, width=2)
    if not at:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise spoilt_cursor() from None
    if moment.tzinfo is None:
        raise spoilt_cursor()
    return moment, name


def spoilt_cursor() -> BadInput:
    return BadInput(Mistake("cursor", "not one of ours", "give the field next of the page before"))


def page(
    rows: Sequence[Row], limit: int, shown: Callable[[Row], Item], key: Callable[[Row], Sequence[str]],
    filters: Sequence[object] = (),
) -> Page[Item]:  # fmt: skip
    """Out of ``limit`` + 1 rows, of which the last only tells that there is more."""
    more = len(rows) > limit
    kept = rows[:limit]
    return Page(items=[shown(row) for row in kept], next=_cursor(key(kept[-1]), filters) if more else "")


def _cursor(key: Sequence[str], filters: Sequence[object]) -> str:
    text = json.dumps([_mark(filters), *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _mark(filters: Sequence[object]) -> str:
    return hashlib.sha256(repr([str(one) for one in filters]).encode()).hexdigest()[:8]
