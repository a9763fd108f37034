"""Problems, plans and what they are worth go through JSON and come back the same."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.maintenance.planning.codec import (
    evaluation_of,
    evaluation_value,
    plan_of,
    plan_value,
    problem_of,
    problem_value,
    round_of,
)
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Pin, Plan, Point, Problem, Route
from domain.maintenance.planning.moments import read, written
from tests.domain.planning_problems import MONDAY, plans, problems
from tests.profile import tries

HOME = {"lat": 45.899, "lon": 6.129}
WRITTEN_BY_HAND: dict[str, Any] = {
    "days": ["2026-03-09", "2026-03-10"],
    "technicians": [
        {
            "id": "Ana", "start": HOME, "skills": {"boiler": 2}, "per_hour": 3000,
            "shift": {"begin": "08:00", "end": "17:30", "breaks": [
                {"earliest": "11:30", "latest": "13:30", "duration": "00:45"}]},
            "shifts": {"2026-03-10": None},
        }
    ],
    "visits": [
        {"id": "V1", "place": {"lat": 45.91, "lon": 6.14}, "duration": "01:30", "skills": ["boiler"],
         "windows": [{"day": "2026-03-09", "opens": "09:00", "closes": "12:00"}]},
        {"id": "V2", "place": HOME, "duration": "00:20"},
    ],
}  # fmt: skip


def wrong(value: Any) -> list[str]:
    with pytest.raises(BadInput) as raised:
        problem_of(value)
    return [mistake.field for mistake in raised.value.mistakes]


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@settings(max_examples=tries(40, 1_000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_a_problem_comes_back_as_it_went(problem: Problem) -> None:
    sound = replace(problem, visits=tuple(replace(one, pin=one.pin or Pin(at=1)) for one in problem.visits))
    for packed in (False, True):
        assert problem_of(through_json(problem_value(sound, packed))) == sound


@settings(max_examples=tries(20, 500), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_a_plan_is_worth_comes_back_as_it_went(data: st.DataObject) -> None:
    problem = data.draw(problems())
    plan = data.draw(plans(problem))
    evaluation = evaluate(problem, plan)
    value = through_json(evaluation_value(evaluation, problem.days))
    assert evaluation_of(value, problem.days) == evaluation
    assert plan_of(value, problem.days).planned == plan.planned
    for round, told in zip(evaluation.rounds, value["rounds"], strict=True):
        assert round_of(told, problem.days) == round


def test_who_writes_by_hand_says_only_what_is_not_usual() -> None:
    problem = problem_of(through_json(WRITTEN_BY_HAND))
    assert problem.places == (Point(45.899, 6.129), Point(45.91, 6.14))
    assert [(one.place, one.duration, one.skills) for one in problem.visits] == [
        (1, 5400, {"boiler": 1}),
        (0, 1200, {}),
    ]
    [technician] = problem.technicians
    assert technician.shifts.keys() == {0}
    assert technician.shifts[0].breaks[0].latest == 13 * 3600 + 1800
    assert not problem.travel.seconds
    assert problem_of(through_json(problem_value(problem))) == problem


def test_without_its_matrix_a_problem_is_a_file_for_people() -> None:
    problem = problem_of(WRITTEN_BY_HAND | {"travel": {"percent": [100] * 7 + [160] * 2 + [100] * 15}})
    value = problem_value(problem, roads=False)
    assert value["visits"][1]["place"] == HOME
    assert value["travel"].keys() == {"percent"}


def test_every_mistake_is_named_with_its_place() -> None:
    bad = through_json(WRITTEN_BY_HAND)
    bad["visits"][0]["windows"][0]["day"] = "2026-04-01"
    bad["visits"][0]["duraton"] = "00:10"
    bad["visits"][1]["duration"] = "half an hour"
    bad["visits"][1]["place"] = {"lat": "45,9", "lon": 6}
    bad["technicians"][0]["shift"]["end"] = 17
    bad["technicians"][0]["shifts"]["Tuesday"] = {}
    bad["links"] = [{"tie": "after", "first": "V1", "second": "V2"}]
    assert wrong(bad) == [
        "technicians[0].shift.end", "technicians[0].shifts.Tuesday", "visits[0].windows[0].day",
        "visits[0].duraton", "visits[1].place.lat", "visits[1].duration", "links[0].tie",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value", [None, [], "x", {"days": "2026-03-09"}, {"days": ["2026-03-10", "2026-03-09"]}]
)
def test_what_is_no_problem_at_all_is_told_so(value: Any) -> None:
    assert wrong(value) in (["document"], ["days"], ["days", "days"])


@pytest.mark.parametrize(
    "travel",
    [
        {"seconds": [[0]]},
        {"seconds": "no base64", "metres": [[0]]},
        {"seconds": "eJw=", "metres": [[0.5]]},
        {"percent": [0] * 24},
        {"seconds": [[2**40]], "metres": [[0]]},
    ],
)
def test_a_matrix_that_cannot_be_read_is_told_by_name(travel: Any) -> None:
    value = {"days": ["2026-03-09"], "places": [HOME], "travel": travel}
    assert all(place.startswith("travel.") for place in wrong(value))


def test_a_place_by_number_needs_a_list_of_places() -> None:
    value = {
        "days": ["2026-03-09"],
        "places": [HOME],
        "visits": [{"id": "V", "duration": "01:00", "place": 1}],
    }
    assert wrong(value) == ["visits[0].place"]
    assert wrong(value | {"places": None}) == ["visits[0].place"]


def test_a_plan_names_its_days() -> None:
    plan = Plan((Route("Ana", 0, ("V2", "V1")),))
    assert plan_value(plan, [MONDAY])["routes"][0]["day"] == "2026-03-09"
    assert plan_of(through_json(plan_value(plan, [MONDAY])), [MONDAY]) == plan
    with pytest.raises(BadInput, match=r"routes\[0\]\.day: 2026-03-09 is none of the days"):
        plan_of(plan_value(plan, [MONDAY]), [])


@pytest.mark.parametrize(
    ("text", "seconds"), [("08:30", 30600), ("25:00", 90000), ("-00:10", -600), ("00:00:05", 5)]
)
def test_moments_as_people_write_them(text: str, seconds: int) -> None:
    assert (read(text), written(seconds)) == (seconds, text)


@pytest.mark.parametrize("text", ["8h30", "08:60", "08", "", "8:5", "٠٨:٠٠x"])
def test_what_is_no_moment(text: str) -> None:
    assert read(text) is None
