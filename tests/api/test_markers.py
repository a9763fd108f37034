"""Erased is erased: no word of a person is left anywhere; of another person none is lost."""

import asyncio
import gc
import io
import logging
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.history_codec import Sealed
from adapters.links import SignedLinks
from adapters.local.postgres import EmbeddedPostgres, binaries
from adapters.local.temporal import EmbeddedTemporal
from adapters.temporal import connect
from database.session import Database
from database.shared.files import FileStore
from database.shared.payload_keys import CaseKeys
from tests.api.conftest import Caller
from tests.api.marked import Marked
from tests.ground import KEYRING
from tests.stories.telling import Story, Telling

TABLES = text("select table_name from information_schema.tables where table_schema = 'public'")


@pytest.fixture
async def both(douala: Caller, store: FileStore, links: SignedLinks, telling: Telling) -> list[Marked]:
    """Two people who lived the same life, watched by real processes."""
    story = Story(telling, douala.tenant, "Africa/Douala")
    lives = [Marked(douala, store, links, n) for n in (1, 2)]
    # Every fact is told to an external tool; one that is disabled keeps what it would be told.
    tool = await lives[0].does("POST", "/v1/webhooks", json={"url": "https://tool.example/hooks"})
    await lives[0].does("POST", f"/v1/webhooks/{tool['id']}/disable", json={"reason": "for now"})
    for one in lives:
        await one.live()
    await story.settle(douala.clock.at)
    for one in lives:
        await one.ends_everything()
    douala.clock.forward(hours=1)
    await story.settle(douala.clock.at)
    return lives


async def dumped(owner: Database) -> str:
    """Every row of every table, as a superuser sees them."""
    async with owner.anyone() as tx:
        tables = (await tx.execute(TABLES)).scalars().all()
        rows: list[str] = []
        for one in tables:
            rows += (await tx.execute(text(f"select x::text from {one} x"))).scalars()
    return "\n".join(rows)


def bytes_under(folder: Path, but: str = "") -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not (but and but in path.parts):
            yield path.read_bytes()


def found(marks: dict[str, str], where: bytes | str) -> list[str]:
    if isinstance(where, str):
        where = where.encode()
    wide = {place: (mark.encode(), mark.encode("utf-16-le")) for place, mark in marks.items()}
    return sorted(place for place, shapes in wide.items() if any(shape in where for shape in shapes))


def in_the_open(one: Marked) -> dict[str, str]:
    return {place: mark for place, mark in one.marks.items() if place not in one.sealed}


def opened(archive: bytes) -> bytes:
    """What is in a zip, one after the other."""
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        names = read.namelist()
        return b"\n".join([*(name.encode() for name in names), *(read.read(name) for name in names)])


