"""One planning in a process of its own: ``python -m adapters.planning.child``.

It reads the wish from its input, tells each better plan as a line, and ends with the line of its result.
SIGTERM ends the search with the best so far. When the input is closed, who wished is gone, and so is it.
"""

import json
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Any, BinaryIO

from adapters.planning.portfolio import Portfolio
from adapters.planning.wire import LENGTH, Wish, progress_line, routes, unpacked

MOMENT = 0.2
"""Seconds between two looks whether the search has ended."""


def main() -> int:
    out = _kept_for_lines()
    stopped, done = Event(), Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's is for who started us
    wish = _read(sys.stdin.buffer)
    failed: list[BaseException] = []
    Thread(target=_plan, args=(wish, out, stopped, done, failed), daemon=True).start()
    while not done.wait(MOMENT):
        if _closed(sys.stdin.buffer):
            os._exit(1)
    if failed:
        raise failed[0]
    return 0


def _plan(wish: Wish, out: BinaryIO, stopped: Event, done: Event, failed: list[BaseException]) -> None:
    problem, limits, start = wish
    try:
        say = _lines(out)
        made = Portfolio().solve(
            problem, limits, start, lambda told: say(progress_line(told)), stopped.is_set
        )  # fmt: skip
        say({"result": routes(made)})
    except BaseException as error:
        failed.append(error)
    finally:
        done.set()


def _kept_for_lines() -> BinaryIO:
    """Whatever a library prints goes to the errors, so that the lines stay ours."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _lines(out: BinaryIO) -> Callable[[dict[str, Any]], None]:
    def say(line: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):
            out.write(json.dumps(line).encode() + b"\n")
            out.flush()

    return say


def _read(source: BinaryIO) -> Wish:
    length = int.from_bytes(source.read(LENGTH), "big")
    return unpacked(source.read(length))


def _closed(source: BinaryIO) -> bool:
    """Nothing more is ever written to it: that there is something to read is its end."""
    return bool(select.select([source], [], [], 0)[0])


if __name__ == "__main__":
    raise SystemExit(main())
