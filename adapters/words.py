"""The words of messages, rendered by a supervised process that may not use much time or memory."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.rendering.confined import Confined, program
from domain.message import Channel
from domain.ports import Text

COMMAND = program("adapters.rendering.words_server")
LARGEST_ANSWER = 4 * 2**20


class Words(Confined):
    """Implements the port Writer."""

    def __init__(self, folder: Path, timeout: float = 10.0, command: Sequence[str] = COMMAND) -> None:
        super().__init__(command, folder, timeout, LARGEST_ANSWER)
        self.folder = folder

    def write(self, template: str, channel: Channel, locale: str, data: Mapping[str, Any]) -> Text:
        """Raises BadInput naming the template when it, or a value it needs, is missing, or it does harm."""
        question = {"channel": channel, "locale": locale, "data": data}
        text, subject, html = self.ask(template, question)
        return Text(text, subject, html)
