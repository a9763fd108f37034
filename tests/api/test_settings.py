"""What a tenant sets for itself: at once, by administrators who prove who they are, with the trail."""

from typing import Any

import pytest

from database.shared.contacts import tenant_of
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem

SETTINGS = "/v1/settings"


async def change(caller: Caller, **given: Any) -> dict[str, Any]:
    answer = await caller.call("PATCH", SETTINGS, json=given)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_new_tenant_has_settings_that_do_no_harm(caller: Caller) -> None:
    assert (await caller.get(SETTINGS)).json() == {
        "name": "Duret Ascenseurs", "locale": "fr", "quiet_from": "20:00", "quiet_until": "08:00",
        "sms_a_day": 4, "sms_a_week": 15, "email_a_day": 8, "email_a_week": 30,
        "rules_need_approval": False, "second_factor": "staff", "audit_days": 1095,
    }  # fmt: skip


async def test_what_is_named_changes_and_the_rest_stays(caller: Caller) -> None:
    before = (await caller.get(SETTINGS)).json()
    after = await change(caller, quiet_from="19:30", quiet_until="09:15", second_factor="all", sms_a_day=2)
    assert after == {
        **before, "quiet_from": "19:30", "quiet_until": "09:15", "second_factor": "all", "sms_a_day": 2
    }  # fmt: skip
    assert (await caller.get(SETTINGS)).json() == after


async def test_the_trail_has_before_and_after_of_what_changed_alone(caller: Caller) -> None:
    await change(caller, quiet_from="19:30", rules_need_approval=True, sms_a_day=4)
    [row] = [row for row in await caller.audited() if row.action == "settings.changed"]
    assert row.object == "settings"
    assert row.before == {"quiet_from": "20:00", "rules_need_approval": False}
    assert row.after == {"quiet_from": "19:30", "rules_need_approval": True}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"quiet_from": "24:00"}, "quiet_from"), ({"quiet_from": "8:00"}, "quiet_from"),
        ({"quiet_from": "20:00:01"}, "quiet_from"), ({"sms_a_day": 0}, "sms_a_day"),
        ({"sms_a_day": 1001}, "sms_a_day"), ({"sms_a_day": "4"}, "sms_a_day"),
        ({"sms_a_day": 10, "sms_a_week": 9}, "sms_a_week"), ({"email_a_day": 31}, "email_a_week"),
        ({"second_factor": "none"}, "second_factor"), ({"rules_need_approval": "no"}, "rules_need_approval"),
        ({"audit_days": 365}, "audit_days"), ({"name": "  "}, "name"), ({"locale": "de"}, "locale"),
        ({"country": "CM"}, "country"), ({}, "settings"), ({"quiet_from": None}, "settings"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_and_changes_nothing(
    caller: Caller, given: dict[str, Any], field: str
) -> None:
    before = (await caller.get(SETTINGS)).json()
    said = is_problem(await caller.call("PATCH", SETTINGS, json=given), 422, "bad-input")
    assert [one["field"] for one in said["errors"]] == [field]
    assert (await caller.get(SETTINGS)).json() == before


async def test_no_tenant_changes_anothers(caller: Caller, other: Caller) -> None:
    await change(caller, second_factor="off")
    assert (await other.get(SETTINGS)).json()["second_factor"] == "staff"


async def test_staff_reads_administrators_change_after_a_fresh_proof(caller: Caller) -> None:
    operator = await person(caller, "operator")
    assert (await operator.get(SETTINGS)).status_code == 200
    is_problem(await operator.call("PATCH", SETTINGS, json={"sms_a_day": 3}), 403, "forbidden")
    stale = await person(caller, "administrator", proved=False)
    is_problem(await stale.call("PATCH", SETTINGS, json={"sms_a_day": 3}), 401, "proof-needed")
    fresh = await person(caller, "administrator")
    assert (await change(fresh, sms_a_day=3))["sms_a_day"] == 3


async def test_a_second_person_is_asked_from_the_next_publication_on(caller: Caller) -> None:
    await change(caller, rules_need_approval=True)
    async with caller.database.tenant(caller.tenant) as tx:
        assert (await tenant_of(tx, caller.tenant)).rules_need_approval
