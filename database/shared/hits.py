"""What is found of what somebody looks for, by a piece of its name or by its reference."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.listing import has_name

FEW = 8
"""Of one kind."""


@dataclass(frozen=True)
class Hit:
    """``exact``: its reference is what was asked for. Kinds have their words and pages in the console."""

    kind: str
    ref: str
    name: str
    exact: bool


async def ask(tx: AsyncConnection, questions: Iterable[tuple[str, Select[Any]]], text: str) -> list[Hit]:
    """Each question gives ``ref`` and ``name``; nothing was asked by an empty text."""
    wanted, hits = text.strip(), list[Hit]()
    for kind, query in questions if wanted else ():
        for row in await tx.execute(query.limit(FEW)):
            hits.append(Hit(kind, row.ref, row.name or "", row.ref.casefold() == wanted.casefold()))
    return hits


def found(
    query: Select[Any], mine: ColumnElement[bool], ref: Any, has: ColumnElement[bool], text: str
) -> Select[Any]:
    """What is asked for to the letter comes first."""
    return query.where(mine, has).order_by(func.lower(ref) != text.lower(), ref)


def has(text: str, *columns: Any, spelt: Any) -> ColumnElement[bool]:
    """``spelt``: a name as directories sort it."""
    said = (column.icontains(text, autoescape=True) for column in columns)
    return or_(*said, has_name(spelt, text))
