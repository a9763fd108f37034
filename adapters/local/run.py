"""`echeance run`: the local platform from first start to last stop, told on the screen."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import psycopg
from rich.console import Console
from rich.markup import escape
from rich.status import Status

from adapters.local.folder import DataFolder
from adapters.local.platform import LocalPlatform, choose_ports
from adapters.local.process import DidNotStart
from adapters.local.supervisor import Supervisor

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MARKS = {"ready": "[green]✓[/]", "running": "[green]✓[/]", "stopping": "[dim]·[/]"}


class Progress:
    """Tells what happens to each service, and how long its start took. Leave it to take its sign away."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._since: dict[str, float] = {}
        self._waiting: Status | None = None

    def say(self, name: str, sentence: str) -> None:
        self.quiet()
        if sentence == "starting":
            self._since[name] = time.monotonic()
            self._waiting = self._screen.status(f"{name} starts")
            self._waiting.start()
            return
        if sentence == "ready":
            sentence = f"ready after {time.monotonic() - self._since[name]:.1f} s"
        mark = MARKS.get(sentence.partition(" ")[0], "[yellow]![/]")
        self._screen.print(f"{mark} {name:10} {escape(sentence)}", soft_wrap=True)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self.quiet()

    def quiet(self) -> None:
        """Takes the moving sign away."""
        if self._waiting:
            self._waiting.stop()
            self._waiting = None


def run_platform(folder: DataFolder, screen: Console, seeds: bool = True) -> None:
    """Blocks until a signal. Raises AlreadyRunning, or DidNotStart when the platform could not start."""
    with folder.held():
        folder.rotate_logs()
        ports, said = choose_ports()
        progress = Progress(screen)
        for sentence in said:
            screen.print(f"[yellow]![/] {sentence}")
        platform = LocalPlatform(folder, ports)
        folder.keep_environment(platform.environment)
        supervisor = Supervisor(platform.services(), folder.logs, progress.say)
        with _told_by_signals(supervisor), progress:
            screen.print(f"Échéance starts; its data and logs are in {folder.path}", soft_wrap=True)
            supervisor.start()
            if not supervisor.stopping:
                _greet(platform, screen, progress, seeds)
            supervisor.run()
        platform.postgres.tidy()
        screen.print("Everything has stopped; the data stays.")


@contextmanager
def _told_by_signals(supervisor: Supervisor) -> Iterator[None]:
    before = {number: signal.signal(number, lambda *_: supervisor.ask_to_stop()) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _greet(platform: LocalPlatform, screen: Console, progress: Progress, seeds: bool) -> None:
    """Demonstration data and a way in for each tenant. A failure is said, and the platform runs on."""
    try:
        if seeds and not tenants(platform):
            progress.say("seeds", "starting")
            platform.step("seeds", "-m", "seeds.load")
            progress.say("seeds", "ready")
        doors = doors_of(platform)
    except DidNotStart as problem:
        progress.say("data", str(problem))
        doors = {}
    for line in _lines(platform.addresses, doors):
        screen.print(line, soft_wrap=True)
    screen.print("Ctrl-C stops everything.")


def tenants(platform: LocalPlatform) -> list[str]:
    with psycopg.connect(platform.postgres.url().replace("+psycopg", "", 1)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM tenant ORDER BY id").fetchall()]


@dataclass(frozen=True)
class Door:
    """How whoever sits at this machine gets in: as an administrator, and with a key of the API."""

    email: str
    password: str
    key: str


def doors_of(platform: LocalPlatform) -> dict[str, Door]:
    """One for each tenant, made once and kept with the secrets."""
    kept = "DOORS"
    secrets = platform.folder.secrets()
    known: dict[str, dict[str, str]] = json.loads(secrets.get(kept, "{}"))
    doors = {}
    for tenant in tenants(platform):
        doors[tenant] = Door(**known[tenant]) if tenant in known else _make_door(platform, tenant)
    told = json.dumps({tenant: asdict(door) for tenant, door in doors.items()})
    platform.folder.keep_secrets({**secrets, kept: told})
    return doors


def _make_door(platform: LocalPlatform, tenant: str) -> Door:
    email = f"admin@{tenant}.example"
    who = ("--tenant", tenant, "--email", email, "--name", "Administrateur")
    password = platform.step("person", "-m", "cli", "person", "create", *who, "--password")
    key = platform.step("key", "-m", "cli", "key", "create", "--tenant", tenant, "--name", "console")
    return Door(email, password.strip(), key.strip())


def _lines(addresses: dict[str, str], doors: dict[str, Door]) -> Iterator[str]:
    """One line each, never folded, so that a password or a key can be copied whole."""
    for name, address in addresses.items():
        yield f"  [bold]{name:24}[/] [link={address}]{address}[/link]"
    for tenant, door in doors.items():
        yield f"  [bold]{'workspace ' + tenant:24}[/] {door.email}  password {door.password}"
    for tenant, door in doors.items():
        yield f"  [bold]{'key of ' + tenant:24}[/] {door.key}"
