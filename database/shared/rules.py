"""Rule books of a tenant: revisions are rows, and the review reads those in force on its own day."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, ScalarSelect, bindparam, column, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.base import Json
from database.shared import audit
from database.shared.audit import Actor
from database.shared.tables import rule_revision, shipped_rule
from domain.errors import NotFound
from domain.publication import Version

Versions = Mapping[str, tuple[Version, ...]]
"""By book: the revision in force, then those before it that nobody took back, up to DEEP in all."""

DEEP = 3
"""How far to look back when a revision can no longer be read."""


@dataclass(frozen=True)
class Draft:
    """A book that was checked. ``revision`` is the hash of its table, ``content`` the text."""

    book: str
    revision: str
    content: str
    version: str
    note: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content.encode()).hexdigest()


@dataclass(frozen=True)
class Revision:
    """Without its text, which can be large. ``author`` is who sent it."""

    book: str
    revision: str
    sha256: str
    version: str
    author: str
    note: str
    created_at: datetime


TOLD = tuple(rule_revision.c[name] for name in Revision.__dataclass_fields__)


async def add_revision(tx: AsyncConnection, tenant: str, actor: Actor, draft: Draft, at: datetime) -> bool:
    """Keep a book that was checked; it is not in force yet. False when this table is kept already."""
    row = {
        "tenant_id": tenant, "book": draft.book, "revision": draft.revision, "content": draft.content,
        "sha256": draft.sha256, "version": draft.version, "author": actor.who, "note": draft.note,
        "created_at": at,
    }  # fmt: skip
    kept = insert(rule_revision).values(row).on_conflict_do_nothing().returning(rule_revision.c.revision)
    new = (await tx.execute(kept)).first() is not None
    after = {"revision": draft.revision, "sha256": draft.sha256, "note": draft.note, "new": new}
    await audit.write(tx, tenant, actor, "rule.revision_added", thing(draft.book), after=after)
    return new


def thing(book: str) -> str:
    """What the audit trail calls a book."""
    return f"rule:{book}"


async def revisions_of(
    tx: AsyncConnection, tenant: str, book: str, before: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Revision]:
    """The latest first, beginning after the pair of moment and revision ``before``."""
    mine = rule_revision.c
    query = select(*TOLD).where(mine.tenant_id == tenant, mine.book == book)
    if before:
        query = query.where(tuple_(mine.created_at, mine.revision) < tuple_(*before))
    latest = query.order_by(mine.created_at.desc(), mine.revision.desc()).limit(limit)
    return [_revision(row) for row in await tx.execute(latest)]


async def revision_of(tx: AsyncConnection, tenant: str, book: str, revision: str) -> Revision:
    """Raises NotFound."""
    mine = rule_revision.c
    query = select(*TOLD).where(mine.tenant_id == tenant, mine.book == book, mine.revision == revision)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("revision", f"{book}@{revision}")
    return _revision(row)


async def revision_content(tx: AsyncConnection, tenant: str, book: str, revision: str) -> str:
    """The text of a revision of the tenant. Raises NotFound."""
    mine = rule_revision.c
    query = select(mine.content).where(
        mine.tenant_id == tenant, mine.book == book, mine.revision == revision
    )  # fmt: skip
    content = (await tx.execute(query)).scalar()
    if content is None:
        raise NotFound("revision", f"{book}@{revision}")
    return str(content)


async def any_content(tx: AsyncConnection, tenant: str, book: str, revision: str) -> str:
    """The text of any revision that a decision can name, shipped ones included. Raises NotFound."""
    try:
        return await revision_content(tx, tenant, book, revision)
    except NotFound:
        shipped = shipped_rule.c
        query = select(shipped.content).where(shipped.book == book, shipped.revision == revision)
        content = (await tx.execute(query)).scalar()
        if content is None:
            raise
        return str(content)


async def record_shipped(tx: AsyncConnection, books: Mapping[tuple[str, str], str]) -> int:
    """Keep what the folder of rules holds, text by book and revision. Returns how many were new."""
    known = {tuple(row) for row in await tx.execute(select(shipped_rule.c.book, shipped_rule.c.revision))}
    rows = [
        {"book": book, "revision": revision, "content": content}
        for (book, revision), content in sorted(books.items())
        if (book, revision) not in known
    ]
    if rows:
        await tx.execute(insert(shipped_rule).on_conflict_do_nothing(), rows)
    return len(rows)


_REACHED = "o.tenant_id = :tenant and o.state = 'approved' and o.effective_on <= :on"
_LATEST = f"""not exists (select from rule_publication o where {_REACHED} and o.book = p.book
                                and (o.effective_on, o.id) > (p.effective_on, p.id))"""
_STANDS = f"""p.id not in (select o.undoes from rule_publication o
                            where {_REACHED} and o.undoes is not null)"""

_IN_FORCE = f"""
select jsonb_object_agg(known.book, (
    select jsonb_agg(jsonb_build_array(last.revision, last.sha256))
      from (select p.revision, r.sha256
              from rule_publication p left join rule_revision r using (tenant_id, book, revision)
             where p.tenant_id = :tenant and p.book = known.book and p.state = 'approved'
               and p.effective_on <= :on and ({_LATEST} or p.undoes is null and {_STANDS})
             order by p.effective_on desc, p.id desc limit {DEEP}) last))
  from (select distinct book from rule_revision where tenant_id = :tenant) known
"""


def published() -> ScalarSelect[Any]:
    """For another query of the same tenant: what ``versions_from`` reads. Takes :tenant and :on."""
    return text(_IN_FORCE).bindparams(*_GIVEN).columns(column("published", Json)).scalar_subquery()


_GIVEN: tuple[BindParameter[Any], ...] = (bindparam("tenant"), bindparam("on"))


def versions_from(found: Mapping[str, list[list[str | None]] | None] | None) -> Versions:
    return {
        book: tuple(Version(revision or "", sha256 or "") for revision, sha256 in pairs)
        for book, pairs in (found or {}).items()
        if pairs
    }


async def in_force(tx: AsyncConnection, tenant: str, on: date) -> Versions:
    """The tenant's own revisions on a local day. A book that is not named is the shipped one."""
    found = await tx.execute(text(_IN_FORCE).bindparams(*_GIVEN), {"tenant": tenant, "on": on})
    return versions_from(found.scalar())


def _revision(row: Row[Any]) -> Revision:
    return Revision(**row._mapping)
