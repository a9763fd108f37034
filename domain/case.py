"""A case: one obligation of one tenant, watched by one workflow."""

import re
from dataclasses import dataclass
from datetime import datetime

from domain.errors import Mistake

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a reference looks like. No colon and no slash: references are parts of keys and addresses."""

PROCESS = re.compile(r"[a-z_]+\.[a-z_]+")

SHADOW = "shadow-"
"""How the names of tenants begin in which nothing is real."""


def reference_mistakes(**references: str) -> list[Mistake]:
    """By the names of the fields."""
    mend = "use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit"
    return [
        Mistake(name, f"{value!r} is not a reference", mend)
        for name, value in references.items()
        if not REFERENCE.fullmatch(value)
    ]


@dataclass(frozen=True)
class Case:
    """The argument of every process.

    ``process`` is ``domain.process`` (``fleet.dunning``), ``ref`` the subject's reference in the
    tenant (a contract, a project), ``zone`` the tenant's IANA time zone.
    """

    tenant: str
    process: str
    ref: str
    zone: str

    @property
    def workflow_id(self) -> str:
        return f"{self.process}:{self.tenant}:{self.ref}"

    @property
    def domain(self) -> str:
        return self.process.partition(".")[0]

    @property
    def is_shadow(self) -> bool:
        return self.tenant.startswith(SHADOW)


def read_workflow_id(workflow_id: str) -> tuple[str, str, str] | None:
    """Process, tenant and reference; nothing for a process that has no case.

    A schedule's runs are named after their moment, `platform.backup-2031-03-03T09:00:00Z`.
    """
    parts = workflow_id.split(":")
    if len(parts) != 3 or not all(parts) or not PROCESS.fullmatch(parts[0]):
        return None
    return parts[0], parts[1], parts[2]


@dataclass(frozen=True)
class Review:
    """One look at a case. ``at`` is the workflow's own time (UTC); ``run`` and ``number`` make it unique."""

    case: Case
    at: datetime
    run: str
    number: int


@dataclass(frozen=True)
class Ring:
    """Why a sleeping process is woken: the name of a fact, for the reader only. It carries no decision."""

    fact: str


@dataclass(frozen=True)
class Outcome:
    """How a process ended, and how many reviews it took."""

    closed: str
    reviews: int
