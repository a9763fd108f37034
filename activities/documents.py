"""Documents: typeset once under their key, kept as a sealed file with its digest."""

from contextlib import suppress
from dataclasses import dataclass

from temporalio import activity

from database.session import Database
from database.shared import contacts, effects
from database.shared.effects import Issued
from database.shared.files import FileStore
from domain.effects import Done, Order
from domain.file import NewFile
from domain.ports import Typesetter

BY = "platform"
RETENTION = "document"


class IssuedBefore(Exception):
    """By another attempt, meanwhile; what this one wrote is rolled back."""


@dataclass(frozen=True)
class Documents:
    database: Database
    typesetter: Typesetter
    files: FileStore

    @activity.defn(name="documents.issue")
    async def issue(self, order: Order) -> Done:
        """Typeset ``step.template`` for its first contact and keep it; a second call changes nothing."""
        case, step = order.case, order.step
        async with self.database.tenant(case.tenant) as tx:
            if await effects.document_of(tx, case.tenant, step.key):
                return Done()
            tenant = await contacts.tenant_of(tx, case.tenant)
            person = await contacts.contact_of(tx, case.tenant, step.contacts[0])
        data = {**step.data, "name": person.full_name, "sender": tenant.name, "ref": case.ref}
        content = await self.typesetter.render(step.template, data, person.locale)
        name = f"{step.template.rpartition('/')[2]}-{case.ref}.pdf"
        new = NewFile(
            name, "application/pdf", content, case.process, case.ref, RETENTION, BY, order.at, person.ref
        )
        with suppress(IssuedBefore):
            await self._keep(order, new, person.locale)
        return Done()

    async def _keep(self, order: Order, new: NewFile, locale: str) -> None:
        async with self.database.tenant(order.case.tenant) as tx:
            kept = await self.files.keep(tx, order.case.tenant, new)
            issued = Issued(kept.name, kept.media_type, kept.sha256, kept.id, locale)
            if not await effects.keep_document(tx, order.case, order.step, order.at, issued):
                raise IssuedBefore
