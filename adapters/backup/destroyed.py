"""Which keys were destroyed, kept outside the database: a restore would bring them back."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

NAME = "destroyed-keys.txt"
LINE = re.compile(r"([a-z0-9][a-z0-9-]{0,39}) ([0-9a-f]{16})")


class DestroyedKeys:
    """One line each, a tenant and a key's id: nothing in it tells a person."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def known(self) -> set[tuple[str, str]]:
        """A line that a crash cut off is passed over; it is written again."""
        if not self._path.exists():
            return set()
        lines = self._path.read_text("utf-8").splitlines()
        return {(found[1], found[2]) for line in lines if (found := LINE.fullmatch(line))}

    def add(self, keys: Iterable[tuple[str, str]]) -> int:
        """Those that are new, on the disk when it returns. Returns how many there were."""
        new = sorted(set(keys) - self.known())
        if new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # A line break first: after a crash the last line may have no end.
            text = "\n" + "".join(f"{tenant} {id}\n" for tenant, id in new)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        return len(new)
