"""What the application sees of backups and restores: tables of the platform, which it only reads."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Table, Text, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.base import metadata
from database.shared.tables import AT, tenant

backup_run = Table(
    "backup_run", metadata, Column("id", BigInteger, primary_key=True), Column("archive", Text),
    Column("began_at", AT), Column("ended_at", AT), Column("state", Text), Column("bytes", BigInteger),
    Column("problem", Text),
)  # fmt: skip

restoration = Table(
    "restoration", metadata, Column("id", BigInteger, primary_key=True), Column("archive", Text),
    Column("taken_at", AT), Column("restored_at", AT), Column("asks_until", AT),
)  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """What happened between the two moments is not known any more: the database was restored."""

    taken_at: datetime
    restored_at: datetime


async def gaps(tx: AsyncConnection) -> list[Gap]:
    """Of the restores of the last weeks."""
    query = select(restoration).where(restoration.c.asks_until > func.now()).order_by(restoration.c.id)
    return [Gap(row.taken_at, row.restored_at) for row in await tx.execute(query)]


async def recent_gap(tx: AsyncConnection) -> Gap | None:
    """From the first moment to the last, when several restores followed each other."""
    found = await gaps(tx)
    if not found:
        return None
    return Gap(min(gap.taken_at for gap in found), max(gap.restored_at for gap in found))


@dataclass(frozen=True)
class Backups:
    """``problem`` is the last run's, empty when it was good; ``began_at`` is set while one is made."""

    last_good: datetime | None
    began_at: datetime | None
    problem: str


async def backups(tx: AsyncConnection) -> Backups:
    query = select(backup_run).order_by(backup_run.c.began_at.desc()).limit(1)
    last = (await tx.execute(query)).first()
    good = select(func.max(backup_run.c.began_at)).where(backup_run.c.state == "good")
    running = last.began_at if last and last.state == "running" else None
    return Backups((await tx.execute(good)).scalar(), running, last.problem if last else "")


async def platform_since(tx: AsyncConnection) -> datetime | None:
    """When the first tenant came; before, there is nothing to lose."""
    came = func.min(literal_column("created_at", AT))
    return (await tx.execute(select(came).select_from(tenant))).scalar()
