"""The words of messages, rendered by a supervised process that may not use much time or memory."""

import json
import logging
import sys
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from adapters.durable.child import Broken, Child, Silent
from adapters.rendering.engine import MEND
from domain.errors import BadInput, Mistake
from domain.message import Channel
from domain.ports import Text

log = logging.getLogger("echeance.words")

COMMAND = (sys.executable, "-E", "-s", "-m", "adapters.rendering.server")
LARGEST_ANSWER = 4 * 2**20
LARGEST_DATA = 2**19


class Words:
    """Implements the port Writer. Thread-safe; it blocks while a message is written.

    The process starts with the first message, and again after a template has broken it. ``timeout`` in
    seconds of the wall's clock, which only matters when the process' own limits have failed.
    """

    def __init__(self, folder: Path, timeout: float = 10.0, command: Sequence[str] = COMMAND) -> None:
        self.folder = folder
        self._timeout = timeout
        self._command = (*command, str(folder.resolve()))
        self._lock = Lock()
        self._children: list[Child] = []
        self._number = 0
        self.restarts = 0
        """How many times the process was found broken."""
        weakref.finalize(self, _end, self._children)

    def write(self, template: str, channel: Channel, locale: str, data: Mapping[str, Any]) -> Text:
        """Raises BadInput naming the template when it, or a value it needs, is missing, or it does harm."""
        question = {"template": template, "channel": channel, "locale": locale, "data": data}
        with self._lock:
            try:
                return self._ask(question)
            except Silent:
                self._drop(template, "it does not end")
                raise BadInput(Mistake(template, "it does not end", MEND)) from None
            except Broken as first:
                self._drop(template, str(first))
            try:  # somebody else may have ended the process: only twice on one template is the template's
                return self._ask(question)
            except Broken as second:
                self._drop(template, str(second))
                problem = "it breaks the process that writes messages"
                raise BadInput(Mistake(template, problem, MEND)) from None

    @property
    def pid(self) -> int | None:
        return self._children[0].pid if self._children else None

    def close(self) -> None:
        """The next message would start a new process."""
        with self._lock:
            _end(self._children)

    def _ask(self, question: Mapping[str, Any]) -> Text:
        self._number += 1
        line = json.dumps({**question, "n": self._number}, default=_plain).encode()
        if len(line) > LARGEST_DATA:
            raise BadInput(Mistake(question["template"], "its facts are too long", "give it shorter ones"))
        if not self._children:
            self._children.append(self._start())
        return self._understood(self._children[0].ask(line, self._timeout, LARGEST_ANSWER))

    def _start(self) -> Child:
        try:
            return Child(self._command)
        except OSError as error:
            raise Broken(f"it cannot be started ({error.strerror})") from None

    def _understood(self, line: bytes) -> Text:
        with suppress(ValueError, TypeError, KeyError):
            answer = json.loads(line)
            if answer["n"] == self._number:
                if wrong := answer.get("wrong"):
                    raise BadInput(Mistake(*map(str, wrong)))
                return Text(*map(str, answer["text"]))
        raise Broken("it answered something else")

    def _drop(self, template: str, why: str) -> None:
        log.warning("the writer of messages is started again: %s (%s)", why, template)
        self.restarts += 1
        while self._children:
            self._children.pop().kill()


def _end(children: list[Child]) -> None:
    while children:
        children.pop().end()


def _plain(value: Any) -> str:
    """Dates are written as text; nothing else but JSON reaches a template."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")
