"""`echeance oidc`: the identity providers with which people of a tenant sign in."""

from pathlib import Path

import click
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.operator import fail, in_folder, mend_or_fail, operator, screen, settings_for, with_tenant
from database.shared import audit, identities
from database.shared.keys import Keyring
from database.shared.sealing import MasterKeys
from domain.access import ROLES
from domain.identity import Provider
from settings import Settings

in_tenant = click.option("--tenant", required=True)
by_id = click.option("--id", default="main", show_default=True, help="Of several, which one.")


@click.group()
def oidc() -> None:
    """Sign-in with an organisation's own identity provider (OpenID Connect)."""


@oidc.command("set")
@in_folder
@in_tenant
@by_id
@click.option("--name", default="", help="As people know it.")
@click.option("--issuer", required=True, help="Its address, letter by letter as it calls itself.")
@click.option("--client-id", required=True)
@click.option("--secret-file", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--domains", default="", help="With commas: whose addresses come in without an invitation.")
@click.option("--roles", default="", help=f"With commas, what they are then: {', '.join(ROLES)}.")
def set_provider(
    data: Path, tenant: str, id: str, name: str, issuer: str, client_id: str, secret_file: Path,
    domains: str, roles: str,
) -> None:  # fmt: skip
    """Register our address with the provider first: it is printed here."""
    secret = secret_file.read_text("utf-8").strip()
    if not secret:
        fail(f"{secret_file} is empty; write the client's secret into it")
    given = Provider(id, name or issuer, issuer, client_id, secret, _listed(domains.lower()), _listed(roles))
    settings = settings_for(data)

    async def do(tx: AsyncConnection) -> None:
        await identities.set_provider(tx, tenant, given, _keyring(settings))
        after = {"issuer": issuer, "client_id": client_id, "domains": sorted(given.domains),
                 "roles": sorted(given.roles)}  # fmt: skip
        await audit.write(tx, tenant, operator(), "identity_provider.set", f"provider:{id}", after=after)

    mend_or_fail(lambda: with_tenant(settings, tenant, do))
    click.echo(f"{settings.public_base_url.rstrip('/')}/console/sign-in/organisation/back")


@oidc.command("list")
@in_folder
@in_tenant
def list_providers(data: Path, tenant: str) -> None:
    """Those of a tenant, without their secrets."""
    settings = settings_for(data)

    async def read(tx: AsyncConnection) -> list[Provider]:
        return await identities.providers_of(tx, tenant, _keyring(settings))

    rows: list[Provider] = mend_or_fail(lambda: with_tenant(settings, tenant, read))
    for one in rows:
        alone = f"  {', '.join(sorted(one.domains))} as {', '.join(sorted(one.roles))}" if one.domains else ""
        screen.print(Text.assemble((f"{one.id}  ", "dim"), f"{one.issuer}  {one.client_id}{alone}"),
                     soft_wrap=True)  # fmt: skip


@oidc.command()
@in_folder
@in_tenant
@by_id
def remove(data: Path, tenant: str, id: str) -> None:
    """Nobody comes in by it any more; who did before uses a link by mail."""

    async def do(tx: AsyncConnection) -> None:
        await identities.remove_provider(tx, tenant, id)
        await audit.write(tx, tenant, operator(), "identity_provider.removed", f"provider:{id}")

    mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))


def _listed(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in text.split(",") if one.strip())


def _keyring(settings: Settings) -> Keyring:
    return Keyring(MasterKeys([one.get_secret_value() for one in settings.master_keys]))
