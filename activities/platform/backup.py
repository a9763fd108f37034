"""Whether there is a good backup of yesterday, and who is told when there is none."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from database.privacy.erasure import erased_people
from database.session import Database
from database.shared import effects
from database.shared.backups import Backups, backups, platform_since
from database.shared.contacts import tenant_of, tenants
from database.shared.keys import destroyed_keys
from domain.backup import LONGEST_RUN, Destroyed, is_late
from domain.calendar import local_date
from domain.case import Case
from domain.decision import Bilingual, Step

PROCESS = "platform.backup"
TEAM = "operations"
LATE = Bilingual(
    "Sauvegarde en retard : la dernière bonne a plus de 26 heures",
    "Backup late: the last good one is more than 26 hours old",
)
FAILED = Bilingual("La dernière sauvegarde a échoué : {problem}", "The last backup failed: {problem}")


@dataclass(frozen=True)
class BackupWatch:
    """``watched`` is off where somebody else backs the platform up. Without ``destroyed`` (no folder was
    given) nothing is kept outside the database."""

    database: Database
    watched: bool = True
    destroyed: Destroyed | None = None

    @activity.defn(name="platform.backup.look")
    async def look(self, at: datetime) -> str:
        """Returns what is wrong: late, failed, or nothing."""
        async with self.database.anyone() as tx:
            known = await tenants(tx)
            found, since = await backups(tx), await platform_since(tx)
        wrong = wrong_with(found, since, at) if self.watched else ""
        for tenant in known if wrong else ():
            await self._tell(tenant, wrong, found, at)
        return wrong

    @activity.defn(name="platform.backup.note_destroyed")
    async def note_destroyed(self) -> int:
        """A backup has keys and people of before: a restore destroys again, and asks to erase again."""
        if self.destroyed is None:
            return 0
        async with self.database.anyone() as tx:
            known = await tenants(tx)
        gone: set[tuple[str, str]] = set()
        people: set[tuple[str, str]] = set()
        for tenant in known:
            async with self.database.tenant(tenant) as tx:
                gone |= {(tenant, id) for id in await destroyed_keys(tx, tenant)}
                people |= {(tenant, one) for one in await erased_people(tx, tenant)}
        noted = await asyncio.to_thread(self.destroyed.add, gone)
        return noted + await asyncio.to_thread(self.destroyed.add_people, people)

    async def _tell(self, tenant: str, wrong: str, found: Backups, at: datetime) -> None:
        """Once a day as long as it lasts."""
        title = LATE if wrong == "late" else FAILED
        told = Bilingual(*(words.format(problem=found.problem) for words in (title.fr, title.en)))
        async with self.database.tenant(tenant) as tx:
            zone = (await tenant_of(tx, tenant)).zone
            today = local_date(at, zone)
            step = Step(wrong, "alert", f"{PROCESS}:{wrong}:{today}", today, to=TEAM, title=told)
            await effects.raise_alert(tx, Case(tenant, PROCESS, "archive", zone), step, at)


def wrong_with(found: Backups, since: datetime | None, at: datetime) -> str:
    """One under way is waited for, unless it takes too long."""
    if found.began_at and at - found.began_at < LONGEST_RUN:
        return ""
    if is_late(found.last_good, since, at):
        return "late"
    return "failed" if found.problem else ""
