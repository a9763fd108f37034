"""durable-rules from outside: one supervised process, one question at a time, one retry."""

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any

from adapters.durable.child import Broken, Child
from domain.errors import RulesEngineDown

log = logging.getLogger("echeance.rules")

COMMAND = (sys.executable, "-E", "-s", "-m", "adapters.durable.server")
MOST_DEFINITIONS = 500
"""Then a new process: the engine gives no memory back for rulesets that are no longer asked."""

Facts = Sequence[Mapping[str, int | str]]


class DurableRules:
    """A Matcher. Thread-safe; the process is started at the first question and again after a crash or a
    hang, of which only one retry comes. ``timeout`` in seconds, for each of the two tries.
    """

    def __init__(self, timeout: float = 5.0, command: Sequence[str] = COMMAND) -> None:
        self._timeout = timeout
        self._command = command
        self._lock = Lock()
        self._child: Child | None = None
        self._loaded: set[str] = set()
        self._number = 0
        self.restarts = 0
        """How many times a process was found broken."""

    def fired(self, definition: Mapping[str, Any], facts: Facts) -> frozenset[str]:
        return self.fired_each(definition, [facts])[0]

    def fired_each(self, definition: Mapping[str, Any], subjects: Sequence[Facts]) -> list[frozenset[str]]:
        """One question about several subjects, who are looked at one after the other."""
        with self._lock:
            try:
                return self._ask(definition, subjects)
            except Broken as first:
                self._drop(first)
            try:
                return self._ask(definition, subjects)
            except Broken as second:
                self._drop(second)
                raise RulesEngineDown(str(second)) from None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def close(self) -> None:
        """The next question would start a new process."""
        with self._lock:
            child, self._child = self._child, None
            if child:
                child.end()

    def _ask(self, definition: Mapping[str, Any], subjects: Sequence[Facts]) -> list[frozenset[str]]:
        key = definition["key"]
        if len(self._loaded) >= MOST_DEFINITIONS and key not in self._loaded and self._child:
            self._child.end()
            self._child = None
        if self._child is None:
            self._child, self._loaded = self._start(), set()
        self._number += 1
        question: dict[str, Any] = {"n": self._number, "key": key, "subjects": list(subjects)}
        if key not in self._loaded:
            question["rulesets"] = definition["rulesets"]
        answer = self._understood(self._child.ask(json.dumps(question).encode(), self._timeout))
        if "refused" in answer:
            raise ValueError(f"durable-rules: {answer['refused']}")
        self._loaded.add(key)
        return self._names(answer, len(subjects))

    def _start(self) -> Child:
        try:
            return Child(self._command)
        except OSError as error:
            raise Broken(f"it cannot be started ({error.strerror})") from None

    def _understood(self, line: bytes) -> dict[str, Any]:
        with suppress(ValueError):
            answer = json.loads(line)
            if isinstance(answer, dict) and answer.get("n") == self._number:
                return answer
        raise Broken("it answered something else")

    @staticmethod
    def _names(answer: dict[str, Any], count: int) -> list[frozenset[str]]:
        fired = answer.get("fired")
        if not isinstance(fired, list) or len(fired) != count:
            raise Broken("it answered something else")
        if not all(isinstance(names, list) and all(isinstance(n, str) for n in names) for names in fired):
            raise Broken("it answered something else")
        return [frozenset(names) for names in fired]

    def _drop(self, why: Broken) -> None:
        log.warning("the rules engine is started again: %s", why)
        self.restarts += 1
        child, self._child = self._child, None
        if child:
            child.kill()
