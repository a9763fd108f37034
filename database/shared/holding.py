"""What a table holds of people: column by column, how it reaches a person, and what becomes of it.

Conditions are SQL over one row. They may name ``:contacts``, ``:persons``, ``:addresses``, ``:actors``,
``:processes`` with ``:refs`` (the person's own cases), ``:case_refs``, ``:mentions``, ``:digits`` and
``:spoken`` (see `database/privacy/subject.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ERASED = "[erased]"
"""Stands where a text must not be empty."""


class Data(StrEnum):
    """Classes of personal data, as the register of processing names them."""

    IDENTITY = "identity"
    ADDRESS = "address"
    WORDS = "words"
    ONLINE = "online"


class Act(StrEnum):
    WIPE = "wipe"
    """The row stays, its personal columns are emptied."""
    DELETE = "delete"
    STAY = "stay"


@dataclass(frozen=True)
class Wiped:
    """A personal column, and the SQL value that takes its place."""

    data: Data
    value: str = "''"


NAME = Wiped(Data.IDENTITY)
ADDRESS, NO_ADDRESS = Wiped(Data.ADDRESS), Wiped(Data.ADDRESS, "null")
WORDS, NO_WORDS = Wiped(Data.WORDS), Wiped(Data.WORDS, "null")
MUST_SAY = Wiped(Data.WORDS, f"'{ERASED}'")
NO_LIST = Wiped(Data.WORDS, "'[]'")
NO_OBJECT = Wiped(Data.WORDS, "'{}'")

ARRAY = "cast(:{} as text[])"
OWN_CASE = "(process, ref) in (select * from unnest(cast(:processes as text[]), cast(:refs as text[])))"


def of_contact(column: str = "contact_ref") -> str:
    return f"{column} = any({ARRAY.format('contacts')})"


def of_person(column: str = "person_id") -> str:
    return f"{column} = any({ARRAY.format('persons')})"


@dataclass(frozen=True)
class Holding:
    """Every column stands in exactly one of ``plain``, ``references``, ``secrets``, ``derived``, ``wiped``.

    ``derived`` the database makes of the others: emptied with them, never exported. ``references`` are opaque
    and stay; ``secrets`` (digests, keys, what is sealed under a person's key) are
    never exported. ``sweep`` takes the place of ``reach`` where an erasure has to go further than what can be
    shown to belong to the person. ``law`` names the one that keeps the rows from ``dated`` on; ``term`` the
    category of `rules/platform/retention.yaml` after which the rows, ``dated`` and ``over``, go.
    """

    table: str
    processing: str
    reach: str = ""
    sweep: str = field(default="", kw_only=True)
    act: Act = Act.STAY
    plain: str = ""
    references: str = ""
    secrets: str = ""
    derived: str = field(default="", kw_only=True)
    wiped: Mapping[str, Wiped] = field(default_factory=dict)
    law: str = ""
    term: str = ""
    dated: str = ""
    over: str = "true"

    @property
    def columns(self) -> list[str]:
        """As they are classified; `tenant_id` and what is listed twice are the caller's to find."""
        named = " ".join((self.plain, self.references, self.secrets, self.derived)).split()
        return [*named, *self.wiped]

    @property
    def exported(self) -> list[str]:
        hidden = f"{self.secrets} {self.derived}".split()
        return [name for name in self.columns if name not in hidden]

    @property
    def personal(self) -> bool:
        return bool(self.reach)

    @property
    def data(self) -> frozenset[Data]:
        return frozenset(one.data for one in self.wiped.values())


@dataclass(frozen=True)
class Ground:
    """What a business says of its people. All are SQL for one tenant, ``:tenant``.

    ``cases``: ``process, ref`` of the cases that are about ``:contacts``, and of what the trail names alike.
    ``open``: ``kind, ref`` of what must be over before they are erased, on ``:today``. ``relations``:
    ``contact_ref, ended_on`` (null: not over) of everybody.
    """

    holdings: tuple[Holding, ...]
    cases: str
    open: str
    relations: str
