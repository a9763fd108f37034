"""Webhooks of providers: only genuine ones count, and each counts once."""

import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import insert, select

from adapters.local.signing import EventSigner, twilio_signature
from api.fleet.mobile_money import secret_for, sign
from database.shared.tables import alert, message, opt_out
from tests.api.conftest import MOBILE_MONEY, TWILIO_TOKEN, Caller, is_problem
from tests.api.samples import CONTRACTS, xaf
from tests.ground import PUBLIC

PHONE = "+237679284212"


async def wrote(caller: Caller, channel: str = "sms", state: str = "accepted") -> str:
    """A message that was handed to a provider."""
    id = f"{caller.tenant}.m-{channel}"
    row = {
        "tenant_id": caller.tenant, "id": id, "key": id, "step_key": "s", "process": "fleet.dunning",
        "ref": "C-1", "contact_ref": "D-1", "channel": channel, "template": "fleet/dunning/reminder",
        "address": PHONE if channel == "sms" else "d@example.org", "locale": "fr", "subject": "",
        "text": "…", "html": "", "state": state, "wrote_at": caller.clock.at,
    }  # fmt: skip
    async with caller.database.tenant(caller.tenant) as tx:
        await tx.execute(insert(message).values(row))
    return id


async def state_of(caller: Caller, id: str) -> str:
    async with caller.database.tenant(caller.tenant) as tx:
        return str((await tx.execute(select(message.c.state).where(message.c.id == id))).scalar_one())


async def opted_out(caller: Caller) -> list[tuple[str, str]]:
    async with caller.database.tenant(caller.tenant) as tx:
        rows = await tx.execute(select(opt_out.c.channel, opt_out.c.address))
        return [(row.channel, row.address) for row in rows]


async def alerts(caller: Caller) -> list[str]:
    async with caller.database.tenant(caller.tenant) as tx:
        return [row.title["fr"] for row in await tx.execute(select(alert).order_by(alert.c.id))]


async def mail(caller: Caller, signer: EventSigner, *events: dict[str, Any]) -> httpx.Response:
    body = json.dumps(events).encode()
    caller.clock.at = datetime.now(UTC)  # the signer stamps with the real time
    return await caller.http.post("/webhooks/sendgrid/events", content=body, headers=signer.headers(body))


async def sms(caller: Caller, path: str, **form: str) -> httpx.Response:
    headers = twilio_signature(TWILIO_TOKEN, PUBLIC + path, form)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return await caller.http.post(path, content=urlencode(form), headers=headers)


def told(id: str, event: str, number: int = 1, **more: str) -> dict[str, Any]:
    return {"event": event, "message_id": id, "sg_event_id": f"{id}-{event}-{number}", **more}


async def test_mail_events_move_a_message_once_and_never_back(douala: Caller, signer: EventSigner) -> None:
    id = await wrote(douala, "email")
    assert (await mail(douala, signer, told(id, "delivered"))).json() == {"received": 1, "applied": 1}
    assert (await mail(douala, signer, told(id, "delivered"))).json()["applied"] == 0
    assert (await mail(douala, signer, told(id, "processed"))).json()["applied"] == 0
    assert await state_of(douala, id) == "delivered"
    assert await douala.owed() == []


async def test_a_bounced_mail_wakes_its_case(douala: Caller, signer: EventSigner) -> None:
    id = await wrote(douala, "email")
    for _ in range(2):
        await mail(douala, signer, told(id, "bounce", reason="550 unknown"))
    assert await state_of(douala, id) == "failed"
    assert await douala.owed() == ["ring fleet.dunning:C-1 message.failed"]


async def test_an_unsubscribed_person_is_left_alone(douala: Caller, signer: EventSigner) -> None:
    id = await wrote(douala, "email")
    for _ in range(2):
        await mail(douala, signer, told(id, "unsubscribe"))
    assert await opted_out(douala) == [("email", "d@example.org")]
    assert [row.action for row in await douala.audited()] == ["opt_out.written"]


async def test_events_of_unknown_messages_are_passed_over(douala: Caller, signer: EventSigner) -> None:
    strangers = [
        told(f"{douala.tenant}.other", "delivered"),
        told("nobody.m", "delivered"),
        told("m", "bounce"),
    ]
    answer = await mail(douala, signer, *strangers)
    assert (answer.status_code, answer.json()["applied"]) == (200, 0)


async def test_a_forged_mail_event_changes_nothing(douala: Caller, signer: EventSigner) -> None:
    id = await wrote(douala, "email")
    body = json.dumps([told(id, "bounce")]).encode()
    douala.clock.at = datetime.now(UTC)
    genuine = signer.headers(body)
    path = "/webhooks/sendgrid/events"
    for content, headers in ((body + b" ", genuine), (body, {})):
        is_problem(await douala.http.post(path, content=content, headers=headers), 401, "bad-signature")
    douala.clock.forward(minutes=11)
    is_problem(await douala.http.post(path, content=body, headers=genuine), 401, "bad-signature")
    assert await state_of(douala, id) == "accepted"


