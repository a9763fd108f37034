"""Shadow tenants: copies of what is, in which it goes on without anybody being told.

A shadow has its owner's settings, nobody's address, no list of tenants names it, and it goes without a trace.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import SHADOW

Row = dict[str, Any]
Change = Callable[[Row], Row]

PREFIX = SHADOW
UNNAMED = "nom({})"
"""Stands for a person's name in what a shadow writes; whoever shows it puts the name in."""

# Only the tables that this module and its callers name: a name is part of the statement.
_READ = "select to_jsonb(t) - 'tenant_id' from {table} t where t.tenant_id = :tenant and ({where}) {order}"
_COLUMNS = text(
    "select a.attname from pg_attribute a where a.attrelid = cast(:table as regclass) and a.attnum > 0 "
    "and not a.attisdropped and a.attgenerated = ''"
)


async def begin(tx: AsyncConnection, shadow: str, owner: str) -> None:
    """With the settings of its owner, in a transaction of the shadow."""
    await tx.execute(text("select open_shadow(:shadow, :owner)"), {"shadow": shadow, "owner": owner})


async def end(tx: AsyncConnection, shadow: str) -> None:
    """All of it, in a transaction of its own. What was never begun is no error."""
    await tx.execute(text("select end_shadow(:shadow)"), {"shadow": shadow})


async def rows(
    tx: AsyncConnection, tenant: str, table: str, where: str = "true", order: str = "", **given: object
) -> list[Row]:
    """As the database has them, whatever columns there are."""
    query = text(_READ.format(table=table, where=where, order=order))
    return list((await tx.execute(query, {"tenant": tenant, **given})).scalars())


async def write(tx: AsyncConnection, shadow: str, table: str, found: list[Row]) -> None:
    """Rows as `rows` gives them; what they do not say is as the table has it by default."""
    if not found:
        return
    there = set((await tx.execute(_COLUMNS, {"table": table})).scalars())
    named = [name for name in found[0] if name in there]
    columns = ", ".join(("tenant_id", *named))
    into = text(
        f"insert into {table} ({columns}) overriding system value select {columns} "
        f"from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb)) on conflict do nothing"
    )
    await tx.execute(into, {"rows": json.dumps([{**row, "tenant_id": shadow} for row in found])})


def without(row: Row, *names: str, **values: object) -> Row:
    """``names`` are left to the table's defaults, ``values`` are said otherwise."""
    return {**{name: value for name, value in row.items() if name not in names}, **values}


def unnamed(people: list[Row]) -> tuple[list[Row], Mapping[str, str]]:
    """Contacts without name and address, and what stands for each address that they had."""
    stand_ins: dict[str, str] = {}
    changed = []
    for row in people:
        ref = row["ref"]
        email = f"{ref.lower()}@shadow.invalid" if row.get("email") else None
        phone = f"+0{len(stand_ins):011}" if row.get("phone") else None
        for real, other in ((row.get("email"), email), (row.get("phone"), phone)):
            if real and other:
                stand_ins[real] = other
        changed.append({**row, "full_name": UNNAMED.format(ref), "email": email, "phone": phone})
    return changed, stand_ins
