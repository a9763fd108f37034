"""Files of tenants: sealed under their person's key, gone with it, and whole whatever is killed when."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from adapters.clamd import Clamd
from adapters.files.folder import FolderFiles
from adapters.local.postgres import EmbeddedPostgres
from adapters.uploads.inspector import UploadInspector
from database.session import Database
from database.shared import file_sweep
from database.shared.file_tables import file
from database.shared.files import FileStore, KeptFile, files_of, known_file
from database.shared.keys import of_person
from database.shared.sealing import Unopenable
from database.shared.tables import tenant
from database.shared.uploads import Place, Uploads
from domain.errors import NotFound
from domain.file import FilesDown, FileState, NewFile, Withheld
from domain.upload import BadFile, Given
from tests.files.clamd_twin import serve_clamd
from tests.files.samples import EICAR, pdf
from tests.ground import KEYRING, ROOT, store_in

AT = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
NEW = NewFile("Rapport.pdf", "application/pdf", b"Jeanne Martin", "x.y", "1", "document", "test", AT, "E-1")


@pytest.fixture
async def mine(owner: Database) -> str:
    name = f"files-{uuid4().hex[:10]}"
    row = {"id": name, "name": "Duret", "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return name


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return store_in(tmp_path / "files")


async def keep(database: Database, store: FileStore, tenant: str, new: NewFile = NEW) -> KeptFile:
    async with database.tenant(tenant) as tx:
        return await store.keep(tx, tenant, new)


async def read(database: Database, store: FileStore, tenant: str, id: str, shown: bool = False) -> bytes:
    async with database.tenant(tenant) as tx:
        return await store.read(tx, tenant, id, shown)


async def sweep(database: Database, store: FileStore, tenant: str, at: datetime = AT) -> int:
    return sum([count async for count in file_sweep.sweep(database, store.files, [tenant], at)])


def on_disk(store: FileStore) -> list[Path]:
    assert isinstance(store.files, FolderFiles)
    return sorted(path for path in store.files.folder.rglob("*") if path.is_file())


async def test_a_file_is_sealed_outside_and_read_whole(
    database: Database, store: FileStore, mine: str
) -> None:
    kept = await keep(database, store, mine, replace(NEW, shown=b"a smaller Jeanne"))
    assert await read(database, store, mine, kept.id) == b"Jeanne Martin"
    assert await read(database, store, mine, kept.id, shown=True) == b"a smaller Jeanne"
    assert (kept.name, kept.size, kept.contact, kept.readable) == ("Rapport.pdf", 13, "E-1", True)
    found = on_disk(store)
    assert len(found) == 2
    for path in found:
        assert b"Jeanne" not in path.read_bytes()
        assert "Rapport" not in str(path)


async def test_a_content_opens_in_its_own_row_alone(database: Database, store: FileStore, mine: str) -> None:
    one, two = [await keep(database, store, mine) for _ in range(2)]
    first, second = on_disk(store)
    second.write_bytes(first.read_bytes())
    first.write_bytes(first.read_bytes()[:-1])
    for kept in (one, two):
        with pytest.raises(Unopenable):
            await read(database, store, mine, kept.id)


async def test_nothing_is_seen_of_another_tenant(database: Database, store: FileStore, mine: str) -> None:
    kept = await keep(database, store, mine)
    async with database.tenant("motos-douala") as tx:
        with pytest.raises(NotFound):
            await store.read(tx, mine, kept.id)
        assert await files_of(tx, mine) == []


async def test_with_the_key_of_a_person_their_files_are_gone(
    database: Database, store: FileStore, mine: str
) -> None:
    kept, other = (
        await keep(database, store, mine),
        await keep(database, store, mine, replace(NEW, contact="")),
    )
    async with database.tenant(mine) as tx:
        assert await KEYRING.destroy(tx, mine, of_person("E-1"), AT, "erasure")
    with pytest.raises(Unopenable):
        await read(database, store, mine, kept.id)
    assert await read(database, store, mine, other.id) == b"Jeanne Martin"


async def test_what_is_removed_is_unreadable_at_once_and_deleted_by_the_sweep(
    database: Database, store: FileStore, mine: str
) -> None:
    kept = await keep(database, store, mine, replace(NEW, shown=b"small"))
    stays = await keep(database, store, mine)
    async with database.tenant(mine) as tx:
        assert await store.remove(tx, mine, kept.id, "no longer needed", AT)
        assert not await store.remove(tx, mine, kept.id, "again", AT)
        gone = await known_file(tx, mine, kept.id)
    assert (gone.state, gone.name, gone.sha256) == (FileState.REMOVED, "", "")
    with pytest.raises(Withheld, match="removed"):
        await read(database, store, mine, kept.id)
    assert len(on_disk(store)) == 3
    assert await sweep(database, store, mine) == 1
    assert await sweep(database, store, mine) == 0
    assert [path.name for path in on_disk(store)] == [stays.id]


async def test_a_removal_that_is_rolled_back_removed_nothing(
    database: Database, store: FileStore, mine: str
) -> None:
    kept = await keep(database, store, mine)
    async with database.tenant(mine) as tx:
        await store.remove(tx, mine, kept.id, "by mistake", AT)
        await tx.rollback()
    await sweep(database, store, mine)
    assert await read(database, store, mine, kept.id) == b"Jeanne Martin"


def age(path: Path, by: timedelta) -> None:
    then = (datetime.now(UTC) - by).timestamp()
    os.utime(path, (then, then))


async def test_a_content_whose_row_was_never_written_is_swept_after_a_day(
    database: Database, store: FileStore, mine: str
) -> None:
    kept = await keep(database, store, mine)
    async with database.tenant(mine) as tx:
        await store.keep(tx, mine, replace(NEW, shown=b"small"))
        await tx.rollback()  # as a kill between file and row
    draft = on_disk(store)[0].with_name(f"{kept.id}.0badcafe.draft")
    draft.write_bytes(b"half")
    assert len(on_disk(store)) == 4
    now = datetime.now(UTC)
    assert await sweep(database, store, mine, now) == 0
    for path in on_disk(store):
        age(path, timedelta(days=2))
    assert await sweep(database, store, mine, now) == 3
    assert [path.name for path in on_disk(store)] == [kept.id]
    assert await read(database, store, mine, kept.id) == b"Jeanne Martin"


KILLED = """
import asyncio, os, signal, sys
from dataclasses import replace
from pathlib import Path
from database.session import Database
from tests.files.test_store import NEW
from tests.ground import store_in

