"""Files: sealed and read beside the same bytes written and read plainly; a photo from receipt to kept.

python -m bench.files
"""

import asyncio
import io
import os
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

from bench.loop import new_tenant
from database.session import Database
from database.shared.files import FileStore
from database.shared.uploads import Place, Uploads
from domain.file import NewFile
from domain.upload import Given
from seeds.ground import stand

SIZE = 20 * 1024 * 1024
TIMES = 7
AIM = 3.0
"""Seconds for a photo of twelve million pixels."""


async def median(work: Callable[[], Awaitable[object]]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def write_plain(path: Path, content: bytes) -> None:
    """As careful as the store: whole, on disk, known to its folder."""
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 40).convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()


async def keep(database: Database, store: FileStore, tenant: str, content: bytes) -> str:
    new = NewFile(
        "a.pdf", "application/pdf", content, "bench", "1", "document", "bench", datetime.now(UTC), "X-1"
    )
    async with database.tenant(tenant) as tx:
        return (await store.keep(tx, tenant, new)).id


async def accept(database: Database, uploads: Uploads, tenant: str, content: bytes) -> None:
    found = await uploads.look(Given("photo.jpg", content))
    async with database.tenant(tenant) as tx:
        place = Place("bench", "1", "deliverable", "bench", datetime.now(UTC), "X-1")
        await uploads.accept(tx, tenant, found, place)


async def main() -> list[Table]:
    content, picture = secrets.token_bytes(SIZE), photo()
    async with AsyncExitStack() as stack:
        place = await stand(stack)
        database, store = place.ground.database, place.ground.files
        tenant, plain = await new_tenant(place.owner), place.folder / "plain"
        id = await keep(database, store, tenant, content)

        async def read() -> bytes:
            async with database.tenant(tenant) as tx:
                return await store.read(tx, tenant, id)

        table = Table("20 MB", "plain, ms", "sealed, ms", "ratio", title="Files")
        for name, bare, ours in (
            (
                "written",
                await median(lambda: asyncio.to_thread(write_plain, plain, content)),
                await median(lambda: keep(database, store, tenant, content)),
            ),
            (
                "read",
                await median(lambda: asyncio.to_thread(plain.read_bytes)),
                await median(read),
            ),
        ):
            table.add_row(name, f"{bare * 1000:.1f}", f"{ours * 1000:.1f}", f"{ours / bare:.1f}")
        taken = await median(lambda: accept(database, place.ground.uploads, tenant, picture))
    shown = Table("photo", "MB", "s", f"aim: under {AIM:.0f} s", title="A photo of 12 million pixels")
    kept = "yes" if taken < AIM else "no"
    shown.add_row("received, checked, copied, kept", f"{len(picture) / 1e6:.1f}", f"{taken:.2f}", kept)
    return [table, shown]


if __name__ == "__main__":
    Console().print(*asyncio.run(main()))
