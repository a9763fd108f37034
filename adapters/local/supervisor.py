"""Keeps a set of processes running: starts them in order, restarts what dies, stops them in reverse."""

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.local.process import OURSELVES, PAUSE, DidNotStart, Identity, LocalProcess

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
STEADY_AFTER = 60.0
"""Seconds after which a service counts as well again, and its next death is the first."""


def at_once() -> bool:
    return True


def nothing() -> None:
    return None


@dataclass(frozen=True)
class Service:
    """One process to keep alive.

    ``prepare`` runs before every start, ``ready`` says when those that depend on it may start,
    ``settle`` runs once, when it is ready for the first time (make a database, migrate).
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] = at_once
    stop_signal: signal.Signals = signal.SIGTERM
    depends_on: tuple[str, ...] = ()
    prepare: Callable[[], None] = nothing
    settle: Callable[[], None] = nothing
    identity: Identity = OURSELVES
    ready_within: float = 60.0
    patience: float = 20.0
    """Seconds between the stop signal and the kill."""
    essential: bool = True
    """Whether nothing else is of use without it. One that is not may fail to start, and is tried again."""


@dataclass
class _Watch:
    process: LocalProcess
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float | None = None
    told: str = ""


class Supervisor:
    """``say(service name, sentence)`` tells the operator what happens."""

    def __init__(
        self,
        services: Sequence[Service],
        logs: Path,
        say: Callable[[str, str], None],
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.services = in_order(services)
        self.first_wait = first_wait
        self._say = say
        self._stopping = threading.Event()
        self._watches = {service.name: _Watch(_process(service, logs)) for service in self.services}

    def start(self) -> None:
        """One after the other, each when those before are ready. When one does not start, all are stopped."""
        try:
            for service in self.services:
                self._say(service.name, "starting")
                if self._started(service):
                    service.settle()
                    self._say(service.name, "ready")
                if self._stopping.is_set():
                    return
        except BaseException as problem:
            asked = self.stopping
            self.stop()
            # Ctrl-C reaches what a service is settled with, too: its end is no failure then.
            if not (asked and isinstance(problem, DidNotStart)):
                raise

    def run(self) -> None:
        """Restarts what dies, until `ask_to_stop`; then stops all."""
        try:
            while not self._stopping.wait(PAUSE):
                for service in self.services:
                    self._look_after(service)
        finally:
            self.stop()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def ask_to_stop(self) -> None:
        """May be called from a signal handler or another thread."""
        self._stopping.set()

    def stop(self) -> None:
        self._stopping.set()
        for service in reversed(self.services):
            watch = self._watches[service.name]
            if watch.process.running:
                self._say(service.name, "stopping")
            watch.process.stop(within=service.patience)

    def pid(self, name: str) -> int:
        return self._watches[name].process.pid

    def running(self, name: str) -> bool:
        return self._watches[name].process.running

    def _started(self, service: Service) -> bool:
        """Whether it came up; raises DidNotStart when it did not and is essential."""
        try:
            self._start(service)
        except DidNotStart as problem:
            if service.essential:
                raise
            self._tell_once(service.name, str(problem))
            return False
        return not self._stopping.is_set()

    def _tell_once(self, name: str, problem: str) -> None:
        """The same problem at every new try would hide everything else."""
        watch = self._watches[name]
        self._say(name, problem if problem != watch.told else "still does not start, for the same reason")
        watch.told = problem

    def _start(self, service: Service) -> None:
        watch = self._watches[service.name]
        watch.started_at = time.monotonic()
        watch.restart_at = None
        service.prepare()
        watch.process.start(lambda: self._stopping.is_set() or service.ready(), service.ready_within)

    def _look_after(self, service: Service) -> None:
        watch = self._watches[service.name]
        if watch.process.running:
            return
        if watch.restart_at is None:
            self._plan_restart(service, watch)
        elif time.monotonic() >= watch.restart_at:
            try:
                self._start(service)
                if not self._stopping.is_set():
                    self._say(service.name, "running again")
            except (DidNotStart, OSError) as problem:
                self._tell_once(service.name, str(problem))

    def _plan_restart(self, service: Service, watch: _Watch) -> None:
        if time.monotonic() - watch.started_at > STEADY_AFTER:
            watch.deaths = 0
        wait = min(self.first_wait * 2 ** min(watch.deaths, 10), LONGEST_WAIT)
        watch.deaths += 1
        watch.restart_at = time.monotonic() + wait
        self._say(service.name, f"{_why(watch.process.exit_code)}; starting it again in {wait:g} s")


def in_order(services: Sequence[Service]) -> list[Service]:
    """Those that are depended on come first, otherwise as given. Raises ValueError on a gap or a circle."""
    ordered: list[Service] = []
    waiting = list(services)
    while waiting:
        done = {service.name for service in ordered}
        following = next((service for service in waiting if done.issuperset(service.depends_on)), None)
        if following is None:
            names = ", ".join(service.name for service in waiting)
            raise ValueError(f"these wait for each other or for something unknown: {names}")
        ordered.append(following)
        waiting.remove(following)
    return ordered


def _process(service: Service, logs: Path) -> LocalProcess:
    return LocalProcess(
        service.name,
        service.command,
        logs / f"{service.name}.log",
        service.environment,
        service.stop_signal,
        service.identity,
    )


def _why(code: int | None) -> str:
    if code is None:
        return "it is gone"
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it ended with code {code}"
