"""The words of messages: Jinja2 templates, sandboxed and strict, French first. Runs in a process of its own
(`adapters/rendering/words_server.py`), for a template may be written by somebody who means harm.

``templates/<domain>/<process>/<name>.<channel>.<locale>.j2``. An email's first line is its subject, then a
blank line, then paragraphs; a paragraph that is ``Label -> address`` becomes a button, one that begins with
``| `` stands in a frame.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment

from adapters.rendering.confined import MEND
from domain.errors import BadInput, Mistake
from domain.gsm7 import to_gsm7
from domain.message import Channel
from domain.money import Money
from domain.ports import Text
from domain.typography import spaced

LAYOUT = "layout/email.html.j2"
ARROW = " -> "
ARROWS, BAR = re.compile(r"-+>"), re.compile(r"^\s*\|")
BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
FRAMED = "| "
RULE = "-" * 40
LONGEST = 100_000
LONGEST_PROBLEM = 500
BLANKS = re.compile(r"[ \t\n]+")
"""No-break spaces stay."""


def inert(value: Any) -> Any:
    """A value of the data that begins no line, paragraph, frame or button of its own."""
    if isinstance(value, str):
        return BAR.sub("\u00a6", ARROWS.sub("\u2192", BREAKS.sub(" ", value)))
    if isinstance(value, Mapping):
        return {key: inert(one) for key, one in value.items()}
    return [inert(one) for one in value] if isinstance(value, list | tuple) else value


def money(amount: Mapping[str, Any], locale: str) -> str:
    """``12 500 FCFA``, ``12,50 €``. Takes the JSON form of Money."""
    exact = Money(amount["currency"], int(amount["minor"])).decimal
    return format_currency(
        exact, amount["currency"], locale="fr_CM" if amount["currency"] == "XAF" else locale
    )


def long_date(day: str | date, locale: str) -> str:
    """``samedi 29 février 2028``."""
    if isinstance(day, str):
        day = datetime.fromisoformat(day).date()
    return format_date(day, format="full" if locale == "fr" else "d MMMM y", locale=locale)


def short_date(day: str | date, locale: str) -> str:
    if isinstance(day, str):
        day = datetime.fromisoformat(day).date()
    return format_date(day, format="dd/MM/y", locale=locale)


class Engine:
    """Renders in this process, without limits but the length of what it makes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = SandboxedEnvironment(
            loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def write(self, template: str, channel: Channel, locale: str, data: Mapping[str, Any]) -> Text:
        """Raises BadInput naming the template when it, or a value it needs, is missing."""
        try:
            return self._write(template, channel, locale, data)
        except TemplateNotFound as missing:
            raise BadInput(
                Mistake(str(missing.name or template), "no such template", "add the file under templates/")
            ) from None
        except TemplateError as wrong:
            raise BadInput(Mistake(template, str(wrong)[:LONGEST_PROBLEM], MEND)) from None

    def _write(self, template: str, channel: Channel, locale: str, data: Mapping[str, Any]) -> Text:
        words = self._render(f"{template}.{channel}.{locale}.j2", locale, data)
        if channel is Channel.SMS:
            return Text(text=to_gsm7(" ".join(words.split())))
        subject, _, body = spaced(words, locale).strip().partition("\n\n")
        return Text(
            subject=BLANKS.sub(" ", subject),
            text=plain_text(body, locale),
            html=self._html(subject, body, data),
        )

    def _render(self, name: str, locale: str, data: Mapping[str, Any]) -> str:
        """Raises BadInput as soon as it is longer than a message may be."""
        template, made, length = self._environment.get_template(name), list[str](), 0
        for part in template.generate(
            inert(data),
            money=lambda amount: money(amount, locale),
            day=lambda value: long_date(value, locale),
            short=lambda value: short_date(value, locale),
        ):
            made.append(part)
            length += len(part)
            if length > LONGEST:
                raise BadInput(Mistake(name, f"it makes more than {LONGEST} characters", MEND))
        return "".join(made)

    def _html(self, subject: str, body: str, data: Mapping[str, Any]) -> str:
        blocks = [block(paragraph) for paragraph in paragraphs(body)]
        layout = self._environment.get_template(LAYOUT)
        return layout.render(
            subject=escape(subject), blocks=blocks, sender=escape(str(data.get("sender", "")))
        )


def plain_text(body: str, locale: str) -> str:
    arrow = "\u00a0: " if locale == "fr" else ": "
    return "\n\n".join(map(framed_by_rules, paragraphs(body))).replace(ARROW, arrow) + "\n"


def paragraphs(body: str) -> list[str]:
    return [one.strip() for one in body.strip().split("\n\n")]


def framed_by_rules(paragraph: str) -> str:
    inner = paragraph.removeprefix(FRAMED)
    return f"{RULE}\n{inner}\n{RULE}" if paragraph != inner else paragraph


def block(paragraph: str) -> dict[str, str]:
    """A paragraph of an email as escaped HTML, framed or not, or a button."""
    label, arrow, address = paragraph.partition(ARROW)
    if arrow and address.startswith(("http://", "https://")):
        return {"label": escape(label), "address": escape(address.strip())}
    kind = "framed" if paragraph.startswith(FRAMED) else "text"
    return {kind: escape(paragraph.removeprefix(FRAMED)).replace("\n", "<br>")}
