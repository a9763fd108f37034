"""Documents in PDF by Typst. Data goes in as JSON and is inert; the same data gives the same bytes."""

import asyncio
import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from adapters.rendering.engine import long_date, money
from domain.errors import BadInput, Mistake

if TYPE_CHECKING:
    import typst

FIXED_TIMESTAMP = 946_684_800
"""2000-01-01 in the PDF's metadata: the day of issue is in the text, and bytes must not depend on a clock."""


class Typst:
    """Implements the port Typesetter. Templates are ``<domain>/<process>/<name>.<locale>.typ``.

    Only the fonts inside the Typst wheel are used, so a document looks the same on every machine.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._compiler = cache(self._open)

    async def render(self, template: str, data: Mapping[str, Any], locale: str) -> bytes:
        """Raises BadInput naming the template when it is missing or does not compile."""
        return await asyncio.to_thread(self._compile, f"{template}.{locale}.typ", readable(data, locale))

    def _compile(self, template: str, data: Mapping[str, Any]) -> bytes:
        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        try:
            # A compiler keeps its parsed template between documents; it is not made for two threads at once.
            with self._lock:
                made = self._compiler(template).compile(
                    format="pdf", sys_inputs=inputs, timestamp=FIXED_TIMESTAMP
                )
        except RuntimeError as wrong:
            raise BadInput(Mistake(template, str(wrong), "mend the document template or its data")) from None
        return bytes(made) if isinstance(made, bytes) else b"".join(made or ())

    @cached_property
    def _fonts(self) -> "typst.Fonts":
        import typst  # at the first document: compiler and fonts take 12 MiB

        return typst.Fonts(include_system_fonts=False)

    def _open(self, template: str) -> "typst.Compiler":
        import typst

        path = self.folder / template
        if not path.exists():
            raise BadInput(Mistake(template, "no such document template", "add the file under templates/"))
        return typst.Compiler(input=str(path), root=str(self.folder), font_paths=self._fonts)


def readable(data: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Amounts and dates as people write them; everything else as it is."""
    return {name: _readable(name, value, locale) for name, value in data.items()}


def _readable(name: str, value: Any, locale: str) -> Any:
    if isinstance(value, dict):
        return money(value, locale) if value.keys() == {"currency", "minor"} else readable(value, locale)
    if isinstance(value, list):
        return [_readable(name, item, locale) for item in value]
    return long_date(value, locale) if name.endswith("_on") and value else value
