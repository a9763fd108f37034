"""How the commands about rule books speak: French, or English when asked; JSON for machines."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.operator import problems, screen
from domain.decision import Bilingual
from domain.errors import BadInput, DomainError, Mistake
from domain.typography import spaced
from rules.errors import BookError, BrokenBook, FactsRefused
from web.console.mistakes import french

Heading = tuple[str, str]
"""In French and in English."""

in_language = click.option(
    "--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Of what is printed."
)
as_json = click.option("--json", "machine", is_flag=True, help="One JSON document, for programs.")

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
WIDE = 240
"""Columns of a table that goes to a file or to another program."""

MENDABLE = {
    "not-found": Bilingual("introuvable", "not found"),
    "conflict": Bilingual("impossible dans l’état actuel", "impossible in the present state"),
}


@dataclass(frozen=True)
class Voice:
    """Prints in one language; colours only on a terminal. ``machine``: nothing but JSON goes out."""

    lang: str = "fr"
    machine: bool = False

    def of(self, fr: str, en: str) -> str:
        return spaced(Bilingual(fr, en).to(self.lang), self.lang)

    def say(self, fr: str, en: str, style: str = "") -> None:
        if not self.machine:
            screen.print(Text(self.of(fr, en), style), soft_wrap=True)

    def data(self, document: Any) -> None:
        if self.machine:
            click.echo(json.dumps(document, ensure_ascii=False, indent=1, default=str))

    def table(
        self, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], title: str = ""
    ) -> None:
        """``columns`` are headings in both languages; numbers stand to the right."""
        if self.machine or not rows:
            return
        made = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for place, heading in enumerate(columns):
            right = all(NUMBER.fullmatch(str(row[place])) for row in rows)
            justify: Literal["left", "right"] = "right" if right else "left"
            made.add_column(self.of(*heading), justify=justify, overflow="fold", no_wrap=place == 0)
        for row in rows:
            made.add_row(*(one if isinstance(one, Text) else Text(str(one)) for one in row))
        screen.print()
        wide = screen if screen.is_terminal else Console(width=WIDE, highlight=False)
        wide.print(made)

    def problem(self, fr: str, en: str) -> None:
        problems.print(Text.assemble(("✗ ", "red"), self.of(fr, en)), soft_wrap=True)

    def fail(self, fr: str, en: str) -> NoReturn:
        if self.machine:
            self.data({"error": self.of(fr, en)})
        else:
            self.problem(fr, en)
        raise SystemExit(1)

    def mistake_in(self, one: Mistake) -> str:
        """Its place, what is wrong and how to mend it, in French as far as somebody has said it."""
        if self.lang == "en":
            return str(one)
        return spaced(f"{one.field} : {french(one.problem)} ; {french(one.mend)}", "fr")

    def mistake(self, error: BookError, style: str = "red") -> None:
        """As compilers and editors write it, so that a click opens the place."""
        place = f"{error.file}:{error.line}:{error.column}"
        said = Text.assemble((place, "bold"), " ", (spaced(error.text.to(self.lang), self.lang), style))
        if not self.machine:
            screen.print(said, soft_wrap=True)

    def broken(self, broken: BrokenBook) -> NoReturn:
        for error in broken.errors:
            self.mistake(error)
        self.data({"errors": [mistake_shown(error) for error in broken.errors]})
        raise SystemExit(1)

    def mend_or_fail(self, attempt: Callable[[], Any], spoken: bool = False) -> Any:
        """What the attempt gives; a mistake that can be mended is said instead of a traceback, ``spoken`` in
        the language of the voice, where all such sentences are known in it.
        """
        try:
            return attempt()
        except BrokenBook as broken:
            self.broken(broken)
        except FactsRefused as refused:
            self.fail(refused.said.fr, refused.said.en)
        except BadInput as wrong:
            lines = "\n".join(self.mistake_in(one) if spoken else str(one) for one in wrong.mistakes)
            self.fail(lines, lines)
        except DomainError as error:
            kind = MENDABLE.get(error.slug, Bilingual("refusé", "refused"))
            said = french(str(error)) if spoken else str(error)
            self.fail(f"{kind.fr} : {said}", f"{kind.en}: {error}")


def mistake_shown(error: BookError) -> dict[str, Any]:
    return {
        "file": error.file,
        "line": error.line,
        "column": error.column,
        "fr": error.text.fr,
        "en": error.text.en,
        "suggestion": error.suggestion,
    }
