"""What a backup reads and what a restore writes, as the owner of the schema.

Sign in as a role that row-level security does not bind (a superuser, or BYPASSRLS): a backup of what one
tenant may see would be none. Urls are in SQLAlchemy's form.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from domain.backup import KEPT_FOR
from domain.errors import DomainError

Connection = psycopg.Connection[tuple[Any, ...]]
PATIENCE = 10
ASKED_FOR = KEPT_FOR
"""How long after a restore the providers are asked first: facts may be entered again days later."""


class CannotBackUp(DomainError):
    """The database does not answer, or its owner may not see everything."""

    slug = "cannot-back-up"


@contextmanager
def connected(url: str, autocommit: bool = True) -> Iterator[Connection]:
    """Raises CannotBackUp, without the address."""
    try:
        connection = psycopg.connect(
            url.replace("+psycopg", "", 1), autocommit=autocommit, connect_timeout=PATIENCE
        )
    except psycopg.OperationalError as error:
        raise CannotBackUp(f"PostgreSQL does not answer ({type(error).__name__}); is it running?") from None
    with connection:
        yield connection


@dataclass(frozen=True)
class Snapshot:
    """One moment of the database: ``name`` is for pg_dump, ``facts`` must be there after a restore."""

    name: str
    facts: dict[str, Any]


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Holds the moment open for pg_dump. Raises CannotBackUp."""
    with connected(url, autocommit=False) as tx:
        tx.execute("set transaction isolation level repeatable read, read only")
        see_all(tx)
        name = str(_value(tx, "select pg_export_snapshot()"))
        yield Snapshot(name, facts_of(tx))


def see_all(tx: Connection) -> None:
    """Raises CannotBackUp when row-level security would hide rows."""
    if not _value(tx, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"):
        raise CannotBackUp(
            "the role of ECHEANCE_DATABASE_ADMIN_URL sees no tenant's rows: give it BYPASSRLS"
            " (alter role … bypassrls)"
        )


def facts_of(tx: Connection) -> dict[str, Any]:
    """What can be counted, and under which keys it is sealed."""
    masters = "select distinct master from data_key where wrapped is not null order by 1"
    return {
        "schema": _values(tx, "select version_num from alembic_version order by 1"),
        "postgres": _value(tx, "show server_version"),
        "rows": {table: _count(tx, table) for table in tables(tx)},
        "tenants": _value(tx, "select count(*) from tenant"),
        "open_cases": _value(tx, "select count(*) from process_case where closed_at is null"),
        "master_keys": _values(tx, masters),
    }


def tables(tx: Connection) -> list[str]:
    return _values(tx, "select tablename from pg_tables where schemaname = 'public' order by 1")


def users(tx: Connection) -> list[str]:
    """Who else is connected to the database, by what they call themselves."""
    query = (
        "select distinct usename || coalesce(' from ' || host(client_addr), '') from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and usename is not null"
        " and backend_type = 'client backend' order by 1"
    )
    return _values(tx, query)


def make_role(tx: Connection, role: str, member: str = "") -> None:
    """The application's role, if it is missing; ``member`` is a role that may do what it may."""
    for name in filter(None, (role, member)):
        if not tx.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
            made = sql.SQL("create role {} login nosuperuser nobypassrls").format(sql.Identifier(name))
            tx.execute(made)
    if member and member != role:
        tx.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), sql.Identifier(member)))


def begin_run(tx: Connection, archive: str, now: datetime) -> int:
    """One that was interrupted failed; what is older than the archives are kept goes."""
    tx.execute(
        "update backup_run set state = 'failed', ended_at = %s, problem = 'interrupted'"
        " where state = 'running'",
        [now],
    )
    tx.execute("delete from backup_run where began_at < %s", [now - KEPT_FOR])
    made = tx.execute(
        "insert into backup_run (archive, began_at) values (%s, %s) returning id", [archive, now]
    ).fetchone()
    assert made
    return int(made[0])


def end_run(tx: Connection, run: int, now: datetime, size: int | None, problem: str = "") -> None:
    state = "failed" if problem else "good"
    tx.execute(
        "update backup_run set state = %s, ended_at = %s, bytes = %s, problem = %s where id = %s",
        [state, now, size, problem[:500], run],
    )


def last_runs(tx: Connection) -> tuple[datetime | None, datetime | None]:
    """When the last good one began, and the last one that was tried."""
    good = _value(tx, "select max(began_at) from backup_run where state = 'good'")
    return good, _value(tx, "select max(began_at) from backup_run")


def note_restoration(tx: Connection, archive: str, taken_at: datetime, now: datetime) -> int:
    """The archive's own run is under way in what it holds: that it could be restored proves it good."""
    tx.execute(
        "update backup_run set state = 'good', ended_at = %s where state = 'running' and began_at = %s",
        [taken_at, taken_at],
    )
    tx.execute("update backup_run set state = 'failed', ended_at = %s where state = 'running'", [now])
    tx.execute(DOUBTED, {"now": now})
    noted = tx.execute(
        "insert into restoration (archive, taken_at, restored_at, asks_until) values (%s, %s, %s, %s)"
        " returning id",
        [archive, taken_at, now, now + ASKED_FOR],
    ).fetchone()
    assert noted
    return int(noted[0])


DOUBTED = """
    update message set state = 'unknown', claimed_at = %(now)s, reason = 'asked about after a restore'
     where state in ('sending', 'unknown') or (state = 'pending' and attempts > 0)
"""
"""What was under way when the backup was taken may have gone out since."""


def destroy_again(tx: Connection, keys: Iterable[tuple[str, str]], now: datetime) -> list[str]:
    """Keys that were destroyed after the backup. Returns whose they were, to be erased again."""
    owners = []
    for tenant, id in keys:
        gone = tx.execute(
            "update data_key set wrapped = null, destroyed_at = %s, destroyed_for = 'again, after a restore'"
            " where tenant_id = %s and id = %s and wrapped is not null returning owner",
            [now, tenant, id],
        ).fetchone()
        if gone:
            owners.append(f"{tenant} {gone[0]}")
    return sorted(owners)


OWE_AGAIN = """
    insert into outbox (tenant_id, key, kind, process, ref, fact, at)
    select tenant_id, 'start:' || process || ':' || ref || ':restored:' || %(mark)s, 'start', process, ref,
           'operations.restored', %(now)s
      from (
        select tenant_id, process, ref from process_case where closed_at is null
        union
        select tenant_id, process, ref from outbox o
         where kind = 'start' and created_at > %(since)s and not exists (
            select from decision d
             where (d.tenant_id, d.process, d.ref) = (o.tenant_id, o.process, o.ref)
               and d.recorded_at >= o.created_at)
      ) missed
    on conflict do nothing
"""


def owe_starts(tx: Connection, mark: str, now: datetime, since: datetime) -> int:
    """Every open case, and every start (after ``since``) that no review answered yet, is owed a start.

    One that Temporal knows is rung by it, one that it does not know begins. Returns how many are owed.
    """
    return tx.execute(OWE_AGAIN, {"mark": mark, "now": now, "since": since}).rowcount


def _count(tx: Connection, table: str) -> int:
    counted = tx.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert counted
    return int(counted[0])


def _value(tx: Connection, query: str) -> Any:
    found = tx.execute(query.encode()).fetchone()
    return found[0] if found else None


def _values(tx: Connection, query: str) -> list[str]:
    with tx.cursor(row_factory=scalar_row) as cursor:
        return [str(value) for value in cursor.execute(query.encode()).fetchall()]
