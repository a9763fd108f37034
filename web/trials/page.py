"""A trial as a page: nothing from elsewhere, no script; it prints. French, with English beside."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.decision import Bilingual
from domain.typography import spaced
from web.trials.chart import Bar, bars, number

KINDS = {
    "message": Bilingual("message", "message"),
    "alert": Bilingual("alerte", "alert"),
    "document": Bilingual("document", "document"),
    "act": Bilingual("acte", "act"),
}
SIDES = {"old": Bilingual("ancien livre", "old book"), "new": Bilingual("nouveau livre", "new book")}


@dataclass(frozen=True)
class About:
    """What was tried. ``old`` and ``new`` name the revisions; an empty ``source`` is the database.

    ``begins_on`` and ``ends_on`` are local days of a back-test; a dry run has none and is of ``on``.
    """

    title: Bilingual
    book: str
    kind: str
    old: str
    new: str
    on: date
    tenant: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    source: str = ""


class TrialPage:
    def __init__(self, templates: Path) -> None:
        folder = templates / "web" / "trials"
        self._style = (folder / "trial.css").read_text("utf-8")
        self._jinja = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._jinja.filters |= {"number": _number, "signed": _signed, "day": _day, "spaced": _french}
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        self.headers = {
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
            "frame-ancestors 'none'",
            "Content-Language": "fr",
        }

    def render(self, about: About, found: dict[str, Any]) -> str:
        return self._jinja.get_template("trial.html.j2").render(
            style=self._style, about=about, found=found, charts=charts(found), kinds=KINDS, sides=SIDES,
            moves=[one for one in found["moves"] if one["from"] != one["to"]],
            stayed=sum(one["count"] for one in found["moves"] if one["from"] == one["to"]),
        )  # fmt: skip


def charts(found: dict[str, Any]) -> list[tuple[Bilingual, Markup]]:
    """Messages, and whatever else differs, where there is more than one month to compare."""
    months = found["months"]
    if len(months) < 2:
        return []
    drawn = []
    for kind, title in (
        ("messages", Bilingual("Messages par mois", "Messages by month")),
        ("alerts", Bilingual("Alertes par mois", "Alerts by month")),
    ):
        counted = [Bar(one["month"], Decimal(one[kind]["old"]), Decimal(one[kind]["new"])) for one in months]
        drawn.append((title, counted))
    for place, one in enumerate(months[0]["measures"]):
        name = f"{one['name']} ({one['unit'] or 'points'})"
        title = Bilingual(f"{name}, total par mois", f"{name}, total by month")
        sums = [(month["month"], month["measures"][place]) for month in months]
        drawn.append((title, [Bar(month, Decimal(sum["old"]), Decimal(sum["new"])) for month, sum in sums]))
    return [
        (title, bars(found, f"{title.fr} / {title.en}"))
        for title, found in drawn
        if title is drawn[0][0] or any(bar.old != bar.new for bar in found)
    ]


def _number(value: int | str) -> Markup:
    return number(Decimal(value))


def _signed(value: int | str) -> Markup:
    """With its sign: `+3`, `−3`, `0`."""
    exact = Decimal(value)
    return Markup("+{}").format(number(exact)) if exact > 0 else number(exact)


def _day(day: date | str) -> str:
    year, month, number = str(day).split("-")
    return f"{number}/{month}/{year}"


def _french(text: str) -> str:
    return spaced(text, "fr")
