"""People who were erased after a backup was taken and whom its restore brought back: asked for once more."""

from collections.abc import Iterable
from datetime import datetime

from database.backups import Connection

NOTE = "Déjà effacée ; revenue avec une sauvegarde. / Erased before; back with a backup."
THEIRS = {"contact": ("ref", "erased_at is null"), "person": ("id", "state <> 'erased'")}
"""By kind: the column that names them, and how it is known that they are there."""
ASK = """
    insert into privacy_request
        (tenant_id, id, kind, {kind}_{name}, received_on, due_on, note, recorded_by, recorded_at)
    select t.tenant_id, 'r' || left(encode(sha256(convert_to(%(key)s, 'UTF8')), 'hex'), 12), 'erasure',
           t.{name}, %(now)s::date, %(now)s::date, %(note)s, 'operator:restore', %(now)s
      from {kind} t where t.tenant_id = %(tenant)s and t.{name} = %(ref)s and t.{there} and not exists (
          select from privacy_request r
           where r.tenant_id = t.tenant_id and r.kind = 'erasure' and r.state = 'open'
             and r.{kind}_{name} = t.{name})
    on conflict do nothing returning id
"""
WATCH = """
    insert into outbox (tenant_id, key, kind, process, ref, fact, at)
    values (%(tenant)s, 'start:platform.privacy_request:' || %(id)s || ':recorded', 'start',
            'platform.privacy_request', %(id)s, 'privacy.erasure', %(now)s)
    on conflict do nothing
"""


def ask_again(tx: Connection, people: Iterable[tuple[str, str]], now: datetime) -> list[str]:
    """A request for each, due today and watched like any other. Returns who they are, by reference."""
    asked = []
    for tenant, who in sorted(people):
        kind, _, ref = who.partition(":")
        name, there = THEIRS[kind]
        given = {"tenant": tenant, "ref": ref, "now": now, "note": NOTE, "key": f"{tenant} {who} {now}"}
        made = tx.execute(ASK.format(kind=kind, name=name, there=there).encode(), given).fetchone()
        if made:
            tx.execute(WATCH, {"tenant": tenant, "id": made[0], "now": now})
            asked.append(f"{tenant} {who}")
    return asked
