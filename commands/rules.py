"""`echeance rules`: what an administrator does with rule books at a terminal."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, Any

import click

from adapters.durable.client import DurableRules
from commands.books import named, read_all, shipped_library, text_of
from commands.explaining import explain
from commands.publishing import list_books, publish, rollback
from commands.trials import back_test, dry_run
from commands.words import Voice, as_json, in_language, mistake_shown
from rules.diff import Change, changes, text_diff
from rules.editor_schema import editor_schema_text
from rules.example_outcomes import Outcome, outcomes
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from settings import HERE

PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))


@click.group()
def rules() -> None:
    """Rule books."""


@rules.command()
@PATHS
@click.option("--strict", is_flag=True, help="Warnings count as mistakes.")
@in_language
@as_json
def check(paths: tuple[Path, ...], strict: bool, lang: str, machine: bool) -> None:
    """Read rule books, files or folders, and print all that is wrong; exit code 1 when something is.

    Without PATHS: the platform's own.
    """
    voice = Voice(lang, machine)
    with closing(DurableRules()) as engine:
        found = voice.mend_or_fail(lambda: read_all(paths, engine))
    for error in sorted(found.errors):
        voice.mistake(error)
    for warning in sorted(found.warnings):
        voice.mistake(warning, "yellow")
    wrong = len(found.errors) + (len(found.warnings) if strict else 0)
    books = [
        {"file": file, "name": one.name, "policy": one.policy, "revision": one.revision}
        for file, one in found.books
    ]
    voice.data(
        {
            "valid": not wrong,
            "books": books,
            "errors": [mistake_shown(one) for one in found.errors],
            "warnings": [mistake_shown(one) for one in found.warnings],
        }
    )
    _sum_up(voice, len(found.books), len(found.errors), len(found.warnings))
    if wrong or not (found.books or found.errors):
        raise SystemExit(1)


def _sum_up(voice: Voice, books: int, errors: int, warnings: int) -> None:
    if not books and not errors:
        voice.problem("aucun livre de règles ici", "no rule book here")
        return
    if errors:
        voice.say(f"erreurs : {errors}", f"mistakes: {errors}", "bold red")
    if warnings:
        voice.say(f"avertissements : {warnings}", f"warnings: {warnings}", "yellow")
    if not errors:
        voice.say(f"livres de règles en ordre : {books}", f"rule books in order: {books}", "green")


@rules.command("test")
@PATHS
@in_language
@as_json
def try_out(paths: tuple[Path, ...], lang: str, machine: bool) -> None:
    """Try the examples of rule books and show what failed; exit code 1 when something did."""
    voice = Voice(lang, machine)
    with closing(DurableRules()) as engine:
        found = voice.mend_or_fail(lambda: read_all(paths, engine, examples=False))
        tried = [(file, outcomes(file, book)) for file, book in found.books]
    for error in sorted(found.errors):
        voice.mistake(error)
    failed = [(file, one) for file, made in tried for one in made if one.errors]
    voice.table(
        [("exemple", "example"), ("attendu et obtenu", "expected and found"), ("pourquoi", "why")],
        [(f"{file}:{one.line}", one.said(voice.lang), one.why) for file, one in failed],
    )
    total = sum(len(made) for _, made in tried)
    voice.data(
        {
            "tried": total,
            "failed": [_outcome(file, one) for file, one in failed],
            "errors": [mistake_shown(one) for one in found.errors],
        }
    )
    style = "bold red" if failed or found.errors else "green"
    voice.say(
        f"exemples : {total}, dont {len(failed)} en échec",
        f"examples: {total}, of which {len(failed)} failed",
        style,
    )
    if failed or found.errors:
        raise SystemExit(1)


def _outcome(file: str, one: Outcome) -> dict[str, Any]:
    return {"file": file, "line": one.line, "why": one.why, "errors": [mistake_shown(e) for e in one.errors]}


@rules.command()
@click.argument("before")
@click.argument("after")
@click.option("--text", "as_text", is_flag=True, help="Line by line, as `diff -u` says it.")
@in_language
@as_json
def diff(before: str, after: str, as_text: bool, lang: str, machine: bool) -> None:
    """What differs between two books, each a file or the name of a shipped one: rule by rule."""
    voice = Voice(lang, machine)
    library: Library = voice.mend_or_fail(shipped_library)
    old, new = (voice.mend_or_fail(partial(_text, one, library)) for one in (before, after))
    found: tuple[Change, ...] = voice.mend_or_fail(lambda: changes(old, new))
    text = text_diff(old, new, (before, after))
    voice.data({"changes": [vars(one) | {"kind": one.kind} for one in found], "text": text})
    if as_text and not machine:
        click.echo(text, nl=False)
        return
    kinds = {"added": ("ajouté", "added"), "removed": ("retiré", "removed"), "changed": ("changé", "changed")}
    voice.table(
        [("où", "where"), ("quoi", "what"), ("avant", "before"), ("après", "after")],
        [(one.where, voice.of(*kinds[one.kind]), _short(one.before), _short(one.after)) for one in found],
    )
    if not found:
        voice.say("les deux livres disent la même chose", "both books say the same", "green")


def _text(given: str, library: Library) -> str:
    """Of a file as it is, broken or not."""
    return text_of(Path(given)) if Path(given).is_file() else named(given, library).content


def _short(value: Any) -> str:
    if value is None:
        return "∅"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_short(one)}" for key, one in value.items())
    return f"[{', '.join(map(_short, value))}]" if isinstance(value, list) else str(value)


@rules.command()
@click.option("--out", type=click.File("w", "utf-8"), default="-", help="A file instead of the screen.")
def schema(out: IO[str]) -> None:
    """Print the JSON Schema of rule books, for completion and checking in editors."""
    out.write(editor_schema_text(shipped_vocabulary(HERE / "templates")))


for command in (explain, dry_run, back_test, publish, rollback, list_books):
    rules.add_command(command)
