"""Holes that were published in the packages of a lock, as OSV tells them (https://osv.dev)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import httpx

from domain.errors import DomainError

ADDRESS = "https://api.osv.dev"
AT_ONCE = 500
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
PROMISED = {"CRITICAL": timedelta(days=7), "HIGH": timedelta(days=30)}
OTHERWISE = timedelta(days=90)
UNTOLD = "HIGH"
"""What nobody has rated is taken for serious."""


class NoAdvisories(DomainError):
    """OSV does not answer, or answers what is none of its answers."""

    slug = "no-advisories"


@dataclass(frozen=True)
class Package:
    name: str
    version: str


@dataclass(frozen=True)
class Hole:
    package: Package
    id: str
    summary: str
    rating: str
    published_at: datetime

    @property
    def due_at(self) -> datetime:
        """Until when the package is to be renewed: docs/runbook.md, "Dependencies"."""
        return self.published_at + PROMISED.get(self.rating, OTHERWISE)


def pinned(lock: str) -> list[Package]:
    return [Package(name, version) for name, version in PINNED.findall(lock)]


def holes(http: httpx.Client, packages: Sequence[Package]) -> list[Hole]:
    """The most urgent first, each once for a package; only names and versions are told.

    Raises NoAdvisories.
    """
    try:
        found = [(package, id) for package, ids in _known(http, packages) for id in ids]
        told = {id: _asked(http.get(f"/v1/vulns/{id}")) for id in {id for _, id in found}}
        made = [_hole(package, told[id]) for package, id in found if not told[id].get("withdrawn")]
        return sorted(_once(made, told), key=lambda hole: (hole.due_at, hole.package.name, hole.id))
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAdvisories(f"no advisories from {http.base_url}: {error or type(error).__name__}") from None


def _known(http: httpx.Client, packages: Sequence[Package]) -> Iterator[tuple[Package, list[str]]]:
    waiting = iter(packages)
    while some := list(islice(waiting, AT_ONCE)):
        asked = [{"package": {"name": one.name, "ecosystem": "PyPI"}, "version": one.version} for one in some]
        answered = _asked(http.post("/v1/querybatch", json={"queries": asked}))["results"]
        for package, result in zip(some, answered, strict=True):
            yield package, [one["id"] for one in result.get("vulns", ())]


def _asked(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def _hole(package: Package, told: dict[str, Any]) -> Hole:
    rating = str(told.get("database_specific", {}).get("severity") or UNTOLD).upper()
    published_at = datetime.fromisoformat(told["published"])
    return Hole(package, _line(told["id"]), _line(told.get("summary", "")), _line(rating), published_at)


def _line(text: str) -> str:
    """What a terminal shows and does not obey."""
    return "".join(sign for sign in text if sign.isprintable())[:200]


def _once(found: list[Hole], told: dict[str, dict[str, Any]]) -> Iterator[Hole]:
    """One hole has a name with each of several lists: the one that rates it is kept."""
    names = {id: {id, *one.get("aliases", ())} for id, one in told.items()}
    rated_first = sorted(found, key=lambda hole: "severity" not in told[hole.id].get("database_specific", {}))
    seen: set[tuple[Package, str]] = set()
    for hole in rated_first:
        known = {(hole.package, name) for name in names[hole.id]}
        if not known & seen:
            yield hole
        seen |= known
