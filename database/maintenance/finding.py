"""What somebody looks for among technicians and visits, by a piece of a name or by a reference."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import and_

from database.maintenance.tables import technician, visit
from database.shared.hits import Hit, ask, found, has
from database.shared.tables import contact


async def look_for(tx: AsyncConnection, tenant: str, text: str) -> list[Hit]:
    """Technicians, then visits by their customer and their work."""
    return await ask(tx, _questions(tenant, text.strip()), text)


def _questions(tenant: str, text: str) -> Iterable[tuple[str, Select[Any]]]:
    who = contact.c
    for kind, table, about in (
        ("technician", technician, who.full_name),
        ("visit", visit, func.concat_ws(" · ", func.nullif(who.full_name, ""), visit.c.work)),
    ):
        of = table.c
        join = table.outerjoin(contact, and_(who.tenant_id == of.tenant_id, who.ref == of.contact_ref))
        yield kind, found(
            select(of.ref, about.label("name")).select_from(join), of.tenant_id == tenant, of.ref,
            has(text, of.ref, about, spelt=who.sorting_name), text,
        )  # fmt: skip
