"""How long the pages of the console take over fleets of several sizes, asked as a browser asks."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
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
    "/contracts?order=-days_late", "/contracts?state=active&late=31&order=-arrears",
    "/contracts?order=driver", "/contracts?text=77", "/drivers?late=1&order=-days_late",
    "/drivers?text=conducteur 77", "/payments?channel=cash", "/contracts/C-7", "/contracts/C-7/schedule",
    "/drivers/D-7", "/search?text=Conducteur 77", "/messages?state=failed", "/alerts?state=closed",
)  # fmt: skip
"""Beside the menu: lists in other orders and narrowed, single things, the search."""
FURTHER = ("/drivers", "/contracts?order=driver", "/contracts?order=-days_late", "/payments")
"""Lists of which the tenth page is asked as well: it has to cost what the first one does."""
PAGE = 10
ONWARD = re.compile(r'href="/console([^"]+)" rel="next"')


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
            seen.append(await _timed(http, path, path))
        for path in FURTHER:
            seen.append(await _timed(http, f"{path}, page {PAGE}", await _page_of(http, path)))
    return seen


async def _timed(http: httpx.AsyncClient, name: str, path: str) -> Seen:
    took = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        size = len(await _read(http, path))
        took.append(1000 * (time.perf_counter() - began))
    cuts = quantiles(took[1:], n=20, method="inclusive")
    return Seen(name, cuts[9], cuts[18], size)


async def _page_of(http: httpx.AsyncClient, path: str) -> str:
    """The address of a page further on; the last one that there is, where there are fewer."""
    for _ in range(PAGE - 1):
        onward = ONWARD.search(await _read(http, path))
        if onward is None:
            break
        path = unescape(onward[1])
    return path


async def _read(http: httpx.AsyncClient, path: str) -> str:
    answer = await http.get(f"/console{path}")
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    return answer.text


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
