"""Documents: typeset once under their key, kept with their digest."""

from dataclasses import dataclass
from hashlib import sha256

from temporalio import activity

from database.session import Database
from database.shared import contacts, effects
from database.shared.effects import Issued
from domain.effects import Done, Order
from domain.ports import Typesetter


@dataclass(frozen=True)
class Documents:
    database: Database
    typesetter: Typesetter

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
        issued = Issued(name, "application/pdf", sha256(content).hexdigest(), content, person.locale)
        async with self.database.tenant(case.tenant) as tx:
            await effects.keep_document(tx, case, step, order.at, issued)
        return Done()
