"""The supervisor keeps processes alive, says what happens and leaves nothing behind."""

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from adapters.local.process import DidNotStart
from adapters.local.supervisor import Service, Supervisor, in_order

PATIENT = "import pathlib, signal, sys; pathlib.Path(sys.argv[1]).touch(); signal.pause()"
CHATTY = (
    "import pathlib, signal, sys\n"
    "def leave(*_): pathlib.Path(sys.argv[2]).open('a').write(sys.argv[3] + '\\n'); sys.exit()\n"
    "signal.signal(signal.SIGTERM, leave)\n"
    "pathlib.Path(sys.argv[1]).touch()\n"
    "while True: signal.pause()\n"
)


class Teller:
    """Collects what is said, and lets a test wait for a sentence."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self._news = threading.Condition()

    def __call__(self, name: str, sentence: str) -> None:
        with self._news:
            self.said.append((name, sentence))
            self._news.notify_all()

    def wait_for(self, name: str, sentence: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: (name, sentence) in self.said, timeout=20), self.said


def patient(name: str, folder: Path, *depends_on: str) -> Service:
    """A child that is ready when it has made its mark, and then waits."""
    mark = folder / f"{name}.ready"
    return Service(
        name,
        [sys.executable, "-c", PATIENT, str(mark)],
        ready=mark.exists,
        prepare=lambda: mark.unlink(missing_ok=True),
        depends_on=depends_on,
    )


@contextmanager
def supervised(services: list[Service], logs: Path) -> Iterator[tuple[Supervisor, Teller]]:
    teller = Teller()
    supervisor = Supervisor(services, logs, teller, first_wait=0.01)
    supervisor.start()
    loop = threading.Thread(target=supervisor.run)
    loop.start()
    try:
        yield supervisor, teller
    finally:
        supervisor.ask_to_stop()
        loop.join(timeout=30)
        assert not loop.is_alive()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_what_dies_is_started_again_and_the_reason_is_said(tmp_path: Path) -> None:
    with supervised([patient("one", tmp_path)], tmp_path) as (supervisor, teller):
        first = supervisor.pid("one")
        os.kill(first, signal.SIGKILL)
        teller.wait_for("one", "running again")
        assert supervisor.pid("one") != first
    assert ("one", "it was ended by SIGKILL; starting it again in 0.01 s") in teller.said


def test_one_death_leaves_the_others_alone(tmp_path: Path) -> None:
    both = [patient("one", tmp_path), patient("two", tmp_path, "one")]
    with supervised(both, tmp_path) as (supervisor, teller):
        untouched = supervisor.pid("two")
        os.kill(supervisor.pid("one"), signal.SIGKILL)
        teller.wait_for("one", "running again")
        assert supervisor.pid("two") == untouched


def test_services_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    farewells = tmp_path / "farewells"

    def chatty(name: str, *depends_on: str) -> Service:
        mark = tmp_path / f"{name}.ready"
        command = [sys.executable, "-c", CHATTY, str(mark), str(farewells), name]
        return Service(name, command, ready=mark.exists, depends_on=depends_on)

    services = [chatty("api", "worker"), chatty("worker", "store"), chatty("store")]
    with supervised(services, tmp_path) as (supervisor, teller):
        pids = [supervisor.pid(service.name) for service in services]
    assert [name for name, sentence in teller.said if sentence == "ready"] == ["store", "worker", "api"]
    assert farewells.read_text().split() == ["api", "worker", "store"]
    assert all(is_gone(pid) for pid in pids)


def test_one_that_cannot_start_takes_the_others_down_and_shows_its_log(tmp_path: Path) -> None:
    broken = Service(
        "broken",
        [sys.executable, "-c", "raise SystemExit('no ledger today')"],
        ready=lambda: False,
        depends_on=("one",),
    )
    supervisor = Supervisor([patient("one", tmp_path), broken], tmp_path, Teller())
    with pytest.raises(DidNotStart, match="broken ended with code 1: no ledger today"):
        supervisor.start()
    assert not supervisor.running("one")


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "ready"
    deaf = (
        "import pathlib, signal, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pathlib.Path(sys.argv[1]).touch()\n"
        "while True: signal.pause()\n"
    )
    service = Service("deaf", [sys.executable, "-c", deaf, str(mark)], ready=mark.exists, patience=0.1)
    with supervised([service], tmp_path) as (supervisor, _):
        pid = supervisor.pid("deaf")
    assert is_gone(pid)


def test_one_that_others_can_do_without_is_tried_until_its_fault_is_mended(tmp_path: Path) -> None:
    mended, mark = tmp_path / "mended", tmp_path / "ready"
    fussy = (
        "import pathlib, signal, sys\n"
        "if not pathlib.Path(sys.argv[1]).exists(): sys.exit('line 3: no such word')\n"
        "pathlib.Path(sys.argv[2]).touch()\n"
        "signal.pause()\n"
    )
    command = [sys.executable, "-c", fussy, str(mended), str(mark)]
    service = Service("fussy", command, ready=mark.exists, essential=False)
    with supervised([service, patient("one", tmp_path)], tmp_path) as (supervisor, teller):
        assert supervisor.running("one")
        teller.wait_for("fussy", "still does not start, for the same reason")
        mended.touch()
        teller.wait_for("fussy", "running again")
    problems = [sentence for _, sentence in teller.said if "line 3: no such word" in sentence]
    assert len(problems) == 1
    waits = [sentence for _, sentence in teller.said if "starting it again" in sentence]
    assert [wait.rsplit(" ", 2)[1] for wait in waits[:2]] == ["0.01", "0.02"]


def test_a_start_can_be_given_up(tmp_path: Path) -> None:
    teller = Teller()
    never = Service("never", [sys.executable, "-c", "import signal; signal.pause()"], ready=lambda: False)
    supervisor = Supervisor([patient("one", tmp_path), never], tmp_path, teller)
    starting = threading.Thread(target=supervisor.start)
    starting.start()
    teller.wait_for("never", "starting")
    supervisor.ask_to_stop()
    starting.join(timeout=20)
    supervisor.run()
    assert not supervisor.running("one")
    assert not supervisor.running("never")
    assert ("never", "ready") not in teller.said


def test_settling_happens_once_preparing_every_time(tmp_path: Path) -> None:
    events: list[str] = []
    mark = tmp_path / "ready"

    def prepare() -> None:
        mark.unlink(missing_ok=True)
        events.append("prepare")

    def note(event: str) -> Callable[[], None]:
        return lambda: events.append(event)

    service = Service(
        "one",
        [sys.executable, "-c", PATIENT, str(mark)],
        ready=mark.exists,
        prepare=prepare,
        settle=note("settle"),
    )
    with supervised([service], tmp_path) as (supervisor, teller):
        os.kill(supervisor.pid("one"), signal.SIGKILL)
        teller.wait_for("one", "running again")
    assert events == ["prepare", "settle", "prepare"]


def test_children_go_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    child = (
        "import os, pathlib, signal, sys\n"
        "from adapters.local.process import LocalProcess\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "quiet = [sys.executable, '-c', 'import signal; signal.pause()']\n"
        "process = LocalProcess('quiet', quiet, folder / 'log')\n"
        "process.spawn()\n"
        "print(process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    reader, writer = os.pipe()
    parent = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", child, str(tmp_path)],
        {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)],
    )
    os.close(writer)
    with os.fdopen(reader) as told:
        orphan = int(told.readline())
    os.waitpid(parent, 0)
    with suppress(ProcessLookupError):
        ended, _, _ = select.select([os.pidfd_open(orphan)], [], [], 20)
        assert ended


def test_a_circle_or_a_gap_is_refused() -> None:
    with pytest.raises(ValueError, match="one, two"):
        in_order([Service("one", [], depends_on=("two",)), Service("two", [], depends_on=("one",))])
    with pytest.raises(ValueError, match="lonely"):
        in_order([Service("lonely", [], depends_on=("nobody",))])
