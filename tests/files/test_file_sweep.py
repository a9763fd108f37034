"""The sweep as its schedule runs it: an infected file is told once, and the health page tells of the scan."""

from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.platform.file_sweep import FileSweep
from adapters.clamd import Clamd
from adapters.uploads.inspector import UploadInspector
from database.session import Database
from database.shared.files import FileStore
from database.shared.tables import alert
from database.shared.uploads import Uploads
from tests.files.clamd_twin import serve_clamd
from tests.files.samples import EICAR, pdf
from tests.files.test_store import AT, accept, mine, read, store

__all__ = ["mine", "store"]


async def test_an_infected_file_is_told_to_operations_once(
    database: Database, store: FileStore, mine: str
) -> None:
    async with serve_clamd() as twin:
        uploads = Uploads(store, UploadInspector(), Clamd(twin.url))
        twin.mood = "silent"
        await accept(database, uploads, mine, pdf(EICAR))
        good = await accept(database, uploads, mine, pdf())
        twin.mood = "well"
        for _ in range(2):
            await ActivityEnvironment().run(FileSweep(database, uploads).sweep, AT)
    assert await read(database, store, mine, good.id) == pdf()
    async with database.tenant(mine) as tx:
        [raised] = list(await tx.execute(select(alert).where(alert.c.tenant_id == mine)))
    assert (raised.process, raised.ref, raised.team) == ("internships.deliverable", "R-1", "operations")
    assert "Fichier infecté" in raised.title["fr"]
