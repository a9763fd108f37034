"""Foresight over the API and in the console: asked, followed, stopped, and refused in plain words."""

from typing import Any

from database.shared import foresights
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger
from tests.api.test_console_fleet import Fleet, fleet

__all__ = ["Operator", "console_app", "console_parts", "fleet", "operator", "stranger"]

FORESIGHTS = "/v1/foresights"
COUNTED = (
    "messages", "sms", "email", "sms_parts", "calls", "suspensions", "alerts", "documents", "dues",
    "due_minor", "payments", "payment_minor",
)  # fmt: skip
FUTURE: dict[str, Any] = {
    "future": "present",
    "days": [
        {
            "on": "2031-03-06",
            "happened": [
                {"kind": "due", "minor": 1500, "number": 2},
                {"kind": "message", "process": "fleet.dunning", "at": "09:00",
                 "what": "fleet/dunning/courtesy", "channel": "sms", "to": "D-1", "state": "accepted",
                 "reason": "", "subject": "", "text": "Cher nom(D-1), merci.", "parts": 1, "step": "s"},
            ],
        }
    ],
    "totals": dict.fromkeys(COUNTED, 7),
    "ends": {
        "state": "active", "remaining_minor": 90_000, "arrears_minor": 1500, "days_late": 1, "currency": "XAF"
    },
}  # fmt: skip


async def sent(fleet: Fleet, path: str, **given: Any) -> Any:
    headers = {"Authorization": f"Bearer {fleet.operator.key}"}
    return await fleet.operator.http.post(path, headers=headers, json=given)


async def test_it_is_asked_followed_and_stopped(fleet: Fleet) -> None:
    answer = await sent(fleet, FORESIGHTS, contract="CT-1", assumption={"kind": "stops"})
    assert answer.status_code == 202, answer.text
    made = answer.json()
    assert (made["state"], made["contract"], made["percent"]) == ("waiting", "CT-1", 0)
    listed = await fleet.asks("GET", FORESIGHTS, params={"contract": "CT-1"})
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert (await fleet.asks("GET", f"{FORESIGHTS}/{made['id']}"))["result"] is None
    assert "paie" in await fleet.see("/foresight")
    page = await fleet.see(f"/foresight/{made['id']}")
    assert 'http-equiv="refresh"' in page
    assert "ne paie plus rien" in page
    stopped = await sent(fleet, f"{FORESIGHTS}/{made['id']}/stop")
    assert stopped.json()["state"] == "stopped"
    assert (await sent(fleet, f"{FORESIGHTS}/{made['id']}/stop")).status_code == 409


async def test_what_cannot_be_foreseen_is_refused_with_the_mend(fleet: Fleet) -> None:
    for status, given in (
        (404, {"contract": "CT-9"}),
        (409, {"contract": "CT-2"}),
        (422, {"contract": "CT-1", "until_on": "2001-01-01"}),
        (422, {"contract": "CT-1", "assumption": {"kind": "given"}}),
        (422, {"contract": "CT-1", "assumption": {"kind": "stops", "payments": [
            {"on": "2031-03-05", "amount_minor": 5}]}}),
        (422, {"contract": "CT-1", "drafts": ["name: nothing"]}),
    ):  # fmt: skip
        answer = await sent(fleet, FORESIGHTS, **given)
        assert answer.status_code == status, (given, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    refused = await sent(fleet, f"{FORESIGHTS}/portfolio", sample=5)
    assert "no draft" in refused.text


async def test_the_page_shows_each_day_with_names_put_in(fleet: Fleet) -> None:
    """The result is kept without names."""
    page = await fleet.see("/foresight/new?contract=CT-1")
    assert "La vie à venir du contrat CT-1" in page
    assert 'name="payments"' in page
    assert "Voir la vie à venir" in await fleet.see("/contracts/CT-1")
    answer = await fleet.operator.send("/foresight", contract="CT-1", kind="perfect", seed="1")
    place = answer.headers["location"]
    id = place.rpartition("/")[2].partition("?")[0]
    tenant = fleet.operator.tenant
    async with fleet.operator.database.tenant(tenant) as tx:
        await foresights.advance(tx, tenant, id, 1, 2)
        await foresights.finish(tx, tenant, id, {"futures": [FUTURE, {**FUTURE, "future": "draft"}]})
    shown = await fleet.see(f"/foresight/{id}")
    assert "Cher Estelle Ngo Bum, merci." in shown
    assert "Règles en vigueur" in shown
    assert "Brouillon" in shown
    assert "1 500 FCFA" in shown
