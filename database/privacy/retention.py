"""What has been kept long enough: rows by their own date, people by their last relation. Holds suspend."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.privacy.registry import GROUNDS, HOLDINGS
from database.privacy.subject import Subject
from database.shared.file_tables import file
from database.shared.files import FileStore
from database.shared.holding import Act, Holding
from domain.platform.retention import Category

AT_ONCE = 200
WHY = "retention"
OF_FILES = (Category.DOCUMENT, Category.REPORT, Category.EXPORT, Category.IMPORT)

RELATIONS = " union all ".join(f"({ground.relations})" for ground in GROUNDS.values())
# A contact's last sign of life: the last message, or a sign-in of theirs.
CONTACTS_OVER = text(f"""
    with relation(contact_ref, ended_on) as ({RELATIONS}),
    last as (
        select c.ref, bool_or(r.ended_on is null) filter (where r.contact_ref is not null) as goes_on,
               max(r.ended_on) as ended_on, c.created_at
          from contact c left join relation r on r.contact_ref = c.ref
         where c.tenant_id = :tenant and c.erased_at is null and not (c.ref = any(cast(:held as text[])))
         group by c.ref, c.created_at
    )
    select ref from last
     where not coalesce(goes_on, false)
       and case when ended_on is not null then ended_on < :ended_before else greatest(
           created_at::date,
           (select max(m.wrote_at)::date from message m
             where m.tenant_id = :tenant and m.contact_ref = last.ref),
           (select max(coalesce(p.last_seen_at, p.created_at))::date from person p
             where p.tenant_id = :tenant and p.contact_ref = last.ref)
       ) < :inactive_before end
     order by ref limit {AT_ONCE}
""")  # names of columns and tables of ours
PERSONS_OVER = text(f"""
    select id from person where tenant_id = :tenant and contact_ref is null and state <> 'erased'
       and coalesce(last_seen_at, created_at)::date < :inactive_before
       and not (id = any(cast(:held as text[]))) order by id limit {AT_ONCE}
""")


async def rows_over(
    tx: AsyncConnection, one: Holding, before: date, held: Subject
) -> int:  # fmt: skip
    """Delete or wipe what is dated before the day. Returns how many rows changed."""
    spared = f" and not coalesce(({one.reach}), false)" if one.reach and held.owners else ""
    due = f"tenant_id = :tenant and ({one.dated})::date < :before and ({one.over}){spared}"
    if one.act is Act.DELETE:
        query = f"delete from {one.table} where {due}"
    else:
        values = ", ".join(f'"{name}" = {wiped.value}' for name, wiped in one.wiped.items())
        still = " or ".join(
            f'"{name}"::text is distinct from ({wiped.value})::text' for name, wiped in one.wiped.items()
        )
        query = f"update {one.table} set {values} where {due} and ({still})"
    return (await tx.execute(text(query), {**held.given, "before": before})).rowcount


def aging() -> list[Holding]:
    """What goes by its own term; people, files and the trail go another way."""
    return [one for one in HOLDINGS if one.term]


async def contacts_over(
    tx: AsyncConnection, tenant: str, today: date, befores: Mapping[Category, date], held: Subject
) -> list[str]:
    """Those whose last contract ended, or whom nobody has heard of, long enough ago."""
    given = {
        "tenant": tenant, "today": today, "held": list(held.contacts),
        "ended_before": befores[Category.ENDED_RELATION], "inactive_before": befores[Category.INACTIVE],
    }  # fmt: skip
    return list((await tx.execute(CONTACTS_OVER, given)).scalars())


async def persons_over(
    tx: AsyncConnection, tenant: str, befores: Mapping[Category, date], held: Subject
) -> list[str]:
    """Accounts of nobody's contact that are not used any more."""
    given = {
        "tenant": tenant, "held": list(held.persons), "inactive_before": befores[Category.INACTIVE],
    }  # fmt: skip
    return list((await tx.execute(PERSONS_OVER, given)).scalars())


async def files_over(
    tx: AsyncConnection, store: FileStore, tenant: str, category: Category, before: date, held: Subject,
    at: datetime,
) -> int:  # fmt: skip
    """Remove the files of a category that were kept before the day."""
    query = file.select().where(
        file.c.tenant_id == tenant, file.c.retention == category, file.c.removed_at.is_(None),
        file.c.kept_at < before,
    )  # fmt: skip
    rows = (await tx.execute(query.order_by(file.c.id).limit(AT_ONCE))).all()
    spared = {*held.contacts, *held.persons}
    gone = 0
    for row in rows:
        if row.contact_ref not in spared and (row.process, row.ref) not in held.cases:
            gone += await store.remove(tx, tenant, row.id, WHY, at)
    return gone
