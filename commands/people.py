"""`echeance person`: who may sign in, told to the machine by its operator."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.operator import fail, in_folder, mend_or_fail, operator, screen, settings_for, with_tenant
from database.shared import audit, factors, letters, passkeys, people, sessions
from database.shared.passwords import set_password
from database.shared.people import ACTIVE, INVITED, SUSPENDED, Invited, Person
from domain.access import ROLES
from domain.sign_in import INITIAL

Do = Callable[[AsyncConnection], Awaitable[Any]]
in_tenant = click.option("--tenant", required=True)
by_email = click.option("--email", required=True)


@click.group()
def person() -> None:
    """People who sign in, and their roles."""


@person.command()
@in_folder
@in_tenant
@by_email
@click.option("--name", required=True)
@click.option("--roles", default="administrator", show_default=True, help=f"With commas: {', '.join(ROLES)}.")
@click.option("--contact", default="", help="The reference of the contact that the person is.")
@click.option(
    "--password",
    is_flag=True,
    help="Make a password that is good for a week and print it, instead of sending a letter.",
)
def create(
    data: Path, tenant: str, email: str, name: str, roles: str, contact: str, password: bool
) -> None:  # fmt: skip
    """Let somebody in: by a letter with a link, or with a password that is printed once."""
    wanted = frozenset(role.strip() for role in roles.split(",") if role.strip())
    made_up = "-".join(secrets.token_hex(3) for _ in range(4)) if password else ""
    now = datetime.now(UTC)

    async def do(tx: AsyncConnection) -> None:
        who = Invited(email, name, wanted, contact_ref=contact)
        made = await people.invite(tx, tenant, who, operator().who, ACTIVE if password else INVITED)
        if made_up:
            await set_password(tx, tenant, made, made_up, now, ends_at=now + INITIAL)
        else:
            await letters.owe_letter(tx, tenant, made.id, "invitation", now)
        await _tell(tx, tenant, "person.invited", made)

    mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))
    click.echo(made_up or f"A letter with a link goes to {email}.")


@person.command("list")
@in_folder
@in_tenant
def list_people(data: Path, tenant: str) -> None:
    """Everybody who may sign in."""

    async def read(tx: AsyncConnection) -> list[Person]:
        return await people.page_of_people(tx, tenant, "", 1000)

    rows: list[Person] = mend_or_fail(lambda: with_tenant(settings_for(data), tenant, read))
    for one in rows:
        said = f"{one.state:10} {one.email:36} {', '.join(sorted(one.roles))}"
        screen.print(Text.assemble((f"{one.id}  ", "dim"), said), soft_wrap=True)


@person.command()
@in_folder
@in_tenant
@by_email
@click.argument("roles", nargs=-1, required=True)
def roles(data: Path, tenant: str, email: str, roles: tuple[str, ...]) -> None:
    """Give somebody these roles, and no others."""

    async def do(tx: AsyncConnection) -> None:
        known = await _known(tx, tenant, email)
        await _tell(tx, tenant, "person.roles_changed", await people.change(tx, tenant, known.id, roles))

    mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))


@person.command()
@in_folder
@in_tenant
@by_email
def suspend(data: Path, tenant: str, email: str) -> None:
    """Sign somebody out everywhere and let them in no more."""

    async def do(tx: AsyncConnection) -> None:
        known = await _known(tx, tenant, email)
        made = await people.change(tx, tenant, known.id, state=SUSPENDED)
        await sessions.revoke_all(tx, tenant, known.id, datetime.now(UTC))
        await _tell(tx, tenant, "person.suspended", made)

    mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))


@person.command()
@in_folder
@in_tenant
@by_email
def reset(data: Path, tenant: str, email: str) -> None:
    """For who has lost telephone and recovery codes: take all factors but the password, and tell them."""

    async def do(tx: AsyncConnection) -> None:
        known, now = await _known(tx, tenant, email), datetime.now(UTC)
        for one in await passkeys.passkeys_of(tx, tenant, known.id):
            await passkeys.remove(tx, tenant, known.id, one.id)
        await factors.remove_totp(tx, tenant, known.id)
        await sessions.revoke_all(tx, tenant, known.id, now)
        await letters.owe_letter(tx, tenant, known.id, "factor_changed", now, {"factor": "all"})
        await _tell(tx, tenant, "factor.removed", known)

    mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))


async def _known(tx: AsyncConnection, tenant: str, email: str) -> Person:
    found = await people.person_by_email(tx, tenant, email)
    if found is None:
        fail(f"nobody signs in to {tenant} with that address; see `echeance person list --tenant {tenant}`")
    return found


async def _tell(tx: AsyncConnection, tenant: str, action: str, made: Person) -> None:
    after = {"roles": sorted(made.roles), "state": made.state}
    await audit.write(tx, tenant, operator(), action, f"person:{made.id}", after=after)
