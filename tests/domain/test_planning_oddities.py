"""Numbers and lists that nobody means are named, and nobody reckons with them."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from domain.errors import BadInput
from domain.maintenance.planning.checking import check
from domain.maintenance.planning.codec import problem_of
from domain.maintenance.planning.faults.trouble import Kind
from domain.maintenance.planning.pricing import DEAREST

HOME, AWAY = {"lat": 45.899, "lon": 6.129}, {"lat": 45.815, "lon": 6.020}
SHIFT = {"begin": "08:00", "end": "17:00"}
FILE: dict[str, Any] = {
    "days": ["2026-03-09"],
    "technicians": [{"id": "Ana", "start": HOME, "shift": SHIFT, "parts": {"valve": 1}}],
    "visits": [{"id": name, "place": AWAY, "duration": "01:00"} for name in ("V1", "V2")],
}
BREAK = {"earliest": "12:00", "latest": "13:00", "duration": "00:05"}
ENDLESS = 2**53
Change = Callable[[dict[str, Any]], Any]

REFUSED: list[tuple[str, Change]] = [
    ("technicians[0].shift.begin", lambda file: file["technicians"][0].update(shift={"begin": "-01:00"})),
    ("technicians[0].shift.breaks", lambda file: file["technicians"][0].update(
        shift=SHIFT | {"breaks": [BREAK] * 5})),
    ("technicians[0].parts", lambda file: file["technicians"][0].update(parts={"valve": -2})),
    ("visits[0].parts", lambda file: file["visits"][0].update(parts={"valve": ENDLESS})),
    ("visits[0].skills", lambda file: file["visits"][0].update(skills={"boiler": -1})),
    ("currency", lambda file: file.update(currency="[bold]")),
    ("zone_most", lambda file: file.update(zone_most={"north": -1})),
]  # fmt: skip


@pytest.mark.parametrize(("place", "change"), REFUSED)
def test_what_no_day_and_no_van_can_be_is_named_by_its_place(place: str, change: Change) -> None:
    value = deepcopy(FILE)
    change(value)
    with pytest.raises(BadInput) as raised:
        problem_of(value)
    [mistake] = raised.value.mistakes
    assert mistake.field == place
    assert mistake.mend


TOO_DEAR: list[Change] = [
    lambda file: file["technicians"][0].update(overtime_per_hour=ENDLESS),
    lambda file: file["visits"][1].update(penalty=ENDLESS),
    lambda file: file.update(prices={"uneven_per_hour": ENDLESS}),
]


@pytest.mark.parametrize("change", TOO_DEAR)
def test_a_price_beyond_reckoning_is_told_and_the_dearest_is_taken(change: Change) -> None:
    value = deepcopy(FILE)
    change(value)
    problem, [trouble] = check(problem_of(value))
    assert (trouble.kind, trouble.left_out) == (Kind.DEAREST, False)
    assert str(DEAREST) in trouble.mend.en
    assert len(problem.visits) == 2
    assert check(problem) == (problem, [])


def test_a_detour_that_is_longer_than_any_number_closes_no_hole() -> None:
    longest = 2**31 - 1
    value = deepcopy(FILE) | {"places": [HOME, AWAY, AWAY]}
    value["technicians"][0]["start"] = 0
    for number, visit in enumerate(value["visits"], start=1):
        visit["place"] = number
    rows = [[0, 600, None], [600, 0, longest], [600, longest, 0]]
    value["travel"] = {"seconds": rows, "metres": rows}
    problem, troubles = check(problem_of(value))
    assert [one.kind for one in troubles] == [Kind.MATRIX_HOLES, Kind.UNREACHABLE]
    assert [one.id for one in problem.visits] == ["V1"]
