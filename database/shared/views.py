"""Lists as somebody saved them: what was asked, under a name, for oneself or for everybody of the tenant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.view_tables import saved_view
from domain.errors import Conflict

MOST = 50
"""Views that one person keeps."""


@dataclass(frozen=True)
class View:
    """``query`` is the address's own, as the list reads it; ``mine`` of who asks."""

    id: str
    name: str
    query: str
    shared: bool
    mine: bool


async def views_of(tx: AsyncConnection, tenant: str, person: str, listing: str) -> list[View]:
    """One's own and those that others share, by name."""
    table = saved_view.c
    seen = or_(table.person_id == person, table.shared)
    query = select(saved_view).where(table.tenant_id == tenant, table.list == listing, seen)
    rows = await tx.execute(query.order_by(func.lower(table.name), table.id))
    return [View(row.id, row.name, row.query, row.shared, row.person_id == person) for row in rows]


async def save_view(
    tx: AsyncConnection, tenant: str, person: str, listing: str, name: str, query: str, shared: bool,
    at: datetime,
) -> str:  # fmt: skip
    """A name that this person uses already gets the new question. Raises Conflict when there are too many."""
    table = saved_view.c
    mine = select(func.count()).where(table.tenant_id == tenant, table.person_id == person)
    if (await tx.execute(mine)).scalar_one() >= MOST:
        raise Conflict(f"{MOST} views are kept already: remove one first")
    kept = {"query": query, "shared": shared, "saved_at": at}
    row = {
        "tenant_id": tenant, "id": uuid4().hex[:12], "person_id": person, "list": listing, "name": name,
        **kept,
    }  # fmt: skip
    names = ["tenant_id", "person_id", "list", "name"]
    saved = insert(saved_view).values(row).on_conflict_do_update(index_elements=names, set_=kept)
    return str((await tx.execute(saved.returning(table.id))).scalar_one())


async def remove_view(tx: AsyncConnection, tenant: str, person: str, id: str) -> bool:
    """One's own alone. False when it is not there."""
    table = saved_view.c
    mine = (table.tenant_id == tenant, table.person_id == person, table.id == id)
    return bool((await tx.execute(delete(saved_view).where(*mine))).rowcount)
