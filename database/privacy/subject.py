"""One human being as the platform knows them: a contact, who may sign in, or a person who signs in alone."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.privacy.registry import GROUNDS
from database.shared.keys import of_case, of_person
from database.shared.tables import contact, person
from domain.errors import NotFound

LETTERS = text(
    "select 'platform.letter', id from letter where tenant_id = :tenant "
    "and person_id = any(cast(:persons as text[]))"
)
SHORTEST_MENTION = 4
LOCAL_DIGITS = 8


@dataclass(frozen=True)
class Subject:
    """``cases`` are those that are about them: process and reference."""

    tenant: str
    contacts: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    cases: tuple[tuple[str, str], ...] = ()

    @property
    def thing(self) -> str:
        """As the trail names them: opaque."""
        return f"contact:{self.contacts[0]}" if self.contacts else f"person:{self.persons[0]}"

    @property
    def key(self) -> str:
        """Under whose key what is kept of them is sealed."""
        return (self.contacts or self.persons)[0]

    @property
    def owners(self) -> list[str]:
        """Whose keys are destroyed with them."""
        own = [of_person(one) for one in (*self.contacts, *self.persons)]
        return own + [of_case(process, ref) for process, ref in self.cases]

    @property
    def given(self) -> dict[str, Any]:
        """The values of the conditions in the registry."""
        actors = [
            *(f"person:{one}" for one in self.persons),
            *(f"{kind}:{one}" for one in self.contacts for kind in ("link", "contact")),
        ]
        return {
            "tenant": self.tenant, "contacts": list(self.contacts), "persons": list(self.persons),
            "names": [one.lower() for one in self.names], "addresses": list(self.addresses),
            "actors": actors, "processes": [process for process, _ in self.cases],
            "refs": [ref for _, ref in self.cases], "case_refs": sorted({ref for _, ref in self.cases}),
            "owners": self.owners, "mentions": self._mentions(), "digits": self._digits(),
            "spoken": [f"SMS from {_escaped(ref)}: %" for ref in self.contacts],
        }  # fmt: skip

    def _mentions(self) -> list[str]:
        """Patterns for an answer in JSON that names them, one way or another."""
        refs = {*self.contacts, *self.persons, *(ref for _, ref in self.cases)}
        words = {one for one in (*self.names, *self.addresses) if len(one) >= SHORTEST_MENTION}
        return [f"%{_escaped(json.dumps(ref))}%" for ref in sorted(refs)] + [
            f"%{_escaped(json.dumps(one, ensure_ascii=False)[1:-1])}%" for one in sorted(words)
        ]

    def _digits(self) -> list[str]:
        """Patterns for the end of their numbers, among digits alone: beginnings vary."""
        numbers = [re.sub(r"\D", "", one) for one in self.addresses if one.startswith("+")]
        return [f"%{one[-LOCAL_DIGITS:]}%" for one in numbers if len(one) >= LOCAL_DIGITS]


def _escaped(text_: str) -> str:
    return text_.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def subject_of(
    tx: AsyncConnection, tenant: str, today: date, contact_ref: str = "", person_id: str = ""
) -> Subject:
    """Whichever of the two is given leads to the other. Raises NotFound."""
    if person_id:
        known = (await tx.execute(select(person).where(*_mine(tenant, person_id)))).first()
        if known is None:
            raise NotFound("person", person_id)
        contact_ref = known.contact_ref or ""
    if contact_ref:
        mine = (contact.c.tenant_id == tenant, contact.c.ref == contact_ref)
        if (await tx.execute(select(contact.c.ref).where(*mine))).first() is None:
            raise NotFound("contact", contact_ref)
    return await subjects_of(
        tx, tenant, today, [contact_ref] if contact_ref else [], [person_id] if person_id else []
    )


async def hold(tx: AsyncConnection, subject: Subject) -> None:
    """Of one person one thing is done at a time, and of two last administrators one is erased.

    Whoever signs a contract with them at this moment waits, and so is waited for.
    """
    mine = (contact.c.tenant_id == subject.tenant, contact.c.ref.in_(subject.contacts))
    await tx.execute(select(contact.c.ref).where(*mine).order_by(contact.c.ref).with_for_update())
    if not subject.persons:
        return
    for them in (person.c.roles.contains(["administrator"]), person.c.id.in_(subject.persons)):
        query = select(person.c.id).where(person.c.tenant_id == subject.tenant, them).order_by(person.c.id)
        await tx.execute(query.with_for_update(key_share=True))


async def subjects_of(
    tx: AsyncConnection, tenant: str, today: date, contacts: Iterable[str], persons: Iterable[str]
) -> Subject:
    """Several at once, as if they were one."""
    refs, ids = sorted(set(contacts)), set(persons)
    either = or_(person.c.contact_ref.in_(refs), person.c.id.in_(ids))
    people = list(await tx.execute(select(person).where(person.c.tenant_id == tenant, either)))
    mine = (contact.c.tenant_id == tenant, contact.c.ref.in_(refs))
    known = list(await tx.execute(select(contact).where(*mine)))
    persons_ = tuple(sorted({row.id for row in people}))
    given = {"tenant": tenant, "today": today, "contacts": refs, "persons": list(persons_)}
    rows = [*people, *known]
    return Subject(
        tenant, tuple(refs), persons_,
        tuple(sorted({row.full_name for row in rows if row.full_name})),
        tuple(sorted({one for row in rows for one in (row.email, getattr(row, "phone", None)) if one})),
        await _cases(tx, given),
    )  # fmt: skip


async def _cases(tx: AsyncConnection, given: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    found: set[tuple[str, str]] = set()
    for query in (LETTERS, *(text(ground.cases) for ground in GROUNDS.values())):
        found |= {(row[0], row[1]) for row in await tx.execute(query, given)}
    return tuple(sorted(found))


def _mine(tenant: str, id: str) -> tuple[ColumnElement[bool], ...]:
    return person.c.tenant_id == tenant, person.c.id == id