async def main(url, folder, tenant):
    async with Database(url, 1).tenant(tenant) as tx:
        await store_in(Path(folder)).keep(tx, tenant, replace(NEW, shown=b"small"))
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_process_that_is_killed_between_content_and_row_leaves_what_the_sweep_finds(
    postgres: EmbeddedPostgres, database: Database, store: FileStore, mine: str
) -> None:
    assert isinstance(store.files, FolderFiles)
    url, folder = postgres.url(role="echeance_app"), str(store.files.folder)
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, url, folder, mine, cwd=ROOT)
    assert await done.wait() == -signal.SIGKILL
    assert len(on_disk(store)) == 2
    async with database.tenant(mine) as tx:
        assert await files_of(tx, mine) == []
    for path in on_disk(store):
        age(path, timedelta(days=2))
    assert await sweep(database, store, mine, datetime.now(UTC)) == 2
    assert on_disk(store) == []


async def test_no_row_is_written_for_a_content_that_is_not_kept(
    database: Database, store: FileStore, mine: str, tmp_path: Path
) -> None:
    (tmp_path / "full").write_text("no folder")
    with pytest.raises(FilesDown):
        await keep(database, FileStore(FolderFiles(tmp_path / "full"), KEYRING), mine)
    async with database.tenant(mine) as tx:
        assert await files_of(tx, mine) == []
    assert on_disk(store) == []


PLACE = Place("internships.deliverable", "R-1", "deliverable", "link:E-1", AT, "E-1")


async def accept(database: Database, uploads: Uploads, tenant: str, content: bytes) -> KeptFile:
    found = await uploads.look(Given("rapport.pdf", content))
    async with database.tenant(tenant) as tx:
        return await uploads.accept(tx, tenant, found, PLACE)


async def test_what_the_scan_finds_is_not_kept(database: Database, store: FileStore, mine: str) -> None:
    async with serve_clamd() as twin:
        uploads = Uploads(store, UploadInspector(), Clamd(twin.url))
        assert (await accept(database, uploads, mine, pdf())).state is FileState.CLEAN
        with pytest.raises(BadFile):
            await accept(database, uploads, mine, pdf(EICAR))
    assert len(on_disk(store)) == 1
    unscanned = Uploads(store, UploadInspector())
    assert (await accept(database, unscanned, mine, pdf())).state is FileState.UNSCANNED
    assert await unscanned.scan_again(database, mine, AT) == []


async def test_while_the_scan_is_away_files_wait_in_quarantine(
    database: Database, store: FileStore, mine: str
) -> None:
    async with serve_clamd() as twin:
        uploads = Uploads(store, UploadInspector(), Clamd(twin.url))
        twin.mood = "silent"
        good, bad = [await accept(database, uploads, mine, content) for content in (pdf(), pdf(EICAR))]
        for kept in (good, bad):
            with pytest.raises(Withheld, match="waits for the virus scan"):
                await read(database, store, mine, kept.id)
        assert await uploads.scan_again(database, mine, AT) == []
        twin.mood = "well"
        assert [one.id for one in await uploads.scan_again(database, mine, AT)] == [bad.id]
        assert await uploads.scan_again(database, mine, AT) == []
    assert await read(database, store, mine, good.id) == pdf()
    with pytest.raises(Withheld, match="found something"):
        await read(database, store, mine, bad.id)


async def test_the_database_lets_no_file_be_removed_and_keep_its_secret(
    database: Database, store: FileStore, mine: str
) -> None:
    kept = await keep(database, store, mine)
    half = update(file).where(file.c.tenant_id == mine, file.c.id == kept.id)
    async with database.tenant(mine) as tx:
        with pytest.raises(IntegrityError, match="file_check"):
            await tx.execute(half.values(state="removed", removed_at=AT))
        await tx.rollback()
