"""What is a person's own: through the contact that they are, in every business.

Two walls, apart from each other: `owns` is asked by a route about the thing it names; `narrow` makes the
database itself show own rows only, whatever a query forgets (migration 0010).
"""

from collections.abc import Mapping

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

NARROW = text("select set_config('app.own', :contact, true)")

OWNED: Mapping[str, TextClause] = {
    kind: text(f"select exists ({query})")
    for kind, query in {
        "contact": "select where cast(:ref as text) = :contact or exists (select from placement "
        "where tenant_id = :tenant and student_ref = :ref "
        "and :contact in (school_tutor_ref, company_tutor_ref))",
        "contract": "select from fleet_contract where tenant_id = :tenant and ref = :ref "
        "and driver_ref = :contact",
        "payment": "select from payment y join fleet_contract c on c.tenant_id = y.tenant_id "
        "and c.ref = y.contract_ref join tenant t on t.id = y.tenant_id where y.tenant_id = :tenant "
        "and y.ref = :ref and c.driver_ref = :contact and (y.received_at at time zone t.zone)::date >= "
        # Who took the contract over does not see what somebody else has paid.
        "coalesce((select max(h.changed_on) from contract_change h where h.tenant_id = c.tenant_id "
        "and h.contract_ref = c.ref and h.kind = 'driver_changed'), date '-infinity')",
        "investor_contract": "select from investor_contract where tenant_id = :tenant and ref = :ref "
        "and investor_ref = :contact",
        "payout": "select from investor_payout y join investor_contract c on c.tenant_id = y.tenant_id "
        "and c.ref = y.contract_ref where y.tenant_id = :tenant and y.ref = :ref "
        "and c.investor_ref = :contact",
        "session": "select from training_session s join project p on p.tenant_id = s.tenant_id "
        "and p.ref = s.project_ref join training_client c on c.tenant_id = p.tenant_id "
        "and c.ref = p.client_ref where s.tenant_id = :tenant and s.ref = :ref and c.contact_ref = :contact",
        "project": "select from project p where p.tenant_id = :tenant and p.ref = :ref and (exists ("
        "select from training_client c where c.tenant_id = p.tenant_id and c.ref = p.client_ref "
        "and c.contact_ref = :contact) or exists (select from project_recipient r "
        "where r.tenant_id = p.tenant_id and r.project_ref = p.ref and r.contact_ref = :contact))",
        "client": "select from training_client where tenant_id = :tenant and ref = :ref "
        "and contact_ref = :contact",
        "service_contract": "select from service_contract where tenant_id = :tenant and ref = :ref "
        "and customer_ref = :contact",
        "technician": "select from technician where tenant_id = :tenant and ref = :ref "
        "and contact_ref = :contact",
        "visit": "select from visit v join technician t on t.tenant_id = v.tenant_id "
        "and t.ref = v.technician_ref where v.tenant_id = :tenant and v.ref = :ref "
        "and t.contact_ref = :contact",
        "placement": "select from placement where tenant_id = :tenant and ref = :ref "
        "and :contact in (student_ref, school_tutor_ref, company_tutor_ref)",
        "deliverable": "select from deliverable d join placement p on p.tenant_id = d.tenant_id "
        "and p.ref = d.placement_ref where d.tenant_id = :tenant and d.ref = :ref "
        "and :contact in (p.student_ref, p.school_tutor_ref, p.company_tutor_ref)",
        "file": "select from file f where f.tenant_id = :tenant and f.id = :ref and ("
        "f.contact_ref = :contact or exists (select from deliverable d join placement p "
        "on p.tenant_id = d.tenant_id and p.ref = d.placement_ref where d.tenant_id = f.tenant_id "
        "and d.file_id = f.id "
        "and :contact in (p.student_ref, p.school_tutor_ref, p.company_tutor_ref)))",
    }.items()
}


TABLES: Mapping[str, str] = {
    "contract": "fleet_contract", "payout": "investor_payout", "session": "training_session",
    "client": "training_client", "key": "api_key",
}  # fmt: skip
"""Where they are not called like the thing."""


async def exists(tx: AsyncConnection, tenant: str, kind: str, ref: str) -> bool:
    """Whoever's it is."""
    name = "id" if kind in ("file", "key") else "ref"
    found = text(
        f"select exists (select from {TABLES.get(kind, kind)} where tenant_id = :tenant and {name} = :ref)"
    )
    return bool((await tx.execute(found, {"tenant": tenant, "ref": ref})).scalar_one())


async def narrow(tx: AsyncConnection, contact_ref: str) -> None:
    """From here to its end the transaction sees rows of this contact only."""
    await tx.execute(NARROW, {"contact": contact_ref})


async def owns(tx: AsyncConnection, tenant: str, contact_ref: str, kind: str, ref: str) -> bool:
    given = {"tenant": tenant, "contact": contact_ref, "ref": ref}
    return bool((await tx.execute(OWNED[kind], given)).scalar_one())
