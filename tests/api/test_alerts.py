"""Alerts by the API: the most urgent first, taken by one person, closed with what was done."""

from datetime import date

import pytest

from database.shared import effects
from domain.case import Case
from domain.decision import Bilingual, Step
from tests.api.callers import person
from tests.api.conftest import Caller, is_problem

ALERTS = "/v1/alerts"


async def raised(caller: Caller, number: int, team: str = "operations", process: str = "fleet.dunning"
                 ) -> None:  # fmt: skip
    day, title = date(2031, 4, 20 - number), Bilingual("Appeler", "Call")
    step = Step("call", "alert", f"k-{number}", day, to=team, title=title)
    case = Case(caller.tenant, process, f"C-{number}", "UTC")
    async with caller.database.tenant(caller.tenant) as tx:
        await effects.raise_alert(tx, case, step, caller.clock.at)


async def refs(caller: Caller, **given: str) -> list[str]:
    answer = await caller.get(ALERTS, params=given)
    assert answer.status_code == 200, answer.text
    return [one["ref"] for one in answer.json()["items"]]


async def first(caller: Caller) -> int:
    return int((await caller.get(ALERTS)).json()["items"][0]["id"])


async def test_the_most_urgent_come_first_page_by_page(caller: Caller) -> None:
    for number in range(5):
        await raised(caller, number)
    page = (await caller.get(ALERTS, params={"limit": "3"})).json()
    rest = (await caller.get(ALERTS, params={"limit": "3", "cursor": page["next"]})).json()
    assert [one["ref"] for one in (*page["items"], *rest["items"])] == ["C-4", "C-3", "C-2", "C-1", "C-0"]
    assert rest["next"] == ""
    assert page["items"][0]["title"] == {"fr": "Appeler", "en": "Call"}
    bad = await caller.get(ALERTS, params={"cursor": page["next"], "team": "other"})
    is_problem(bad, 422, "bad-input")


async def test_filters(caller: Caller) -> None:
    await raised(caller, 1)
    await raised(caller, 2, team="collections")
    await raised(caller, 3, process="platform.webhook")
    assert await refs(caller, team="collections") == ["C-2"]
    assert await refs(caller, process="platform.webhook") == ["C-3"]
    assert await refs(caller, ref="C-1", team="operations") == ["C-1"]
    assert await refs(caller, ref="C-9") == []


async def test_one_person_takes_it_and_says_in_the_end_what_was_done(caller: Caller) -> None:
    await raised(caller, 1)
    id = await first(caller)
    operator, finance = await person(caller, "operator"), await person(caller, "finance")
    taken = (await operator.post(f"{ALERTS}/{id}/take")).json()
    assert taken["taken_by"].startswith("person:")
    is_problem(await finance.post(f"{ALERTS}/{id}/take"), 409, "conflict")
    assert await refs(caller, state="untaken") == []
    assert await refs(caller) == ["C-1"]
    closed = (await finance.post(f"{ALERTS}/{id}/close", json={"note": "Il paie demain."})).json()
    assert (closed["note"], closed["closed_by"] != taken["taken_by"]) == ("Il paie demain.", True)
    assert (await refs(caller), await refs(caller, state="closed")) == ([], ["C-1"])
    assert await refs(caller, state="all") == ["C-1"]
    is_problem(await operator.post(f"{ALERTS}/{id}/close", json={"note": "x"}), 409, "conflict")
    acts = [(row.who, row.action, row.object, row.after) for row in await caller.audited()]
    assert (taken["taken_by"], "alert.taken", f"alert:{id}", {"taken_by": taken["taken_by"]}) in acts
    assert (closed["closed_by"], "alert.closed", f"alert:{id}", {"closed_by": closed["closed_by"]}) in acts
    assert "demain" not in repr(acts)


@pytest.mark.parametrize("body", [{}, {"note": ""}, {"note": " "}, {"note": "x" * 2001}, {"note": "\x00"}])
async def test_an_alert_is_not_closed_without_a_word(caller: Caller, body: dict[str, str]) -> None:
    await raised(caller, 1)
    is_problem(await caller.post(f"{ALERTS}/{await first(caller)}/close", json=body), 422, "bad-input")


async def test_what_is_not_there_or_anothers_is_not_found(caller: Caller, other: Caller) -> None:
    await raised(caller, 1)
    id = await first(caller)
    for path in (f"{ALERTS}/{id}", f"{ALERTS}/{2**63 - 1}"):
        is_problem(await other.get(path), 404, "not-found")
    is_problem(await other.post(f"{ALERTS}/{id}/take"), 404, "not-found")
    is_problem(await other.post(f"{ALERTS}/{id}/close", json={"note": "x"}), 404, "not-found")
    is_problem(await caller.get(f"{ALERTS}/{2**63}"), 422, "bad-input")


async def test_who_is_not_of_the_house_sees_none(caller: Caller) -> None:
    await raised(caller, 1)
    for role in ("driver", "student", "technician"):
        is_problem(await (await person(caller, role)).get(ALERTS), 403, "forbidden")
