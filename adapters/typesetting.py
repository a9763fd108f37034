"""Documents in PDF by Typst, set by a supervised process that may not use much time or memory.

Data goes in as JSON and is inert; the same data gives the same bytes.
"""

import asyncio
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.rendering.confined import Confined, program
from adapters.rendering.engine import long_date, money

COMMAND = program("adapters.rendering.pages_server")
LARGEST_ANSWER = 32 * 2**20


class Typst(Confined):
    """Implements the port Typesetter. Templates are ``<domain>/<process>/<name>.<locale>.typ``."""

    def __init__(self, folder: Path, timeout: float = 30.0, command: Sequence[str] = COMMAND) -> None:
        super().__init__(command, folder, timeout, LARGEST_ANSWER)
        self.folder = folder

    async def render(self, template: str, data: Mapping[str, Any], locale: str) -> bytes:
        """Raises BadInput naming the template when it is missing, does not compile, or does harm."""
        question = {"data": readable(data, locale)}
        return b64decode(await asyncio.to_thread(self.ask, f"{template}.{locale}.typ", question))


def readable(data: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Amounts and dates as people write them; everything else as it is."""
    return {name: _readable(name, value, locale) for name, value in data.items()}


def _readable(name: str, value: Any, locale: str) -> Any:
    if isinstance(value, dict):
        return money(value, locale) if value.keys() == {"currency", "minor"} else readable(value, locale)
    if isinstance(value, list):
        return [_readable(name, item, locale) for item in value]
    return long_date(value, locale) if name.endswith("_on") and value else value
