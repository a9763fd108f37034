"""`echeance key`: keys of the API, told to the machine by its operator. They belong to no person."""

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from api.fleet.mobile_money import secret_for
from api.fleet.swap_devices import secret_of
from commands.operator import fail, in_folder, mend_or_fail, operator, settings_for, with_tenant
from database.shared import audit
from database.shared.api_keys import create_key, read_token, revoke_key
from domain.access import PERMISSIONS

in_tenant = click.option("--tenant", required=True)


@click.group()
def key() -> None:
    """Keys of the API."""


@key.command()
@in_folder
@in_tenant
@click.option("--scopes", default="*", show_default=True, help="With commas; docs/access.md lists them.")
@click.option("--name", default="made by the operator", show_default=True)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="It ends as this day begins (UTC).")
def create(data: Path, tenant: str, scopes: str, name: str, expires: datetime | None) -> None:
    """Make a key and print it; it cannot be shown again."""
    wanted = frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
    if unknown := sorted(wanted - {*PERMISSIONS, "*"}):
        fail(f"not a scope: {', '.join(unknown)}; choose among *, {', '.join(PERMISSIONS)}")
    until = expires.replace(tzinfo=UTC) if expires else None
    if until is not None and until <= datetime.now(UTC):
        fail("--expires: this day has begun; give one to come")

    async def do(tx: AsyncConnection) -> str:
        made = await create_key(tx, tenant, name, wanted, until)
        token = read_token(made)
        assert token is not None, "a key that was just made is readable"
        after = {"scopes": sorted(wanted), "owner": "", "revoked": False}
        await audit.write(tx, tenant, operator(), "key.created", f"key:{token.id}", after=after)
        return made

    click.echo(mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do)))


@key.command()
@in_folder
@in_tenant
@click.argument("id")
def revoke(data: Path, tenant: str, id: str) -> None:
    """End a key at once. ID is the part of the key before its secret."""
    now = datetime.now(UTC)

    async def do(tx: AsyncConnection) -> None:
        await revoke_key(tx, tenant, id, now)
        await audit.write(tx, tenant, operator(), "key.revoked", f"key:{id}", after={"revoked": True})

    mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))


@key.command("mobile-money")
@in_folder
@in_tenant
def mobile_money(data: Path, tenant: str) -> None:
    """Print the secret with which a tenant's mobile-money operator signs its webhooks."""
    master = settings_for(data).mobile_money_secret.get_secret_value()
    click.echo(secret_for(master, tenant))


@key.command("swap-station")
@in_folder
@in_tenant
@click.argument("station")
def swap_station(data: Path, tenant: str, station: str) -> None:
    """Print the secret with which the device of STATION signs the swaps it tells of."""
    master = settings_for(data).mobile_money_secret.get_secret_value()
    click.echo(secret_of(master, tenant, station))
