"""The one folder in which a local platform keeps everything between runs."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

KEPT_LOGS = 5


class AlreadyRunning(Exception):
    """Another run uses the folder."""


class DataFolder:
    """``secrets.json`` and ``environment.json`` can be read by their owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self._secrets = self.path / "secrets.json"
        self._environment = self.path / "environment.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Ours until the process ends, however it ends. Raises AlreadyRunning."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise AlreadyRunning(
                    f"process {lock.read().strip() or '?'} already runs on {self.path};"
                    " stop it first, or give another folder with --data"
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def in_use(self) -> bool:
        if not (self.path / "lock").exists():
            return False
        try:
            with self.held():
                return False
        except AlreadyRunning:
            return True

    def rotate_logs(self) -> None:
        """Each log of the run before becomes ``name.log.1``, and so on; the oldest goes."""
        for log in sorted(self.logs.glob("*.log")):
            for number in range(KEPT_LOGS - 1, 0, -1):
                older = log.with_name(f"{log.name}.{number}")
                if older.exists():
                    older.replace(log.with_name(f"{log.name}.{number + 1}"))
            log.replace(log.with_name(f"{log.name}.1"))

    def secrets(self) -> dict[str, str]:
        return _read(self._secrets)

    def keep_secrets(self, secrets: Mapping[str, str]) -> None:
        _write(self._secrets, secrets)

    def environment(self) -> dict[str, str]:
        """What the processes of the last run were given; empty before the first."""
        return _read(self._environment)

    def keep_environment(self, environment: Mapping[str, str]) -> None:
        _write(self._environment, environment)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    content: dict[str, str] = json.loads(path.read_text("utf-8"))
    return content


def _write(path: Path, content: Mapping[str, str]) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
