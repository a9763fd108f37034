"""What is thought to fit into a van and a day before it is tried."""

from dataclasses import replace

import numpy as np

from adapters.planning.gaps import Gaps
from adapters.planning.insertion import Insertion
from adapters.planning.portfolio import plain
from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluator import evaluate, time_route
from domain.maintenance.planning.model import Link, Problem, Route, Tie
from domain.maintenance.planning.solving import Limits

VALVE, HOSE = "valve", "hose"


def vans(valves: int = 2) -> Problem:
    """One technician has so many valves and no hose, the other whatever is needed; all may do everything."""
    problem = drawn(Size(5, 2, 1), 4)
    visits = tuple(
        replace(one, skills={}, windows=(), duration=900, parts={VALVE: 1}) for one in problem.visits
    )
    visits = (*visits[:4], replace(visits[4], parts={HOSE: 1}))
    few, full = problem.technicians
    return replace(problem, visits=visits, technicians=(replace(few, parts={VALVE: valves}), full))


def test_what_the_van_has_no_longer_is_not_tried_there() -> None:
    problem = vans()
    gaps, (few, full) = Gaps(problem), (one.id for one in problem.technicians)
    for who in (few, full):
        taken = Route(who, 0, tuple(one.id for one in problem.visits[:2]))
        gaps.reckon((who, 0), time_route(problem, taken), np.array([2, 3, 4]))
    thought = {who: np.isfinite(gaps.cost[[2, 3, 4], gaps.column[who, 0]]).tolist() for who in (few, full)}
    assert thought == {few: [False, False, False], full: [True, True, True]}
    one_left = Route(few, 0, (problem.visits[0].id,))
    gaps.reckon((few, 0), time_route(problem, one_left), np.array([2, 4]))
    assert np.isfinite(gaps.cost[[2, 4], gaps.column[few, 0]]).tolist() == [True, False]


def test_insertion_shares_parts_out_among_the_vans() -> None:
    problem = vans()
    made = evaluate(problem, Insertion().solve(problem, Limits(seconds=60)))
    assert made.violations == ()


def test_pyvrp_is_told_all_of_a_problem_without_breaks_bonds_and_rush_hours() -> None:
    week = drawn(Size(6, 2, 1), 1)
    crew = tuple(
        replace(one, shifts={day: replace(shift, breaks=()) for day, shift in one.shifts.items()})
        for one in week.technicians
    )
    unbroken = replace(week, technicians=crew)
    assert plain(unbroken)
    assert not plain(week)
    first, second = (one.id for one in week.visits[:2])
    assert not plain(replace(unbroken, links=(Link(Tie.BEFORE, first, second),)))
    assert not plain(replace(unbroken, travel=replace(week.travel, percent=(100,) * 8 + (130,) * 16)))
