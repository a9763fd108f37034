"""The chain of seals as it stands in the database, read in Python and checked without the database's help."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Text, cast, delete, exists, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.audit import Actor, write
from database.shared.tables import audit, audit_seal, tenant
from domain.trail import Check, Entry, Finding, Head, Seal, Signer

BATCH = 1000
PRUNED = "audit.pruned"
IS_PRUNED = audit.c.action == literal_column(f"'{PRUNED}'")
"""As in its index."""
MOST_UNSEALED = 100
LEAST_DAYS = 366
ENTRY = (
    audit.c.id, audit.c.at, audit.c.who, audit.c.action, audit.c.object,
    cast(audit.c.before, Text).label("before"), cast(audit.c.after, Text).label("after"),
    audit.c.ip, audit.c.agent, audit.c.origin, audit.c.request_id,
)  # fmt: skip

GUARD = text("""
    select 'function ' || proname, prosrc from pg_proc
     where pronamespace = 'public'::regnamespace and proname = any(:functions)
    union all
    select 'trigger ' || tgname, tgenabled::text || ' ' || pg_get_triggerdef(oid) from pg_trigger
     where not tgisinternal and tgrelid in ('public.audit'::regclass, 'public.audit_seal'::regclass)
    order by 1
""")
FUNCTIONS = ["audit_part", "audit_digest", "seal_audit", "refuse_forged_seal", "refuse_loss_of_trail",
             "refuse_change"]  # fmt: skip
GUARDED_BY = {
    "function audit_digest": "d899c613fbed5153",
    "function audit_part": "d07416ea9d7473ce",
    "function refuse_change": "a62e0b75569e9b68",
    "function refuse_forged_seal": "19438a54643c08e6",
    "function refuse_loss_of_trail": "da4e64b46f4e5ffb",
    "function seal_audit": "8ecf0bbb8fa9ab22",
    "trigger audit_is_append_only": "cf8cd65e274c760b",
    "trigger audit_is_kept": "c380a2f69b5a73d7",
    "trigger audit_is_sealed": "5b7465555023964e",
    "trigger audit_seal_is_append_only": "cd1c4d273279f364",
    "trigger audit_seal_is_genuine": "bd8f4427d229ee50",
    "trigger audit_seal_is_kept": "e879aa911b2141ac",
}
"""Short digests of what the migrations made: the trail's functions and triggers."""


async def head_of(tx: AsyncConnection, tenant_id: str) -> Head | None:
    """Nothing before the first row."""
    query = select(audit_seal).where(audit_seal.c.tenant_id == tenant_id)
    row = (await tx.execute(query.order_by(audit_seal.c.seq.desc()).limit(1))).first()
    return Head(tenant_id, row.seq, bytes(row.hash).hex()) if row else None


async def check(
    tx: AsyncConnection, tenant_id: str, signer: Signer, anchors: Sequence[Head] = (),
    since: Head | None = None,
) -> Check:  # fmt: skip
    """Every seal and every row of a tenant, or those after ``since``.

    ``tx`` is a `Database.moment` that began after the anchors were read: the chain only grows.
    """
    checking = Check(tenant_id, anchors, await pruned_through(tx, tenant_id, signer))
    if since:
        checking.seq, checking.hash = since.seq, bytes.fromhex(since.hash)
        if not await _is_there(tx, since):
            says = f"seal {since.seq} is not the one that was anchored: the chain was cut or written anew"
            checking.findings.append(Finding("rewritten", says, since.seq))
            return checking
    async for seal, entry in pairs(tx, tenant_id, checking.seq):
        checking.read(seal, entry)
    checking.close(await _unsealed(tx, tenant_id, since))
    return checking


async def pairs(
    tx: AsyncConnection, tenant_id: str, after: int = 0
) -> AsyncIterator[tuple[Seal, Entry | None]]:
    """Seals in order, each with its row, or none where that is gone. A thousand are held at once."""
    same = (audit.c.tenant_id == audit_seal.c.tenant_id) & (audit.c.id == audit_seal.c.audit_id)
    columns = (audit_seal.c.seq, audit_seal.c.audit_id, audit_seal.c.digest, audit_seal.c.hash)
    query = select(*columns, *ENTRY).select_from(audit_seal.outerjoin(audit, same))
    query = query.where(audit_seal.c.tenant_id == tenant_id).order_by(audit_seal.c.seq).limit(BATCH)
    while rows := (await tx.execute(query.where(audit_seal.c.seq > after))).all():
        for row in rows:
            seal = Seal(row.seq, row.audit_id, bytes(row.digest), bytes(row.hash))
            yield seal, _entry(tenant_id, row) if row.id is not None else None
        after = rows[-1].seq


