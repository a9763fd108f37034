"""A way to a PostgreSQL that wants TLS, for tools that speak none: a socket of this machine, ours alone."""

import asyncio
import logging
import ssl
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from domain.errors import DomainError

log = logging.getLogger("echeance.backup")

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
"""What a client of PostgreSQL begins with when it wants TLS; the server says S, or N for no."""
CHUNK = 1 << 16
PORT = 5432
"""Part of the socket's name."""
ENCRYPTED = ("require", "verify-ca", "verify-full")


class NoTunnel(DomainError):
    """The address of the database does not say whose certificate is believed, or there is no place for it."""

    slug = "no-tunnel"


def wants_tls(url: URL) -> bool:
    return url.query.get("sslmode") in ENCRYPTED


@contextmanager
def tunnel(url: URL) -> Iterator[URL]:
    """The same database by a socket. Raises NoTunnel, OSError."""
    host, port = str(url.query.get("host") or url.host or ""), url.port or PORT
    if not host or host.startswith("/") or "," in host:
        raise NoTunnel("one host is wanted in the address of the database")
    context = trusting(url)
    with tempfile.TemporaryDirectory() as folder, _serving(_socket_in(folder), host, port, context):
        way = {"host": folder, "port": str(PORT)}
        yield URL.create(url.drivername, url.username, url.password, database=url.database, query=way)


def _socket_in(folder: str) -> Path:
    """Where a client of PostgreSQL that is given a folder for a host looks for it."""
    return Path(folder) / f".s.PGSQL.{PORT}"


def trusting(url: URL) -> ssl.SSLContext:
    """What libpq would believe. Raises NoTunnel, OSError."""
    said = {name: str(value) for name, value in url.query.items()}
    root = said.get("sslrootcert")
    if root is None and said["sslmode"] != "require":
        raise NoTunnel(
            "add &sslrootcert=/path/to/ca.pem, or &sslrootcert=system, to the address of the database"
        )
    context = ssl.create_default_context(cafile=None if root == "system" else root)
    context.check_hostname = said["sslmode"] == "verify-full" or root == "system"
    if root is None:
        context.verify_mode = ssl.CERT_NONE
    if "sslcert" in said:
        context.load_cert_chain(said["sslcert"], said.get("sslkey"))
    return context


@contextmanager
def _serving(path: Path, host: str, port: int, context: ssl.SSLContext) -> Iterator[None]:
    """In a thread of its own, for whoever reads and writes meanwhile waits."""
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        ended = asyncio.Event()

        async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await _lead(reader, writer, host, port, context)
            except (OSError, asyncio.IncompleteReadError) as error:  # the tool says only that nobody answers
                log.warning("no way to PostgreSQL at %s: %s", host, error)
            finally:
                writer.close()

        try:
            server = await asyncio.start_unix_server(lead, path)
        except OSError as error:  # the path may be too long for one
            mend = "set TMPDIR to a folder with a short path"
            ready.set_exception(NoTunnel(f"no socket can be opened in {path.parent}: {error}; {mend}"))
            return
        ready.set_result((asyncio.get_running_loop(), ended))
        async with server:
            await ended.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="tunnel")
    thread.start()
    loop, ended = ready.result()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


async def _lead(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, context: ssl.SSLContext
) -> None:
    answers, questions = await asyncio.open_connection(host, port)
    try:
        questions.write(SSL_REQUEST)
        if await answers.readexactly(1) != b"S":
            raise ConnectionError("it speaks no TLS")
        await questions.start_tls(context, server_hostname=host)
        ways = [asyncio.create_task(_pour(*way)) for way in ((reader, questions), (answers, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
    finally:
        questions.close()


async def _pour(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK):
        into.write(chunk)
        await into.drain()
