"""A search is followed while it runs: what is new is told once."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from api.maintenance.planning_events import EVERY, QUIET, events
from database.maintenance.plans import KnownPlan
from domain.maintenance.planning.horizon import Wish
from tests.api.conftest import START, Caller, is_problem
from tests.api.planning_samples import PLANS, firm

RUNNING = KnownPlan(
    "p1", "horizon", Wish(date(2031, 3, 10), 5), {}, "running", None, 120_00, 3, "pyvrp", 0.1, None, "",
    "key:1", START, START,
)  # fmt: skip
DONE = replace(RUNNING, state="ready", cost=100_00, unplanned=0, share=1.0)


async def told(*seen: KnownPlan, last: str = "") -> list[str]:
    async def look() -> AsyncIterator[KnownPlan]:
        for one in seen:
            yield one

    return [one async for one in events(look, "EUR", last)]


def parts(event: str) -> dict[str, str]:
    assert event.endswith("\n\n")
    return dict(line.split(": ", 1) for line in event.strip().split("\n"))


async def test_each_better_plan_is_told_once_and_the_end_last() -> None:
    better = replace(RUNNING, cost=110_00, share=0.4)
    said = [parts(one) for one in await told(RUNNING, RUNNING, better, better, DONE)]
    assert [one["event"] for one in said] == ["progress", "progress", "end"]
    assert [json.loads(one["data"])["cost"]["amount"] for one in said] == ["120.00", "110.00", "100.00"]
    assert [json.loads(one["data"])["percent"] for one in said] == [10, 40, 100]


async def test_who_comes_back_hears_only_what_is_new() -> None:
    [first] = [parts(one) for one in await told(RUNNING)]
    assert await told(RUNNING, last=first["id"]) == []
    [late] = [parts(one) for one in await told(RUNNING, DONE, last=first["id"])]
    assert late["event"] == "end"


async def test_what_stands_between_is_told_that_somebody_is_there() -> None:
    said = await told(*[RUNNING] * (1 + round(QUIET / EVERY)))
    assert said[1:] == [": still here\n\n"]


@pytest.fixture
async def annecy(caller: Caller) -> Caller:
    await firm(caller)
    return caller


async def test_the_stream_ends_with_the_plan(annecy: Caller) -> None:
    id = (await annecy.post(PLANS, json={})).json()["id"]
    await annecy.post(f"{PLANS}/{id}/stop")
    answer = await annecy.get(f"{PLANS}/{id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    said = parts(answer.text)
    assert (said["event"], json.loads(said["data"])["state"]) == ("end", "stopped")
    again = await annecy.get(f"{PLANS}/{id}/events", headers={"Last-Event-ID": said["id"]})
    assert again.text == ""
    is_problem(await annecy.get(f"{PLANS}/p-9/events"), 404, "not-found")
