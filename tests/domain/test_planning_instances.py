"""Public instances and drawn weeks become problems that mean what they say."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.planning.instances import NotAnInstance, instances, read_best, read_instance
from bench.planning.rivals.found import Found, able, at, scale, turns
from bench.planning.rivals.vroom_alone import Vroom
from bench.planning.weeks import SIZES, Size, drawn, week
from domain.maintenance.planning.checking import check
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Route

TEXT = """T3

VEHICLE
NUMBER     CAPACITY
  2         30

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0      0        0        0        0        230        0
    1      3        4       10       20         30       10
    2      6        8       20        0        100       10
    3      0        9       20        0        100       10
"""


def test_a_round_of_an_instance_is_as_long_as_its_ways() -> None:
    problem = read_instance(TEXT, 380).problem()
    found = evaluate(problem, Plan((Route("K001", 0, ("C0001", "C0002")), Route("K002", 0, ("C0003",)))))
    assert found.violations == ()
    assert found.cost.total == 50 + 50 + 100 + 90 + 90
    assert found.stops["C0001"][1].begins == 200


def test_a_window_is_for_the_beginning_and_the_van_holds_no_more() -> None:
    problem = read_instance(TEXT.replace("20         30       10", "20         24       10")).problem()
    late = evaluate(problem, Plan((Route("K001", 0, ("C0002", "C0001")),)))
    assert [(one.fault, one.visit, one.amount) for one in late.hard] == [("window", "C0001", 10)]
    full = evaluate(problem, Plan((Route("K001", 0, ("C0001", "C0002", "C0003")),)))
    assert [one.fault for one in full.hard] == ["parts"]


def test_a_distance_is_cut_to_one_decimal() -> None:
    problem = read_instance(TEXT.replace("0        9       20", "1        1       20")).problem()
    assert problem.travel.metres[0][3] == 14


def test_the_best_known_stands_beside_its_instance(tmp_path: Path) -> None:
    (tmp_path / "t3.txt").write_text(TEXT)
    (tmp_path / "t3.sol").write_text("Route #1: 1 2\nRoute #2: 3\nCost 38.0\n")
    (tmp_path / "other.txt").write_text(TEXT.replace("T3", "other"))
    assert [(one.name, one.best) for one in instances(tmp_path)] == [("other", None), ("t3", 380)]


@pytest.mark.parametrize(
    "text", ["", "T3\n1 2 3", TEXT.replace("  2         30", ""), TEXT.replace("230", "9000")]
)
def test_another_format_is_refused(text: str) -> None:
    with pytest.raises(NotAnInstance):
        read_instance(text)


def test_a_solution_without_a_cost_is_refused() -> None:
    with pytest.raises(NotAnInstance):
        read_best("Route #1: 1 2")


@pytest.mark.parametrize("name", ["12/5", "20/7", "200/30", "200/30 dense"])
def test_a_drawn_week_is_sound_and_somebody_can_do_everything(name: str) -> None:
    problem = week(name)
    assert (len(problem.visits), len(problem.technicians)) == (SIZES[name].visits, SIZES[name].technicians)
    assert check(problem) == (problem, [])


def test_rivals_are_told_who_may_do_what() -> None:
    problem = drawn(Size(30, 6, 2), 3)
    for turn, may in zip(turns(problem), able(problem, turns(problem)), strict=True):
        for visit, allowed in zip(problem.visits, may, strict=True):
            level = turn.technician.skills
            assert allowed == all(level.get(skill, 0) >= least for skill, least in visit.skills.items())


def test_prices_by_the_metre_and_the_second_are_whole_for_rivals() -> None:
    assert scale(week("12/5")) == 200
    assert scale(read_instance(TEXT).problem()) == 1


def test_what_a_rival_had_by_a_mark_is_its_last_by_then() -> None:
    early, late = Plan((Route("a", 0, ("x",)),)), Plan((Route("b", 0, ("x",)),))
    found = [Found(0.5, early), Found(3.0, late)]
    assert [at(found, one) for one in (0.1, 1, 3)] == [Plan(), early, late]


def test_ways_dearer_than_vroom_can_count_are_told_it_in_coarser_parts() -> None:
    problem = drawn(Size(12, 4, 1), 3)
    dear = tuple(replace(one, per_km=one.per_km * 100_000) for one in problem.technicians)
    found = Vroom((0.2,)).search(replace(problem, technicians=dear), 0.2)
    assert len(found[-1].plan.planned) > len(problem.visits) / 2
