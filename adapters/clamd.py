"""The virus scan by ClamAV's daemon, over its socket (INSTREAM, clamd(8))."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from domain.file import ScannerDown

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
FOUND, CLEAN, PREFIX = " FOUND", "OK", "stream: "


class Clamd:
    """``url`` is tcp://host:3310 or unix:///run/clamav/clamd.ctl."""

    def __init__(self, url: str, patience: float = 15.0) -> None:
        self._url = urlsplit(url)
        self._patience = patience

    async def finding(self, content: bytes) -> str:
        """The name of what was found, or empty. Raises ScannerDown: what is not answered is not clean."""
        try:
            async with asyncio.timeout(self._patience), self._connected() as (reader, writer):
                writer.write(b"zINSTREAM\0")
                await _send(writer, content)
                answer = await _answer(reader)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ScannerDown(f"the virus scan does not answer: {type(error).__name__}") from None
        return _read(answer)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        if self._url.scheme == "unix":
            reader, writer = await asyncio.open_unix_connection(self._url.path, limit=LONGEST_ANSWER)
        else:
            host, port = self._url.hostname or "", self._url.port or 3310
            reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_ANSWER)
        try:
            yield reader, writer
        finally:
            writer.close()


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Chunks with their lengths before them; an empty one ends it."""
    view = memoryview(content)
    for begin in range(0, len(view), CHUNK):
        part = view[begin : begin + CHUNK]
        writer.write(struct.pack("!I", len(part)))
        writer.write(part)
        await writer.drain()
    writer.write(struct.pack("!I", 0))
    await writer.drain()


async def _answer(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace").strip()


def _read(answer: str) -> str:
    """Raises ScannerDown for an error (its own size limit, for one): nothing is known of the content then."""
    said = answer.removeprefix(PREFIX)
    if said == CLEAN:
        return ""
    if said.endswith(FOUND):
        return said.removesuffix(FOUND)[:100] or "unnamed"
    raise ScannerDown("the virus scan could not read the file")


def scanner_of(url: str) -> Clamd | None:
    """None where no scanner is set."""
    return Clamd(url) if url else None
