"""One attempt to sign in: counted against who guesses, told to the trail, and never saying who exists."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from database.shared import audit, effects, sign_in
from database.shared.audit import Actor
from database.shared.contacts import tenant_of
from database.shared.keys import of_person
from database.shared.people import Person
from database.shared.sign_in import Failures, Reserved
from domain.calendar import local_date
from domain.decision import Bilingual, Step
from domain.sign_in import Bucket, Challenge, buckets, network_of
from web.console.session import DEVICE_COOKIE
from web.console.visit import Desk

log = logging.getLogger("echeance.sign_in")

GUESSING = Bilingual(
    "Quelqu’un essaie d’entrer ; voir le journal (sign_in.refused)",
    "Somebody is trying to get in; see the trail (sign_in.refused)",
)


@dataclass(frozen=True)
class Guess:
    """``person`` is None for an address that nobody has: it is counted and answered the same."""

    desk: Desk
    request: Request
    tenant: str
    email: str
    person: Person | None
    device: str
    known_device: bool
    now: datetime
    challenge: Challenge = Challenge.PASSWORD

    @property
    def ip(self) -> str:
        return self.request.client.host if self.request.client else ""

    @property
    def actor(self) -> Actor:
        agent = self.request.headers.get("user-agent", "")[:200]
        request_id = getattr(self.request.state, "request_id", "")
        owner = of_person(self.person.contact_ref or self.person.id) if self.person else ""
        who = f"person:{self.person.id}" if self.person else "stranger"
        return Actor(who, self.ip, agent, request_id, owner, self.desk.parts.api.keyring)

    @property
    def _failures(self) -> Failures:
        return Failures(self.desk.parts.api.keyring, self.tenant)

    def _names(self) -> dict[Bucket, str]:
        email, network = self.email.strip().casefold(), network_of(self.ip)
        names = {
            Bucket.DEVICE: f"{email}\n{self.device}", Bucket.PERSON_HERE: f"{email}\n{network}",
            Bucket.NETWORK: network, Bucket.PERSON_ANYWHERE: email,
        }  # fmt: skip
        counted = buckets(self.challenge, self.known_device)
        return {bucket: f"{self.challenge}\n{names[bucket]}" for bucket in counted}

    async def begin(self, tx: AsyncConnection) -> Reserved:
        """Counts the attempt; ``right`` takes that back."""
        return await self._failures.reserve(tx, self._names(), self.now)

    def minutes(self, reserved: Reserved) -> int:
        """How long to wait, when the attempt was not taken."""
        wait = reserved.until - self.now if reserved.until else timedelta()
        return ceil(wait.total_seconds() / 60)

    async def right(self, tx: AsyncConnection, reserved: Reserved) -> None:
        await self._failures.forgive(tx, reserved)

    async def failed(self, tx: AsyncConnection, how: str) -> None:
        """``how`` says which factor was wrong, not what was given."""
        thing = f"person:{self.person.id}" if self.person else "person:unknown"
        await audit.write(tx, self.tenant, self.actor, "sign_in.refused", thing, after={"factor": how})
        log.warning("a %s was refused at the sign-in of %s", how, self.tenant)
        if not self.known_device and await self._failures.until(tx, self._alarming(), self.now):
            await self._alert(tx)

    def _alarming(self) -> dict[Bucket, str]:
        return {name: of for name, of in self._names().items() if name is not Bucket.PERSON_HERE}

    async def _alert(self, tx: AsyncConnection) -> None:
        """Once an hour: somebody guesses. The person goes on in browsers they have used, and with links."""
        home = await tenant_of(tx, self.tenant)
        case = home.case("platform.sign_in", self.person.id if self.person else "unknown")
        key = f"{case.process}:{case.ref}:guessing:{self.now:%Y-%m-%dT%H}"
        on = local_date(self.now, home.zone)
        step = Step("guessing", "alert", key, on, to="operations", title=GUESSING)
        await effects.raise_alert(tx, case, step, self.now)


async def guess_of(
    tx: AsyncConnection, request: Request, tenant: str, email: str, person: Person | None, now: datetime,
    challenge: Challenge = Challenge.PASSWORD,
) -> Guess:  # fmt: skip
    device = request.cookies.get(DEVICE_COOKIE, "")
    known = bool(person and device) and await sign_in.is_trusted(
        tx, tenant, person.id if person else "", device, now
    )
    return Guess(request.app.state.desk, request, tenant, email, person, device, known, now, challenge)
