"""Who acts: a person who is signed in, or a program with a key; and what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(minutes=5)
"""How long a factor that was shown counts for sensitive acts."""


class Extent(StrEnum):
    """How far a permission reaches: everything of the tenant, or what is the person's own."""

    ALL = "all"
    OWN = "own"


@dataclass(frozen=True)
class Claims:
    """What a genuine access token says: a person of a tenant, in one sign-in, or a key of the API.

    ``session`` is the sign-in by a program (a family of refresh tokens): the token is worth no more than it.
    """

    tenant: str
    person: str
    session: str = ""
    proved_at: datetime | None = None
    key: str = ""


@dataclass(frozen=True)
class Principal:
    """``who`` is what the trail keeps: ``person:<id>`` or ``key:<id>``.

    ``person`` is the id of the human being behind it, of a key its owner; empty for a program's own key.
    ``contact`` is the reference that own things hang on. ``proved_at`` is when a factor was last shown (UTC);
    None for a key, which is a factor itself.
    """

    tenant: str
    who: str
    grants: Mapping[str, Extent] = field(default_factory=dict)
    person: str = ""
    contact: str = ""
    roles: frozenset[str] = frozenset()
    proved_at: datetime | None = None

    @property
    def is_key(self) -> bool:
        return self.who.startswith("key:")

    def extent(self, permission: str) -> Extent | None:
        return self.grants.get("*") or self.grants.get(permission)

    def proved_lately(self, now: datetime) -> bool:
        return self.is_key or (self.proved_at is not None and now - self.proved_at <= FRESH)
