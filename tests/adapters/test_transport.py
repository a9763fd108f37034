"""Lines under TLS: to PostgreSQL, to Temporal, for the backup's tools; without good certificates none."""

import asyncio
import shutil
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from adapters.backup.postgres import PostgresTools, ToolFailed
from adapters.backup.tunnel import SSL_REQUEST, NoTunnel
from adapters.certificates import certify_all
from adapters.local.platform import listens
from adapters.local.ports import any_port
from adapters.local.postgres import EmbeddedPostgres
from adapters.local.process import LocalProcess
from adapters.local.temporal import EmbeddedTemporal
from adapters.temporal import connect_as
from database.session import Database

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "nginx"
NOW = datetime.now(UTC)
KEY = SecretStr("key-of-tests")
SERVICES = {"server": ("localhost",), "elsewhere": ("db.example",), "platform": ("echeance_app",)}


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inside")
    certify_all(folder, SERVICES, {}, NOW, again=False)
    return folder


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates for the same names by another authority."""
    folder = tmp_path_factory.mktemp("strangers")
    certify_all(folder, SERVICES, {}, NOW, again=False)
    return folder


def showing(folder: Path, service: str) -> ssl.SSLContext:
    """A server that wants to see a certificate of its own authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / service / "certificate.pem", folder / service / "key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@dataclass
