"""Agencies, stations, bikes, batteries, swaps and costs, through the API."""

from typing import Any

import pytest

from tests.api.conftest import Caller, is_problem
from tests.api.samples import xaf

F = "/v1/fleet"


async def open_all(fleet: Caller) -> None:
    """An agency, a station, two bikes, three batteries. The clock stands at 3 March 2031."""
    agency = {"ref": "AG-1", "name": "Akwa", "opened_on": "2031-01-01", "new_target": 10}
    assert (await fleet.post(f"{F}/agencies", json=agency)).status_code == 201
    station = {
        "ref": "ST-1", "name": "Bonabéri", "opened_on": "2031-01-01", "swap_price": xaf(1500),
        "agency_ref": "AG-1", "capacity_a_day": 10, "open_minutes_a_day": 600,
    }  # fmt: skip
    assert (await fleet.post(f"{F}/stations", json=station)).status_code == 201
    for ref in ("M-1", "M-2"):
        assert (await fleet.put(f"{F}/bikes/{ref}", json={"agency_ref": "AG-1"})).status_code == 200
    for ref in ("B-1", "B-2", "B-3"):
        assert (await fleet.put(f"{F}/batteries/{ref}", json={"station_ref": "ST-1"})).status_code == 200


def swap(ref: str = "W-1", at: str = "2031-03-03T09:05:00Z", **given: Any) -> dict[str, Any]:
    return {
        "ref": ref, "station_ref": "ST-1", "bike_ref": "M-1", "battery_in": "B-1", "battery_out": "B-2",
        "swapped_at": at, "channel": "mobile_money", **given,
    }  # fmt: skip


async def test_an_opened_station_is_followed_and_counts_its_swaps(fleet: Caller) -> None:
    await open_all(fleet)
    owed = await fleet.owed()
    assert "start fleet.agency:AG-1 agency.opened" in owed
    assert "start fleet.station:ST-1 station.opened" in owed
    for _ in range(2):
        assert (await fleet.post(f"{F}/swaps", json=swap())).status_code == 201
    made = (await fleet.get(f"{F}/swaps/W-1")).json()
    assert made["price"] == xaf(1500)
    battery = (await fleet.get(f"{F}/batteries/B-1")).json()
    assert (battery["station_ref"], battery["cycles"]) == ("ST-1", 1)
    assert (await fleet.get(f"{F}/batteries", params={"bike": "M-1"})).json()["items"][0]["ref"] == "B-2"
    cost = {
        "ref": "F-1", "kind": "energy", "subject_kind": "station", "subject_ref": "ST-1",
        "incurred_on": "2031-03-01", "amount": xaf(500),
    }  # fmt: skip
    assert (await fleet.post(f"{F}/costs", json=cost)).status_code == 201
    told = {"target": xaf(3000), "refused": 1}
    assert (await fleet.put(f"{F}/stations/ST-1/months/2031-03-01", json=told)).status_code == 200
    month = (await fleet.get(f"{F}/stations/ST-1/months")).json()[-1]
    assert (month["revenue"], month["costs"], month["swaps"]) == (xaf(1500), xaf(500), 1)
    assert (month["target_percent"], month["margin_percent"]) == ("50.00", "66.66")
    [first] = (await fleet.get(f"{F}/station-ranking", params={"month": "2031-03"})).json()["stations"]
    assert (first["place"], first["station_ref"]) == (1, "ST-1")
    assert "margin_high" in [one["rule"] for one in first["reasons"]]


async def test_a_batch_takes_what_is_right_and_keeps_the_rest_aside(fleet: Caller) -> None:
    await open_all(fleet)
    given = [
        swap(), swap("W-2", "2031-03-03T09:06:00Z", battery_in="B-2", battery_out="B-9"),
        swap(), swap("W-3", "2031-03-03T09:07:00Z", battery_in="B-3", battery_out="B-3"),
    ]  # fmt: skip
    took = (await fleet.post(f"{F}/swaps/batch", json={"swaps": given})).json()
    assert [one["outcome"] for one in took["swaps"]] == [
        "recorded", "kept_aside", "duplicate", "kept_aside"
    ]  # fmt: skip
    assert "B-9" in took["swaps"][1]["because"]
    assert took["swaps"][1]["kept_aside"].startswith("K-")
    again = (await fleet.post(f"{F}/swaps/batch", json={"swaps": given})).json()
    assert (again["recorded"], again["kept_aside"]) == (0, 2)


