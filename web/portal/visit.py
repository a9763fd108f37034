"""One opening of a page of one's own: whose, when, and in which language it is read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import parts_of
from api.parts import Parts
from database.shared.audience import check_audience
from database.shared.contacts import Contact, Tenant, tenant_of
from domain.calendar import local_date
from domain.links import PersonTarget
from web.answers.router import asked_language


class Expired(Exception):
    """A genuine link whose time is over."""


@dataclass(frozen=True)
class Visit:
    """``token`` is the address's own, for the links of its pages."""

    tx: AsyncConnection
    parts: Parts
    target: PersonTarget
    token: str
    home: Tenant
    person: Contact
    now: datetime
    locale: str

    @property
    def tenant(self) -> str:
        return self.home.id

    @property
    def today(self) -> date:
        return local_date(self.now, self.home.zone)

    def home_day(self, at: datetime) -> date:
        return local_date(at, self.home.zone)

    @property
    def by(self) -> str:
        return f"link:{self.person.ref}"


@asynccontextmanager
async def visited(request: Request, token: str) -> AsyncIterator[Visit]:
    """Raises NotFound for a link that is not ours, or whose person is gone, and Expired."""
    parts = parts_of(request)
    target = parts.person_links.read(token)
    now = parts.clock()
    if now >= target.until:
        raise Expired
    async with parts.database.tenant(target.tenant) as tx:
        person = await check_audience(tx, parts.keyring, target.tenant, target.audience, target.key)
        home = await tenant_of(tx, target.tenant)
        yield Visit(
            tx, parts, target, token, home, person, now, asked_language(request) or person.locale
        )  # fmt: skip
