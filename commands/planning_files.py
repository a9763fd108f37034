"""The files that `echeance plan` writes beside what it says."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from adapters.table_files import TableFiles
from commands.arguments import FileToWrite
from commands.planning_work import Outcome, backdrop, keep, unwritable
from domain.maintenance.planning.shown.drawing import drawn_of, svg
from domain.maintenance.planning.shown.geojson import geojson
from domain.maintenance.planning.shown.ical import calendar
from domain.maintenance.planning.shown.picture import Drawn
from domain.maintenance.planning.shown.tables import stop_table
from domain.wording import at_moment
from settings import HERE
from web.planning.page import MapPage, Reasons

TO_FILE = FileToWrite()
THERE = click.Path(path_type=Path, exists=True, dir_okay=False)


@dataclass(frozen=True)
class Sinks:
    """``svg``: a file of all days, and beside it one for each day with its date in the name."""

    out: Path | None = None
    html: Path | None = None
    svg: Path | None = None
    geojson: Path | None = None
    ics: Path | None = None
    csv: Path | None = None
    backdrop: Path | None = None

    def all(self) -> Iterator[Path]:
        for path in (self.out, self.html, self.svg, self.geojson, self.ics, self.csv):
            if path is not None:
                yield path


def sinks(command: Callable[..., Any]) -> Callable[..., Any]:
    for name, kind, help in (
        ("--backdrop", THERE, "GeoJSON with waters and towns to draw beneath the rounds."),
        ("--csv", TO_FILE, "Write each stop as a table."),
        ("--ics", TO_FILE, "Write the rounds as a calendar."),
        ("--geojson", TO_FILE, "Write them for maps of other makers."),
        ("--svg", TO_FILE, "Write them as pictures, one of all days and one of each."),
        ("--html", TO_FILE, "Write them as a page with a map."),
        ("--out", TO_FILE, "Keep the best plan so far, for `--from`."),
    ):
        command = click.option(name, type=kind, help=help)(command)
    return command


def write(made: Outcome, into: Sinks, reasons: Reasons, lang: str) -> None:
    """Raises BadInput."""
    try:
        _write(made, into, reasons, lang)
    except OSError as error:
        raise unwritable(error) from None


def _write(made: Outcome, into: Sinks, reasons: Reasons, lang: str) -> None:
    now = datetime.now(UTC)
    drawn = drawn_of(made.problem, made.evaluation, made.names, backdrop(into.backdrop), lang)
    if into.out:
        keep(into.out, made.plan, made.problem)
    if into.html:
        note = f"Échéance, {at_moment(now, made.names.zone).to(lang)}"
        into.html.write_text(MapPage(HERE / "templates").render(drawn, reasons, note), "utf-8")
    if into.svg:
        _pictures(drawn, into.svg)
    if into.geojson:
        found = geojson(made.problem, made.evaluation, made.names)
        into.geojson.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if into.ics:
        text = calendar(made.problem, made.evaluation, made.names, now, locale=lang)
        into.ics.write_bytes(text.encode())
    if into.csv:
        table = stop_table(made.problem, made.evaluation, made.names)
        asyncio.run(TableFiles().write(table, "csv", lang, str(into.csv), lambda _: None))


def _pictures(drawn: Drawn, path: Path) -> None:
    path.write_text(svg(drawn), "utf-8")
    if len(drawn.problem.days) > 1:
        for index, day in enumerate(drawn.problem.days):
            path.with_stem(f"{path.stem}-{day.isoformat()}").write_text(svg(drawn, index), "utf-8")
