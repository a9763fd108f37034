"""Processor time by process (``/proc``): other load disturbs it less than the wall clock."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Usage:
    """Seconds of processor that named processes use; children count for all but our own process."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self.processes = processes
        self._seen = self._read()

    def spent(self) -> dict[str, float]:
        """Since the last call, or since the beginning."""
        before, self._seen = self._seen, self._read()
        return {name: seconds - before[name] for name, seconds in self._seen.items()}

    def _read(self) -> dict[str, float]:
        rows = list(_rows())
        return {name: _of(pid, rows) for name, pid in self.processes.items()}


def _of(pid: int, rows: list[tuple[int, int, float, float]]) -> float:
    total = 0.0
    for own, parent, used, by_ended_children in rows:
        if own == pid:
            total += used + (by_ended_children if pid != os.getpid() else 0)
        elif parent == pid != os.getpid():
            total += used
    return total


def _rows() -> list[tuple[int, int, float, float]]:
    """Process, parent, seconds used by itself and by its children that have ended."""
    rows = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                user, system, their_user, their_system = (int(word) / TICKS for word in words[11:15])
                rows.append((int(entry.name), int(words[1]), user + system, their_user + their_system))
    return rows
