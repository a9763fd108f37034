"""Takes out what has been kept long enough: rows, files, the trail, and people whom nothing keeps."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from database.privacy import retention
from database.privacy.erasure import erase, obstacles
from database.privacy.holds import held
from database.privacy.subject import Subject, subject_of
from database.session import Database
from database.shared import audit, audit_chain, effects, rules
from database.shared.audit import Actor
from database.shared.contacts import Tenant, tenant_of, tenants
from database.shared.files import FileStore
from domain.calendar import local_date
from domain.case import Case
from domain.decision import Bilingual, Step
from domain.errors import BadInput
from domain.platform.retention import Category
from domain.trail import Signer
from rules.library import Library
from rules.terms import RETENTION, terms_in

log = logging.getLogger("echeance.retention")

PLATFORM = Actor("platform:retention")
PROCESS = "platform.retention"
TEAM = "privacy"
REFUSED = Bilingual(
    "Livre de conservation plus court que la loi : rien n’est effacé",
    "A retention book shorter than the law: nothing is erased",
)


@dataclass(frozen=True)
class Tonight:
    """One tenant's look: its day, and for each category the day before which all is old enough."""

    tenant: Tenant
    at: datetime
    today: date
    befores: Mapping[Category, date]


Kind = Callable[[AsyncConnection, Tonight, Subject], Awaitable[Counter[str]]]


@dataclass(frozen=True)
class Retention:
    database: Database
    library: Library
    files: FileStore
    signer: Signer

    @activity.defn(name="platform.retention.take_out")
    async def take_out(self, at: datetime) -> dict[str, dict[str, int]]:
        """By tenant and table. Each kind in a transaction of its own: a repetition goes on from there."""
        async with self.database.anyone() as tx:
            known = await tenants(tx)
        gone: dict[str, dict[str, int]] = {}
        for name in known:
            activity.heartbeat(name)
            try:
                found = await self.of_tenant(name, at)
            except BadInput as wrong:
                await self._refuse(name, wrong, at)
            else:
                gone |= {name: found} if found else {}
        return gone

    async def _refuse(self, name: str, wrong: BadInput, at: datetime) -> None:
        """A tenant's own book that a law does not allow: nothing of theirs is taken out, others go on."""
        log.error("the retention book of %s: %s", name, wrong)
        async with self.database.tenant(name) as tx:
            zone = (await tenant_of(tx, name)).zone
            today = local_date(at, zone)
            step = Step(
                "refused", "alert", f"{PROCESS}:{name}:refused:{today}", today, to=TEAM, title=REFUSED
            )
            await effects.raise_alert(tx, Case(name, PROCESS, "book", zone), step, at)

    async def of_tenant(self, name: str, at: datetime) -> dict[str, int]:
        async with self.database.tenant(name) as tx:
            tonight = await self._tonight(tx, name, at)
        gone: Counter[str] = Counter()
        for step in (self._rows, self._files, self._trail, self._people):
            gone += await self._in_turn(tonight, step)
        if gone:
            log.info("retention of %s: %s", name, dict(gone))
        return dict(gone)

    async def _in_turn(self, tonight: Tonight, step: Kind) -> Counter[str]:
        name = tonight.tenant.id
        async with self.database.tenant(name) as tx:
            gone = await step(tx, tonight, await held(tx, name, tonight.today))
            if gone:
                after = {"gone": dict(gone), "before": {str(of): day for of, day in tonight.befores.items()}}
                await audit.write(tx, name, PLATFORM, "retention.applied", RETENTION, after=after)
        return gone

    async def _tonight(self, tx: AsyncConnection, name: str, at: datetime) -> Tonight:
        tenant = await tenant_of(tx, name)
        today = local_date(at, tenant.zone)
        versions = (await rules.in_force(tx, name, today)).get(RETENTION, ())
        book = await self.library.in_force(
            RETENTION, versions, partial(rules.revision_content, tx, name, RETENTION)
        )
        terms = terms_in(book, at, tenant.zone)
        return Tonight(tenant, at, today, {term.category: term.over_before(today) for term in terms})

    async def _rows(self, tx: AsyncConnection, tonight: Tonight, spared: Subject) -> Counter[str]:
        gone: Counter[str] = Counter()
        for one in retention.aging():
            before = tonight.befores[Category(one.term)]
            gone[one.table] = await retention.rows_over(tx, one, before, spared)
        return +gone

    async def _files(self, tx: AsyncConnection, tonight: Tonight, spared: Subject) -> Counter[str]:
        gone: Counter[str] = Counter()
        for category in retention.OF_FILES:
            before = tonight.befores[category]
            gone["file"] += await retention.files_over(
                tx, self.files, tonight.tenant.id, category, before, spared, tonight.at
            )
        return +gone

    async def _trail(self, tx: AsyncConnection, tonight: Tonight, spared: Subject) -> Counter[str]:
        """Nothing of it while somebody is on hold: the trail is one chain."""
        if spared.owners:
            return Counter()
        days = (tonight.today - tonight.befores[Category.AUDIT]).days
        name = tonight.tenant.id
        # Its rows are dated by the database, which guards them by its own clock.
        now = min(tonight.at, (await tx.execute(select(func.now()))).scalar_one())
        pruned = await audit_chain.prune(tx, name, PLATFORM, self.signer, now, least_days=days)
        return +Counter({"audit": pruned})

    async def _people(self, tx: AsyncConnection, tonight: Tonight, spared: Subject) -> Counter[str]:
        """Whoever still has something open is looked at again tomorrow."""
        name, today = tonight.tenant.id, tonight.today
        contacts = await retention.contacts_over(tx, name, today, tonight.befores, spared)
        persons = await retention.persons_over(tx, name, tonight.befores, spared)
        subjects = [await subject_of(tx, name, today, contact_ref=ref) for ref in contacts]
        subjects += [await subject_of(tx, name, today, person_id=id) for id in persons]
        gone: Counter[str] = Counter()
        for subject in subjects:
            gone["people"] += await self._erased(tx, tonight, subject)
        return +gone

    async def _erased(self, tx: AsyncConnection, tonight: Tonight, subject: Subject) -> bool:
        if await obstacles(tx, subject, tonight.today):
            return False
        done = await erase(tx, self.files.keyring, self.files, subject, tonight.at, tonight.today)
        after = {"rows": dict(done.rows), "keys": done.keys, "files": done.files}
        await audit.write(tx, subject.tenant, PLATFORM, "privacy.erased", subject.thing, after=after)
        return True
