"""A supervised process that renders templates: one question at a time; started again when one broke it."""

import json
import logging
import signal
import sys
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from adapters.durable.child import Broken, Child, Silent
from adapters.rendering.limits import LARGEST_QUESTION
from domain.errors import BadInput, Mistake

log = logging.getLogger("echeance.templates")

MEND = "mend the template or the facts it is given"


def program(module: str) -> tuple[str, ...]:
    return (sys.executable, "-E", "-s", "-m", module)


class Confined:
    """Thread-safe; it blocks while a template is rendered.

    The process starts with the first question. ``timeout`` in seconds of the wall's clock, which only matters
    when the process' own limits have failed; ``most``: bytes of an answer.
    """

    def __init__(self, command: Sequence[str], folder: Path, timeout: float, most: int) -> None:
        self._command = (*command, str(folder.resolve()))
        self._timeout = timeout
        self._most = most
        self._lock = Lock()
        self._children: list[Child] = []
        self._number = 0
        self.restarts = 0
        """How many times the process was found broken."""
        weakref.finalize(self, _end, self._children)

    def ask(self, template: str, question: Mapping[str, Any]) -> Any:
        """What the process makes of it. Raises BadInput naming the template when it is wrong or does harm."""
        line = self._line(template, question)
        with self._lock:
            try:
                return self._ask(line)
            except Broken as first:
                if self._drop(template, first):
                    raise BadInput(Mistake(template, "it does not end", MEND)) from None
            try:  # somebody else may have ended the process: only twice on one template is the template's
                return self._ask(line)
            except Broken as second:
                self._drop(template, second)
                problem = "it breaks the process that renders templates"
                raise BadInput(Mistake(template, problem, MEND)) from None

    @property
    def pid(self) -> int | None:
        return self._children[0].pid if self._children else None

    def close(self) -> None:
        """The next question would start a new process."""
        with self._lock:
            _end(self._children)

    def _line(self, template: str, question: Mapping[str, Any]) -> str:
        line = json.dumps({"template": template, **question}, default=_plain)
        if len(line) > LARGEST_QUESTION // 2:
            raise BadInput(Mistake(template, "its facts are too long", "give it shorter ones"))
        return line

    def _ask(self, line: str) -> Any:
        self._number += 1
        if not self._children:
            self._children.append(self._start())
        asked = f'{{"n": {self._number}, {line[1:]}'.encode()
        return self._understood(self._children[0].ask(asked, self._timeout, self._most))

    def _start(self) -> Child:
        try:
            return Child(self._command)
        except OSError as error:
            raise Broken(f"it cannot be started ({error.strerror})") from None

    def _understood(self, line: bytes) -> Any:
        with suppress(ValueError, TypeError, KeyError):
            answer = json.loads(line)
            if answer["n"] == self._number:
                if wrong := answer.get("wrong"):
                    raise BadInput(Mistake(*map(str, wrong)))
                return answer["made"]
        raise Broken("it answered something else")

    def _drop(self, template: str, why: Broken) -> bool:
        """Whether it was the time that ran out."""
        self.restarts += 1
        codes = [child.kill() for child in self._children]
        self._children.clear()
        log.warning("the process of templates is started again: %s (%s)", why, template)
        return isinstance(why, Silent) or -signal.SIGXCPU in codes


def _end(children: list[Child]) -> None:
    while children:
        children.pop().end()


def _plain(value: Any) -> str:
    """Dates are written as text; nothing else but JSON reaches a template."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")
