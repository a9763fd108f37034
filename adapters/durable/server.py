"""The process that holds durable-rules: JSON questions on standard input, answers on standard output.

    {"n": 1, "key": "…", "rulesets": […], "subjects": [[{"mark": 1, …}, …], …]}
    {"n": 1, "fired": [[…], …]}

``rulesets`` comes with the first question about a key. Each subject has a session of its own that is
deleted before the next one is asked about. `python -m adapters.durable.server`
"""

import json
import os
import resource
import signal
import sys
from typing import Any, BinaryIO

import durable_rules_engine as engine  # type: ignore[import-not-found]

from adapters.durable.subset import CATCH_ALL, Refused, check_definition, check_facts

MEMORY = 1_024**3
LONGEST = 60
"""Seconds after which the process ends by itself, should nobody be left who waits for its answer."""
MOST_FIRED = 1_000_000
SESSION = "s"


class Rulesets:
    """What was loaded, by key. The engine leaks what it unloads, so nothing is: the process is replaced."""

    def __init__(self) -> None:
        self._handles: dict[str, list[int]] = {}

    def load(self, key: str, rulesets: Any) -> None:
        """Once: a client that was refused sends its rules again, and the engine keeps what it was given."""
        if key in self._handles:
            return
        check_definition(rulesets)
        self._handles[key] = [
            engine.create_ruleset(f"r{len(self._handles)}_{number}", json.dumps(rules))
            for number, rules in enumerate(rulesets)
        ]

    def fired(self, key: str, facts: Any) -> list[str]:
        if key not in self._handles:
            raise Refused(f"nothing is loaded under the key {key!r}")
        check_facts(facts)
        text = json.dumps([{**fact, "id": str(n), "sid": SESSION} for n, fact in enumerate(facts)])
        return sorted({name for handle in self._handles[key] for name in _ask(handle, text)})


def _ask(handle: int, facts: str) -> set[str]:
    """The rules that fired but the catch-all. The session is deleted whole: to retract facts that had been
    joined crashes the engine, while a session in which something fired is freed cleanly.
    """
    _, state = engine.assert_facts(handle, facts)
    fired: set[str] = set()
    action = engine.start_action_for_state(handle, state)
    found = action[1] if action else None
    for _ in range(MOST_FIRED):
        if not found:
            break
        fired.update(json.loads(found))
        found = engine.complete_and_start_action(handle, state)
    if found or CATCH_ALL not in fired:
        raise RuntimeError("the catch-all did not fire" if not found else "too many matches")
    engine.delete_state(handle, SESSION)
    return fired - {CATCH_ALL}


def answer(rulesets: Rulesets, question: dict[str, Any]) -> dict[str, Any]:
    try:
        if "rulesets" in question:
            rulesets.load(question["key"], question["rulesets"])
        fired = [rulesets.fired(question["key"], facts) for facts in question["subjects"]]
    except Refused as refused:
        return {"n": question["n"], "refused": str(refused)}
    return {"n": question["n"], "fired": fired}


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Any other fault ends the process: its state cannot be trusted."""
    rulesets = Rulesets()
    for line in questions:
        signal.alarm(LONGEST)
        answers.write(json.dumps(answer(rulesets, json.loads(line))).encode() + b"\n")
        answers.flush()
        signal.alarm(0)


def main() -> None:
    """What the engine itself prints goes nowhere; limits keep a runaway from the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    with answers:
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