class Secured:
    """The embedded PostgreSQL as a server with TLS would answer: the request for it, then the handshake."""

    socket: Path
    context: ssl.SSLContext
    answer: bytes = b"S"
    versions: list[str] = field(default_factory=list)
    in_clear: int = 0

    @contextmanager
    def served(self) -> Iterator[int]:
        listening: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

        async def serve() -> None:
            server, ended = await asyncio.start_server(self._answered, "localhost", 0), asyncio.Event()
            listening.set_result((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), ended))
            async with server:
                await ended.wait()

        thread = threading.Thread(target=asyncio.run, args=(serve(),))
        thread.start()
        port, loop, ended = listening.result()
        yield port
        loop.call_soon_threadsafe(ended.set)
        thread.join()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await reader.readexactly(len(SSL_REQUEST)) != SSL_REQUEST:
                self.in_clear += 1
                return
            writer.write(self.answer)
            if self.answer == b"S":
                await writer.start_tls(self.context)
                self.versions.append(writer.get_extra_info("ssl_object").version())
                await self._led(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever called did not like us, or we them
        finally:
            writer.close()

    async def _led(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_unix_connection(self.socket)
        ways = [asyncio.create_task(poured(*way)) for way in ((reader, questions), (answers, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            questions.close()


async def poured(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    while chunk := await source.read(1 << 16):
        into.write(chunk)
        await into.drain()


@pytest.fixture(scope="module")
def secured(postgres: EmbeddedPostgres, inside: Path) -> Iterator[tuple[Secured, int]]:
    server = Secured(postgres.socket_folder / ".s.PGSQL.5432", showing(inside, "server"))
    with server.served() as port:
        yield server, port


def address(
    port: int, ours: Path | None, believed: Path, mode: str = "verify-full", role: str = "echeance_app"
) -> str:
    asked = f"sslmode={mode}&sslrootcert={believed / 'ca.pem'}"
    url = f"postgresql+psycopg://{role}@localhost:{port}/echeance?{asked}"
    own = ours / "platform" if ours else None
    return f"{url}&sslcert={own / 'certificate.pem'}&sslkey={own / 'key.pem'}" if own else url


async def asked(url: str) -> str:
    database = Database(url, pool_size=1)
    try:
        async with database.anyone() as tx:
            return str((await tx.execute(text("select current_user"))).scalar_one())
    finally:
        await database.close()


async def test_the_database_is_spoken_to_under_tls_by_both_certificates(
    secured: tuple[Secured, int], inside: Path
) -> None:
    server, port = secured
    server.versions.clear()
    assert await asked(address(port, inside, inside)) == "echeance_app"
    assert server.versions == ["TLSv1.3"]


async def test_a_database_of_another_authority_or_name_is_not_spoken_to(
    secured: tuple[Secured, int], inside: Path, strangers: Path
) -> None:
    server, port = secured
    server.versions.clear()
    with pytest.raises(OperationalError, match="certificate verify failed"):
        await asked(address(port, inside, strangers))
    misnamed = replace(server, context=showing(inside, "elsewhere"), versions=[])
    with misnamed.served() as other, pytest.raises(OperationalError, match="does not match host name"):
        await asked(address(other, inside, inside))
    plain = replace(server, answer=b"N")
    with plain.served() as other, pytest.raises(OperationalError, match="server does not support SSL"):
        await asked(address(other, inside, inside))
    assert (server.in_clear, misnamed.in_clear, plain.in_clear) == (0, 0, 0)


@pytest.mark.parametrize("who", ["nobody", "stranger"])
async def test_a_database_that_asks_for_a_certificate_gets_the_right_one_or_says_no(
    secured: tuple[Secured, int], inside: Path, strangers: Path, who: str
) -> None:
    with pytest.raises(OperationalError, match=r"SSL|closed the connection"):
        await asked(address(secured[1], strangers if who == "stranger" else None, inside))


def test_a_backup_goes_through_tls_with_the_tools_that_speak_none(
    secured: tuple[Secured, int],
    postgres: EmbeddedPostgres,
    inside: Path,
    strangers: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, port = secured
    server.versions.clear()
    for name in ("dumped", "restored"):
        postgres.create_database(f"{name}_through_tls")
    url = address(port, inside, inside, role="postgres").replace("/echeance?", "/dumped_through_tls?")
    with psycopg.connect(url.replace("+psycopg", "", 1)) as held:
        held.execute("create table kept as select n, repeat('x', 99) as x from generate_series(1, 9999) n")
        held.commit()
        held.execute("begin isolation level repeatable read")
        row = held.execute("select pg_export_snapshot()").fetchone()
        assert row
        dumped = b"".join(PostgresTools(url).dump(row[0]))
    assert server.versions == ["TLSv1.3"] * 2
    there = url.replace("/dumped", "/restored")
    PostgresTools(there).restore([dumped[:70_000], dumped[70_000:]])
    with psycopg.connect(there.replace("+psycopg", "", 1)) as restored:
        assert restored.execute("select count(*) from kept").fetchone() == (9999,)
    for wrong in (
        address(port, inside, strangers, role="postgres"),
        address(port, None, inside, role="postgres"),
    ):
        with pytest.raises(ToolFailed, match="pg_dump ended"):
            list(PostgresTools(wrong).dump(row[0]))
    assert "certificate verify failed" in caplog.text
    with pytest.raises(NoTunnel, match="sslrootcert"):
        list(PostgresTools(f"postgresql+psycopg://a@localhost:{port}/x?sslmode=verify-full").dump(row[0]))
    assert server.in_clear == 0


@dataclass(frozen=True)
class Chosen:
    temporal_address: str
    temporal_tls_ca: Path | None
    temporal_tls_certificate: Path | None = None
    temporal_tls_key: Path | None = None
    temporal_tls_name: str = "localhost"
    temporal_namespace: str = "default"
    temporal_tls: bool = True
    temporal_api_key: SecretStr = KEY

    def by(self, folder: Path) -> "Chosen":
        own = folder / "platform"
        return replace(
            self, temporal_tls_certificate=own / "certificate.pem", temporal_tls_key=own / "key.pem"
        )


FRONT = """
pid {folder}/nginx.pid; error_log stderr; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {inside}/server/certificate.pem; ssl_certificate_key {inside}/server/key.pem;
        ssl_client_certificate {inside}/ca.pem; ssl_verify_client on; ssl_protocols TLSv1.3;
        keepalive_requests 100000;
        location / {{
            if ($http_authorization != "Bearer key-of-tests") {{ return 403; }}
            grpc_pass grpc://{address}; grpc_read_timeout 300s; grpc_send_timeout 300s;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def enclosed(
    temporal: EmbeddedTemporal, inside: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chosen]:
    """The real Temporal behind TLS that asks for a certificate and for a key."""
    folder, port = tmp_path_factory.mktemp("enclosed"), any_port()
    told = FRONT.format(folder=folder, port=port, inside=inside, address=temporal.address)
    (folder / "nginx.conf").write_text(told, "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    process = LocalProcess("nginx", command, folder / "nginx.log")
    process.start(lambda: listens(port), within=20)
    yield Chosen(f"127.0.0.1:{port}", inside / "ca.pem").by(inside)
    process.stop()


@workflow.defn(name="transport.greeting")
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return f"Bonjour {name}"


async def test_temporal_is_worked_with_under_tls(enclosed: Chosen) -> None:
    client = await connect_as(enclosed)
    plain = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue="transport", workflows=[Greeting], workflow_runner=plain):
        said = await client.execute_workflow(Greeting.run, "Aïcha", id="transport", task_queue="transport")
    assert said == "Bonjour Aïcha"


@pytest.mark.parametrize("wrong", ["authority", "name", "certificate", "stranger", "clear", "key"])
async def test_temporal_is_not_spoken_to_otherwise(enclosed: Chosen, strangers: Path, wrong: str) -> None:
    told = {
        "authority": replace(enclosed, temporal_tls_ca=strangers / "ca.pem"),
        "name": replace(enclosed, temporal_tls_name="temporal.example"),
        "certificate": replace(enclosed, temporal_tls_certificate=None, temporal_tls_key=None),
        "stranger": enclosed.by(strangers),
        "clear": replace(enclosed, temporal_tls=False, temporal_api_key=SecretStr("")),
        "key": replace(enclosed, temporal_api_key=SecretStr("another")),
    }
    with pytest.raises(RuntimeError):
        await connect_as(told[wrong])
