"""The whole platform on one machine: which processes, with which environment, in which order."""

import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from adapters.local.folder import DataFolder
from adapters.local.ports import choose_port
from adapters.local.postgres import EmbeddedPostgres
from adapters.local.process import DidNotStart
from adapters.local.secrets import secrets_of
from adapters.local.signing import EventSigner
from adapters.local.supervisor import Service
from adapters.local.temporal import EmbeddedTemporal

ROOT = Path(__file__).resolve().parent.parent.parent
ROLE = "echeance_app"
OWNER = "ECHEANCE_DATABASE_ADMIN_URL"
BACKUP_KEYS = "ECHEANCE_BACKUP_KEYS"
QUEUES = ("fleet", "training", "maintenance", "internships", "platform")
WANTED = {"api": 8000, "temporal": 7233, "temporal_ui": 8233, "twins": 8025}


@dataclass(frozen=True)
class Ports:
    api: int
    temporal: int
    temporal_ui: int
    twins: int


def choose_ports() -> tuple[Ports, list[str]]:
    """The usual ports, or others where they are taken, and a sentence for each that is."""
    chosen: dict[str, int] = {}
    said: list[str] = []
    for name, wanted in WANTED.items():
        port, sentence = choose_port(wanted, frozenset(chosen.values()))
        chosen[name] = port
        if sentence:
            said.append(f"{name}: {sentence}")
    return Ports(**chosen), said


class LocalPlatform:
    """Everything that `echeance run` starts, on one data folder."""

    def __init__(self, folder: DataFolder, ports: Ports) -> None:
        self.folder = folder
        self.ports = ports
        self.postgres = EmbeddedPostgres(folder.path / "postgres", folder.logs / "postgres.log")
        self.temporal = EmbeddedTemporal(
            folder.path / "temporal", ports.temporal, ports.temporal_ui, folder.logs / "temporal.log",
            f"http://127.0.0.1:{ports.api}/console/codec",
        )  # fmt: skip
        self.outbox = folder.path / "outbox"

    @property
    def addresses(self) -> dict[str, str]:
        """What the operator opens in a browser."""
        return {
            "Console": f"http://127.0.0.1:{self.ports.api}/",
            "API docs": f"http://127.0.0.1:{self.ports.api}/docs",
            "Temporal UI": f"http://127.0.0.1:{self.ports.temporal_ui}/",
            "Outbox (mail and SMS)": f"http://127.0.0.1:{self.ports.twins}/",
        }

    @cached_property
    def environment(self) -> dict[str, str]:
        twins = f"http://127.0.0.1:{self.ports.twins}"
        return {
            **secrets_of(self.folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "ECHEANCE_DATABASE_URL": self.postgres.url(role=ROLE),
            OWNER: self.postgres.url(),
            "ECHEANCE_BACKUP_FOLDER": str(self.folder.path / "backups"),
            "ECHEANCE_TEMPORAL_ADDRESS": self.temporal.address,
            "ECHEANCE_TEMPORAL_UI_URL": f"http://127.0.0.1:{self.ports.temporal_ui}",
            "ECHEANCE_PUBLIC_BASE_URL": f"http://127.0.0.1:{self.ports.api}",
            "ECHEANCE_FILES_URL": (self.folder.path / "files").as_uri(),
            "ECHEANCE_ANCHORS_FOLDER": str(self.folder.path / "anchors"),
            "ECHEANCE_SENDGRID_BASE_URL": twins,
            "ECHEANCE_SENDGRID_VERIFICATION_KEY": EventSigner(self.outbox).public_key,
            "ECHEANCE_SENDGRID_SENDER": "echeances@example.com",
            "ECHEANCE_TWILIO_BASE_URL": twins,
            "ECHEANCE_TWILIO_SENDER": "+33757900000",
            # The twins list a message at once.
            "ECHEANCE_SENDGRID_SETTLES_AFTER": "2",
            "ECHEANCE_TWILIO_SETTLES_AFTER": "2",
        }

    @property
    def application_environment(self) -> dict[str, str]:
        """What API and worker are given: all but the schema's owner and the keys of the archives."""
        return {name: value for name, value in self.environment.items() if name not in (OWNER, BACKUP_KEYS)}

    def services(self) -> list[Service]:
        """In the order of their start. They stop in reverse: API, worker, backup, twins, the two servers."""
        first = [self._database(), self._temporal(), self._twins(), self._backup()]
        return [*first, self._worker(), self._api()]

    def step(self, name: str, *arguments: str) -> str:
        """Runs a Python program of the platform to its end and gives what it wrote. Raises DidNotStart."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        with (self.folder.logs / f"{name}.log").open("a", encoding="utf-8") as log:
            log.write(done.stderr)
        if done.returncode:
            last = "\n".join(done.stderr.splitlines()[-8:])
            raise DidNotStart(f"{name} ended with code {done.returncode}: {last}")
        return done.stdout

    def _database(self) -> Service:
        return Service(
            "postgres",
            self.postgres.command(),
            ready=self.postgres.ready,
            stop_signal=signal.SIGINT,
            prepare=self.postgres.prepare,
            settle=self._migrate,
            identity=self.postgres.identity,
        )

    def _migrate(self) -> None:
        self.postgres.create_database("echeance")
        self.step("migrate", "-m", "cli", "migrate")

    def _temporal(self) -> Service:
        return Service(
            "temporal", self.temporal.command(), ready=self.temporal.ready, prepare=self.temporal.prepare
        )

    def _twins(self) -> Service:
        webhooks = self.environment["ECHEANCE_PUBLIC_BASE_URL"]
        port = self.ports.twins
        command = [
            sys.executable, "-m", "adapters.local.twins",
            "--port", str(port), "--data", str(self.outbox), "--webhooks", webhooks,
        ]  # fmt: skip
        return Service("twins", command, self._twin_environment, lambda: listens(port))

    @property
    def _twin_environment(self) -> dict[str, str]:
        """The twins know what the real providers know of us, and nothing of the database."""
        shared = (
            "ECHEANCE_SENDGRID_API_KEY",
            "ECHEANCE_TWILIO_ACCOUNT_SID",
            "ECHEANCE_TWILIO_AUTH_TOKEN",
            "ECHEANCE_TWILIO_SENDER",
            "PYTHONPATH",
        )
        return {name: self.environment[name] for name in shared}

    def _backup(self) -> Service:
        """Makes up for a missed backup at once, so it begins before anybody finds the last one too old."""
        data = str(self.folder.path)
        return Service(
            "backup",
            [sys.executable, "-m", "cli", "backup", "daily", "--data", data],
            self.environment,
            depends_on=("postgres", "temporal"),
            essential=False,
        )

    def _worker(self) -> Service:
        needed = ("postgres", "temporal", "twins")
        return Service(
            "worker",
            [sys.executable, "-m", "worker"],
            self.application_environment,
            self._worker_polls,
            depends_on=needed,
            essential=False,
        )

    def _worker_polls(self) -> bool:
        return any(self.temporal.polled(queue) for queue in QUEUES)

    def _api(self) -> Service:
        port = self.ports.api
        command = [
            sys.executable, "-m", "uvicorn", "serving:create_app", "--factory", "--host", "127.0.0.1",
            "--port", str(port), "--timeout-graceful-shutdown", "10", "--no-access-log",
            "--no-proxy-headers",  # no proxy stands before it: nobody may say from where they come
        ]  # fmt: skip
        return Service(
            "api",
            command,
            self.application_environment,
            lambda: listens(port),
            depends_on=("postgres", "temporal"),
            essential=False,
        )


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
