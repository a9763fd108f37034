"""People who call the API, each with an access token of their own."""

from dataclasses import replace

from api.tokens import JwtTokens
from database.shared import people
from database.shared.people import ACTIVE, Invited
from database.shared.signing_keys import SigningKeys
from domain.principal import Claims
from tests.api.conftest import Caller
from tests.ground import KEYRING, PUBLIC


async def person(caller: Caller, role: str, contact: str = "", proved: bool = True) -> Caller:
    """The same tenant, called by an active person with this role."""
    email = f"{role}-{contact or 'nobody'}-{proved}@example.org".lower()
    async with caller.database.tenant(caller.tenant) as tx:
        made = await people.person_by_email(tx, caller.tenant, email)
        if made is None:
            who = Invited(email, "Someone", frozenset({role}), contact_ref=contact)
            made = await people.invite(tx, caller.tenant, who, "test", ACTIVE)
    claims = Claims(caller.tenant, made.id, "", caller.clock.at if proved else None)
    tokens = JwtTokens(SigningKeys(caller.database, KEYRING.master), PUBLIC)
    return replace(caller, key=await tokens.issue(claims, caller.clock.at))
