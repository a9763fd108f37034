"""`echeance fleet kept-aside`: what came in and cannot be right, corrected and entered from a terminal."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.arguments import Note
from commands.imports import holidays, reader
from commands.operator import in_folder, operator, settings_for, with_tenant
from commands.words import Voice, as_json, in_language
from database.fleet import kept_aside, replays
from database.fleet.cash_lists import KEPT_STATES, SOURCES
from database.fleet.kept_aside import KeptAside, Replaying
from database.shared import audit
from domain.errors import BadInput, Mistake

assert kept_aside.REPLAYERS["webhook"] is replays.replay_payment

MOST = 1000
in_tenant = click.option("--tenant", required=True)
by_id = click.argument("id")


@click.group("kept-aside")
def kept() -> None:
    """Rows and events that could not be right: they wait to be corrected, and hold up nothing."""


@kept.command("list")
@in_folder
@in_tenant
@click.option("--source", type=click.Choice(kept_aside.SOURCES), default=None)
@click.option("--state", type=click.Choice(kept_aside.STATES), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True)
@in_language
@as_json
def list_kept(
    data: Path, tenant: str, source: str | None, state: str, limit: int, lang: str, machine: bool
) -> None:  # fmt: skip
    """The oldest first, with what is wrong with each."""
    voice = Voice(lang, machine)
    found: list[KeptAside] = _do(
        voice, data, tenant,
        lambda tx: kept_aside.kept(tx, tenant, state=state, source=source or "", limit=limit),
    )  # fmt: skip
    voice.data({"items": [shown(one) for one in found]})
    rows = [
        (one.id, SOURCES[one.source].to(lang), one.ref, one.line or "", _told(voice, one)) for one in found
    ]
    headings = [("numéro", "number"), ("de", "from"), ("référence", "reference"), ("ligne", "line"),
                ("ce qui ne va pas", "what is wrong")]  # fmt: skip
    voice.table(headings, rows)
    if not found:
        voice.say("rien n’attend", "nothing waits")


@kept.command("show")
@in_folder
@in_tenant
@in_language
@as_json
@by_id
def show_kept(data: Path, tenant: str, lang: str, machine: bool, id: str) -> None:
    """Every value of ID as it came in, with what is wrong."""
    voice = Voice(lang, machine)
    found: KeptAside = _do(voice, data, tenant, lambda tx: kept_aside.kept_of(tx, tenant, id))
    voice.data(shown(found))
    voice.say(
        f"{found.ref or found.id} : {_state(found, 'fr')}", f"{found.ref or found.id}: {_state(found, 'en')}"
    )
    wrong = {one.field: voice.mistake_in(one) for one in found.mistakes}
    columns = found.given or dict.fromkeys(kept_aside.columns_of(found.source), "")
    rows = [(name, value, wrong.pop(name, "")) for name, value in columns.items()]
    rows += [(name, "", said) for name, said in wrong.items()]
    voice.table([("colonne", "column"), ("valeur", "value"), ("ce qui ne va pas", "what is wrong")], rows)


@kept.command("replay")
@in_folder
@in_tenant
@click.option("--set", "given", multiple=True, metavar="COLUMN=VALUE", help="Instead of what came in.")
@click.option(
    "--all", "everything", is_flag=True, help="All that wait, as they came in: what is right by now goes in."
)
@click.option("--source", type=click.Choice(kept_aside.SOURCES), default=None, help="With --all: only these.")
@in_language
@as_json
@click.argument("id", required=False)
def replay(
    data: Path, tenant: str, given: tuple[str, ...], everything: bool, source: str | None, lang: str,
    machine: bool, id: str | None,
) -> None:  # fmt: skip
    """Enter ID with other values, or with --all whatever is right by now."""
    voice = Voice(lang, machine)
    if everything == bool(id) or (everything and given) or (source and not everything):
        raise click.UsageError("give an ID (and --set), or --all (and --source).")
    if id:
        made = _do(voice, data, tenant, lambda tx: _one(tx, tenant, id, _values(given)))
        voice.data(shown(made))
        voice.say(f"entré sous {made.result_ref}", f"entered as {made.result_ref}")
        return
    entered, left = _all(voice, data, tenant, source or "")
    voice.data({"entered": [one.id for one in entered], "left": left})
    voice.say(f"{len(entered)} entrés, {left} attendent encore", f"{len(entered)} entered, {left} still wait")


@kept.command("dismiss")
@in_folder
@in_tenant
@click.option("--reason", type=Note(needed=True), required=True)
@in_language
@as_json
@by_id
def dismiss(data: Path, tenant: str, reason: str, lang: str, machine: bool, id: str) -> None:
    """Nothing is to be entered for ID; the reason stays on record."""
    voice = Voice(lang, machine)

    async def do(tx: AsyncConnection) -> KeptAside:
        made = await kept_aside.dismiss(tx, tenant, id, reason, datetime.now(UTC), operator().who)
        await _on_record(tx, tenant, "dismissed", made)
        return made

    voice.data(shown(_do(voice, data, tenant, do)))
    voice.say("écarté", "dismissed")


async def _one(tx: AsyncConnection, tenant: str, id: str, values: Mapping[str, str]) -> KeptAside:
    made = await kept_aside.correct_and_replay(_replaying(tx, tenant), id, values, operator().who)
    await _on_record(tx, tenant, "replayed", made)
    return made


def _all(voice: Voice, data: Path, tenant: str, source: str) -> tuple[list[KeptAside], int]:
    """Page by page, each in a transaction of its own. What was entered, and how many go on waiting."""
    entered: list[KeptAside] = []
    seen, after = 0, None
    while page := _do(voice, data, tenant, partial(_some, tenant=tenant, source=source, after=after)):
        waiting, made = page
        entered += made
        seen, after = seen + len(waiting), (waiting[-1].at, waiting[-1].id)
    return entered, seen - len(entered)


async def _some(
    tx: AsyncConnection, tenant: str, source: str, after: tuple[datetime, str] | None
) -> tuple[list[KeptAside], list[KeptAside]] | None:
    """Those that waited, beginning after a moment and an id, and of these what was entered."""
    waiting = await kept_aside.kept(tx, tenant, source=source, after=after, limit=MOST)
    made = await kept_aside.replay_all(_replaying(tx, tenant), waiting, operator().who)
    for one in made:
        await _on_record(tx, tenant, "replayed", one)
    return (waiting, made) if waiting else None


def _replaying(tx: AsyncConnection, tenant: str) -> Replaying:
    return Replaying(tx, tenant, datetime.now(UTC), reader(), holidays())


async def _on_record(tx: AsyncConnection, tenant: str, what: str, made: KeptAside) -> None:
    """The trail has no values: they may be somebody's name."""
    told = {"id": made.id, "source": made.source, "state": made.state, "result_ref": made.result_ref}
    thing = f"fleet.kept_aside:{made.id}"
    await audit.write(tx, tenant, operator(), f"fleet.kept_aside.{what}", thing, after=told)


def _values(given: Sequence[str]) -> dict[str, str]:
    """Raises BadInput."""
    parted = [one.partition("=") for one in given]
    if wrong := [name for name, equals, _ in parted if not equals or not name]:
        raise BadInput(Mistake("--set", f"{wrong[0]!r} is no value", "write it as contract_ref=C-0001"))
    return {name.strip(): value.strip() for name, _, value in parted}


def shown(one: KeptAside) -> dict[str, Any]:
    return {**vars(one), "line": one.line, "mistakes": [vars(wrong) for wrong in one.mistakes]}


def _told(voice: Voice, one: KeptAside) -> str:
    return " ; ".join(voice.mistake_in(wrong) for wrong in one.mistakes)


def _state(one: KeptAside, lang: str) -> str:
    return KEPT_STATES[one.state].to(lang)


def _do(voice: Voice, data: Path, tenant: str, do: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
    return voice.mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do), spoken=True)
