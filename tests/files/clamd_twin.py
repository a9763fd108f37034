"""A stand-in for ClamAV's daemon: speaks INSTREAM, finds the EICAR test file, has its size limit."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.files.samples import EICAR


@dataclass
class ClamdTwin:
    """``mood``: well, silent (hangs up without a word), or odd (answers what no clamd does)."""

    mood: str = "well"
    limit: int = 25 * 1024 * 1024
    seen: list[int] = field(default_factory=list)
    url: str = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await reader.readuntil(b"\0") != b"zINSTREAM\0":
                writer.write(b"UNKNOWN COMMAND\0")
            elif self.mood == "well":
                writer.write(await self._scan(reader))
            elif self.mood == "odd":
                writer.write(b"stream: maybe\0")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _scan(self, reader: asyncio.StreamReader) -> bytes:
        content = bytearray()
        while length := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.seen.append(len(content))
        return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@asynccontextmanager
async def serve_clamd(path: str = "") -> AsyncIterator[ClamdTwin]:
    """On a unix socket at ``path``, or on a port of this machine."""
    twin = ClamdTwin()
    if path:
        server = await asyncio.start_unix_server(twin._serve, path)
        twin.url = f"unix://{path}"
    else:
        server = await asyncio.start_server(twin._serve, "127.0.0.1", 0)
        twin.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield twin