async def test_sms_states_are_applied_and_forged_ones_refused(douala: Caller) -> None:
    id = await wrote(douala)
    path = f"/webhooks/twilio/status?o={id}"
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    assert (await sms(douala, path, **form)).json()["applied"] == 1
    assert (await sms(douala, path, **form)).json()["applied"] == 0
    assert await douala.owed() == ["ring fleet.dunning:C-1 message.failed"]
    headers = twilio_signature("another token", PUBLIC + path, form)
    is_problem(await douala.http.post(path, data=form, headers=headers), 401, "bad-signature")
    is_problem(await douala.http.post(path, data=form), 401, "bad-signature")


async def test_stop_is_obeyed_until_start(douala: Caller, other: Caller) -> None:
    await wrote(douala)
    said = {"From": PHONE, "To": "+33757900000"}
    for _ in range(2):
        answer = await sms(douala, "/webhooks/twilio/inbound", MessageSid="SM1", Body="STOP svp", **said)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert await opted_out(douala) == [("sms", PHONE)]
    assert await opted_out(other) == []
    await sms(douala, "/webhooks/twilio/inbound", MessageSid="SM2", Body="START", **said)
    assert await opted_out(douala) == []
    await sms(douala, "/webhooks/twilio/inbound", MessageSid="SM1", Body="STOP svp", **said)
    assert await opted_out(douala) == []
    assert [row.action for row in await douala.audited()] == ["opt_out.written", "opt_out.lifted"]


async def test_what_a_person_writes_is_shown_to_a_person(douala: Caller) -> None:
    await wrote(douala)
    said = {"MessageSid": "SM3", "From": PHONE, "To": "+33757900000", "Body": "Je paie demain"}
    for _ in range(2):
        await sms(douala, "/webhooks/twilio/inbound", **said)
    assert await alerts(douala) == ["SMS de D-1 : « Je paie demain »"]


def payment(**given: Any) -> dict[str, Any]:
    return {
        "transaction_id": "MP1", "contract_ref": "C-1", "amount": xaf(6000),
        "received_at": "2031-03-03T09:30:00+01:00", **given,
    }  # fmt: skip


async def pay(caller: Caller, body: bytes, *, tenant: str = "", at: int = 0) -> httpx.Response:
    secret = secret_for(MOBILE_MONEY, tenant or caller.tenant)
    signature = sign(body, secret, at or int(caller.clock.at.timestamp()))
    path = f"/webhooks/mobile-money/{caller.tenant}"
    return await caller.http.post(path, content=body, headers={"X-Signature": signature})


async def test_a_mobile_payment_is_recorded_once(fleet: Caller) -> None:
    body = json.dumps(payment()).encode()
    assert (await pay(fleet, body)).json()["outcome"] == "recorded"
    assert (await pay(fleet, body)).json()["outcome"] == "duplicate"
    file = (await fleet.get(f"{CONTRACTS}/C-1")).json()
    assert file["standing"]["allocated"] == xaf(6000)
    assert [row.who for row in await fleet.audited()][-1] == "webhook:mobile-money"


async def test_money_without_a_contract_is_set_aside_for_a_person(fleet: Caller) -> None:
    body = json.dumps(payment(contract_ref="C-9")).encode()
    for _ in range(2):
        answer = await pay(fleet, body)
        assert (answer.status_code, answer.json()["outcome"]) == (202, "unmatched")
    assert await alerts(fleet) == ["Paiement MP1 de 6000 XAF sans contrat : C-9"]
    assert [row.action for row in await fleet.audited()][-1] == "fleet.payment.unmatched"


async def test_a_payment_that_is_not_signed_for_this_tenant_and_moment_is_refused(fleet: Caller) -> None:
    body = json.dumps(payment()).encode()
    now = int(fleet.clock.at.timestamp())
    for answer in (
        await pay(fleet, body, at=now - 301),
        await pay(fleet, body, at=now + 301),
        await pay(fleet, body, tenant="another"),
        await fleet.http.post(f"/webhooks/mobile-money/{fleet.tenant}", content=body),
        await fleet.http.post(f"/webhooks/mobile-money/{fleet.tenant}", content=body,
                              headers={"X-Signature": f"t={now},v1={'0' * 64}"}),
    ):  # fmt: skip
        is_problem(answer, 401, "bad-signature")
    assert (await fleet.get(f"{CONTRACTS}/C-1")).json()["standing"]["allocated"] == xaf(0)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", json.dumps(payment(amount=xaf(-1))).encode(), b"\xff", b'{"a": NaN}']
)
async def test_a_signed_payment_that_cannot_be_read_is_a_problem(fleet: Caller, body: bytes) -> None:
    answer = await pay(fleet, body)
    is_problem(answer, answer.status_code, "bad-json" if answer.status_code == 400 else "bad-input")


def test_a_signature_covers_time_and_body() -> None:
    at = int(time.time())
    assert len({sign(b"a", "s", at), sign(b"a", "s", at + 1), sign(b"b", "s", at), sign(b"a", "t", at)}) == 4
