"""Arguments that are refused before any work begins: days out of reach, files in no folder, long notes."""

from datetime import datetime
from math import isnan
from pathlib import Path
from typing import Any

import click

from rules.fitness import EARLIEST, LATEST

LONGEST_NOTE = 2000


class DayInReach(click.DateTime):
    """Rule books count days on both sides of it, so that it cannot be an end of the calendar."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        found: datetime = super().convert(value, param, ctx)
        if not EARLIEST <= found.date() <= LATEST:
            self.fail(f"{value} is not between {EARLIEST} and {LATEST}; check the year.", param, ctx)
        return found


class FileToWrite(click.Path):
    """In a folder that is there: a long trial must not find that out at its end. Nothing but a file: what is
    written takes the place of what was there, and as root that could be a device.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False, writable=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path: Path = super().convert(value, param, ctx)  # type: ignore[assignment]
        if not path.parent.is_dir():
            self.fail(f"there is no folder {path.parent}; make it first.", param, ctx)
        try:
            taken = path.exists() and not path.is_file()
        except OSError as error:
            self.fail(f"{path.name[:40]}…: {error.strerror}; give another name.", param, ctx)
        if taken:
            self.fail(f"{path} is no file; give the name of one.", param, ctx)
        return path


class Seconds(click.FloatRange):
    """What is not a number lies in no range, and click lets it pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if isnan(found):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return found


class Note(click.ParamType[str]):
    """What stays on record, as long as the API allows. ``needed``: it says something."""

    name = "text"

    def __init__(self, needed: bool = False) -> None:
        self.needed = needed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if self.needed and not text:
            self.fail("it is empty; write something.", param, ctx)
        if len(text) > LONGEST_NOTE:
            self.fail(f"it has {len(text)} characters; {LONGEST_NOTE} at most.", param, ctx)
        return text


class RoadsServer(click.ParamType[tuple[str, str]]):
    """Its kind and its address, `osrm=http://localhost:5000`."""

    name = "kind=address"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        kind, _, address = str(value).partition("=")
        if kind not in ("osrm", "valhalla") or not address.startswith(("http://", "https://")):
            self.fail("write it as osrm=http://localhost:5000 or valhalla=http://localhost:8002.", param, ctx)
        return kind, address
