"""Demonstration data for the four businesses, around the day on which it is loaded.

python -m seeds.load [--on YYYY-MM-DD] [--suffix -test]
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.session import Database
from database.shared.contacts import page_of_contacts
from domain.errors import BadInput, DomainError
from seeds import fleet, internships, maintenance, training
from seeds.firm import Firm, found
from seeds.sign_ins import admit
from settings import load as load_settings

Fill = Callable[[AsyncConnection, Firm, date], Awaitable[str]]
Say = Callable[[str], None]

FIRMS: tuple[tuple[Firm, Fill], ...] = (
    (fleet.FIRM, fleet.fill),
    (training.FIRM, training.fill),
    (maintenance.FIRM, maintenance.fill),
    (internships.FIRM, internships.fill),
)
ALONE = text("select pg_advisory_xact_lock(hashtext('seeds:' || :tenant))")
"""Two loaders at once take turns."""


async def load_all(
    owner: Database, application: Database, on: date | None, say: Say, suffix: str = ""
) -> None:
    """A firm comes in whole or not at all; one that has people already stays as it is."""
    for template, fill in FIRMS:
        firm = template.named(suffix)
        async with owner.anyone() as tx:
            await found(tx, firm)
        async with application.tenant(firm.id) as tx:
            await tx.execute(ALONE, {"tenant": firm.id})
            if await page_of_contacts(tx, firm.id, "", 1):
                said = "is there already"
            else:
                said = await fill(tx, firm, on or datetime.now(ZoneInfo(firm.zone)).date())
                await admit(tx, firm)
        say(f"{firm.id:22} {said}")


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day that counts as today.")
@click.option("--suffix", default="", help="Put behind the name of each tenant.")
def main(on: datetime | None, suffix: str) -> None:
    """Load the demonstration data into the database that the environment names."""
    screen = Console(stderr=True, highlight=False)
    try:
        asyncio.run(_load(on.date() if on else None, suffix, screen))
    except DomainError as wrong:
        lines = wrong.mistakes if isinstance(wrong, BadInput) else [wrong]
        raise click.ClickException("\n".join(map(str, lines))) from None


async def _load(on: date | None, suffix: str, screen: Console) -> None:
    settings = load_settings()
    if settings.database_admin_url is None:
        raise click.ClickException("ECHEANCE_DATABASE_ADMIN_URL is not set; only the owner creates tenants")
    owner = Database(settings.database_admin_url, pool_size=1)
    application = Database(settings.database_url, pool_size=1)
    try:
        with screen.status("Demonstration data is written"):
            await load_all(owner, application, on, lambda line: screen.print(f"✓ {line}"), suffix)
    finally:
        await application.close()
        await owner.close()


if __name__ == "__main__":
    main()
