"""One run of a process that answers lines with lines, never waited for longer than allowed."""

import os
import select
import subprocess
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
CHUNK = 1 << 16
MOST = 1 << 28
MOMENT = 0.1
"""Seconds in which a process that closed its output is gone."""


class Broken(Exception):
    """It ended, or did not answer in time."""


class Silent(Broken):
    """It is there, and did not answer in time."""


class Child:
    """Started without the environment: no secret of ours reaches it. It ends when its input is closed."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, cwd=ROOT, env={"LC_ALL": "C.UTF-8"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, bufsize=0, close_fds=True, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._into, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._into, False)
        os.set_blocking(self._out, False)
        self.pid = self._process.pid

    def ask(self, line: bytes, timeout: float, most: int = MOST) -> bytes:
        """The line it answers, of ``most`` bytes; ``timeout`` in seconds. Raises Broken."""
        until = monotonic() + timeout
        try:
            self._write(line + b"\n", until)
            return self._read(until, most)
        except OSError as error:
            raise Broken(f"the process ended ({error.strerror})") from None

    def end(self) -> None:
        """Close its input, give it a moment, then kill it; it is reaped in any case."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> int:
        """How it ended: of one that was ending already, its own code, or a signal's number below zero."""
        try:
            self._process.wait(MOMENT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        return self._process.returncode

    def _write(self, data: bytes, until: float) -> None:
        left = memoryview(data)
        while left:
            if _ready(self._into, select.POLLOUT, until):
                left = left[os.write(self._into, left[:CHUNK]) :]

    def _read(self, until: float, most: int) -> bytes:
        received = bytearray()
        while not received.endswith(b"\n"):
            if not _ready(self._out, select.POLLIN, until):
                continue
            chunk = os.read(self._out, CHUNK)
            if not chunk:
                raise Broken("the process ended")
            received += chunk
            if len(received) > most:
                raise Broken("its answer does not end")
        return bytes(received)


def _ready(pipe: int, event: int, until: float) -> bool:
    left = until - monotonic()
    if left <= 0:
        raise Silent("no answer in time")
    polling = select.poll()  # unlike select, it takes descriptors above 1,023
    polling.register(pipe, event)
    return bool(polling.poll(left * 1_000))
