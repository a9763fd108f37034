"""`echeance run`, whole: it starts, says where it is, restarts what is killed, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """A run of the command, read line by line."""

    def __init__(self, data: Path) -> None:
        self.said: list[str] = []
        self.process = subprocess.Popen(
            command(data),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, pattern: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if re.search(pattern, line):
                return
        raise AssertionError("\n".join([f"ended before {pattern!r} was said:", *self.said]))

    def address(self, name: str) -> str:
        return next(line.split()[-1] for line in self.said if line.strip().startswith(name))

    def child(self, part_of_command: str) -> int:
        return next(pid for pid, line in children(self.process.pid).items() if part_of_command in line)

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=60)
        return rest


def command(data: Path) -> list[str]:
    return [sys.executable, "-m", "cli", "run", "--no-seeds", "--data", str(data)]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ECHEANCE_")}


def children(parent: int) -> dict[int, str]:
    pids = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {int(pid): Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / ".data"


@contextmanager
def running(data: Path) -> Iterator[Run]:
    run = Run(data)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.stop()
        assert run.process.stdout
        run.process.stdout.close()


@pytest.fixture(scope="module")
def run(data: Path) -> Iterator[Run]:
    with running(data) as run:
        run.until("Ctrl-C stops everything")
        yield run


def test_every_address_it_prints_answers(run: Run) -> None:
    for name in ("API docs", "Temporal UI", "Outbox"):
        assert httpx.get(run.address(name), follow_redirects=True).status_code == 200, name


@pytest.mark.usefixtures("run")
def test_status_finds_it_by_its_folder(data: Path) -> None:
    asked = [sys.executable, "-m", "cli", "status", "--data", str(data)]
    told = subprocess.run(asked, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.count("answers")) == (0, 3), told.stdout + told.stderr


def test_a_second_run_on_its_folder_is_refused(run: Run, data: Path) -> None:
    second = subprocess.run(
        command(data), cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"process {run.process.pid} already runs on {data}" in second.stderr


@pytest.mark.parametrize(
    ("name", "part_of_command"),
    [
        ("worker", "-m worker"),
        ("api", "serving:create_app"),
        ("postgres", "bin/postgres"),
        ("temporal", "start-dev"),
    ],
)
def test_what_is_killed_runs_again(run: Run, name: str, part_of_command: str) -> None:
    os.kill(run.child(part_of_command), signal.SIGKILL)
    run.until(f"{name} +it was ended by SIGKILL; starting it again in")
    run.until(f"{name} +running again")


def test_it_stops_in_order_and_leaves_nothing(run: Run) -> None:
    started = children(run.process.pid)
    rest = run.stop()
    assert run.process.returncode == 0, rest
    assert re.findall(r"(\w+) +stopping", rest) == [
        "api",
        "worker",
        "backup",
        "twins",
        "temporal",
        "postgres",
    ]
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_a_run_that_was_killed_is_taken_up_by_the_next(data: Path) -> None:
    secrets = (data / "secrets.json").read_bytes()
    with running(data) as first:
        first.until("Ctrl-C stops everything")
        first.process.kill()
        first.process.wait()
    with running(data) as second:
        second.until("Ctrl-C stops everything")
        second.stop()
        assert second.process.returncode == 0
    assert (data / "secrets.json").read_bytes() == secrets
