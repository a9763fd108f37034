"""Scores of drivers through the API: lists, what changed, levers, and the review that a person answers."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from activities.fleet.score import DriverScores
from database.session import Database
from rules.library import Library
from tests.api.conftest import Caller, is_problem
from tests.api.samples import CONTRACTS, PAYMENTS, paid, signed, xaf

DRIVERS = "/v1/fleet/drivers"
ROOT = Path(__file__).parents[2]
LIBRARY = Library.load(ROOT / "rules")


async def night(caller: Caller, database: Database, day: date) -> None:
    """The drivers are scored as they are every night."""
    ended = await DriverScores(database, LIBRARY, batch=1).go_on(
        caller.tenant, day, datetime.fromisoformat(f"{day}T02:30:00+00:00"), lambda _done, _total: None
    )
    assert ended
    assert ended.state == "done"


async def scored(fleet: Caller, database: Database) -> None:
    """D-1 has paid nothing of C-1, D-2 everything of C-2; a week ago neither was late."""
    await fleet.contact("D-2")
    given = signed("C-2", driver_ref="D-2")
    assert (await fleet.post(CONTRACTS, json=given)).status_code == 201
    answer = await fleet.post(PAYMENTS, json=paid("P-2", 30000, contract_ref="C-2"))
    assert answer.status_code == 201, answer.text
    for day in (date(2031, 2, 24), date(2031, 3, 3)):
        await night(fleet, database, day)


async def test_drivers_are_listed_with_what_changed(fleet: Caller, database: Database) -> None:
    await scored(fleet, database)
    worst = (await fleet.get(DRIVERS)).json()["items"]
    assert [one["ref"] for one in worst] == ["D-1", "D-2"]
    assert [one["outcome"] for one in worst] == ["at_risk", "watch"]
    assert worst[0]["arrears"] == xaf(14000)
    best = (await fleet.get(DRIVERS, params={"order": "best", "limit": 1})).json()
    assert [one["ref"] for one in best["items"]] == ["D-2"]
    rest = (await fleet.get(DRIVERS, params={"order": "best", "limit": 1, "cursor": best["next"]})).json()
    assert ([one["ref"] for one in rest["items"]], rest["next"]) == (["D-1"], "")
    for filters, refs in (
        ({"outcome": "at_risk"}, ["D-1"]), ({"band": worst[1]["band"]}, ["D-2"]), ({"change": "new"}, []),
    ):  # fmt: skip
        found = (await fleet.get(DRIVERS, params=filters)).json()["items"]
        assert [one["ref"] for one in found] == refs
    other = await fleet.get(DRIVERS, params={"order": "worst", "cursor": best["next"]})
    is_problem(other, 422, "bad-input")


async def test_a_score_is_explained_and_says_what_would_raise_it(fleet: Caller, database: Database) -> None:
    await scored(fleet, database)
    said = (await fleet.get(f"{DRIVERS}/D-1/score")).json()
    band, *reasons = said["reasons"]
    assert band["points"] == 0
    assert max(0, 60 + sum(one["points"] for one in reasons)) == said["driver"]["points"]
    assert said["facts"]["arrears"] == {"currency": "XAF", "minor": 14000}
    assert [one["on"] for one in said["history"]] == ["2031-02-24"]  # it has not changed since
    for lever in said["levers"]:
        assert lever["pay"]["currency"] == "XAF"
        assert lever["says"]["fr"].endswith(f"en classe {lever['band'].upper()}.")
    assert said["driver"]["lever"] == (said["levers"][0] if said["levers"] else None)
    is_problem(await fleet.get(f"{DRIVERS}/D-9/score"), 404, "not-found")


async def test_who_came_and_who_went_is_told_beside_each_list(fleet: Caller, database: Database) -> None:
    await scored(fleet, database)
    groups: dict[str, Any] = {
        one["outcome"]: one for one in (await fleet.get(f"{DRIVERS}/changes")).json()["groups"]
    }
    assert list(groups) == ["reliable", "ordinary", "watch", "at_risk"]
    assert sum(one["drivers"] for one in groups.values()) == 2
    assert sum(one["week_ago"] for one in groups.values()) == 2
    joined = {one["ref"] for group in groups.values() for one in group["joined"]}
    left = {one["ref"] for group in groups.values() for one in group["left"]}
    assert joined == left


async def test_a_class_change_starts_its_process_and_a_review_is_answered(
    fleet: Caller, database: Database
) -> None:
    await scored(fleet, database)
    assert "start fleet.risk:D-1 driver.class_changed" in await fleet.owed()
    none = await fleet.post(f"{DRIVERS}/D-1/review", json={"verdict": "plan"})
    is_problem(none, 409, "conflict")
    async with database.tenant(fleet.tenant) as tx:
        await tx.execute(
            text("insert into driver_review (tenant_id, driver_ref, opened_on, rule, points, band, "
                 "answer_by_on) values (:tenant, 'D-1', :day, 'lowest', 8, 'e', :until)"),
            {"tenant": fleet.tenant, "day": date(2031, 3, 3), "until": date(2031, 3, 6)},
        )  # fmt: skip
    waiting = (await fleet.get(f"{DRIVERS}/reviews")).json()["items"]
    assert [(one["driver_ref"], one["verdict"]) for one in waiting] == [("D-1", "open")]
    wrong = await fleet.post(f"{DRIVERS}/D-1/review", json={"verdict": "forgive"})
    is_problem(wrong, 422, "bad-input")
    given = {"verdict": "plan", "note": "Appelé le 3 mars."}
    answered = (await fleet.post(f"{DRIVERS}/D-1/review", json=given)).json()
    assert (answered["verdict"], answered["note"]) == ("plan", "Appelé le 3 mars.")
    assert "ring fleet.risk:D-1 driver.reviewed" in await fleet.owed()
    trail = [(row.action, row.object) for row in await fleet.audited()]
    assert trail[-1] == ("fleet.driver.reviewed", "fleet.risk:D-1")
    assert (await fleet.get(f"{DRIVERS}/reviews")).json()["items"] == []


async def test_a_night_that_is_over_is_done_anew_on_request(fleet: Caller, database: Database) -> None:
    day = date(2031, 3, 3)
    await night(fleet, database, day)
    before = (await fleet.get(f"{DRIVERS}/D-1/score")).json()["driver"]["points"]
    late = paid("P-1", 20000, received_at="2031-03-03T08:00:00+01:00")
    assert (await fleet.post(PAYMENTS, json=late)).status_code == 201
    await night(fleet, database, day)
    assert (await fleet.get(f"{DRIVERS}/D-1/score")).json()["driver"]["points"] == before
    at = datetime.fromisoformat("2031-03-03T09:00:00+00:00")
    scores = DriverScores(database, LIBRARY)
    assert await scores.go_on(fleet.tenant, day, at, lambda _done, _total: None, again=True)
    after = (await fleet.get(f"{DRIVERS}/D-1/score")).json()
    assert after["driver"]["points"] > before
    assert len(after["history"]) == 1
    await night(fleet, database, day + timedelta(days=1))
