"""SMS: the real SDK against the twin, every class of outcome, and the look-up."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.twilio import Twilio
from domain.message import Envelope, Verdict
from tests.adapters.conftest import RunningTwin

TO = "+237677000001"
SETTLED = timedelta(minutes=10)


def note(message_id: str = "acme.6f1c", to: str = TO, text: str = "Bonjour Awa, 5000 F le 31.") -> Envelope:
    return Envelope(message_id, to, text, first_tried_at=datetime.now(UTC))


def provider(
    twin: RunningTwin, *, token: str = "", timeout: float = 10.0, ahead: timedelta = SETTLED
) -> Twilio:
    settings = twin.settings
    return Twilio(
        twin.address,
        settings.account_sid,
        token or settings.auth_token,
        settings.sms_number,
        settings.webhooks,
        timeout,
        now=lambda: datetime.now(UTC) + ahead,
    )


@pytest.fixture
def twilio(twin: RunningTwin) -> Iterator[Twilio]:
    twilio = provider(twin)
    yield twilio
    twilio.close()


async def test_a_text_arrives_with_our_id(twin: RunningTwin, twilio: Twilio) -> None:
    answer = await twilio.send(note())
    assert answer.verdict is Verdict.ACCEPTED
    [stored] = await twin.messages(message_id="acme.6f1c")
    assert (stored["sid"], stored["to"], stored["text"]) == (answer.provider_id, TO, note().text)
    assert stored["callback"] == f"{twin.settings.webhooks}/webhooks/twilio/status?o=acme.6f1c"


async def test_a_messaging_service_can_be_the_sender(twin: RunningTwin) -> None:
    settings = twin.settings
    account = settings.account_sid, settings.auth_token
    twilio = Twilio(twin.address, *account, "MG0123", settings.webhooks, 10.0)
    assert (await twilio.send(note())).verdict is Verdict.ACCEPTED
    assert [each["from"] for each in await twin.messages()] == ["MG0123"]
    twilio.close()


@pytest.mark.parametrize(
    ("fault", "verdict", "kept"),
    [
        ("429", Verdict.BUSY, 0),
        ("500", Verdict.UNKNOWN, 0),
        ("500-after-accept", Verdict.UNKNOWN, 1),
        ("cut-after-accept", Verdict.UNKNOWN, 1),
        ("reset", Verdict.UNKNOWN, 0),
        ("401", Verdict.BLOCKED, 0),
        ("opted-out", Verdict.OPTED_OUT, 0),
    ],
)
async def test_each_fault_has_its_verdict(
    twin: RunningTwin, twilio: Twilio, fault: str, verdict: Verdict, kept: int
) -> None:
    await twin.order(channel="sms", plan=[{"fault": fault, "seconds": 7}])
    answer = await twilio.send(note())
    assert answer.verdict is verdict
    assert answer.retry_after == (7.0 if fault == "429" else None)
    assert len(await twin.messages(message_id="acme.6f1c")) == kept


@pytest.mark.parametrize(
    ("number", "code", "verdict"),
    [
        ("123", "21211", Verdict.REFUSED),
        ("+15005550001", "21211", Verdict.REFUSED),
        ("+15005550009", "21614", Verdict.REFUSED),
        ("+15005550003", "21408", Verdict.REFUSED),
        ("+15005550004", "21610", Verdict.OPTED_OUT),
    ],
)
async def test_bad_numbers_are_permanent(twilio: Twilio, number: str, code: str, verdict: Verdict) -> None:
    answer = await twilio.send(note(to=number))
    assert (answer.verdict, answer.code) == (verdict, code)


async def test_a_late_answer_is_unknown_and_the_look_up_finds_the_text(twin: RunningTwin) -> None:
    await twin.order(channel="sms", plan=[{"fault": "slow", "seconds": 60}])
    twilio, sent = provider(twin, timeout=0.3), note()
    assert (await twilio.send(sent)).verdict is Verdict.UNKNOWN
    found = await twilio.look_up(sent)
    [stored] = await twin.messages(message_id="acme.6f1c")
    assert (found.verdict, found.provider_id) == (Verdict.ACCEPTED, stored["sid"])
    twilio.close()


async def test_a_wrong_token_blocks_the_channel(twin: RunningTwin) -> None:
    twilio = provider(twin, token="wrong")
    assert (await twilio.send(note())).verdict is Verdict.BLOCKED
    assert (await twilio.look_up(note())).verdict is Verdict.UNANSWERABLE
    twilio.close()


async def test_a_closed_port_was_never_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
        twilio = Twilio(base, "AC1", "t", "+33757900000", "http://127.0.0.1:1", 5.0)
        assert (await twilio.send(note())).verdict is Verdict.UNREACHABLE
        assert (await twilio.look_up(note())).verdict is Verdict.UNREACHABLE
        twilio.close()


async def test_two_equal_texts_cannot_be_told_apart(twilio: Twilio) -> None:
    sent = note()
    await twilio.send(sent)
    await twilio.send(note("acme.other"))
    assert (await twilio.look_up(sent)).verdict is Verdict.UNANSWERABLE


async def test_another_text_or_number_is_no_evidence(twilio: Twilio) -> None:
    await twilio.send(note("acme.a", text="Autre chose"))
    await twilio.send(note("acme.b", to="+237677000002"))
    assert (await twilio.look_up(note())).verdict is Verdict.ABSENT


async def test_an_equal_text_of_before_is_no_evidence(twilio: Twilio) -> None:
    await twilio.send(note("acme.old"))
    later = Envelope("acme.new", TO, note().text, first_tried_at=datetime.now(UTC) + timedelta(minutes=1))
    assert (await twilio.look_up(later)).verdict is Verdict.ABSENT


async def test_absence_is_not_concluded_too_early(twin: RunningTwin) -> None:
    twilio = provider(twin, ahead=timedelta(0))
    answer = await twilio.look_up(note())
    assert answer.verdict is Verdict.BUSY
    assert answer.retry_after
    assert 0 < answer.retry_after <= 60
    twilio.close()


@pytest.mark.parametrize(("status", "verdict"), [(429, Verdict.BUSY), (500, Verdict.UNREACHABLE)])
async def test_a_look_up_that_fails_is_asked_again(
    twin: RunningTwin, twilio: Twilio, status: int, verdict: Verdict
) -> None:
    await twin.order(channel="sms", look_ups=[status])
    assert (await twilio.look_up(note())).verdict is verdict


async def test_a_link_under_another_address_is_the_same_text(twilio: Twilio) -> None:
    """The platform was restored elsewhere; what names the case in the link is the same."""
    await twilio.send(note("acme.a", text="Répondez : https://old.example/a/token"))
    elsewhere = note("acme.a", text="Répondez : https://new.example/a/token")
    assert (await twilio.look_up(elsewhere)).verdict is Verdict.ACCEPTED
    another = note("acme.a", text="Répondez : https://new.example/a/other")
    assert (await twilio.look_up(another)).verdict is Verdict.ABSENT


async def test_after_a_restore_other_words_in_the_lost_time_are_left_to_a_person(twilio: Twilio) -> None:
    """Perhaps it is this message, written when the database knew another sum."""
    sent = await twilio.send(note("acme.a", text="Bonjour Awa, 7000 F le 31."))
    lost = replace(note(), lost_until=datetime.now(UTC) + timedelta(seconds=1))
    assert (await twilio.look_up(lost)).verdict is Verdict.UNANSWERABLE
    known = replace(lost, known=frozenset({sent.provider_id}))
    assert (await twilio.look_up(known)).verdict is Verdict.ABSENT
    before = replace(lost, lost_until=datetime.now(UTC) - timedelta(minutes=1))
    assert (await twilio.look_up(before)).verdict is Verdict.ABSENT
