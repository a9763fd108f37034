"""The rounds of a plan as one page: whole in itself, it opens from a disk, an email or a stick, and prints.

It asks nobody for anything: no tiles, no fonts, no library. Without its script it still tells everything.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.decision import Bilingual
from domain.maintenance.planning.shown.drawing import CROW, MOST_NUMBERS, heading
from domain.maintenance.planning.shown.ground import WIDE
from domain.maintenance.planning.shown.picture import Drawn
from domain.maintenance.planning.shown.told import weekday
from domain.typography import spaced
from domain.wording import MONTHS_EN, MONTHS_FR
from web.planning.sheet import Sheets

Reasons = Mapping[str, Sequence[Bilingual]]
MOST_PROPOSED = 3


class MapPage:
    def __init__(self, templates: Path) -> None:
        folder = templates / "web" / "planning"
        self._style = (folder / "map.css").read_text("utf-8")
        self._script = (folder / "map.js").read_text("utf-8")
        self._jinja = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._inside = (
            f"default-src 'none'; style-src {_hash(self._style)}; script-src {_hash(self._script)}; "
            "base-uri 'none'"
        )
        self.headers = {"Content-Security-Policy": f"{self._inside}; frame-ancestors 'self'"}

    def render(self, drawn: Drawn, reasons: Reasons | None = None, note: str = "") -> str:
        """``reasons``: why visits have no place. ``note`` says by whom and when it was made."""
        sheets, locale = Sheets(drawn), drawn.locale
        return self._jinja.get_template("map.html.j2").render(
            style=Markup(self._style), script=Markup(self._script), policy=self._inside, lang=locale,
            say=lambda fr, en: spaced(Bilingual(fr, en).to(locale), locale),
            firm=drawn.names.title, title=heading(drawn, None), note=note, sheets=sheets.all(),
            most=MOST_NUMBERS,
            tabs=[_tab(drawn, n) for n in range(len(drawn.problem.days))], wide=WIDE,
            high=drawn.ground.height, metres=round(drawn.ground.metres, 4), hours=sheets.hours(),
            weeks=sheets.weeks(), lost=sheets.left_out(reasons or {}), faults=sheets.faults(),
            cost=sheets.cost(), rule=sheets.rule(), crow=CROW.to(locale),
        )  # fmt: skip


def reasons_in(result: Mapping[str, Any] | None) -> Reasons:
    """Why visits have no place, and the cheapest changes that would make one, as a plan's result keeps it."""
    return {
        one["visit"]: [
            Bilingual(said["fr"], said["en"])
            for said in (*one["reasons"], *(each["words"] for each in one["relaxations"][:MOST_PROPOSED]))
        ]
        for one in (result or {}).get("reasons", ())
    }


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _tab(drawn: Drawn, index: int) -> tuple[str, str, str, int]:
    """Weekday, day, month, visits."""
    day, french = drawn.problem.days[index], drawn.locale == "fr"
    months = MONTHS_FR if french else MONTHS_EN
    visits = sum(len(one.stops) for one in drawn.evaluation.rounds if one.day == index)
    return weekday(day).to(drawn.locale), str(day.day), months[day.month - 1], visits
