"""`echeance fleet import`: a file of contracts, payments or swaps goes in, row by row."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click

from commands.operator import in_folder, operator, settings_for
from commands.progress import INTERRUPTED, progress
from commands.words import Voice, as_json, in_language
from database.fleet import imports
from database.fleet.imports import CONTRACTS, PAYMENTS, Report, RowReport
from database.session import Database
from database.shared import audit
from database.shared.contacts import Tenant, tenant_of
from domain.errors import BadInput
from domain.fleet.columns import COLUMNS
from domain.fleet.reconciliation import MoneyFiles
from domain.ports import Holidays
from settings import Settings

KINDS = {
    "contracts": ("contrats", "contracts"), "payments": ("paiements", "payments"),
    "swaps": ("échanges", "swaps"),
}  # fmt: skip
SHOWN = 50
"""Rows kept aside that are told; all are in the list of what is kept aside."""


@dataclass(frozen=True)
class Order:
    settings: Settings
    tenant: str
    kind: str
    content: bytes


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@in_folder
@click.option("--tenant", required=True)
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="What is in it; its columns tell if left out.")
@in_language
@as_json
def import_file(file: Path, data: Path, tenant: str, kind: str | None, lang: str, machine: bool) -> None:
    """Take FILE in (CSV or XLSX). What cannot be right is kept aside. Ctrl-C keeps what is in."""
    voice = Voice(lang, machine)
    content = file.read_bytes()
    try:
        report, refused = voice.mend_or_fail(
            lambda: asyncio.run(
                _take_in(voice, Order(settings_for(data), tenant, kind or kind_of(content), content))
            ),
            spoken=True,
        )
    except KeyboardInterrupt:
        voice.problem("interrompu ; la même commande reprend", "interrupted; the same command goes on")
        raise SystemExit(INTERRUPTED) from None
    tell(voice, report, refused)


def reader() -> MoneyFiles:
    # Its libraries are loaded only where a file is read: the other commands start quickly.
    from adapters.csv_fleet import CsvFleetFiles

    return CsvFleetFiles()


def holidays() -> Holidays:
    from adapters.holidays import PublicHolidays

    return PublicHolidays()


def kind_of(content: bytes) -> str:
    """By its columns. Raises BadInput: that of the kind of which the fewest are missing."""
    refusals: dict[str, BadInput] = {}
    for kind in COLUMNS:
        try:
            _opened(kind, content)
        except BadInput as wrong:
            refusals[kind] = wrong
        else:
            return kind
    raise min(refusals.values(), key=lambda wrong: len(wrong.mistakes))


def _opened(kind: str, content: bytes) -> None:
    """Reads the first line."""
    if kind == CONTRACTS:
        reader().contracts(BytesIO(content), "FR", "UTC")
    else:
        (reader().payments if kind == PAYMENTS else reader().swaps)(BytesIO(content), "EUR", "UTC")


async def _take_in(voice: Voice, order: Order) -> tuple[Report, list[RowReport]]:
    """Raises NotFound, BadInput."""
    database, now = Database(order.settings.database_url, pool_size=3), datetime.now(UTC)
    try:
        async with database.tenant(order.tenant) as tx:
            home = await tenant_of(tx, order.tenant)
        total = reader().most_rows(BytesIO(order.content))
        with progress(voice, voice.of(*KINDS[order.kind])) as bar:
            report = await _imported(database, home, order, now, lambda line: bar(line - 1, total))
        async with database.tenant(order.tenant) as tx:
            kept = {name: value for name, value in vars(report).items() if name != "kind"}
            await audit.write(
                tx, home.id, operator(), f"fleet.{report.kind}.imported", "fleet.import", None, kept
            )
            return report, await imports.rows_of(
                tx, home.id, report.kind, report.sha256, limit=SHOWN, outcome="refused"
            )
    finally:
        await database.close()


async def _imported(
    database: Database, home: Tenant, order: Order, now: datetime, heard: Callable[[int], None]
) -> Report:
    async def tell(line: int) -> None:
        heard(line)

    source = BytesIO(order.content)
    if order.kind == CONTRACTS:
        return await imports.import_contracts(database, reader(), home.id, source, now, holidays(), tell)
    enter = imports.import_payments if order.kind == PAYMENTS else imports.import_swaps
    return await enter(database, reader(), home.id, source, now, tell)


def tell(voice: Voice, report: Report, refused: list[RowReport]) -> None:
    voice.data(
        {
            "kind": report.kind, "sha256": report.sha256, "rows": report.rows, "created": report.created,
            "unchanged": report.unchanged, "refused": report.refused, "repeated": report.repeated,
            "first_refused": [vars(row) | {"mistakes": [vars(m) for m in row.mistakes]} for row in refused],
        }
    )  # fmt: skip
    if report.repeated:
        voice.say("ce fichier était déjà entré : rien n’a changé", "this file was in already: no change")
    fr, en = KINDS[report.kind]
    voice.say(
        f"{fr} : {report.created} entrés, {report.unchanged} déjà connus, {report.refused} mis de côté",
        f"{en}: {report.created} entered, {report.unchanged} known already, {report.refused} kept aside",
        "bold",
    )
    rows = [(row.line, row.ref, " ; ".join(voice.mistake_in(one) for one in row.mistakes)) for row in refused]
    headings = [("ligne", "line"), ("référence", "reference"), ("ce qui ne va pas", "what is wrong")]
    voice.table(headings, rows)
    if report.refused:
        voice.say("à corriger : echeance fleet kept-aside list", "to correct: echeance fleet kept-aside list")