def _entry(tenant_id: str, row: Row[Any]) -> Entry:
    origin = None if row.origin is None else bytes(row.origin)
    return Entry(
        tenant_id, row.id, row.at, row.who, row.action, row.object, row.before, row.after, row.ip,
        row.agent, origin, row.request_id,
    )  # fmt: skip


async def _unsealed(tx: AsyncConnection, tenant_id: str, since: Head | None) -> list[int]:
    """Rows past the chain; with ``since`` only those written after the row of that seal."""
    sealed = exists().where(audit_seal.c.tenant_id == tenant_id, audit_seal.c.audit_id == audit.c.id)
    query = select(audit.c.id).where(audit.c.tenant_id == tenant_id, ~sealed)
    if since:
        mine = (audit_seal.c.tenant_id == tenant_id) & (audit_seal.c.seq == since.seq)
        query = query.where(audit.c.id > select(audit_seal.c.audit_id).where(mine).scalar_subquery())
    return list((await tx.execute(query.order_by(audit.c.id).limit(MOST_UNSEALED))).scalars())


async def _is_there(tx: AsyncConnection, head: Head) -> bool:
    mine = (audit_seal.c.tenant_id == head.tenant) & (audit_seal.c.seq == head.seq)
    found = (await tx.execute(select(audit_seal.c.hash).where(mine))).scalar()
    return found is not None and bytes(found).hex() == head.hash


async def guard(tx: AsyncConnection) -> list[Finding]:
    """Whether the functions and triggers that seal are those that the migrations made."""
    found = {name: _short(source) for name, source in await tx.execute(GUARD, {"functions": FUNCTIONS})}
    findings = []
    for name in sorted(GUARDED_BY.keys() | found.keys()):
        if name not in found:
            findings.append(Finding("guard", f"the {name} is gone: run `echeance migrate`, look who did it"))
        elif found[name] != GUARDED_BY.get(name):
            findings.append(Finding("guard", f"the {name} is not the one that the migrations made"))
    return findings


def _short(source: str) -> str:
    return hashlib.sha256(" ".join(source.split()).encode()).hexdigest()[:16]


async def pruned_through(tx: AsyncConnection, tenant_id: str, signer: Signer) -> int:
    """The last seal whose row the platform itself has taken out; marks that are not genuine count nothing."""
    query = select(audit.c.after).where(audit.c.tenant_id == tenant_id, IS_PRUNED)
    through = 0
    for after in (await tx.execute(query)).scalars():
        with suppress(KeyError, TypeError, ValueError):
            number = int(after["through"])
            if signer.is_genuine(_about(tenant_id, number), str(after["mark"])):
                through = max(through, number)
    return through


async def prune(
    tx: AsyncConnection, tenant_id: str, actor: Actor, signer: Signer, now: datetime,
    least_days: int = LEAST_DAYS,
) -> int:  # fmt: skip
    """Take out the rows older than the tenant keeps them, leave their seals, and say so in the trail itself.

    Returns how many went.
    """
    days = (await tx.execute(select(tenant.c.audit_days).where(tenant.c.id == tenant_id))).scalar_one()
    before = now - timedelta(days=max(days, least_days, LEAST_DAYS))
    # Rows are sealed in the order of their commits: what began earlier may stand later by a moment.
    young = select(func.min(audit_seal.c.seq)).join(
        audit, (audit.c.tenant_id == audit_seal.c.tenant_id) & (audit.c.id == audit_seal.c.audit_id)
    ).where(audit_seal.c.tenant_id == tenant_id, audit.c.at >= before)  # fmt: skip
    first = (await tx.execute(young)).scalar()
    head = await head_of(tx, tenant_id)
    through = first - 1 if first else (head.seq if head else 0)
    old = select(audit_seal.c.audit_id).where(
        audit_seal.c.tenant_id == tenant_id, audit_seal.c.seq <= through
    )
    gone = (
        await tx.execute(delete(audit).where(audit.c.tenant_id == tenant_id, audit.c.id.in_(old)))
    ).rowcount
    if gone:
        after = {"through": through, "before": before, "rows": gone}
        mark = {"mark": signer.sign(_about(tenant_id, through))}
        await write(tx, tenant_id, actor, PRUNED, "audit", after={**after, **mark})
    return gone


def _about(tenant_id: str, through: int) -> str:
    return f"audit of {tenant_id} pruned through {through}"


def line_of(seal: Seal, entry: Entry | None) -> dict[str, Any]:
    """A seal with its row, or without where that was pruned. ``before`` and ``after`` stay the stored text,
    for the digest is over it; an origin stays sealed.
    """
    shown: dict[str, Any] = {"seq": seal.seq, "id": seal.audit_id}
    if entry:
        shown |= vars(entry) | {"at": entry.at.isoformat(), "origin": entry.origin and entry.origin.hex()}
    return {**shown, "digest": seal.digest.hex(), "hash": seal.hash.hex()}
