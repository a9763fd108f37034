"""`echeance audit`: is the trail what it was, give it to me, anchor it, and let go of what is too old."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from adapters.anchors import AnchorFiles, Line
from commands.arguments import Note
from commands.operator import fail, in_folder, mend_or_fail, operator, screen, settings_for
from database.session import Database
from database.shared import audit_chain
from database.shared.audit import write
from database.shared.contacts import tenant_of, tenants
from database.shared.marks import Marks
from database.shared.sealing import MasterKeys
from domain.trail import Anchor, Check, Finding
from settings import Settings

ANCHORED_DESPITE = "audit.anchored_despite"
of_tenant = click.option("--tenant", help="One tenant; all of them otherwise.")


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@in_folder
@of_tenant
@click.option("--anchors", "copies", multiple=True, help="A copy of the anchors, besides our own.",
              type=click.Path(path_type=Path, exists=True, file_okay=False))  # fmt: skip
def verify(data: Path, tenant: str | None, copies: tuple[Path, ...]) -> None:
    """Recompute every seal and name each row that is not as it was written; exit code 1 then."""
    settings = settings_for(data)
    folders = [*([settings.anchors_folder] if settings.anchors_folder else []), *copies]
    anchors, problems = read_anchors(folders, marks_of(settings))
    found = mend_or_fail(lambda: run(settings, tenant, partial(checked, settings, anchors)))
    problems += mend_or_fail(lambda: asyncio.run(_guarded(settings)))
    for name, check in found.items():
        problems += [(name, one) for one in check.findings]
        screen.print(summary(name, check, anchors.get(name, [])), soft_wrap=True)
    if not folders:
        screen.print("No anchors: set ECHEANCE_ANCHORS_FOLDER. A trail written anew would not be noticed.")
    for name, finding in problems:
        screen.print(f"✗ {name + ': ' if name else ''}{finding.says}", style="red", soft_wrap=True)
    if problems:
        fail(f"{len(problems)} finding(s). Keep the database and the anchors as they are.")


@audit.command()
@in_folder
@click.option("--tenant", required=True)
def export(data: Path, tenant: str) -> None:
    """Every row with its seal as JSON lines, so that any program can check the chain."""
    settings = settings_for(data)
    mend_or_fail(lambda: run(settings, tenant, exported))


@audit.command()
@in_folder
@of_tenant
@click.option("--despite", type=Note(needed=True), help="Go on after findings, for this reason.")
def anchor(data: Path, tenant: str | None, despite: str | None) -> None:
    """Write the ends of the trails to the anchors now."""
    settings = settings_for(data)
    if settings.anchors_folder is None:
        fail("ECHEANCE_ANCHORS_FOLDER is not set; give a folder outside the database.")
    if despite and not tenant:
        fail("--despite is for one tenant; give --tenant.")
    files = AnchorFiles(settings.anchors_folder, marks_of(settings))
    found = mend_or_fail(lambda: run(settings, tenant, partial(ends, settings, despite)))
    broken = [name for name, check in found.items() if check.findings and not despite]
    good = [check.head for name, check in found.items() if name not in broken and check.seq]
    mend_or_fail(lambda: files.append(good, datetime.now(UTC)))
    screen.print(f"{len(good)} trail(s) anchored.")
    if broken:
        fail(f"Not in order, and not anchored: {', '.join(broken)}. Look with `echeance audit verify`.")


@audit.command()
@in_folder
@of_tenant
def prune(data: Path, tenant: str | None) -> None:
    """Take out the rows that are older than each tenant keeps them. The chain still verifies."""
    settings = settings_for(data)
    for name, gone in mend_or_fail(lambda: run(settings, tenant, partial(pruned, settings))).items():
        screen.print(f"{name}: {gone} row(s) were older than the tenant keeps them.")


def marks_of(settings: Settings) -> Marks:
    return Marks(MasterKeys([one.get_secret_value() for one in settings.master_keys]))


def read_anchors(
    folders: list[Path], marks: Marks
) -> tuple[dict[str, list[Anchor]], list[tuple[str, Finding]]]:
    """By tenant, and what is wrong with the files themselves."""
    anchors: dict[str, list[Anchor]] = {}
    problems: list[tuple[str, Finding]] = []
    for folder in folders:
        for line in AnchorFiles(folder, marks).lines():
            if isinstance(line, Line):
                anchors.setdefault(line.tenant, []).append(line.anchor)
            else:
                problems.append(("", line))
    return anchors, problems


def summary(tenant: str, check: Check, anchors: list[Anchor]) -> str:
    last = max((one.at for one in anchors), default=None)
    anchored = f"anchored at seal {check.agreed}, last on {last:%Y-%m-%d %H:%M} UTC" if last else "no anchor"
    state = "in order" if not check.findings else f"{len(check.findings)} finding(s)"
    return f"{tenant}: {state}; {check.seq} seals, {check.rows} rows, {anchored}."


Each = Callable[[Database, str], Awaitable[Any]]


def run(settings: Settings, tenant: str | None, each: Each) -> dict[str, Any]:
    return asyncio.run(_run(settings, tenant, each))


async def _run(settings: Settings, tenant: str | None, each: Each) -> dict[str, Any]:
    """What ``each`` gives, by tenant. Raises NotFound."""
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.anyone() as tx:
            names = [(await tenant_of(tx, tenant)).id] if tenant else await tenants(tx)
        return {name: await each(database, name) for name in names}
    finally:
        await database.close()


async def _guarded(settings: Settings) -> list[tuple[str, Finding]]:
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.anyone() as tx:
            return [("", one) for one in await audit_chain.guard(tx)]
    finally:
        await database.close()


async def checked(
    settings: Settings, anchors: dict[str, list[Anchor]], database: Database, tenant: str
) -> Check:
    async with database.moment(tenant) as tx:
        return await audit_chain.check(tx, tenant, marks_of(settings), anchors.get(tenant, []))


async def ends(settings: Settings, despite: str | None, database: Database, tenant: str) -> Check:
    """The chain read to its end; of one that is not in order, after the reason was written."""
    assert settings.anchors_folder is not None
    latest = AnchorFiles(settings.anchors_folder, marks_of(settings)).latest(tenant)
    if despite:
        async with database.tenant(tenant) as tx:
            await write(tx, tenant, operator(), ANCHORED_DESPITE, "audit", after={"reason": despite})
    async with database.moment(tenant) as tx:
        return await audit_chain.check(tx, tenant, marks_of(settings), [latest] if latest else [])


async def pruned(settings: Settings, database: Database, tenant: str) -> int:
    async with database.tenant(tenant) as tx:
        marks = marks_of(settings)
        return await audit_chain.prune(tx, tenant, operator(), marks, datetime.now(UTC))


async def exported(database: Database, tenant: str) -> None:
    async with database.moment(tenant) as tx:
        async for line in _lines(tx, tenant):
            click.echo(line)


async def _lines(tx: Any, tenant: str) -> AsyncIterator[str]:
    async for seal, entry in audit_chain.pairs(tx, tenant):
        yield json.dumps(audit_chain.line_of(seal, entry), ensure_ascii=False)
