"""Files, every quarter of an hour: what waits for the virus scan, and what is left over in the store."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from database.session import Database
from database.shared import effects, file_sweep
from database.shared.contacts import tenant_of, tenants
from database.shared.files import KeptFile
from database.shared.uploads import Uploads
from domain.calendar import local_date
from domain.decision import Bilingual, Step

PROCESS = "platform.file_sweep"
TEAM = "operations"
TITLE = Bilingual(
    "Fichier infecté : prévenez la personne et demandez-lui un fichier sain",
    "Infected file: tell the person and ask for a clean one",
)


@dataclass(frozen=True)
class FileSweep:
    database: Database
    uploads: Uploads

    @activity.defn(name="platform.file_sweep.sweep")
    async def sweep(self, at: datetime) -> int:
        """Returns how many contents were deleted. What is done is done: it may run again at any point."""
        async with self.database.anyone() as tx:
            known = await tenants(tx)
        for tenant in known:
            activity.heartbeat(tenant)
            for infected in await self.uploads.scan_again(self.database, tenant, at):
                await self._warn(tenant, infected, at)
        done = 0
        async for swept in file_sweep.sweep(self.database, self.uploads.store.files, known, at):
            activity.heartbeat(done)
            done += swept
        return done

    async def _warn(self, tenant: str, found: KeptFile, at: datetime) -> None:
        async with self.database.tenant(tenant) as tx:
            home = await tenant_of(tx, tenant)
            day = local_date(at, home.zone)
            step = Step("infected", "alert", f"{PROCESS}:{found.id}:infected", day, to=TEAM, title=TITLE)
            await effects.raise_alert(tx, home.case(found.process, found.ref), step, at)
