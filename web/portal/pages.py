"""The pages of one's own as HTML: they load nothing from elsewhere and run no script."""

import base64
import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from domain.money import Money
from domain.typography import spaced
from web.portal.visit import Visit
from web.portal.words import WORDS

REGIONS = {"fr": "fr_FR", "en": "en_GB"}
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}  # fmt: skip


class Speech:
    """Sentences, amounts and days of one language."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def __call__(self, key: str, **values: object) -> str:
        return spaced(WORDS[key].to(self.locale), self.locale).format(**values)

    def money(self, amount: Money) -> str:
        region = "fr_CM" if (amount.currency, self.locale) == ("XAF", "fr") else REGIONS[self.locale]
        return format_currency(amount.decimal, amount.currency, locale=region)

    def day(self, on: date) -> str:
        return format_date(on, "d MMMM yyyy", locale=REGIONS[self.locale])

    def month(self, on: date) -> str:
        return format_date(on, "MMM yyyy", locale=REGIONS[self.locale])

    def number(self, value: Decimal) -> str:
        return format_decimal(value, locale=REGIONS[self.locale])

    def short(self, on: date, today: date) -> str:
        """Without the year, when it is this one."""
        pattern = "d MMM" if on.year == today.year else "d MMM yyyy"
        return format_date(on, pattern, locale=REGIONS[self.locale])


class PortalPages:
    def __init__(self, templates: Path) -> None:
        folder = templates / "web" / "portal"
        self._style = (folder / "portal.css").read_text("utf-8")
        self._jinja = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        self._headers = {**HEADERS, "Content-Security-Policy": policy}

    def show(self, name: str, visit: Visit, status: int = 200, **values: Any) -> HTMLResponse:
        about = {"sender": visit.home.name, "visit": visit, "address": f"/p/{visit.token}"}
        return self._page(name, visit.locale, status, **about, **values)

    def told(self, what: str, locale: str, status: int) -> HTMLResponse:
        """Why there is no page here: a word that has a lead."""
        return self._page("told.html.j2", locale, status, sender="Échéance", what=what)

    def _page(self, name: str, locale: str, status: int, **values: Any) -> HTMLResponse:
        text = self._jinja.get_template(name).render(
            locale=locale, style=self._style, say=Speech(locale), other="en" if locale == "fr" else "fr",
            **values,
        )  # fmt: skip
        return HTMLResponse(text, status, headers={**self._headers, "Content-Language": locale})
