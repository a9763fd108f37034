"""Dues of schedules as rows, thousands at a time."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.rows import Row

COLUMNS = {
    "contract_ref": "text", "number": "int", "due_on": "date", "amount_minor": "bigint",
    "principal_minor": "bigint", "charge_minor": "bigint", "kind": "text", "cumulative_minor": "bigint",
}  # fmt: skip
WRITE = text(
    f"insert into due (tenant_id, {', '.join(COLUMNS)}) select :tenant, * from unnest("
    + ", ".join(f"cast(:{name} as {kind}[])" for name, kind in COLUMNS.items())
    + ")"
)
"""Columns rather than rows: behind row-level security PostgreSQL takes no COPY, and this comes near to it."""


async def write_dues(tx: AsyncConnection, tenant: str, rows: Sequence[Row]) -> None:
    """Rows as `due_rows` gives them."""
    if rows:
        columns = {name: [row[name] for row in rows] for name in COLUMNS}
        await tx.execute(WRITE, {"tenant": tenant, **columns})
