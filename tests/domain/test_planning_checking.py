"""Bad input is named with its mend, and the rest is planned."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain.maintenance.planning.checking import check
from domain.maintenance.planning.codec import problem_of
from domain.maintenance.planning.faults.trouble import WORDS, Kind, Trouble
from domain.maintenance.planning.model import Point, Problem
from tests.domain.planning_problems import problems
from tests.profile import tries

ANNECY, ALBY = {"lat": 45.899, "lon": 6.129}, {"lat": 45.815, "lon": 6.020}
SHIFT = {"begin": "08:00", "end": "17:00"}
FILE: dict[str, Any] = {
    "days": ["2026-03-09", "2026-03-10"],
    "technicians": [
        {"id": "Ana", "start": ANNECY, "shift": SHIFT, "skills": {"boiler": 2}, "parts": {"valve": 1}},
        {"id": "Bo", "start": ALBY, "shifts": {"2026-03-09": SHIFT}, "zones": ["south"], "parts": {}},
    ],
    "visits": [{"id": name, "place": ANNECY, "duration": "01:00"} for name in ("V1", "V2", "V3")],
}


class NorthSea:
    """Nothing but sea west of Greenwich."""

    def holds(self, point: Point) -> bool:
        return point.longitude >= 0


Change = Callable[[dict[str, Any]], Any]


def told(change: Change) -> tuple[Problem, list[Trouble]]:
    value = deepcopy(FILE)
    change(value)
    return check(problem_of(value), NorthSea())


def visit(**fields: Any) -> Change:
    return lambda file: file["visits"][0].update(fields)


def pinned(**pin: Any) -> Change:
    return visit(pin=pin)


def linked(*links: tuple[str, str, str]) -> Change:
    made = [{"tie": tie, "first": first, "second": second} for tie, first, second in links]
    return lambda file: file.update(links=made)


def both(*changes: Change) -> Change:
    return lambda file: [change(file) for change in changes]


def second(**fields: Any) -> Change:
    return lambda file: file["visits"][1].update(fields)


def window(opens: str, closes: str, day: str = "2026-03-09") -> dict[str, str]:
    return {"day": day, "opens": opens, "closes": closes}


def test_a_sound_problem_stays_as_it_is() -> None:
    problem = problem_of(FILE)
    assert check(problem, NorthSea()) == (problem, [])


LEFT_OUT: list[tuple[Kind, Change]] = [
    (Kind.NO_SUCH_PLACE, visit(place={"lat": 95, "lon": 300})),
    (Kind.SWAPPED, visit(place={"lat": 105, "lon": 45})),
    (Kind.SWAPPED, visit(place={"lat": 6.129, "lon": 45.899})),
    (Kind.AT_SEA, visit(place={"lat": 46.5, "lon": -4.5})),
    (Kind.DURATION, visit(duration="-00:10")),
    (Kind.NO_WINDOW, visit(windows=[window("09:00", "09:30"), window("12:00", "11:00")])),
    (Kind.TOO_LONG, visit(duration="09:01")),
    (Kind.SKILL, visit(skills={"boiler": 3})),
    (Kind.SKILL, visit(skills=["lift"])),
    (Kind.PARTS, visit(parts={"valve": 2})),
    (Kind.PIN_TECHNICIAN, pinned(technician="Cyd")),
    (Kind.PIN_SKILL, both(visit(skills=["boiler"]), pinned(technician="Bo"))),
    (Kind.PIN_ZONE, both(visit(zone="north"), pinned(technician="Bo"))),
    (Kind.PIN_DAY_OFF, pinned(technician="Bo", day="2026-03-10")),
    (Kind.PIN_WINDOW, both(visit(windows=[window("09:00", "12:00")]), pinned(day="2026-03-10"))),
    (Kind.PIN_WINDOW, both(visit(windows=[window("09:00", "12:00")]), pinned(at="11:30"))),
    (Kind.PIN_SHIFT, pinned(at="16:30")),
    (Kind.PIN_SHIFT, pinned(at="07:00", technician="Ana")),
    (Kind.PIN_PROMISE, both(visit(promise={"day": "2026-03-09", "at": "10:00"}),
                            pinned(day="2026-03-09", at="09:00"))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change"), LEFT_OUT)
def test_an_impossible_visit_is_named_and_the_others_are_planned(kind: Kind, change: Change) -> None:
    problem, troubles = told(change)
    assert [(one.kind, one.visits, one.left_out) for one in troubles] == [(kind, ("V1",), True)]
    assert [one.id for one in problem.visits] == ["V2", "V3"]
    assert check(problem, NorthSea()) == (problem, [])


def test_a_zone_that_nobody_serves() -> None:
    def change(file: dict[str, Any]) -> None:
        file["technicians"][0]["zones"] = ["north"]
        file["visits"][0]["zone"] = "west"

    _, [trouble] = told(change)
    assert (trouble.kind, trouble.problem.en) == (Kind.ZONE, "Nobody works in the zone west of visit V1")


def test_the_place_and_the_mend_are_in_words() -> None:
    _, [trouble] = told(visit(place={"lat": 6.129, "lon": 45.899}))
    assert trouble.mend.en == "swap latitude and longitude: 45.899, 6.129"
    assert trouble.mend.fr == "échangez la latitude et la longitude\u00a0: 45.899\u00a0; 6.129"


DAY = "2026-03-09"
BOTH: list[tuple[Kind, Change]] = [
    (Kind.LINK_CYCLE, linked(("before", "V1", "V2"), ("before", "V2", "V1"))),
    (Kind.LINK_TIES, linked(("together", "V1", "V2"), ("before", "V2", "V1"))),
    (Kind.LINK_TIES, linked(("together", "V1", "V2"), ("same_technician", "V2", "V1"))),
    (Kind.LINK_PINS, both(linked(("together", "V1", "V2")), pinned(technician="Bo"),
                          second(pin={"technician": "Bo"}))),
    (Kind.LINK_PINS, both(linked(("together", "V1", "V2")), pinned(at="09:00"), second(pin={"at": "10:00"}))),
    (Kind.LINK_PINS, both(linked(("same_technician", "V1", "V2")), pinned(technician="Ana"),
                          second(pin={"technician": "Bo"}))),
    (Kind.LINK_PINS, both(linked(("before", "V1", "V2")), pinned(day="2026-03-10"),
                          second(pin={"day": DAY}))),
    (Kind.LINK_PINS, both(linked(("before", "V1", "V2")), pinned(day=DAY, at="10:00"),
                          second(pin={"day": DAY, "at": "10:30"}))),
    (Kind.LINK_ALONE, both(linked(("together", "V1", "V2")), lambda file: file["technicians"].pop())),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change"), BOTH)
def test_contradictory_links_name_both_visits(kind: Kind, change: Change) -> None:
    problem, troubles = told(change)
    assert [(one.kind, sorted(one.visits), one.left_out) for one in troubles] == [(kind, ["V1", "V2"], True)]
    assert [one.id for one in problem.visits] == ["V3"]
    assert problem.links == ()


def test_who_depends_on_a_visit_that_is_left_out_goes_with_it() -> None:
    change = both(visit(skills=["lift"]), linked(("before", "V1", "V2"), ("together", "V3", "V2")))
    problem, troubles = told(change)
    assert [(one.kind, one.visits) for one in troubles] == [
        (Kind.SKILL, ("V1",)),
        (Kind.LINK_PARTNER, ("V2", "V1")),
        (Kind.LINK_PARTNER, ("V3", "V2")),
    ]
    assert (problem.visits, problem.links) == ((), ())


def test_who_comes_before_a_visit_that_is_left_out_stays() -> None:
    links = linked(("before", "V2", "V1"), ("same_technician", "V1", "V3"))
    problem, _ = told(both(visit(skills=["lift"]), links))
    assert [one.id for one in problem.visits] == ["V2", "V3"]
    assert problem.links == ()


def test_two_pins_at_once_keep_the_first() -> None:
    pin = {"technician": "Ana", "day": DAY, "at": "10:00"}
    problem, [trouble] = told(both(visit(pin=pin), second(pin=pin | {"at": "10:59"})))
    assert (trouble.kind, trouble.visits, trouble.technicians) == (Kind.PIN_OVERLAP, ("V2", "V1"), ("Ana",))
    assert [one.id for one in problem.visits] == ["V1", "V3"]


PUT_RIGHT: list[tuple[Kind, Change]] = [
    (Kind.DUPLICATE_VISIT, lambda file: file["visits"].append(file["visits"][0])),
    (Kind.DUPLICATE_TECHNICIAN, lambda file: file["technicians"].append(file["technicians"][0])),
    (Kind.SHIFT, lambda file: file["technicians"][1]["shifts"].update({"2026-03-10": {"end": "07:00"}})),
    (Kind.BREAK, lambda file: file["technicians"][1]["shifts"].update({"2026-03-09": SHIFT | {"breaks": [
        {"earliest": "12:00", "latest": "11:00", "duration": "00:45"}]}})),
    (Kind.BREAKS_OVERLAP, lambda file: file["technicians"][1]["shifts"].update({"2026-03-09": SHIFT | {
        "breaks": [{"earliest": "12:30", "latest": "13:00", "duration": "00:15"},
                   {"earliest": "11:30", "latest": "12:30", "duration": "00:45"}]}})),
    (Kind.NEGATIVE, lambda file: file["technicians"][0].update(per_km=-1)),
    (Kind.NEGATIVE, lambda file: file.update(prices={"moved": -1})),
    (Kind.NEGATIVE, visit(penalty=-5)),
    (Kind.DEAREST, visit(penalty=10**12)),
    (Kind.NEGATIVE, visit(promise={"day": DAY, "at": "10:00", "tolerance": "-00:05"})),
    (Kind.WINDOW_SHORT, visit(windows=[window("09:00", "09:30"), window("12:00", "14:00")])),
    (Kind.UNKNOWN_TECHNICIAN, visit(preferred="Cyd")),
    (Kind.UNKNOWN_LINK, linked(("before", "V1", "V9"))),
    (Kind.UNKNOWN_LINK, linked(("together", "V1", "V1"))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change"), PUT_RIGHT)
def test_what_can_be_put_right_is_told_and_nothing_is_left_out(kind: Kind, change: Change) -> None:
    problem, troubles = told(change)
    assert [(one.kind, one.left_out) for one in troubles] == [(kind, False)]
    assert [one.id for one in problem.visits] == ["V1", "V2", "V3"]
    again, left = check(problem, NorthSea())
    assert again == problem
    assert left == [one for one in troubles if kind is Kind.UNKNOWN_TECHNICIAN]


@pytest.mark.parametrize(
    "technicians", [[], [{"id": "Ana", "start": ANNECY}], [{"id": "Cyd", "start": {"lat": 0, "lon": -9}}]]
)
def test_without_technicians_the_answer_is_one_sentence(technicians: list[Any]) -> None:
    problem, troubles = told(both(visit(skills=["lift"]), lambda file: file.update(technicians=technicians)))
    assert troubles[-1].kind is Kind.NO_TECHNICIANS
    assert not any(one.visits for one in troubles)
    assert len(problem.visits) == 3


def with_matrix(rows: list[list[int | None]]) -> Change:
    places = [ANNECY, ALBY, {"lat": 999, "lon": 0}]

    def change(file: dict[str, Any]) -> None:
        file["places"], file["travel"] = places, {"seconds": rows, "metres": [row.copy() for row in rows]}
        for index, one in enumerate([*file["technicians"], *file["visits"]]):
            one["start" if index < 2 else "place"] = min(index, 2) if index != 1 else 0
        file["visits"][1]["place"] = file["visits"][2]["place"] = 1

    return change


def test_a_matrix_of_the_wrong_size_is_not_taken() -> None:
    problem, troubles = told(with_matrix([[0, 1], [1, 0]]))
    assert [one.kind for one in troubles] == [Kind.MATRIX_SIZE]
    assert not problem.travel.seconds


def test_a_hole_is_closed_by_way_of_another_place() -> None:
    problem, [trouble] = told(with_matrix([[0, 600, None], [600, 0, 600], [900, 600, 0]]))
    assert trouble.problem.en == (
        "1 ways are missing in the matrix (Bo → V1); 1 go by way of another place, the others are not taken"
    )
    assert (problem.travel.seconds[0][2], problem.travel.metres[0][2]) == (1200, 1200)


def test_a_place_that_no_way_leads_to_is_left_out() -> None:
    problem, troubles = told(with_matrix([[0, 600, None], [600, 0, None], [600, 600, 0]]))
    assert [(one.kind, one.visits) for one in troubles] == [
        (Kind.MATRIX_HOLES, ()),
        (Kind.UNREACHABLE, ("V1",)),
    ]
    assert [one.id for one in problem.visits] == ["V2", "V3"]
    assert check(problem) == (problem, [])


def test_an_odd_way_is_told_and_taken() -> None:
    problem, [trouble] = told(with_matrix([[0, 600, 900], [600, 0, 600], [9000, 600, 0]]))
    assert (trouble.kind, "V1 → Bo" in trouble.problem.fr) == (Kind.MATRIX_ASYMMETRIC, True)
    assert problem.travel.seconds[2][0] == 9000


@settings(max_examples=tries(40, 1_000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_what_was_checked_is_sound(problem: Problem) -> None:
    sound, troubles = check(problem)
    left = {one for trouble in troubles if trouble.left_out for one in trouble.visits}
    assert {one.id for one in sound.visits} | left == {one.id for one in problem.visits}
    again, more = check(sound)
    assert again == sound
    assert not any(one.left_out for one in more)


def test_every_trouble_has_words_and_a_case_here() -> None:
    shown = {kind for kind, _ in (*LEFT_OUT, *BOTH, *PUT_RIGHT)} | {
        Kind.ZONE, Kind.LINK_PARTNER, Kind.PIN_OVERLAP, Kind.NO_TECHNICIANS, Kind.MATRIX_SIZE,
        Kind.MATRIX_HOLES, Kind.MATRIX_ASYMMETRIC, Kind.UNREACHABLE,
    }  # fmt: skip
    assert shown == set(Kind) == WORDS.keys()


@pytest.mark.parametrize("kind", Kind)
def test_french_has_its_spaces_and_apostrophes(kind: Kind) -> None:
    problem, _, mend, _ = WORDS[kind]
    for text in (problem, mend):
        assert not re.search(r"(?<!\u00a0)[;:?!](?!\d)", text)
        assert "'" not in text
