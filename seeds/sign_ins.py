"""Who signs in to a firm of the demonstration: its staff, and some of the people it serves.

They have no password: at the door they ask for a link, which lies in the outbox of the local twin.
"""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import people
from database.shared.contacts import contact_or_none
from database.shared.people import ACTIVE, Invited
from seeds.firm import Firm

STAFF: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "motos-douala": (
        ("exploitation", "Estelle Mbida", "operator"), ("finances", "Gilbert Nana", "finance"),
    ),
    "formations-lyon": (("exploitation", "Maud Perrin", "operator"), ("finances", "Alix Royer", "finance")),
    "electricite-annecy": (("planning", "Clothilde Bouvet", "planner"),),
    "ecole-annecy": (("stages", "Brigitte Salomon", "internship_officer"),),
}  # fmt: skip
"""Local part, name, role."""


SERVED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "motos-douala": (("CH-001", "driver"), ("CH-002", "driver"), ("INV-001", "investor")),
    "formations-lyon": (("AC-1", "client_contact"), ("RF-1", "client_contact")),
    "electricite-annecy": (("CL-001", "client_contact"), ("TEC-1", "technician")),
    "ecole-annecy": (("ET-1", "student"), ("TE-1", "school_tutor"), ("TU-1", "company_tutor")),
}
"""Reference of the contact, role."""


async def admit(tx: AsyncConnection, firm: Firm) -> None:
    known = next((rows for id, rows in STAFF.items() if firm.id.startswith(id)), ())
    for local, name, role in known:
        who = Invited(f"{local}@{firm.id}.example", name, frozenset({role}))
        await people.invite(tx, firm.id, who, "seeds", ACTIVE)
    served = next((rows for id, rows in SERVED.items() if firm.id.startswith(id)), ())
    for ref, role in served:
        contact = await contact_or_none(tx, firm.id, ref)
        if contact and contact.email:
            own = Invited(contact.email, contact.full_name, frozenset({role}), contact.locale, ref)
            await people.invite(tx, firm.id, own, "seeds", ACTIVE)
