"""The process that renders templates: JSON questions on standard input, answers on standard output.

    {"n": 1, "template": "…", "channel": "sms", "locale": "fr", "data": {…}}
    {"n": 1, "text": ["…", "subject", "html"]}   or   {"n": 1, "wrong": ["field", "problem", "mend"]}

It has no environment and no database, writes no file, and may use little time and memory. A template meets
nothing but what came in as JSON. `python -m adapters.rendering.server FOLDER`
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from adapters.rendering.engine import MEND, Engine
from domain.errors import BadInput, Mistake
from domain.message import Channel

MEMORY = 256 * 1024**2
SECONDS = 1.0
"""Of processor for one message; ours take a millisecond."""
LARGEST_QUESTION = 2**20


class TooLong(BaseException):
    """The time is up. Not an Exception, so that nothing on the way takes it for a fault of its own."""


def serve(engine: Engine, questions: BinaryIO, answers: BinaryIO) -> None:
    """Until the input is closed, or memory ran out: then a new process is better than this one."""
    while line := questions.readline(LARGEST_QUESTION + 1):
        if len(line) > LARGEST_QUESTION:
            return
        said, sound = answer(engine, json.loads(line))
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()
        if not sound:
            return


def answer(engine: Engine, question: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """And whether this process can go on."""
    sound = True
    try:
        with limited():
            made = engine.write(
                question["template"], Channel(question["channel"]), question["locale"], question["data"]
            )
        return {"n": question["n"], "text": [made.text, made.subject, made.html]}, True
    except BadInput as wrong:
        mistake = wrong.mistakes[0]
    except TooLong:
        mistake = Mistake(question["template"], f"it takes more than {SECONDS:g} s to write", MEND)
    except MemoryError:
        mistake, sound = Mistake(question["template"], "it takes more memory than it may", MEND), False
    except Exception as wrong:  # whatever a template does wrong is the template's; values are not repeated
        mistake = Mistake(question["template"], f"it breaks ({type(wrong).__name__})", MEND)
    return {"n": question["n"], "wrong": [mistake.field, mistake.problem, mistake.mend]}, sound


@contextmanager
def limited() -> Iterator[None]:
    """A bell after some time of processor, and after some more the end, should the bell not be heard: one
    operation on a giant number hears nothing.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime + SECONDS) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def confine() -> None:
    """Nothing here comes back: it holds for the rest of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.set_int_max_str_digits(10_000)
    signal.signal(signal.SIGPROF, _ring)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _ring(*_: object) -> None:
    raise TooLong


if __name__ == "__main__":
    confine()
    serve(Engine(Path(sys.argv[1])), sys.stdin.buffer, sys.stdout.buffer)
