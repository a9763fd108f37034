"""What no honest caller sends is refused or cleaned: it breaks nothing and holds up nothing else."""

import base64
import json
from typing import Any

import pytest

from adapters.links import SignedLinks
from adapters.local.signing import EventSigner
from api.pages import page
from domain.links import Target
from tests.api.conftest import Caller, is_problem
from tests.api.samples import CONTRACTS, PAYMENTS, contract, paid, signed
from tests.api.test_events import MANY, ONE, event
from tests.api.test_webhooks import mail, opted_out, sms, state_of, told, wrote
from tests.ground import PUBLIC

NUL, HALF = "\x00", "\ud800"
"""PostgreSQL keeps neither: the second is half of a character outside the first plane of Unicode."""

HUGE = 10**40
DEAREST = {"amount": "9" * 16, "currency": "XAF"}
LATEST = {"first_due_on": "2199-12-31", "instalments": 3660}
SHA = "0" * 64


def cursor(*filters: str, after: str, name: str | None = None) -> str:
    key = (after,) if name is None else (after, name)
    return page([0, 1], 1, str, lambda _: key, filters).next


@pytest.mark.parametrize("bad", [f"a{NUL}b", HALF, "x" * 100_000, " "])
async def test_texts_that_cannot_be_kept(fleet: Caller, bad: str) -> None:
    headers = {"Content-Type": "application/json"}
    for method, path, given in (
        ("POST", f"{CONTRACTS}/C-1/terminate", {"reason": bad}),
        ("POST", PAYMENTS, paid(source=bad)),
        ("PUT", "/v1/contacts/D-2", {"full_name": bad, "email": "a@example.org"}),
    ):
        answer = await fleet.call(method, path, content=json.dumps(given).encode(), headers=headers)
        assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("bad", ["a\nb", "a\r\nBcc: b@example.org", "a\u2029b", "a\x85b"])
async def test_a_name_is_one_line(caller: Caller, bad: str) -> None:
    given = {"full_name": bad, "email": "a@example.org"}
    said = is_problem(await caller.put("/v1/contacts/CL-1", json=given), 422, "bad-input")
    assert said["errors"][0]["mend"] == "write it on one line"
    assert (await caller.put("/v1/contacts/CL-1", json={**given, "full_name": "a\n"})).is_success


@pytest.mark.parametrize(
    "given",
    [
        {"instalments": HUGE}, {"rounding": HUGE}, {"grace_days": HUGE}, {"every_days": HUGE},
        {"rest_days": [HUGE]}, {"charge": {"annual_bp": HUGE}}, {"first_due_on": "9999-12-31"},
        {**LATEST, "frequency": "every_n_days", "every_days": 366}, {"price": DEAREST},
    ],
)  # fmt: skip
async def test_numbers_and_dates_beyond_belief(fleet: Caller, given: dict[str, Any]) -> None:
    answer = await fleet.post(CONTRACTS, json=signed("C-2", **given))
    assert answer.status_code in (201, 422), answer.text


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_moments_at_the_ends_of_time(fleet: Caller, at: str) -> None:
    is_problem(await fleet.post(PAYMENTS, json=paid(received_at=at)), 422, "bad-input")


@pytest.mark.parametrize("after", [NUL, HALF, "a\x7f"])
@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/fleet/payments?contract=C-1"])
async def test_a_forged_cursor_is_refused(fleet: Caller, path: str, after: str) -> None:
    filters = ("C-1",) if "payments" in path else ()
    given = path + ("&" if "?" in path else "?") + f"cursor={cursor(*filters, after=after)}"
    said = is_problem(await fleet.get(given), 422, "bad-input")
    assert said["errors"][0]["field"] == "cursor"


MOMENTS: dict[str, tuple[str, ...]] = {
    "/v1/exports": (), "/v1/foresights": (), "/v1/planning/plans": (), "/v1/fleet/intakes": (),
    "/v1/fleet/kept-aside": ("open", ""), "/v1/fleet/swaps": ("", "", ""),
    "/v1/rules/fleet/dunning/revisions": ("fleet/dunning",),
}  # fmt: skip
"""Lists in the order of moments, with the filters that their cursors belong to."""