async def test_a_struck_swap_and_a_reversed_cost_count_for_nothing(fleet: Caller) -> None:
    await open_all(fleet)
    await fleet.post(f"{F}/swaps", json=swap())
    struck = (await fleet.post(f"{F}/swaps/W-1/void", json={"reason": "Entered twice."})).json()
    assert struck["voided_at"] is not None
    cost = {"ref": "F-1", "kind": "staff", "subject_kind": "agency", "subject_ref": "AG-1",
            "incurred_on": "2031-03-01", "amount": xaf(500)}  # fmt: skip
    await fleet.post(f"{F}/costs", json=cost)
    assert (await fleet.post(f"{F}/costs/F-1/reverse", json={"reason": "Wrong bill."})).status_code == 200
    month = (await fleet.get(f"{F}/stations/ST-1/months")).json()[-1]
    assert (month["revenue"], month["swaps"]) == (xaf(0), 0)


async def test_contracts_come_to_the_agency_of_their_bike(fleet: Caller) -> None:
    """C-1 of the fixture has a bike without an agency; it is attached by hand."""
    await open_all(fleet)
    given = {"contracts": ["C-1"]}
    assert (await fleet.post(f"{F}/agencies/AG-1/contracts", json=given)).json()["attached"] == 1
    assert (await fleet.post(f"{F}/agencies/AG-1/contracts", json=given)).json()["attached"] == 0
    month = (await fleet.get(f"{F}/agencies/AG-1/months")).json()[-1]
    assert (month["contracts"], month["new"], month["new_target"], month["collected"]) == (1, 0, 10, xaf(0))
    is_problem(await fleet.get(f"{F}/agencies/AG-404/months"), 404, "not-found")
    given = {"contracts": ["C-1", "C-404"]}
    is_problem(await fleet.post(f"{F}/agencies/AG-1/contracts", json=given), 404, "not-found")


async def test_a_bike_reported_stolen_is_watched_for_until_it_is_found(fleet: Caller) -> None:
    await open_all(fleet)
    stolen = {"agency_ref": "AG-1", "state": "stolen"}
    assert (await fleet.put(f"{F}/bikes/M-1", json=stolen)).status_code == 200
    assert "start fleet.theft:M-1 bike.stolen" in await fleet.owed()
    assert (await fleet.put(f"{F}/bikes/M-1", json={"agency_ref": "AG-1"})).status_code == 200
    assert "ring fleet.theft:M-1 bike.found" in await fleet.owed()


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"station_ref": "ST-9"}, 404, ""), ({"battery_out": "B-1"}, 422, "battery_out"),
        ({"charge_in": 101}, 422, "charge_in"), ({"swapped_at": "2031-03-04T09:00:00Z"}, 422, "swapped_at"),
        ({"price": {"amount": "5.00", "currency": "EUR"}}, 422, "price"),
        ({"price": xaf(100), "channel": "included"}, 422, "channel"),
    ],
)  # fmt: skip
async def test_a_wrong_swap_is_refused(fleet: Caller, given: dict[str, Any], status: int, field: str) -> None:
    await open_all(fleet)
    slug = {404: "not-found", 422: "bad-input"}[status]
    said = is_problem(await fleet.post(f"{F}/swaps", json=swap(**given)), status, slug)
    assert [one["field"] for one in said.get("errors", [])] == ([field] if field else [])
    assert (await fleet.get(f"{F}/swaps")).json()["items"] == []


async def test_a_closed_station_takes_no_later_swap(fleet: Caller) -> None:
    await open_all(fleet)
    closing = {"closed_on": "2031-03-02"}
    for _ in range(2):
        assert (await fleet.post(f"{F}/stations/ST-1/close", json=closing)).status_code == 200
    assert (await fleet.owed())[-1] == "ring fleet.station:ST-1 station.closed"
    is_problem(await fleet.post(f"{F}/swaps", json=swap()), 422, "bad-input")
    assert (await fleet.post(f"{F}/swaps", json=swap(at="2031-03-02T10:00:00Z"))).status_code == 201
    other = {"closed_on": "2031-03-01"}
    is_problem(await fleet.post(f"{F}/stations/ST-1/close", json=other), 409, "conflict")


async def test_half_a_purchase_is_refused(fleet: Caller) -> None:
    said = is_problem(await fleet.put(f"{F}/bikes/M-7", json={"cost": xaf(5)}), 422, "bad-input")
    assert said["errors"][0]["field"] == "bought_on"
