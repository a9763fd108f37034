"""People who call the API, each with an access token of their own."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from api.problems import Refused
from database.shared import people
from database.shared.people import ACTIVE, Invited
from domain.principal import Claims
from tests.api.conftest import Caller


@dataclass
class Spoken:
    """Stands where tokens are proved, for tests about what a proved person may do."""

    known: dict[str, Claims] = field(default_factory=dict)

    async def read(self, text: str, now: datetime) -> Claims:  # noqa: ARG002
        if text not in self.known:
            raise Refused("unauthorized", "The access token is not valid here any more; sign in again.")
        return self.known[text]

    def token(self, claims: Claims) -> str:
        text = f"spoken.{claims.tenant}.{claims.person}{'' if claims.proved_at else '-stale'}"
        self.known[text] = claims
        return text


async def person(caller: Caller, spoken: Spoken, role: str, contact: str = "", proved: bool = True) -> Caller:
    """The same tenant, called by an active person with this role."""
    email = f"{role}-{contact or 'nobody'}-{proved}@example.org".lower()
    async with caller.database.tenant(caller.tenant) as tx:
        made = await people.person_by_email(tx, caller.tenant, email)
        if made is None:
            who = Invited(email, "Someone", frozenset({role}), contact_ref=contact)
            made = await people.invite(tx, caller.tenant, who, "test", ACTIVE)
    claims = Claims(caller.tenant, made.id, "s", caller.clock.at if proved else None)
    return replace(caller, key=spoken.token(claims))
