"""The whole local platform as processes that a test may kill, and a supervisor that brings them back."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from adapters.local.folder import DataFolder
from adapters.local.platform import LocalPlatform, Ports, listens
from adapters.local.ports import any_port
from adapters.local.supervisor import Service, Supervisor

HASTE = {
    "ECHEANCE_PROVIDER_RETRY_AFTER": "2",
    "ECHEANCE_RECONCILE_EVERY": "5",
    "ECHEANCE_SENDGRID_SETTLES_AFTER": "1",
    "ECHEANCE_TWILIO_SETTLES_AFTER": "1",
}


@dataclass
class Running:
    platform: LocalPlatform
    supervisor: Supervisor
    second_api: int
    said: list[tuple[str, str]] = field(default_factory=list)

    @property
    def twins(self) -> str:
        return f"http://127.0.0.1:{self.platform.ports.twins}"

    @property
    def apis(self) -> tuple[str, str]:
        """Two API processes, as behind a load balancer."""
        return f"http://127.0.0.1:{self.platform.ports.api}", f"http://127.0.0.1:{self.second_api}"

    def kill(self, name: str) -> None:
        """kill -9 of the process and of all its children."""
        os.killpg(os.getpgid(self.supervisor.pid(name)), signal.SIGKILL)

    def order_faults(self, **faults: object) -> None:
        httpx.post(f"{self.twins}/twin/faults", json=faults, trust_env=False).raise_for_status()

    def accepted_twice(self) -> list[str]:
        health = httpx.get(f"{self.twins}/twin/health", trust_env=False).raise_for_status().json()
        return sorted(health["repeated"])


def beside(services: list[Service], port: str, other: str) -> list[Service]:
    """A second worker (with a relay of its own) and a second API process."""
    known = {service.name: service for service in services}
    command = [other if word == port else word for word in known["api"].command]
    api = replace(known["api"], name="api-2", command=command, ready=lambda: listens(int(other)))
    return [replace(known["worker"], name="worker-2"), api]


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    data = DataFolder(folder)
    data.logs.mkdir(parents=True)
    platform = LocalPlatform(data, Ports(any_port(), any_port(), any_port(), any_port()))
    platform.environment.update(HASTE)
    said: list[tuple[str, str]] = []
    second_api = any_port()
    services = [*platform.services(), *beside(platform.services(), str(platform.ports.api), str(second_api))]
    supervisor = Supervisor(services, data.logs, lambda name, word: said.append((name, word)))
    supervisor.start()
    keeper = threading.Thread(target=supervisor.run)
    keeper.start()
    try:
        yield Running(platform, supervisor, second_api, said)
    finally:
        supervisor.ask_to_stop()
        keeper.join()
        platform.postgres.tidy()
