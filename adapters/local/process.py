"""One server process of ours: its log, its readiness, its end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PAUSE = 0.05
GUARD = 'read _; kill -s "$1" "$0"'
"""Waits on a pipe that only we hold: when we die, in whatever way, the process is told to stop."""


class DidNotStart(Exception):
    """A server ended or stayed silent; the text ends with the last lines of its log."""


@dataclass(frozen=True)
class Identity:
    """Who a process runs as. Empty: as ourselves."""

    user: int | None = None
    group: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.user is None else []


OURSELVES = Identity()


def wait_until_none(find: Callable[[], list[int]], what: str, within: float = 30.0) -> None:
    """Raises DidNotStart when some are still there after so many seconds."""
    limit = time.monotonic() + within
    while found := find():
        if time.monotonic() > limit:
            raise DidNotStart(f"{what} is still used by an earlier run (processes {found}); end it first")
        time.sleep(PAUSE)


def processes(belongs: Callable[[Path], bool]) -> list[int]:
    """Process ids for whose folder in /proc this holds; none where there is no /proc."""
    found = []
    for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
        with suppress(OSError):
            if entry.name.isdigit() and belongs(entry):
                found.append(int(entry.name))
    return found


@dataclass
class LocalProcess:
    """A child in a session of its own, so that Ctrl-C reaches it only through us."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    identity: Identity = OURSELVES
    _log_from: int = 0
    _child: "subprocess.Popen[bytes] | None" = None
    _guard: "subprocess.Popen[bytes] | None" = None

    @property
    def pid(self) -> int:
        if self._child is None:
            raise DidNotStart(f"{self.name} is not running")
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._child.poll() if self._child else None

    def spawn(self) -> None:
        self.stop()
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            self._child = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.identity.user,
                group=self.identity.group,
                extra_groups=self.identity.groups,
            )
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, str(self._child.pid), self.stop_signal.name.removeprefix("SIG")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def start(self, ready: Callable[[], bool], within: float) -> None:
        """Raises DidNotStart when the process ends, or is not ready within so many seconds."""
        self.spawn()
        limit = time.monotonic() + within
        while not ready():
            if not self.running:
                code = self.exit_code
                self._end_guard()
                raise DidNotStart(f"{self.name} ended with code {code}: {self.last_lines()}")
            if time.monotonic() > limit:
                self.kill()
                raise DidNotStart(f"{self.name} did not answer within {within:g} s: {self.last_lines()}")
            time.sleep(PAUSE)

    def ask_to_stop(self) -> None:
        if self._child and self.running:
            self._child.send_signal(self.stop_signal)

    def stop(self, within: float = 20.0) -> None:
        """Asks, waits, and kills what does not listen."""
        self.ask_to_stop()
        if self._child:
            try:
                self._child.wait(within)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._end_guard()

    def kill(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()
        self._end_guard()

    def last_lines(self, count: int = 8) -> str:
        """Of what it wrote since its last start."""
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-count:])

    def _end_guard(self) -> None:
        if self._guard:
            self._guard.kill()
            self._guard.wait()
            if self._guard.stdin:
                self._guard.stdin.close()
            self._guard = None
