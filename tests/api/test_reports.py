"""Reports by the API: asked for, subscribed to, made by the process's own activity, fetched."""

from dataclasses import dataclass

import pytest

from activities.decisions import Decisions
from activities.fleet.report import ReportActivities
from adapters.table_files import TableFiles
from api.parts import Parts
from domain.case import Case
from domain.decision import Step
from domain.effects import Order
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem
from tests.api.samples import paid

REPORTS = "/v1/fleet/reports"
FEBRUARY = {"report": "bike", "begins_on": "2031-02-01", "ends_on": "2031-02-28"}


@dataclass
class Maker:
    activities: ReportActivities

    async def make(self, caller: Caller, ref: str) -> bool:
        case = Case(caller.tenant, "fleet.report", ref, "Africa/Douala")
        step = Step("make_report", "act", f"fleet.report:{ref}:kept", caller.clock.at.date())
        return await self.activities.make(Order(case, step, caller.clock.at))


@pytest.fixture
def maker(parts: Parts) -> Maker:
    decisions = Decisions(parts.library, parts.holidays)
    return Maker(ReportActivities(parts.database, decisions, parts.typesetter, TableFiles(), parts.files))


async def asked(caller: Caller, **given: object) -> str:
    answer = await caller.post(REPORTS, json={**FEBRUARY, **given})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["ref"])


async def test_a_report_is_asked_for_made_and_fetched(fleet: Caller, maker: Maker) -> None:
    assert (await fleet.post("/v1/fleet/payments", json=paid())).status_code == 201
    ref = await asked(fleet, formats=["pdf", "csv", "pdf"])
    assert f"start fleet.report:{ref} report.asked" in await fleet.owed()
    is_problem(await fleet.get(f"{REPORTS}/{ref}/files/pdf"), 409, "conflict")
    assert await maker.make(fleet, ref)
    assert await maker.make(fleet, ref)  # another attempt finds it made
    found = (await fleet.get(f"{REPORTS}/{ref}")).json()
    assert (found["state"], found["formats"]) == ("made", ["pdf", "csv"])
    assert found["figures"]["revenue"] == {"amount": "6000", "currency": "XAF"}
    assert (await fleet.get(f"{REPORTS}/{ref}/files/pdf")).content.startswith(b"%PDF")
    assert "6000" in (await fleet.get(f"{REPORTS}/{ref}/files/csv")).text
    is_problem(await fleet.get(f"{REPORTS}/{ref}/files/xlsx"), 409, "conflict")


async def test_a_report_of_what_is_not_there_fails_with_the_reason(fleet: Caller, maker: Maker) -> None:
    ref = await asked(fleet, subject="M-404")
    assert not await maker.make(fleet, ref)
    found = (await fleet.get(f"{REPORTS}/{ref}")).json()
    assert (found["state"], found["figures"]) == ("failed", None)
    assert "M-404" in found["problem"]
    [alert] = (await fleet.get("/v1/alerts", params={"ref": ref})).json()["items"]
    assert alert["title"]["fr"] == f"Rapport non établi : {ref}"


async def test_bad_questions_name_the_place_and_the_mend(fleet: Caller) -> None:
    for given, field in (
        ({"begins_on": "2031-03-01"}, "ends_on"),
        ({"begins_on": "2028-01-01"}, "ends_on"),
        ({"report": "investor", "ends_on": "2031-02-20"}, "begins_on"),
        ({"recipients": ["N-404"]}, "recipients"),
        ({"formats": []}, "formats"),
        ({"report": "engine"}, "report"),
    ):
        problem = is_problem(await fleet.post(REPORTS, json={**FEBRUARY, **given}), 422, "bad-input")
        assert problem["errors"][0]["field"].startswith(field)


async def test_a_subscription_awaits_its_report_until_it_is_ended(fleet: Caller) -> None:
    given = {"ref": "direction", "report": "fleet", "rhythm": "two_monthly", "recipients": ["D-1"]}
    made = await fleet.post(f"{REPORTS}/subscriptions", json=given)
    assert made.status_code == 201, made.text
    is_problem(await fleet.post(f"{REPORTS}/subscriptions", json=given), 409, "conflict")
    [awaited] = (await fleet.get(REPORTS, params={"subscription": "direction"})).json()["items"]
    # 1 May is a holiday of Cameroon, and that year a Thursday.
    assert (awaited["begins_on"], awaited["ends_on"], awaited["due_on"], awaited["state"]) == (
        "2031-03-01", "2031-04-30", "2031-05-02", "awaited",
    )  # fmt: skip
    ended = await fleet.post(f"{REPORTS}/subscriptions/direction/end")
    assert ended.json()["ended_at"]
    assert f"ring fleet.report:{awaited['ref']} report.subscription_ended" in await fleet.owed()
    is_problem(await fleet.post(f"{REPORTS}/subscriptions/direction/end"), 409, "conflict")
    is_problem(await fleet.post(f"{REPORTS}/subscriptions/other/end"), 404, "not-found")
    weekly = {"ref": "w", "report": "investor", "rhythm": "weekly"}
    problem = is_problem(await fleet.post(f"{REPORTS}/subscriptions", json=weekly), 422, "bad-input")
    assert problem["errors"][0]["field"] == "rhythm"


async def test_reports_come_page_by_page_to_those_who_may_read_them(fleet: Caller) -> None:
    refs = {await asked(fleet) for _ in range(5)}
    page = (await fleet.get(REPORTS, params={"limit": "3"})).json()
    rest = (await fleet.get(REPORTS, params={"limit": "3", "cursor": page["next"]})).json()
    assert {one["ref"] for one in (*page["items"], *rest["items"])} == refs
    assert (await (await person(fleet, "finance")).get(REPORTS)).status_code == 200
    for role in ("driver", "investor", "technician"):
        is_problem(await (await person(fleet, role)).get(REPORTS), 403, "forbidden")
