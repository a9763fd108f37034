"""What leaves for a tool is signed as the published package asks; whatever comes back is a receipt."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from adapters.guarded_http import guarded_client
from adapters.webhook_sender import WebhookSender
from domain.platform.webhook import body_of, headers_of, secret_text
from tests.adapters.receivers import OK, Behaviour, Names, answering, pouring, serving, silent

SECRET, OTHER = b"s" * 32, b"o" * 32
BODY = body_of("firm", "payment.recorded", datetime(2031, 3, 3, tzinfo=UTC), {"payment": "P-é-1"})


def signed(at: datetime, *secrets: bytes) -> dict[str, str]:
    return headers_of("evt_1", at, BODY, secrets)


def test_the_published_package_takes_it() -> None:
    headers = signed(datetime.now(UTC), SECRET)
    told = Webhook(secret_text(SECRET)).verify(BODY, headers)
    assert told == json.loads(BODY)
    assert told["data"] == {"tenant": "firm", "payment": "P-é-1"}


def test_while_secrets_change_it_takes_either() -> None:
    headers = signed(datetime.now(UTC), SECRET, OTHER)
    for secret in (SECRET, OTHER):
        Webhook(secret_text(secret)).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(b"x" * 32)).verify(BODY, headers)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body"])
def test_it_takes_nothing_that_was_changed(changed: str) -> None:
    now = datetime.now(UTC)
    headers, body = signed(now, SECRET), BODY
    if changed == "body":
        body = BODY.replace(b"P-", b"Q-")
    else:
        headers[changed] = "evt_2" if changed == "webhook-id" else str(int(now.timestamp()) + 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(SECRET)).verify(body, headers)


def test_it_takes_nothing_old() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(SECRET)).verify(BODY, signed(datetime.now(UTC) - timedelta(minutes=6), SECRET))


def test_secrets_are_written_as_the_specification_says() -> None:
    text = secret_text(SECRET)
    assert text.startswith("whsec_")
    assert base64.b64decode(text.removeprefix("whsec_")) == SECRET


@pytest.mark.parametrize(
    ("behaviour", "status", "problem", "accepted"),
    [
        (OK, 200, "", True),
        (answering("HTTP/1.1 204 No Content\n\n"), 204, "", True),
        (answering("HTTP/1.1 302 Found\nLocation: http://10.0.0.1/\nContent-Length: 0\n\n"), 302,
         "answered 302", False),
        (answering("HTTP/1.1 500 Oh\nContent-Length: 6\n\nsecret"), 500, "answered 500", False),
        (silent, None, "no answer in time", False),
        (answering("SSH-2.0-OpenSSH_9.2\n"), None, "the connection broke, or the answer was no HTTP", False),
        (pouring("HTTP/1.1 200 OK\nContent-Length: 9000000\n\n", b"a" * 4096), None,
         "the address may not be called, or its answer is too long or packed", False),
    ],
    ids=["200", "204", "302", "500", "silent", "ssh", "flood"],
)  # fmt: skip
async def test_every_outcome_is_a_receipt(
    behaviour: Behaviour, status: int | None, problem: str, accepted: bool
) -> None:
    within = 0.5 if behaviour is silent else 30
    async with (
        serving(behaviour) as server,
        guarded_client(allow_private=True, within=within, largest=50_000) as http,
    ):
        receipt = await WebhookSender(http).post(
            f"http://127.0.0.1:{server.port}/hook?key=a", signed(datetime.now(UTC), SECRET), BODY
        )
        assert (receipt.status, receipt.problem, receipt.accepted) == (status, problem, accepted)
        assert server.heads[0].startswith("POST /hook?key=a HTTP/1.1")
        assert "webhook-id: evt_1" in server.heads[0]
        assert "content-type: application/json" in server.heads[0]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://hooks.example/", "the address may not be called, or its answer is too long or packed"),
        ("https://0177.0.0.1/", "the address cannot be read"),
    ],
)
async def test_an_address_inside_is_never_called(url: str, problem: str) -> None:
    async with guarded_client(resolver=Names([["169.254.169.254"]])) as http:
        receipt = await WebhookSender(http).post(url, {}, b"{}")
    assert (receipt.status, receipt.problem) == (None, problem)


async def test_nobody_listening_is_a_receipt() -> None:
    async with serving(OK) as server:
        port = server.port
    async with guarded_client(allow_private=True) as http:
        receipt = await WebhookSender(http).post(f"http://127.0.0.1:{port}/", {}, b"{}")
    assert receipt.problem == "no connection: name, port or certificate"


async def test_a_receiver_that_asks_for_time_is_heard() -> None:
    busy = answering("HTTP/1.1 429 Too Many Requests\nRetry-After: 120\nContent-Length: 0\n\n")
    async with serving(busy) as server, guarded_client(allow_private=True) as http:
        receipt = await WebhookSender(http).post(f"http://127.0.0.1:{server.port}/", {}, b"{}")
    assert (receipt.status, receipt.retry_after) == (429, 120)
