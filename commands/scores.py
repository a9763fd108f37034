"""`echeance fleet score`: all drivers of a tenant are scored now, or as they would have been on a night."""

import asyncio
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from adapters.durable.client import DurableRules
from commands.arguments import DayInReach
from commands.books import shipped_library
from commands.operator import in_folder, settings_for
from commands.progress import INTERRUPTED, progress
from commands.words import Voice, as_json, in_language
from database.fleet import scores
from database.fleet.score_nights import FAILED, Night
from database.fleet.scores import Group
from database.session import Database
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from settings import Settings

NAMES = {
    "reliable": ("fiables", "reliable"), "ordinary": ("ordinaires", "ordinary"),
    "watch": ("à surveiller", "to be watched"), "at_risk": ("à risque", "at risk"),
}  # fmt: skip


@click.command()
@in_folder
@click.option("--tenant", required=True)
@click.option(
    "--day", type=DayInReach(["%Y-%m-%d"]), help="The night of this local day; today’s if left out."
)
@click.option("--again", is_flag=True, help="Even if that night is over.")
@in_language
@as_json
def score(data: Path, tenant: str, day: datetime | None, again: bool, lang: str, machine: bool) -> None:
    """Score all drivers of TENANT. Ctrl-C keeps what was done; the same command goes on from there."""
    voice = Voice(lang, machine)
    began = time.perf_counter()
    settings = settings_for(data)
    try:
        night, groups = voice.mend_or_fail(
            lambda: asyncio.run(_score(voice, settings, tenant, day.date() if day else None, again))
        )
    except KeyboardInterrupt:
        voice.problem("interrompu ; la même commande reprend", "interrupted; the same command goes on")
        raise SystemExit(INTERRUPTED) from None
    if night is None:
        voice.fail(f"aucun contrat en cours chez {tenant}", f"{tenant} has no running contract")
    if night.state == FAILED:
        voice.fail(f"les livres refusent : {night.problem}", f"the books refuse: {night.problem}")
    tell(voice, night, groups, time.perf_counter() - began)


async def _score(
    voice: Voice, settings: Settings, tenant: str, day: date | None, again: bool
) -> tuple[Night | None, list[Group]]:
    # Temporal's library is loaded only where drivers are scored: the other commands start quickly.
    from activities.fleet.score import DriverScores

    database, now = Database(settings.database_url, pool_size=3), datetime.now(UTC)
    try:
        async with database.tenant(tenant) as tx:
            today = local_date(now, (await tenant_of(tx, tenant)).zone)
        with closing(DurableRules()) as engine, progress(voice, voice.of("conducteurs", "drivers")) as bar:
            runner = DriverScores(database, shipped_library(engine))
            night = await runner.go_on(tenant, day or today, now, bar, again=again)
        async with database.tenant(tenant) as tx:
            return night, await scores.groups(tx, tenant)
    finally:
        await database.close()


def tell(voice: Voice, night: Night, groups: list[Group], seconds: float) -> None:
    shown: dict[str, Any] = {
        "on": night.on, "state": night.state, "drivers": night.done, "changed": night.changed,
        "seconds": round(seconds, 1), "groups": {one.outcome: one.drivers for one in groups},
    }  # fmt: skip
    voice.data(shown)
    voice.say(
        f"{night.done} conducteurs notés pour le {night.on:%d/%m/%Y}, {night.changed} ont changé",
        f"{night.done} drivers scored for {night.on}, {night.changed} changed",
        "bold",
    )
    rows = [(voice.of(*NAMES[one.outcome]), one.drivers, one.week_ago) for one in groups]
    voice.table([("liste", "list"), ("aujourd’hui", "now"), ("il y a une semaine", "a week ago")], rows)
