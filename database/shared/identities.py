"""Identity providers of tenants, and who of them is which person here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import people
from database.shared.keys import TENANT, Keyring
from database.shared.people import ACTIVE, INVITED, Invited, Person
from database.shared.token_tables import identity, identity_provider
from domain.access import role_mistakes
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.identity import Identity, Provider

BY = "provider:{}"


def mistakes(given: Provider) -> list[Mistake]:
    found = []
    if not given.issuer.startswith("https://") and not given.issuer.startswith("http://"):
        found.append(Mistake("issuer", "not an address", "give it as the provider does: https://…"))
    if bool(given.domains) != bool(given.roles):
        mend = "give both: whose addresses come in without an invitation, and with which roles"
        found.append(Mistake("domains", "domains and roles go together", mend))
    found += [
        Mistake("domains", f"not a domain: {one}", "give it as it stands behind the @")
        for one in sorted(given.domains) if "." not in one or "@" in one or one != one.lower()
    ]  # fmt: skip
    return found + (role_mistakes(given.roles) if given.roles else [])


async def set_provider(tx: AsyncConnection, tenant: str, given: Provider, keyring: Keyring) -> None:
    """In place of the one with the same id. Raises BadInput."""
    if wrong := mistakes(given):
        raise BadInput(*wrong)
    sealed = await keyring.seal(tx, tenant, TENANT, given.secret.encode(), f"oidc:{given.id}")
    row = {
        "name": given.name, "issuer": given.issuer, "client_id": given.client_id, "secret": sealed,
        "domains": sorted(given.domains), "roles": sorted(given.roles),
    }  # fmt: skip
    written = insert(identity_provider).values(tenant_id=tenant, id=given.id, **row)
    await tx.execute(written.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=row))


async def providers_of(tx: AsyncConnection, tenant: str, keyring: Keyring) -> list[Provider]:
    mine = identity_provider.c.tenant_id == tenant
    rows = list(await tx.execute(select(identity_provider).where(mine).order_by(identity_provider.c.id)))
    return [
        Provider(
            row.id, row.name, row.issuer, row.client_id,
            (await keyring.open(tx, tenant, bytes(row.secret), f"oidc:{row.id}")).decode(),
            frozenset(row.domains), frozenset(row.roles),
        )
        for row in rows
    ]  # fmt: skip


async def remove_provider(tx: AsyncConnection, tenant: str, id: str) -> None:
    """Raises NotFound."""
    mine = (identity_provider.c.tenant_id == tenant) & (identity_provider.c.id == id)
    if not (await tx.execute(delete(identity_provider).where(mine))).rowcount:
        raise NotFound("identity provider", id)


def provider_for(known: Sequence[Provider], email: str) -> Provider | None:
    """The one whose domain the address is of, else the first."""
    domain = email.rpartition("@")[2].lower()
    return next((one for one in known if domain in one.domains), known[0] if known else None)


async def person_for(
    tx: AsyncConnection, tenant: str, provider: Provider, said: Identity, now: datetime
) -> Person | None:
    """Who comes in: somebody tied to this subject, invited under the verified address, or of a domain that
    comes in by itself. None for everybody else.
    """
    tied = await _tied(tx, tenant, said)
    if tied is not None:
        return tied if tied.state in (ACTIVE, INVITED) else None
    if not said.verified or not said.email:
        return None
    found = await people.person_by_email(tx, tenant, said.email)
    if found is None and said.email.rpartition("@")[2].lower() in provider.domains:
        found = await _welcomed(tx, tenant, provider, said)
    if found is None or found.state not in (ACTIVE, INVITED):
        return None
    return found if await _tie(tx, tenant, said, found, now) else None


async def _tied(tx: AsyncConnection, tenant: str, said: Identity) -> Person | None:
    mine = (identity.c.tenant_id == tenant) & (identity.c.issuer == said.issuer)
    query = select(identity.c.person_id).where(mine, identity.c.subject == said.subject)
    id = (await tx.execute(query)).scalar_one_or_none()
    return await people.person_or_none(tx, tenant, id) if id else None


async def _tie(tx: AsyncConnection, tenant: str, said: Identity, who: Person, now: datetime) -> bool:
    """False when another subject of the same issuer is this person already: an address was given anew."""
    row = {
        "tenant_id": tenant, "issuer": said.issuer, "subject": said.subject, "person_id": who.id,
        "created_at": now,
    }  # fmt: skip
    written = insert(identity).values(row).on_conflict_do_nothing().returning(identity.c.subject)
    return (await tx.execute(written)).first() is not None


async def _welcomed(tx: AsyncConnection, tenant: str, provider: Provider, said: Identity) -> Person | None:
    who = Invited(said.email, said.name or said.email.partition("@")[0], provider.roles)
    try:
        return await people.invite(tx, tenant, who, BY.format(provider.id), ACTIVE)
    except Conflict:
        return None
