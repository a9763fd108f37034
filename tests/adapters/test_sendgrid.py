"""Email: real SDK payloads to the twin, every class of outcome, and the look-up."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.sendgrid import SendGrid
from domain.message import Attachment, Envelope, Verdict
from tests.adapters.conftest import RunningTwin

LATER = datetime(2027, 1, 1, tzinfo=UTC)
LETTER = Envelope(
    message_id="acme.6f1c",
    to="awa@example.cm",
    subject="Échéance du 31 janvier",
    text="Bonjour Awa",
    html="<p>Bonjour Awa</p>",
    reply_to="agence@example.cm",
    attachments=(Attachment("reçu.pdf", "application/pdf", b"%PDF-1.7"),),
    first_tried_at=LATER - timedelta(hours=1),
)


def provider(twin: RunningTwin, **changes: float | str) -> SendGrid:
    api_key = str(changes.get("api_key", twin.settings.api_key))
    timeout = float(changes.get("timeout", 10.0))
    return SendGrid(
        twin.http, twin.address, api_key, "agence@example.cm", "Agence", timeout=timeout, now=lambda: LATER
    )


async def test_a_letter_arrives_whole(twin: RunningTwin) -> None:
    answer = await provider(twin).send(LETTER)
    assert answer.verdict is Verdict.ACCEPTED
    [stored] = await twin.messages(message_id=LETTER.message_id)
    assert stored["sid"] == answer.provider_id
    assert (stored["to"], stored["from"]) == ("awa@example.cm", "Agence <agence@example.cm>")
    assert (stored["subject"], stored["text"], stored["html"]) == (LETTER.subject, LETTER.text, LETTER.html)
    [file] = stored["enclosures"]
    shown = await twin.http.get(f"{twin.address}/twin/messages/{stored['sid']}/enclosures/{file['digest']}")
    assert (file["name"], shown.content) == ("reçu.pdf", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("fault", "verdict", "kept"),
    [
        ("429", Verdict.BUSY, 0),
        ("500", Verdict.UNKNOWN, 0),
        ("500-after-accept", Verdict.UNKNOWN, 1),
        ("cut-after-accept", Verdict.UNKNOWN, 1),
        ("reset", Verdict.UNKNOWN, 0),
        ("401", Verdict.BLOCKED, 0),
    ],
)
async def test_each_fault_has_its_verdict(twin: RunningTwin, fault: str, verdict: Verdict, kept: int) -> None:
    await twin.order(channel="email", plan=[{"fault": fault, "seconds": 7}])
    answer = await provider(twin).send(LETTER)
    assert answer.verdict is verdict
    assert answer.retry_after == (7.0 if fault == "429" else None)
    assert len(await twin.messages(message_id=LETTER.message_id)) == kept


async def test_a_late_answer_is_unknown_and_the_look_up_finds_the_letter(twin: RunningTwin) -> None:
    await twin.order(channel="email", plan=[{"fault": "slow", "seconds": 60}])
    assert (await provider(twin, timeout=0.3).send(LETTER)).verdict is Verdict.UNKNOWN
    found = await provider(twin).look_up(LETTER)
    [stored] = await twin.messages(message_id=LETTER.message_id)
    assert (found.verdict, found.provider_id) == (Verdict.ACCEPTED, stored["sid"])


@pytest.mark.parametrize(
    "letter",
    [
        Envelope("acme.1", "awa@localhost", "t", "s"),
        Envelope("acme.1", "a@b.fr", "t"),
        Envelope("acme.1", "a@b.fr", "", "s"),
    ],
)
async def test_bad_content_is_refused_with_the_reason(twin: RunningTwin, letter: Envelope) -> None:
    answer = await provider(twin).send(letter)
    assert (answer.verdict, answer.code) == (Verdict.REFUSED, "400")
    assert answer.detail


@pytest.mark.parametrize("address", ["not an address", "", "Awa <awa@example.cm>"])
async def test_an_address_that_the_sdk_would_bend_is_refused(twin: RunningTwin, address: str) -> None:
    assert (await provider(twin).send(Envelope("acme.1", address, "t", "s"))).verdict is Verdict.REFUSED
    assert await twin.messages() == []


async def test_a_text_that_looks_like_a_key_is_refused_and_never_leaves(twin: RunningTwin) -> None:
    answer = await provider(twin).send(Envelope("acme.1", "a@b.fr", "SG.abc.def", "Sujet"))
    assert answer.verdict is Verdict.REFUSED
    assert await twin.messages() == []


async def test_a_wrong_key_blocks_the_channel(twin: RunningTwin) -> None:
    assert (await provider(twin, api_key="wrong").send(LETTER)).verdict is Verdict.BLOCKED


async def test_a_closed_port_was_never_reached(http: httpx.AsyncClient) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        sendgrid = SendGrid(http, f"http://127.0.0.1:{free.getsockname()[1]}", "k", "a@b.fr", "A")
        assert (await sendgrid.send(LETTER)).verdict is Verdict.UNREACHABLE
        assert (await sendgrid.look_up(LETTER)).verdict is Verdict.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (403, Verdict.UNANSWERABLE),
        (404, Verdict.UNANSWERABLE),
        (429, Verdict.BUSY),
        (500, Verdict.UNREACHABLE),
        (200, Verdict.ABSENT),
    ],
)
async def test_each_answer_to_a_look_up(twin: RunningTwin, status: int, verdict: Verdict) -> None:
    await twin.order(channel="email", look_ups=[status])
    assert (await provider(twin).look_up(LETTER)).verdict is verdict


async def test_absence_is_not_concluded_too_early_nor_without_a_time(twin: RunningTwin) -> None:
    early = Envelope("acme.2", "a@b.fr", "t", "s", first_tried_at=LATER - timedelta(seconds=100))
    answer = await provider(twin).look_up(early)
    assert (answer.verdict, answer.retry_after) == (Verdict.BUSY, 200.0)
    undated = Envelope("acme.2", "a@b.fr", "t", "s")
    assert (await provider(twin).look_up(undated)).verdict is Verdict.UNANSWERABLE


async def test_rates_are_played_and_what_is_accepted_is_kept(twin: RunningTwin) -> None:
    await twin.order(channel="email", rates={"429": 0.3, "cut-after-accept": 0.2}, seed=3)
    sendgrid = provider(twin)
    letters = [Envelope(f"acme.{n}", "a@b.fr", "t", "s", first_tried_at=LATER) for n in range(60)]
    answers = await asyncio.gather(*(sendgrid.send(letter) for letter in letters))
    verdicts = {answer.verdict for answer in answers}
    assert verdicts == {Verdict.ACCEPTED, Verdict.BUSY, Verdict.UNKNOWN}
    for letter, answer in zip(letters, answers, strict=True):
        kept = await twin.messages(message_id=letter.message_id)
        assert len(kept) == (answer.verdict is not Verdict.BUSY)
