"""Where an alert leads: to its case, and where there is none to the page of what it is about."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import process_case
from web.console.visit import BASE, Visit

PAGES: Mapping[str, tuple[str, str]] = {
    "platform.sign_in": ("audit:read", "/audit?object=person%3A{ref}"),
    "platform.access": ("audit:read", "/audit?action=access.refused"),
    "platform.anchoring": ("audit:read", "/audit"),
    "platform.webhook": ("webhooks:read", "/webhooks/{ref}"),
    "platform.retention": ("rules:read", "/books/platform/retention"),
    "fleet.score": ("fleet:read", "/drivers"),
    "fleet.contract": ("imports:write", "/kept-aside"),
}
"""By process: who may read the page, and its address. Money without a contract was kept aside."""


async def places_of(visit: Visit, tx: AsyncConnection, alerts: Iterable[Row[Any]]) -> dict[int, str]:
    """By the alert's number; what leads nowhere, or to a page of others, is left out."""
    wanted = {one.id: (one.process, one.ref) for one in alerts}
    mine = process_case.c
    pair = tuple_(mine.process, mine.ref)
    query = select(mine.process, mine.ref).where(mine.tenant_id == visit.tenant.id, pair.in_(wanted.values()))
    cases = {(row.process, row.ref) for row in await tx.execute(query)} if wanted else set()
    found = {id: _place(visit, *about, about in cases) for id, about in wanted.items()}
    return {id: place for id, place in found.items() if place}


def _place(visit: Visit, process: str, ref: str, is_case: bool) -> str:
    if is_case:
        return f"{BASE}/cases/{quote(process, safe='')}/{quote(ref, safe='')}"
    permission, path = PAGES.get(process, ("", ""))
    return f"{BASE}{path.format(ref=quote(ref, safe=''))}" if path and visit.may(permission) else ""
