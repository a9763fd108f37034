"""The operator's command, `echeance`."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.text import Text
from sqlalchemy.engine import make_url

from adapters.local.folder import AlreadyRunning, DataFolder
from adapters.local.process import DidNotStart
from adapters.local.run import run_platform
from adapters.local.status import look
from adapters.logs import guard_logs
from api.fleet.mobile_money import secret_for
from commands.audit import audit
from commands.backup import backup, restore, verify, watch_again
from commands.operator import fail, in_folder, mend_or_fail, screen, settings_for, with_tenant
from commands.people import person
from commands.rules import rules
from database.migrate import upgrade
from database.role import set_password
from database.shared.api_keys import create_key, revoke_key
from domain.errors import BadInput


@click.group()
def main() -> None:
    """Échéance: obligations with a due date, watched until they are met."""
    guard_logs()


@main.command()
@in_folder
@click.option("--no-seeds", is_flag=True, help="Start with an empty database.")
def run(data: Path, no_seeds: bool) -> None:
    """Run the whole platform on this machine, until Ctrl-C."""
    try:
        run_platform(DataFolder(data), screen, seeds=not no_seeds)
    except (AlreadyRunning, DidNotStart) as problem:
        fail(str(problem))


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def demo(folder: Path | None) -> None:
    """Live a data set (contracts.csv, payments.csv) through in virtual time, and check what must hold."""
    # Workers and workflows are loaded only where they run: the other commands start quickly.
    from seeds.demo import run as lived

    try:
        held = asyncio.run(lived(folder, screen))
    except BadInput as wrong:
        fail(str(wrong))
    if not held:
        fail("not everything that must hold does hold; see above")


@main.command()
@in_folder
def migrate(data: Path) -> None:
    """Bring the database to the present schema."""
    settings = settings_for(data)
    if settings.database_admin_url is None:
        fail("ECHEANCE_DATABASE_ADMIN_URL is not set; migrations need the owner of the schema")
    upgrade(settings.database_admin_url, settings.application_role)
    password = make_url(settings.database_url).password
    if password:
        set_password(settings.database_admin_url, settings.application_role, str(password))


main.add_command(rules)
main.add_command(backup)
main.add_command(restore)
main.add_command(verify)
main.add_command(watch_again)
main.add_command(audit)
main.add_command(person)


@main.group()
def key() -> None:
    """Keys of the API."""


@key.command()
@in_folder
@click.option("--tenant", required=True)
@click.option("--scopes", default="*", show_default=True, help="With commas.")
@click.option("--name", default="made by the operator", show_default=True)
@click.option("--days", type=click.IntRange(1, 3660), help="After so many days it ends by itself.")
def create(data: Path, tenant: str, scopes: str, name: str, days: int | None) -> None:
    """Make a key and print it; it cannot be shown again."""
    until = datetime.now(UTC) + timedelta(days=days) if days else None
    wanted = frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
    settings = settings_for(data)
    made = mend_or_fail(
        lambda: with_tenant(settings, tenant, lambda tx: create_key(tx, tenant, name, wanted, until))
    )
    click.echo(made)


@key.command()
@in_folder
@click.option("--tenant", required=True)
@click.argument("id")
def revoke(data: Path, tenant: str, id: str) -> None:
    """End a key at once. ID is the part of the key before its secret."""
    settings = settings_for(data)
    now = datetime.now(UTC)
    mend_or_fail(lambda: with_tenant(settings, tenant, lambda tx: revoke_key(tx, tenant, id, now)))


@key.command("mobile-money")
@in_folder
@click.option("--tenant", required=True)
def mobile_money(data: Path, tenant: str) -> None:
    """Print the secret with which a tenant's mobile-money operator signs its webhooks."""
    master = settings_for(data).mobile_money_secret.get_secret_value()
    click.echo(secret_for(master, tenant))


@main.command()
@in_folder
def status(data: Path) -> None:
    """Say what answers and what does not; exit code 1 when something does not."""
    settings = settings_for(data)
    found = look(settings.database_url, settings.temporal_address, settings.public_base_url)
    for name, problem in found.items():
        said = (" ".join(problem.split()), "red") if problem else ("answers", "green")
        screen.print(Text.assemble(f"{name:12}", said), soft_wrap=True)
    sys.exit(1 if any(found.values()) else 0)


if __name__ == "__main__":
    main()
