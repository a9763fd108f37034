"""The compose file's proxy with its own configuration, before an application that tells what reached it."""

import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.local.platform import listens
from adapters.local.ports import any_port
from adapters.local.process import LocalProcess
from tests.ground import ROOT

CONFIGURATION = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text("utf-8")
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "nginx"


@dataclass(frozen=True)
class Front:
    folder: Path
    tls: int
    clear: int

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.tls}"

    def client(self, version: ssl.TLSVersion | None = None) -> httpx.Client:
        """Believes our certificate; speaks one version of TLS alone, if given."""
        context = ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))
        if version:
            context.minimum_version = context.maximum_version = version
        return httpx.Client(verify=context, trust_env=False, timeout=10)


def certified(folder: Path) -> None:
    """For 127.0.0.1, by ourselves, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "front")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    folder.mkdir()
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))


def moved(folder: Path, tls: int, clear: int, api: int) -> str:
    """The shipped file with other ports, folders and API; every exchange must find its place."""
    exchanged = CONFIGURATION
    for old, new in {
        "/tmp/": f"{folder}/",
        "/dev/stdout": f"{folder}/access.log",
        "/etc/nginx/tls/": f"{folder}/tls/",
        "/var/www/acme": f"{folder}/acme",
        "listen 80 ": f"listen 127.0.0.1:{clear} ",
        "listen 443 ": f"listen 127.0.0.1:{tls} ",
        "http://api:8000": f"http://127.0.0.1:{api}",
        "/etc/nginx/inside/": f"{folder}/inside/",
    }.items():
        assert old in exchanged
        exchanged = exchanged.replace(old, new)
    return exchanged


@dataclass
class Api:
    port: int
    seen: list[str]
    """Method and path of every request that reached it."""


@contextmanager
def echoing(**secured: Any) -> Iterator[Api]:
    """In a thread, with the flags that the compose files give to uvicorn."""
    api = Api(any_port(), [])

    async def echo(request: Request) -> JSONResponse:
        api.seen.append(f"{request.method} {request.url.path}")
        size = len(await request.body())
        client = request.client.host if request.client else ""
        told = {"path": request.url.path, "size": size, "client": client, "scheme": request.url.scheme}
        return JSONResponse({**told, "headers": dict(request.headers)})

    app = Starlette(routes=[Route("/{rest:path}", echo, methods=["GET", "POST"])])
    config = uvicorn.Config(
        app, port=api.port, access_log=False, log_level="critical", lifespan="off", proxy_headers=True,
        forwarded_allow_ips="127.0.0.0/8", **secured,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run)
    serving.start()
    yield api
    server.should_exit = True
    serving.join()


@contextmanager
def started(folder: Path, api: int) -> Iterator[Front]:
    front = Front(folder, any_port(), any_port())
    certified(folder / "tls")
    (folder / "acme" / ".well-known" / "acme-challenge").mkdir(parents=True)
    (folder / "acme" / ".well-known" / "acme-challenge" / "t").write_text("proof")
    for one in (folder, *folder.parents):  # nginx's workers are nobody
        if not one.stat().st_mode & 0o001:
            one.chmod(one.stat().st_mode | 0o001)
    (folder / "nginx.conf").write_text(moved(folder, front.tls, front.clear, api), "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    process = LocalProcess("nginx", command, folder / "nginx.log")
    process.start(lambda: listens(front.tls), within=20)
    yield front
    process.stop()