@pytest.mark.parametrize("moment", ["x", "2031-03-01T09:00:00", "9" * 40])
@pytest.mark.parametrize("path", MOMENTS)
async def test_a_moment_that_is_none_is_no_cursor(fleet: Caller, path: str, moment: str) -> None:
    given = cursor(*MOMENTS[path], after=moment, name="a")
    said = is_problem(await fleet.get(f"{path}?cursor={given}"), 422, "bad-input")
    assert said["errors"][0] == {
        "field": "cursor", "problem": "not one of ours", "mend": "give the field next of the page before",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/fleet/imports/contracts/a{NUL}".replace(NUL, "%00"),
        f"/v1/fleet/imports/contracts/{SHA}?cursor={cursor('contracts', SHA, '', after='9' * 40)}",
    ],
)
async def test_what_only_the_database_refuses_is_a_problem(fleet: Caller, path: str) -> None:
    is_problem(await fleet.get(path), 422, "bad-input")


@pytest.mark.parametrize("field", ["id", "source", "subject", "type"])
async def test_an_event_with_a_nul_leaves_the_others_of_its_batch(caller: Caller, field: str) -> None:
    await caller.contact()
    bad = {**event("e-2", **contract("K-2")), field: f"a{NUL}"}
    batch = [event("e-1"), bad, event("e-3", **contract("K-3"))]
    answer = await caller.post("/v1/events", content=json.dumps(batch), headers={"Content-Type": MANY})
    outcomes = [one["outcome"] for one in answer.json()["results"]]
    assert outcomes == ["accepted", "refused", "accepted"]
    is_problem(
        await caller.post("/v1/events", content=json.dumps(bad), headers={"Content-Type": ONE}),
        422, "bad-input",
    )  # fmt: skip


@pytest.mark.parametrize("body", [b'{"x": ' * 50_000, b"[" * 100_000, b"[" + b"9" * 6000 + b"]"])
async def test_json_without_end(caller: Caller, body: bytes) -> None:
    for path, kind in (("/v1/events", ONE), ("/v1/events", MANY), (PAYMENTS, "application/json")):
        answer = await caller.post(path, content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 422)


async def test_a_refusal_that_repeats_half_a_character_can_be_sent(caller: Caller) -> None:
    given = {"name": "n", "scopes": [HALF], "expires_at": "2031-06-01T00:00:00Z"}
    sent = json.dumps(given).encode()
    answer = await caller.post("/v1/keys", content=sent, headers={"Content-Type": "application/json"})
    assert "? is no scope" in is_problem(answer, 422, "bad-input")["detail"]


@pytest.mark.parametrize("bad", [NUL, HALF])
async def test_a_strange_mail_event_does_not_hold_up_its_batch(
    douala: Caller, signer: EventSigner, bad: str
) -> None:
    id = await wrote(douala, "email")
    strange = told(id, "deferred", reason=f"452 {bad} later", sg_message_id=f"m{bad}.1")
    answer = await mail(douala, signer, strange, told(f"{id}{bad}{bad}x", "bounce"), told(id, "delivered"))
    assert answer.status_code == 200
    assert await state_of(douala, id) == "delivered"


async def test_a_strange_sms_is_obeyed(douala: Caller) -> None:
    await douala.contact("D-1", phone="679 28 42 12")
    id = await wrote(douala)
    told_ = {"MessageStatus": "failed", "MessageSid": "SM1", "ErrorMessage": f"lost{NUL}"}
    assert (await sms(douala, f"/webhooks/twilio/status?o={id}", **told_)).status_code == 200
    assert await state_of(douala, id) == "failed"
    said = {"MessageSid": "SM2", "From": "+237679284212", "To": "+1", "Body": f"STOP{NUL}"}
    assert (await sms(douala, "/webhooks/twilio/inbound", **said)).status_code == 200
    assert await opted_out(douala) == [("sms", "+237679284212")]


@pytest.mark.parametrize("answer", [NUL, "<script>alert(1)</script>", "renewed\r\nSet-Cookie: a=b"])
async def test_an_answer_that_is_none_is_shown_as_such(
    caller: Caller, links: SignedLinks, answer: str
) -> None:
    await caller.contact("CL-1")
    await caller.post("/v1/maintenance/contracts", json=contract())
    target = Target(caller.tenant, "maintenance.renewal", "K-1.20320229", "CL-1")
    shown = await caller.http.post(links.to(target).removeprefix(PUBLIC), data={"answer": answer})
    assert shown.status_code == 422
    assert "<script" not in shown.text
    assert "set-cookie" not in shown.headers


async def test_a_forged_link_opens_nothing(caller: Caller, links: SignedLinks) -> None:
    mine = links.to(Target(caller.tenant, "maintenance.renewal", "K-1.20320229", "CL-1")).rpartition("/")[2]
    for token in (mine[:-2] + "AA", base64.urlsafe_b64encode(b"{}").decode(), mine + NUL.replace(NUL, "%00")):
        assert (await caller.http.get(f"/a/{token}")).status_code == 404
