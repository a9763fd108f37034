"""`echeance rules dry-run | back-test`: a book tried on open cases, on recorded decisions or on a file."""

import asyncio
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from adapters.durable.client import DurableRules
from commands.arguments import DayInReach
from commands.books import shipped_library, text_of
from commands.findings import Sinks, give, sinks
from commands.history import try_history
from commands.operator import in_folder, operator, settings_for
from commands.progress import INTERRUPTED, progress
from commands.words import Voice, as_json, in_language
from database.session import Database
from database.shared import rules as kept
from database.shared import trials
from database.shared.contacts import Tenant, tenant_of
from database.shared.trials import BACK_TEST, DRY_RUN, Plan, Trial
from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from rules.engine import Book
from rules.library import Library
from settings import Settings
from web.trials.page import About

DAY = DayInReach(["%Y-%m-%d"])
NEW = click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
OLD = click.option(
    "--against",
    default="in_force",
    show_default=True,
    metavar="BOOK",
    help="A revision, a file, `shipped` or `in_force`.",
)
RESUME = click.option("--resume", type=click.IntRange(1, 2**62), help="Go on with the trial of this number.")


@dataclass(frozen=True)
class Ask:
    """What the operator asked for. ``resume`` None: a new trial."""

    settings: Settings
    tenant: str
    kind: str
    file: Path | None
    against: str
    resume: int | None
    at: datetime
    begins_on: datetime | None = None
    ends_on: datetime | None = None


@click.command("dry-run")
@in_folder
@click.option("--tenant", required=True)
@NEW
@OLD
@RESUME
@sinks
@in_language
@as_json
def dry_run(
    data: Path,
    tenant: str,
    file: Path | None,
    against: str,
    resume: int | None,
    lang: str,
    machine: bool,
    **files: Path | None,
) -> None:
    """Ask FILE and the book in force about every open case of TENANT, as last seen. Nothing is sent."""
    ask = Ask(settings_for(data), tenant, DRY_RUN, file, against, resume, datetime.now(UTC))
    run(Voice(lang, machine), ask, Sinks(**files))


@click.command("back-test")
@in_folder
@click.option("--tenant", default="", help="Whose decisions; needed unless --history is given.")
@NEW
@OLD
@click.option("--from", "begins_on", type=DAY, help="The first local day.")
@click.option("--until", "ends_on", type=DAY, help="The last local day.")
@click.option(
    "--history",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file instead of a tenant: a column for each fact, subject, on.",
)
@click.option("--zone", default="Africa/Douala", show_default=True, help="Of --history.")
@click.option("--country", default="CM", show_default=True, help="Of --history: whose holidays count.")
@click.option("--currency", default="XAF", show_default=True, help="Of amounts of --history without one.")
@RESUME
@click.option("--go-on", is_flag=True, help="Go on with an interrupted --history.")
@sinks
@in_language
@as_json
def back_test(
    data: Path,
    tenant: str,
    file: Path | None,
    against: str,
    begins_on: datetime | None,
    ends_on: datetime | None,
    history: Path | None,
    zone: str,
    country: str,
    currency: str,
    resume: int | None,
    go_on: bool,
    lang: str,
    machine: bool,
    **files: Path | None,
) -> None:
    """Ask FILE and the book in force about recorded decisions. Ctrl-C keeps what was counted."""
    voice, into = Voice(lang, machine), Sinks(**files)
    if history:
        if file is None:
            raise click.UsageError("FILE is missing: the new book.")
        known = "shipped" if against == "in_force" else against
        voice.mend_or_fail(
            lambda: try_history(voice, history, file, known, zone, country, currency, go_on, into)
        )
        return
    if not tenant:
        raise click.UsageError("Give --tenant, or --history with a file.")
    ask = Ask(
        settings_for(data), tenant, BACK_TEST, file, against, resume, datetime.now(UTC), begins_on, ends_on
    )
    run(voice, ask, into)


