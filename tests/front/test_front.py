"""The compose file's proxy with its own configuration, before an application that echoes."""

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from adapters.local.ports import any_port
from adapters.local.status import reached
from tests.front.standing import Front, echoing, started

HSTS = "max-age=63072000; includeSubDomains"


@pytest.fixture(scope="module")
def api() -> Iterator[int]:
    with echoing() as api:
        yield api.port


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, api: int) -> Iterator[Front]:
    with started(tmp_path_factory.mktemp("front"), api) as front:
        yield front


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Before an API that is away."""
    with started(tmp_path_factory.mktemp("lonely"), any_port()) as front:
        yield front


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


def test_a_certificate_that_browsers_would_not_believe_is_told_to_the_operator(front: Front) -> None:
    """Ours is of nobody known."""
    assert "certificate verify failed" in reached(front.address)


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
