"""Swaps that a station's device tells of: signed, doubled, out of order, spoilt."""

import json
from typing import Any

import httpx

from api.fleet.mobile_money import sign
from api.fleet.swap_devices import secret_of
from tests.api.conftest import MOBILE_MONEY, Caller, is_problem
from tests.api.samples import xaf
from tests.api.test_assets import F, open_all


def event(number: int, minute: int, battery_in: str, battery_out: str, **given: Any) -> dict[str, Any]:
    return {
        "event_id": f"{number:06}", "bike_ref": "M-1", "battery_in": battery_in, "battery_out": battery_out,
        "swapped_at": f"2031-03-03T09:{minute:02}:00Z", "channel": "cash", **given,
    }  # fmt: skip


async def tell(
    caller: Caller, *events: Any, station: str = "ST-1", signed_for: str = "ST-1"
) -> httpx.Response:  # fmt: skip
    body = json.dumps({"events": events}).encode()
    secret = secret_of(MOBILE_MONEY, caller.tenant, signed_for)
    header = {"X-Signature": sign(body, secret, int(caller.clock.at.timestamp()))}
    return await caller.http.post(f"/webhooks/swaps/{caller.tenant}/{station}", content=body, headers=header)


async def test_events_come_twice_and_out_of_order_and_the_batteries_are_where_they_are(
    fleet: Caller,
) -> None:
    await open_all(fleet)
    first, second, third = (
        event(1, 1, "B-1", "B-2"), event(2, 2, "B-2", "B-3"), event(3, 3, "B-3", "B-1"),
    )  # fmt: skip
    assert (await tell(fleet, third)).status_code == 200
    assert (await tell(fleet, second, first, third)).status_code == 200
    again = (await tell(fleet, first, second, third)).json()["events"]
    assert [one["outcome"] for one in again] == ["duplicate"] * 3
    places = {
        one["ref"]: (one["bike_ref"], one["station_ref"], one["cycles"])
        for one in (await fleet.get(f"{F}/batteries")).json()["items"]
    }
    assert places == {"B-1": ("M-1", None, 1), "B-2": (None, "ST-1", 1), "B-3": (None, "ST-1", 1)}
    month = (await fleet.get(f"{F}/stations/ST-1/months")).json()[-1]
    assert (month["revenue"], month["swaps"]) == (xaf(4500), 3)
    assert {row.who for row in (await fleet.audited())[-3:]} == {"device:ST-1"}


async def test_a_spoilt_event_is_kept_aside_corrected_and_holds_up_no_other(fleet: Caller) -> None:
    await open_all(fleet)
    spoilt = event(2, 2, "B-2", "B-3", swapped_at="yesterday", price=xaf(700))
    unknown = event(3, 3, "B-9", "B-2")
    answer = await tell(fleet, event(1, 1, "B-1", "B-2"), spoilt, unknown)
    assert answer.status_code == 202
    told = answer.json()["events"]
    assert [one["outcome"] for one in told] == ["recorded", "kept_aside", "kept_aside"]
    assert "swapped_at" in told[1]["because"]
    assert (await tell(fleet, spoilt)).json()["events"][0]["kept_aside"] == told[1]["kept_aside"]
    mend = {"values": {"swapped_at": "2031-03-03T09:02:00+00:00"}}
    path = f"{F}/kept-aside/{told[1]['kept_aside']}/replay"
    replayed = await fleet.post(path, json=mend)
    assert replayed.status_code == 200, replayed.text
    made = (await fleet.get(f"{F}/swaps/ST-1.000002")).json()
    assert (made["price"], made["battery_out"]) == (xaf(700), "B-3")
    # The battery is registered, and the device tells again: nobody has to answer.
    await fleet.put(f"{F}/batteries/B-9", json={})
    assert (await tell(fleet, unknown)).json()["events"][0]["outcome"] == "recorded"
    waiting = (await fleet.get(f"{F}/kept-aside", params={"state": "open"})).json()["items"]
    assert waiting == []


async def test_a_device_speaks_for_its_own_station_alone(fleet: Caller) -> None:
    await open_all(fleet)
    given = event(1, 1, "B-1", "B-2")
    is_problem(await tell(fleet, given, signed_for="ST-2"), 401, "bad-signature")
    is_problem(await tell(fleet, given, station="ST-9", signed_for="ST-9"), 404, "not-found")
    assert (await fleet.get(f"{F}/swaps")).json()["items"] == []


async def test_a_file_and_a_device_may_tell_of_the_same_swap(fleet: Caller) -> None:
    await open_all(fleet)
    await tell(fleet, event(1, 1, "B-1", "B-2"))
    rows = (
        "swap_ref;station_ref;bike_ref;battery_in;battery_out;swapped_at;channel;price_minor\n"
        "ST-1.000001;ST-1;M-1;B-1;B-2;2031-03-03T09:01:00Z;cash;1500\n"
        "W-2;ST-1;M-1;B-2;B-3;2031-03-03T09:04:00Z;;\n"
        "W-3;ST-1;M-1;B-7;B-1;2031-03-03T09:05:00Z;cash;\n"
        "W-4;ST-1;M-1;B-1;B-2;2031-03-03T09:05;cash;12.5\n"
    )
    sent = await fleet.post(
        f"{F}/imports/swaps", content=rows.encode(), headers={"Content-Type": "text/csv"}
    )  # fmt: skip
    report = sent.json()
    assert (report["created"], report["unchanged"], report["refused"]) == (1, 1, 2), sent.text
    assert [one["mistakes"][0]["field"] for one in report["first_refused"]] == ["reference", "price_minor"]
    waiting = (await fleet.get(f"{F}/kept-aside", params={"state": "open"})).json()["items"]
    assert {one["source"] for one in waiting} == {"swaps"}
