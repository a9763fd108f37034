"""`echeance plan`: rounds for a file of technicians and visits, here, or for a firm on the platform."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click
from click.core import ParameterSource

from adapters.planning.process import PlannerProcess
from commands.arguments import RoadsServer, Seconds
from commands.operator import in_folder
from commands.planning_day import replanned, slots_of, without
from commands.planning_files import THERE, Sinks, sinks, write
from commands.planning_platform import on_platform
from commands.planning_search import search
from commands.planning_told import compared, data_of, reasons_of, tell, troubles
from commands.planning_work import Outcome, Work, begun, outcome, read
from commands.progress import INTERRUPTED
from commands.words import Voice, as_json, in_language
from domain.errors import BadInput, Mistake
from domain.maintenance.planning.model import Plan
from domain.maintenance.planning.solving import Limits

MOST_SECONDS = 86_400
OF_FILES = ("iterations", "start", "slots", "replan", "roads")
OF_FIRMS = ("first_on", "days")
"""Options that mean nothing in the other case, and would be ignored without a word."""


@dataclass(frozen=True)
class Asked:
    """``slots``: a visit to find a time for, among the rounds of the others. ``replan``: what has happened on
    a day; nothing is searched then, ``start`` is the plan in force."""

    file: Path
    start: Path | None
    limits: Limits
    slots: str | None
    replan: Path | None
    roads: tuple[str, str] | None


@click.command()
@click.argument("file", required=False, type=THERE)
@in_folder
@click.option("--tenant", help="Plan for this firm on the platform, in place of a file.")
@click.option("--first-on", type=click.DateTime(["%Y-%m-%d"]), help="With `--tenant`; tomorrow if left out.")
@click.option("--days", type=click.IntRange(1, 31), default=5, show_default=True, help="With `--tenant`.")
@click.option("--seconds", type=Seconds(0, MOST_SECONDS), default=10.0, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--iterations", type=click.IntRange(1), help="Ends the search, the same on every machine.")
@click.option("--from", "start", type=THERE, help="Go on from this plan.")
@click.option("--slots", metavar="VISIT", help="Say when this visit fits in best.")
@click.option("--replan", type=THERE, help="What has happened on a day of `--from`: plans the rest of it.")
@click.option("--roads", type=RoadsServer(), help="A server of roads; without it the shape of the earth.")
@click.option("--compare", is_flag=True, help="Compare with planning by hand, and with the plan of `--from`.")
@click.option("--stops", is_flag=True, help="Print each stop.")
@sinks
@in_language
@as_json
def plan(
    file: Path | None, data: Path, tenant: str | None, first_on: datetime | None, days: int, seconds: float,
    seed: int, iterations: int | None, start: Path | None, slots: str | None, replan: Path | None,
    roads: tuple[str, str] | None, compare: bool, stops: bool, lang: str, machine: bool, **files: Path | None,
) -> None:  # fmt: skip
    """Plan the rounds of FILE. Ctrl-C ends the search and keeps the best plan so far."""
    voice, limits, into = Voice(lang, machine), Limits(seconds, seed, iterations), Sinks(**files)
    if file is not None and tenant is None:
        _refuse_given(OF_FIRMS, "a FILE has its own days; leave it out, or plan for a firm with --tenant")
        asked = Asked(file, start, limits, slots, replan, roads)
        made, stopped = voice.mend_or_fail(lambda: _of_file(voice, asked, into))
    elif tenant is not None and file is None:
        _refuse_given(OF_FILES, "it goes with a FILE; the platform has its own roads, rounds and slots")
        day = first_on.date() if first_on else None
        made, stopped = voice.mend_or_fail(lambda: on_platform(voice, data, tenant, day, days, limits))
    else:
        raise click.UsageError("give a FILE, or --tenant for a firm on the platform")
    reasons = reasons_of(made)
    tell(voice, made, reasons, stops)
    if compare:
        compared(voice, made)
    if slots and file:
        voice.mend_or_fail(lambda: slots_of(voice, made, slots))
    voice.mend_or_fail(lambda: write(made, into, reasons, lang))
    voice.data(data_of(made))
    for path in into.all():
        voice.say(f"→ {path}", f"→ {path}")
    if stopped:
        voice.problem("interrompu ; le meilleur plan est gardé", "interrupted; the best plan is kept")
        raise SystemExit(INTERRUPTED)


def _refuse_given(names: Collection[str], why: str) -> None:
    """Raises UsageError."""
    here = click.get_current_context()
    for option in here.command.params:
        given = here.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if option.name in names and given:
            raise click.UsageError(f"{option.opts[0]}: {why}")


def _of_file(voice: Voice, asked: Asked, into: Sinks) -> tuple[Outcome, bool]:
    """Raises BadInput, RoadsDown, PlannerGone."""
    whole = read(asked.file, asked.roads)
    troubles(voice, whole.troubles)
    work, start = whole, begun(whole, asked.start)
    if asked.replan:
        return _replanned(voice, asked, outcome(whole, start or Plan())), False
    if asked.slots:
        work, start = _all_but(whole, asked.slots), start and without(start, asked.slots)
    found = asyncio.run(search(voice, PlannerProcess(), work, asked.limits, start, into.out))
    return outcome(whole, found.plan, start), found.stopped


def _replanned(voice: Voice, asked: Asked, made: Outcome) -> Outcome:
    """Raises BadInput."""
    if asked.start is None or asked.replan is None:
        raise BadInput(Mistake("--replan", "it needs the plan in force", "give it with --from"))
    return replanned(voice, made, asked.replan, asked.limits)


def _all_but(work: Work, visit: str) -> Work:
    """Raises BadInput."""
    if visit not in work.problem.visit:
        raise BadInput(Mistake("--slots", f"there is no visit {visit[:40]!r}", "name a visit of the file"))
    problem = work.problem
    visits = tuple(one for one in problem.visits if one.id != visit)
    links = tuple(one for one in problem.links if visit not in (one.first, one.second))
    return replace(work, problem=replace(problem, visits=visits, links=links))
