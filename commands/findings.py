"""What a trial found, on the screen and in files."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from commands.arguments import FileToWrite
from commands.words import Voice
from settings import HERE
from web.trials.page import About, TrialPage
from web.trials.sheet import sheet

TO_FILE = FileToWrite()


@dataclass(frozen=True)
class Sinks:
    """Files that the result is written to as well."""

    html: Path | None = None
    csv: Path | None = None


def sinks(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--csv", type=TO_FILE, help="Write the differences as a table.")(command)
    return click.option("--html", type=TO_FILE, help="Write them as a page with charts.")(command)


def give(voice: Voice, about: About, found: dict[str, Any], into: Sinks, more: dict[str, Any]) -> None:
    if into.html:
        into.html.write_text(TrialPage(HERE / "templates").render(about, found), "utf-8")
    if into.csv:
        into.csv.write_text(sheet(found), "utf-8")
    voice.data(
        json.loads(
            json.dumps({**vars(about), "title": vars(about.title), **more, "result": found}, default=str)
        )
    )
    if not voice.machine:
        tell(voice, about, found)


def tell(voice: Voice, about: About, found: dict[str, Any]) -> None:
    names = f"{about.old} → {about.new}"
    voice.say(f"{about.title.fr} : {names}", f"{about.title.en}: {names}", "bold")
    changed, total = found["changed"], found["subjects"]
    more, fewer = found["more_messages"], found["fewer_messages"]
    voice.say(
        f"dossiers changés : {changed} sur {total} ; plus de messages : {more}, moins : {fewer}",
        f"cases that differ: {changed} of {total}; more messages: {more}, fewer: {fewer}",
    )
    _moves(voice, [one for one in found["moves"] if one["from"] != one["to"]])
    _steps(voice, found["steps"])
    _measures(voice, found["measures"])
    _refused(voice, found["refused"])


def _moves(voice: Voice, moves: list[dict[str, Any]]) -> None:
    voice.table(
        [("de", "from"), ("vers", "to"), ("examens", "reviews"), ("par exemple", "for example")],
        [(one["from"], one["to"], one["count"], _who(one)) for one in moves],
    )


def _steps(voice: Voice, steps: list[dict[str, Any]]) -> None:
    headings = [
        ("quoi", "what"), ("canal", "channel"), ("ancien", "old"), ("nouveau", "new"),
        ("écart", "difference"), ("en plus", "more"), ("en moins", "fewer"),
    ]  # fmt: skip
    rows = [
        (f"{one['kind']} {one['what']}", one["channel"], one["old"], one["new"],
         _signed(one["new"] - one["old"]), one["gained"], one["lost"])
        for one in steps
    ]  # fmt: skip
    voice.table(headings, rows)


def _measures(voice: Voice, measures: list[dict[str, Any]]) -> None:
    headings = [
        ("donné", "given"), ("ancien", "old"), ("nouveau", "new"), ("écart", "difference"),
        ("montent", "rise"), ("baissent", "fall"),
    ]  # fmt: skip
    rows = [
        (f"{one['name']} {one['unit']}".strip(), one["old"], one["new"], one["difference"], one["up"],
         one["down"])
        for one in measures
    ]  # fmt: skip
    voice.table(headings, rows)


def _refused(voice: Voice, refused: list[dict[str, Any]]) -> None:
    sides = {"old": ("ancien livre", "old book"), "new": ("nouveau livre", "new book")}
    voice.table(
        [("refusé par", "refused by"), ("fait", "fact"), ("examens", "reviews"), ("exemples", "examples")],
        [
            (Text(voice.of(*sides[one["book"]]), "yellow"), one["fact"], one["count"], _who(one))
            for one in refused
        ],
    )


def _who(one: dict[str, Any]) -> str:
    return ", ".join(each["subject"].partition(":")[2] for each in one["sample"][:3])


def _signed(number: int) -> Text:
    style = "green" if number > 0 else "red" if number < 0 else "dim"
    return Text(f"{number:+d}" if number else "0", style)
