"""An append-only journal of JSON lines: many writers share one fsync, and acknowledged means on disk."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Journal:
    """Use from one event loop: ``start`` before the first append, ``stop`` to flush what is noted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[bytes] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._filled = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None
        self._file = -1

    def load(self) -> list[Record]:
        """Every whole record; a line torn by a crash was never acknowledged and is cut off."""
        if not self._path.exists():
            return []
        content = self._path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            os.truncate(self._path, len(whole))
        return [json.loads(line) for line in whole.splitlines()]

    def start(self) -> None:
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._flusher = asyncio.create_task(self._flush_for_ever())

    async def stop(self) -> None:
        if self._flusher:
            self._flusher.cancel()
            await asyncio.gather(self._flusher, return_exceptions=True)
        self._thread.shutdown()
        _write(self._file, b"".join(self._lines))
        os.close(self._file)

    def note(self, record: Record) -> None:
        """Written with the next batch; nobody waits for it."""
        self._lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._filled.set()

    async def append(self, record: Record) -> None:
        """Returns when the record is on disk. Raises OSError if it cannot be written."""
        self.note(record)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(written)
        await written

    async def _flush_for_ever(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            batch, self._lines = b"".join(self._lines), []
            waiting, self._waiting = self._waiting, []
            error: OSError | None = None
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, _write, self._file, batch)
            except OSError as caught:
                error = caught
            for each in waiting:
                if each.done():
                    continue
                each.set_exception(error) if error else each.set_result(None)


def _write(file: int, batch: bytes) -> None:
    while batch:
        batch = batch[os.write(file, batch) :]
    os.fsync(file)
