"""The operator's command, `echeance`."""

import asyncio
import sys
from pathlib import Path

import click
from rich.text import Text
from sqlalchemy.engine import make_url

from adapters.local.folder import AlreadyRunning, DataFolder
from adapters.local.process import DidNotStart
from adapters.local.run import run_platform
from adapters.local.status import look
from adapters.logs import guard_logs
from commands.access import access
from commands.audit import audit
from commands.backup import backup, restore, verify, watch_again
from commands.certificates import certificates
from commands.export import export
from commands.fleet import fleet
from commands.foresee import foresee
from commands.holes import published
from commands.key import key
from commands.keys import keys
from commands.oidc import oidc
from commands.operator import fail, in_folder, screen, settings_for
from commands.people import person
from commands.plan import plan
from commands.privacy import privacy
from commands.rules import rules
from commands.webhook import webhook
from database.migrate import upgrade
from database.role import set_password
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
main.add_command(privacy)
main.add_command(webhook)
main.add_command(key)
main.add_command(keys)
main.add_command(oidc)
main.add_command(access)
main.add_command(certificates)
main.add_command(published)
main.add_command(export)
main.add_command(foresee)
main.add_command(fleet)
main.add_command(plan)


@main.command()
@in_folder
def status(data: Path) -> None:
    """Say what answers and what does not; exit code 1 when something does not."""
    settings = settings_for(data)
    found = look(settings)
    for name, problem in found.items():
        said = (" ".join(problem.split()), "red") if problem else ("answers", "green")
        screen.print(Text.assemble(f"{name:12}", said), soft_wrap=True)
    sys.exit(1 if any(found.values()) else 0)


if __name__ == "__main__":
    main()