async def test_nothing_of_an_erased_person_is_found_anywhere(
    both: list[Marked], owner: Database, database: Database, postgres: EmbeddedPostgres,
    temporal: EmbeddedTemporal, telling: Telling, caplog: pytest.LogCaptureFixture, tmp_path: Path,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    gone, stays = both
    caller = gone.caller
    before = await dumped(owner)
    archive = await gone.archive()
    told = found(gone.marks, opened(archive))
    assert {"name", "text", "content of a file", "content of a document", "browser of a link"} <= set(told)
    request = await gone.asks()
    await stays.asks()
    assert len(gone.marks) >= 20
    assert "payment.recorded" in before
    assert set(in_the_open(gone)) - set(found(gone.marks, await dumped(owner))) == set()
    assert found(in_the_open(stays), before)

    answer = await caller.post(f"/v1/privacy/requests/{request}/erase", json={})
    assert answer.status_code == 200, answer.text
    story = Story(telling, caller.tenant, "Africa/Douala")
    await story.settle(caller.clock.at)

    after = await dumped(owner)
    assert found(gone.marks, after) == []
    assert set(found(stays.marks, after)) == set(in_the_open(stays))
    await nothing_in_files(gone, stays, owner, postgres, temporal, tmp_path)
    await nothing_in_answers(gone, stays, caller)
    assert found(gone.marks, caplog.text) == []
    await what_stays(gone, stays, caller, database, temporal)


def dump_of(url: str, folder: Path) -> bytes:
    file = folder / "dump.sql"
    told = ["--dbname", url.replace("+psycopg", ""), "--file", str(file)]
    subprocess.run([str(binaries() / "pg_dump"), *told], check=True, capture_output=True)
    return file.read_bytes()


ALONE = (
    "alter system set autovacuum = off",
    "select pg_reload_conf()",
    "select pg_cancel_backend(pid) from pg_stat_activity where backend_type = 'autovacuum worker'",
)
"""A vacuum keeps what the snapshot of somebody else may still see."""
FORGOTTEN = text(
    "select pg_terminate_backend(pid) from pg_stat_activity where state like 'idle in transaction%' "
    "and xact_start < clock_timestamp() - interval '5 seconds' and pid <> pg_backend_pid()"
)
OLDER = text(
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
    "and greatest(age(backend_xid), age(backend_xmin)) >= age(cast(:now as xid))"
)
TOGETHER = ("alter system reset autovacuum", "select pg_reload_conf()")


async def nobody_looks_back(tx: AsyncConnection) -> None:
    """Until whoever began before this moment has ended."""
    now = await tx.scalar(text("select pg_current_xact_id()::text"))
    async with asyncio.timeout(60):
        while await tx.scalar(OLDER, {"now": now}):
            await tx.execute(FORGOTTEN)


async def nothing_in_files(
    gone: Marked, stays: Marked, owner: Database, postgres: EmbeddedPostgres, temporal: EmbeddedTemporal,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Tables as they lie on the disk, a backup made afterwards, Temporal’s database, and the stored files."""
    engine = owner.engine.execution_options(isolation_level="AUTOCOMMIT")
    gc.collect()  # a connection that some test forgot ends its transaction
    async with engine.connect() as tx:
        for order in ALONE:
            await tx.execute(text(order))
        await nobody_looks_back(tx)
        for order in ("vacuum (full)", "checkpoint", *TOGETHER):
            await tx.execute(text(order))
    raw = b"".join(bytes_under(postgres.folder, but="pg_wal"))
    assert found(gone.marks, raw) == []
    assert found(stays.marks, raw)
    dump = await asyncio.to_thread(dump_of, postgres.url(), tmp_path)
    assert found(gone.marks, dump) == []
    assert found(stays.marks, dump)
    for one in (gone, stays):
        assert found(one.marks, b"".join(bytes_under(temporal.folder))) == []
        assert found(one.marks, b"".join(bytes_under(one.store.files.folder))) == []  # type: ignore[attr-defined]


async def seen(caller: Caller, path: str) -> str:
    answer = await caller.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


async def nothing_in_answers(gone: Marked, stays: Marked, caller: Caller) -> None:
    """What the API still tells: the trail, lists, and the archive of somebody else."""
    told: list[Any] = [
        await seen(caller, path)
        for path in ("/v1/audit/export.csv", "/v1/contacts", "/v1/files", "/v1/privacy/requests",
                     "/v1/privacy/holds", f"/v1/fleet/contracts/C-{gone.n}", f"/v1/contacts/{gone.ref}",
                     f"/v1/processes/fleet.contract:C-{gone.n}/timeline", "/v1/people",
                     f"/v1/internships/deliverables/R-{gone.n}1", f"/v1/training/clients/CL-{gone.n}",
                     f"/v1/processes/fleet.dunning:C-{gone.n}",
                     f"/v1/cases/fleet.dunning:C-{gone.n}/why?on=2031-03-03",
                     f"/v1/maintenance/contracts/K-{gone.n}")
    ]  # fmt: skip
    told.append(opened(await stays.archive()))
    for one in told:
        assert found(gone.marks, one) == []
    assert len(found(stays.marks, told[-1])) > 20
    assert "why a case was resumed" in found(stays.marks, told[0])


async def what_stays(
    gone: Marked, stays: Marked, caller: Caller, database: Database, temporal: EmbeddedTemporal
) -> None:
    """The books balance, the document that a law keeps opens, and only the other one’s history does."""
    async with database.tenant(caller.tenant) as tx:
        assert await tx.scalar(text("select sum(amount_minor) from ledger_entry")) == 0
        kept = await gone.store.read(tx, caller.tenant, gone.document)
    assert kept.decode() == gone.marks["content of a document"]
    client = await connect(temporal.address, keys=CaseKeys(database, KEYRING))
    cases = [one.case("fleet.contract", f"C-{one.n}") for one in (gone, stays)]
    ended = [client.get_workflow_handle(case.workflow_id) for case in cases]
    assert (await ended[1].result())["closed"]
    with pytest.raises(Sealed):
        await ended[0].result()
