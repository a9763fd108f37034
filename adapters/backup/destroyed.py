"""Which keys were destroyed and who was erased, outside the database: a restore would bring them back."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

NAME = "destroyed-keys.txt"
LINE = re.compile(r"([a-z0-9][a-z0-9-]{0,39}) ([0-9a-f]{16})")
PEOPLE = "erased-people.txt"
PERSON = re.compile(r"([a-z0-9][a-z0-9-]{0,39}) ((?:contact|person):\S{1,100}) \.")
"""With a full stop: of what a crash cut off, the rest may be the reference of somebody else."""


class DestroyedKeys:
    """One line each, a tenant and a key's id, or a tenant and a reference: nothing in it tells a person."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._people = folder / PEOPLE

    def known(self) -> set[tuple[str, str]]:
        return _read(self._path, LINE)

    def people(self) -> set[tuple[str, str]]:
        return _read(self._people, PERSON)

    def add(self, keys: Iterable[tuple[str, str]]) -> int:
        """Those that are new, on the disk when it returns. Returns how many there were."""
        return _append(self._path, set(keys) - self.known())

    def add_people(self, people: Iterable[tuple[str, str]]) -> int:
        """As ``add``."""
        return _append(self._people, set(people) - self.people(), " .")


def _read(path: Path, line_: re.Pattern[str]) -> set[tuple[str, str]]:
    """A line that a crash cut off is passed over; it is written again."""
    if not path.exists():
        return set()
    lines = path.read_text("utf-8").splitlines()
    return {(found[1], found[2]) for line in lines if (found := line_.fullmatch(line))}


def _append(path: Path, new: set[tuple[str, str]], stop: str = "") -> int:
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A line break first: after a crash the last line may have no end.
        text = "\n" + "".join(f"{tenant} {id}{stop}\n" for tenant, id in sorted(new))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    return len(new)
