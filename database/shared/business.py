"""Rows of the businesses that somebody may see: the first part of a process's name is its business."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, true


def seen(process: ColumnElement[Any], hidden: Collection[str]) -> ColumnElement[bool]:
    """All but those of ``hidden`` businesses."""
    return and_(true(), *(not_(process.startswith(f"{one}.", autoescape=True)) for one in sorted(hidden)))
