"""How long the pages of the console take over fleets of several sizes, asked as a browser asks."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles

import httpx
from rich.table import Table

from database.session import Database
from database.shared import people
from database.shared.people import Invited
from database.shared.sessions import open_session
from web.console.navigation import GROUPS
from web.console.session import COOKIE

TIMES = 20
AIM = 300
"""Milliseconds."""

DEEP = (
    "/contracts?order=-days_late", "/contracts/C-7", "/contracts/C-7/schedule", "/drivers/D-7",
    "/search?text=Conducteur 77",
)  # fmt: skip
"""Beside the menu: a list in another order, single things, the search."""


@dataclass(frozen=True)
class Seen:
    """Milliseconds."""

    path: str
    half: float
    most: float
    size: int


async def cookie_of(database: Database, tenant: str) -> str:
    """Somebody who may see everything is signed in."""
    now = datetime.now(UTC)
    async with database.tenant(tenant) as tx:
        who = Invited(f"bench@{tenant}.example", "Bench", frozenset({"administrator"}))
        made = await people.invite(tx, tenant, who, "bench", people.ACTIVE)
        return await open_session(tx, tenant, made.id, "password", now)


async def asked(url: str, cookie: str) -> list[Seen]:
    """A page that does not answer 200 ends the bench."""
    menu = [place.path for group in GROUPS for place in group.places]
    seen = []
    headers = {"cookie": f"{COOKIE}={cookie}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60) as http:
        for path in (*menu, *DEEP):
            took = []
            for _ in range(TIMES + 1):
                began = time.perf_counter()
                answer = await http.get(f"/console{path}")
                took.append(1000 * (time.perf_counter() - began))
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
            cuts = quantiles(took[1:], n=20, method="inclusive")
            seen.append(Seen(path, cuts[9], cuts[18], len(answer.content)))
    return seen


def table(found: dict[int, list[Seen]]) -> Table:
    sizes = list(found)
    heads = [f"{size:,} drivers: p50, p95" for size in sizes]
    made = Table("page", *heads, "× at the largest", title="Pages of the console, ms")
    for rows in zip(*found.values(), strict=True):
        cells = [f"{one.half:.0f}, {one.most:.0f}" for one in rows]
        made.add_row(rows[0].path, *cells, f"{rows[-1].half / rows[0].half:.1f}")
    slow = [one.path for one in found[sizes[-1]] if one.most > AIM]
    made.caption = f"Above {AIM} ms at p95: {', '.join(slow) or 'none'}"
    return made
