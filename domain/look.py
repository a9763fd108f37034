"""A recorded look at a subject: what was known of it, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Look:
    """``subject`` is `process:reference`, ``at`` aware. ``facts`` are JSON values as decisions keep them.

    ``done`` are keys of what was done for the subject before its first look.
    """

    subject: str
    at: datetime
    facts: Mapping[str, Any]
    done: frozenset[str] = frozenset()
