"""The compose file's proxy with its own configuration, before an application that echoes."""

import re
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
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
HSTS = "max-age=63072000; includeSubDomains"
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
    }.items():
        assert old in exchanged
        exchanged = exchanged.replace(old, new)
    return exchanged


async def echo(request: Request) -> JSONResponse:
    await request.body()
    client = request.client.host if request.client else ""
    return JSONResponse({"client": client, "scheme": request.url.scheme, "headers": dict(request.headers)})


@pytest.fixture(scope="module")
def api() -> Iterator[int]:
    """In a thread, with the flags that the compose file gives to uvicorn."""
    app = Starlette(routes=[Route("/{rest:path}", echo, methods=["GET", "POST"])])
    port = any_port()
    config = uvicorn.Config(
        app, port=port, access_log=False, log_level="warning", lifespan="off", proxy_headers=True,
        forwarded_allow_ips="127.0.0.0/8",
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run)
    serving.start()
    yield port
    server.should_exit = True
    serving.join()


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


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, api: int) -> Iterator[Front]:
    yield from started(tmp_path_factory.mktemp("front"), api)


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Before an API that is away."""
    yield from started(tmp_path_factory.mktemp("lonely"), any_port())


def is_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    said = answer.json()
    assert said["status"] == status
    assert {"type", "title", "title_fr", "detail"} <= said.keys()


def test_tls_1_3_is_taken_and_says_to_stay(front: Front) -> None:
    with front.client(ssl.TLSVersion.TLSv1_3) as client:
        answer = client.get(f"{front.address}/health/live")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == HSTS
    assert not re.search(r"\d", answer.headers["server"])


def test_tls_1_2_is_refused(front: Front) -> None:
    with (
        front.client(ssl.TLSVersion.TLSv1_2) as client,
        pytest.raises(httpx.ConnectError, match=r"(?i)version"),
    ):
        client.get(f"{front.address}/health/live")


def test_http_2_is_spoken(front: Front) -> None:
    context = ssl.create_default_context(cafile=str(front.folder / "tls" / "fullchain.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", front.tls), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
    ):
        assert (secured.selected_alpn_protocol(), secured.version()) == ("h2", "TLSv1.3")


def test_a_reader_in_clear_is_led_to_https_and_a_program_is_not(front: Front) -> None:
    clear = f"http://127.0.0.1:{front.clear}"
    with httpx.Client(trust_env=False) as client:
        led = client.get(f"{clear}/console/?x=1")
        assert (led.status_code, led.headers["location"]) == (308, "https://127.0.0.1/console/?x=1")
        for path in ("/v1/contacts", "/oauth/token", "/webhooks/twilio/status"):
            is_problem(client.post(f"{clear}{path}"), 403)
        assert client.get(f"{clear}/.well-known/acme-challenge/t").text == "proof"


def test_what_a_client_says_of_itself_is_not_believed(front: Front) -> None:
    lies = {
        "X-Forwarded-For": "10.1.2.3", "X-Real-IP": "10.1.2.3", "X-Forwarded-Proto": "http",
        "Forwarded": "for=10.1.2.3", "X-Forwarded-Host": "evil.example", "Proxy": "http://evil.example",
    }  # fmt: skip
    with front.client() as client:
        seen = client.get(f"{front.address}/v1/me", headers=lies).json()
    assert (seen["client"], seen["scheme"]) == ("127.0.0.1", "https")
    assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert not {"x-real-ip", "forwarded", "x-forwarded-host", "proxy"} & seen["headers"].keys()
    assert "10.1.2.3" not in str(seen)


def test_a_body_that_is_too_large_never_reaches_the_api(front: Front) -> None:
    with front.client() as client:
        is_problem(client.post(f"{front.address}/v1/files", content=b"x" * (33 << 20)), 413)
        assert client.post(f"{front.address}/v1/files", content=b"x" * (20 << 20)).status_code == 200


def test_measures_are_not_for_the_internet(front: Front) -> None:
    with front.client() as client:
        is_problem(client.get(f"{front.address}/metrics"), 404)


def test_an_api_that_is_away_is_told_in_the_same_form(lonely: Front) -> None:
    with lonely.client() as client:
        answer = client.get(f"{lonely.address}/v1/me")
    is_problem(answer, 503)
    assert answer.headers["strict-transport-security"] == HSTS
    assert answer.headers["retry-after"] == "5"


def test_secrets_in_paths_and_queries_are_not_logged(front: Front) -> None:
    with front.client() as client:
        for path in (
            "/a/secret-token",
            "/f/secret-token",
            "/console/enter/secret-token",
            "/oauth/authorize?code=secret-token",
            "/secret-token",
        ):
            client.get(f"{front.address}{path}")
        client.get(f"{front.address}/v1/contacts")
    told = (front.folder / "access.log").read_text("utf-8")
    assert "secret-token" not in told
    assert "GET /a/- 200" in told
    assert all(datetime.fromisoformat(line.split()[0]).tzinfo for line in told.splitlines())
    assert "GET /v1/contacts 200" in told


def test_a_machine_that_runs_wild_is_slowed_down(lonely: Front) -> None:
    with lonely.client() as client:
        answers = [client.get(f"{lonely.address}/v1/me") for _ in range(400)]
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert slowed
    is_problem(slowed[0], 429)
    assert slowed[0].headers["retry-after"] == "1"
    assert slowed[0].headers["strict-transport-security"] == HSTS


def test_a_door_is_not_hammered_at_and_pages_go_on(front: Front) -> None:
    with front.client() as client:
        knocks = [client.post(f"{front.address}/console/sign-in").status_code for _ in range(40)]
        seen = [client.get(f"{front.address}/console/sign-in").status_code for _ in range(40)]
    assert knocks[:20] == [200] * 20
    assert 429 in knocks
    assert seen == [200] * 40


def test_keys_are_never_sent_in_the_clear_by_an_old_cipher(front: Front) -> None:
    """TLS 1.3 leaves three suites, all with forward secrecy and authenticated encryption."""
    context = ssl.create_default_context(cafile=str(front.folder / "tls" / "fullchain.pem"))
    with (
        socket.create_connection(("127.0.0.1", front.tls), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
    ):
        suite = secured.cipher()
    assert suite
    assert suite[0] in {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"}