def run(voice: Voice, ask: Ask, into: Sinks) -> None:
    if ask.resume is None and ask.file is None:
        raise click.UsageError("FILE is missing: the new book. Or give --resume.")
    begun: list[int] = []
    try:
        firm, ended, result = voice.mend_or_fail(lambda: asyncio.run(_try(voice, ask, begun)))
    except KeyboardInterrupt:
        if begun:
            asyncio.run(_stop(ask, begun[0]))
            voice.problem(
                f"interrompu ; --resume {begun[0]} le reprend", f"interrupted; --resume {begun[0]} goes on"
            )
        raise SystemExit(INTERRUPTED) from None
    if ended.problem:
        voice.fail(ended.problem, ended.problem)
    if result is None:
        voice.fail(
            f"l’essai {ended.id} est arrêté ; --resume {ended.id} le reprend",
            f"the trial {ended.id} is stopped; --resume {ended.id} goes on",
        )
    library: Library = voice.mend_or_fail(shipped_library)
    about = About(
        title=library.book(ended.book).title,
        book=ended.book,
        kind=ended.kind,
        old=ended.old_revision,
        new=ended.new_revision,
        on=local_date(ended.at, firm.zone),
        tenant=firm.name,
        begins_on=ended.begins_on,
        ends_on=ended.ends_on,
    )
    give(voice, about, result, into, {"trial": ended.id})


async def _try(voice: Voice, ask: Ask, begun: list[int]) -> tuple[Tenant, Trial, dict[str, Any] | None]:
    # Temporal's library is loaded only where a trial runs: the other commands start quickly.
    from activities.platform.rule_trial import RuleTrials
    from adapters.holidays import PublicHolidays

    database = Database(ask.settings.database_url, pool_size=2)
    try:
        async with database.tenant(ask.tenant) as tx:
            firm = await tenant_of(tx, ask.tenant)
            if ask.resume is None:
                plan = await _plan(tx, ask, firm)
                known = await trials.begin(tx, ask.tenant, operator(), plan, ask.at)
            else:
                known = await trials.resume(tx, ask.tenant, operator(), ask.resume)
        begun.append(known.id)
        with progress(voice, f"{voice.of('essai', 'trial')} {known.id}") as tell:
            runner = RuleTrials(database, PublicHolidays())
            ended = await runner.go_on(ask.tenant, known.id, lambda one: tell(one.done, one.total))
        if ended.state != trials.DONE:
            return firm, ended, None
        async with database.tenant(ask.tenant) as tx:
            return firm, ended, await trials.result_of(tx, ask.tenant, known.id)
    finally:
        await database.close()


async def _stop(ask: Ask, id: int) -> None:
    database = Database(ask.settings.database_url, pool_size=1)
    try:
        async with database.tenant(ask.tenant) as tx:
            if (await trials.trial_of(tx, ask.tenant, id)).state == trials.RUNNING:
                await trials.stop(tx, ask.tenant, operator(), id)
    finally:
        await database.close()


async def _plan(tx: Any, ask: Ask, firm: Tenant) -> Plan:
    """Raises BrokenBook, NotFound, BadInput."""
    assert ask.file is not None
    with closing(DurableRules()) as engine:
        library = shipped_library(engine)
        new = library.check(text_of(ask.file), ask.file.as_posix())
        old = await _old(tx, ask, firm, library, new.name)
    days = [day.date() if day else None for day in (ask.begins_on, ask.ends_on)]
    if days[0] and days[1] and days[1] < days[0]:
        raise BadInput(Mistake("--until", f"it is before {days[0]}", "exchange the two days"))
    return Plan(ask.kind, new.name, old, (new.revision, new.content), ask.at, days[0], days[1])


async def _old(tx: Any, ask: Ask, firm: Tenant, library: Library, name: str) -> tuple[str, str]:
    if ask.against == "shipped":
        book = library.book(name)
    elif ask.against == "in_force":
        versions = await kept.in_force(tx, firm.id, local_date(ask.at, firm.zone))
        fetch = partial(kept.revision_content, tx, firm.id, name)
        book = await library.in_force(name, versions.get(name, ()), fetch)
    elif text := _text_of_file(ask.against):
        book = library.check(text, ask.against)
    else:
        return ask.against, await kept.any_content(tx, firm.id, name, ask.against)
    return _pair(book)


def _text_of_file(given: str) -> str:
    path = Path(given)
    return text_of(path) if path.is_file() else ""


def _pair(book: Book) -> tuple[str, str]:
    return book.revision, book.content
