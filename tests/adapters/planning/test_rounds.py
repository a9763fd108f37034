"""Rounds are found by insertion, by PyVRP, and in parts: always possible, never worse, the same again."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.planning.drawing import Size as PartSize
from adapters.planning.groups import Groups
from adapters.planning.insertion import Insertion
from adapters.planning.mending import mended
from adapters.planning.pool import RoutePool
from adapters.planning.pyvrp_rounds import PyVrp
from adapters.planning.scoring import Scoring
from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluation import Fault
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import HOUR, Link, Pin, Plan, Problem, Promise, Route, Tie, Visit
from domain.maintenance.planning.naive import naive
from domain.maintenance.planning.solving import Limits, Progress, Solver
from domain.maintenance.planning.travel import Travel
from tests.domain.planning_problems import plans, problems

SHORT = Limits(seconds=300, seed=7, iterations=150)
SMALL = PartSize(days=4, visits=8, idle=2, lost=2)


def solvers() -> list[Solver]:
    return [Insertion(), PyVrp(), Groups(size=SMALL)]


def week(visits: int = 16, technicians: int = 4, days: int = 2) -> Problem:
    return drawn(Size(visits, technicians, days), seed=3)


def free(problem: Problem, *numbers: int) -> Problem:
    """Some visits that anybody may do at any time."""
    visits = list(problem.visits)
    for number in numbers:
        visits[number] = replace(visits[number], skills={}, windows=(), preferred=None, duration=HOUR)
    return replace(problem, visits=tuple(visits))


@pytest.mark.parametrize("solver", solvers(), ids=lambda one: one.name)
def test_a_week_is_planned_better_than_by_hand_and_the_same_again(solver: Solver) -> None:
    problem = week()
    plan = solver.solve(problem, SHORT)
    found, by_hand = evaluate(problem, plan), evaluate(problem, naive(problem))
    assert found.feasible
    assert found.cost.total < by_hand.cost.total
    assert solver.solve(problem, SHORT) == plan


@pytest.mark.parametrize("solver", solvers(), ids=lambda one: one.name)
def test_each_plan_that_is_told_is_better_than_the_one_before(solver: Solver) -> None:
    problem, heard = week(), list[Progress]()
    plan = solver.solve(problem, SHORT, tell=heard.append)
    costs = [one.cost for one in heard]
    assert costs == sorted(set(costs), reverse=True)
    assert [evaluate(problem, one.plan).cost.total for one in heard] == costs
    assert heard[-1].plan == plan


def test_pyvrp_betters_what_insertion_begins() -> None:
    problem = week(24, 6, 2)
    begun = Insertion().solve(problem, SHORT)
    better = PyVrp().solve(problem, SHORT, begun)
    assert evaluate(problem, better).cost.total < evaluate(problem, begun).cost.total


@pytest.mark.parametrize("solver", solvers(), ids=lambda one: one.name)
def test_an_impossible_visit_is_left_out_and_the_others_are_planned(solver: Solver) -> None:
    problem = week()
    nobody_can = replace(problem.visits[0], skills={"alchemy": 1})
    odd = replace(problem, visits=(nobody_can, *problem.visits[1:]))
    found = evaluate(odd, solver.solve(odd, SHORT))
    assert found.unplanned == (nobody_can.id,)
    assert [one.fault for one in found.violations] == [Fault.UNPLANNED]


@pytest.mark.parametrize("solver", solvers(), ids=lambda one: one.name)
def test_bound_visits_are_planned_as_they_are_bound(solver: Solver) -> None:
    problem = free(week(), 0, 1, 2, 3, 4, 5)
    a, b, c, d, e, f = (one.id for one in problem.visits[:6])
    links = (Link(Tie.TOGETHER, a, b), Link(Tie.BEFORE, c, d), Link(Tie.SAME_TECHNICIAN, e, f))
    bound = replace(problem, links=links)
    found = evaluate(bound, solver.solve(bound, SHORT))
    assert found.feasible
    assert {a, b, c, d, e, f} <= set(found.stops)
    assert found.stops[a][1].begins == found.stops[b][1].begins
    assert found.stops[a][0].technician != found.stops[b][0].technician
    assert found.stops[e][0].technician == found.stops[f][0].technician


@pytest.mark.parametrize("solver", solvers(), ids=lambda one: one.name)
def test_what_is_pinned_and_promised_stays(solver: Solver) -> None:
    problem = free(week(), 0, 1)
    who = problem.technicians[2]
    day = min(who.shifts)
    pinned = replace(problem.visits[0], pin=Pin(day, 10 * HOUR, who.id))
    promised = replace(problem.visits[1], promise=Promise(day, 14 * HOUR))
    told = replace(problem, visits=(pinned, promised, *problem.visits[2:]))
    found = evaluate(told, solver.solve(told, SHORT))
    round, stop = found.stops[pinned.id]
    assert (round.technician, round.day, stop.begins) == (who.id, day, 10 * HOUR)
    assert found.feasible
    assert found.moved == ()


def test_no_more_technicians_than_a_zone_may_have() -> None:
    problem = free(week(), 0, 1, 2, 3)
    inside = tuple(replace(one, zone="old town") for one in problem.visits[:4])
    narrow = replace(problem, visits=(*inside, *problem.visits[4:]), zone_most={"old town": 1})
    for solver in solvers():
        found = evaluate(narrow, solver.solve(narrow, SHORT))
        assert found.feasible
        assert {one.id for one in inside} <= set(found.stops)


def test_what_a_van_has_not_is_not_brought() -> None:
    problem = free(week(), 0, 1, 2)
    wanting = tuple(replace(one, parts={"pump": 1}) for one in problem.visits[:3])
    crew = tuple(replace(one, parts={"pump": int(n == 1)}) for n, one in enumerate(problem.technicians))
    scarce = replace(problem, visits=(*wanting, *problem.visits[3:]), technicians=crew)
    for solver in solvers():
        found = evaluate(scarce, solver.solve(scarce, SHORT))
        days = len(crew[1].shifts)
        assert found.feasible
        assert len({one.id for one in wanting} & set(found.stops)) == min(3, days)


def test_ways_that_are_longer_at_rush_hour_make_nobody_too_late() -> None:
    problem = week()
    rush = tuple(180 if hour in (8, 9, 16, 17) else 110 for hour in range(24))
    slow = replace(problem, travel=Travel(problem.travel.seconds, problem.travel.metres, rush))
    for solver in solvers():
        assert evaluate(slow, solver.solve(slow, SHORT)).feasible


def test_who_is_out_already_drives_home_and_takes_visits_on_the_way() -> None:
    problem = week()
    first, *others = problem.technicians
    out = replace(
        first, shifts={0: replace(first.shifts[min(first.shifts)], out=True, start=others[0].start)}
    )
    today = replace(problem, technicians=(out, *others))
    for solver in solvers():
        assert evaluate(today, solver.solve(today, SHORT)).feasible


@pytest.mark.parametrize("solver", solvers(), ids=lambda one: one.name)
def test_who_is_told_to_stop_stops_with_the_start(solver: Solver) -> None:
    problem = week()
    start = naive(problem)
    plan = solver.solve(problem, Limits(seconds=300), start, stop=lambda: True)
    assert evaluate(problem, plan).cost.total <= evaluate(problem, start).cost.total


@pytest.mark.parametrize("solver", solvers(), ids=lambda one: one.name)
def test_nothing_to_plan_is_a_plan(solver: Solver) -> None:
    problem = week()
    assert solver.solve(replace(problem, visits=()), SHORT).planned == frozenset()
    assert solver.solve(replace(problem, technicians=()), SHORT).planned == frozenset()


def test_pyvrp_gathers_possible_routes_of_several_plans() -> None:
    problem, pool = week(24, 6, 2), RoutePool()
    PyVrp(pool).solve(problem, replace(SHORT, iterations=1_000))
    scoring = Scoring(problem)
    assert len(pool) > len({(one.technician, one.day) for one in pool})
    assert all(scoring.route(one).faults == 0 for one in pool)


def test_a_pool_keeps_each_route_once_and_the_latest_longest() -> None:
    pool = RoutePool(most=2)
    one, other, third = (Route("ana", 0, (visit,)) for visit in "abc")
    for route in (one, other, one, third, Route("ana", 1, ())):
        pool.add(route)
    assert list(pool) == [one, third]


def test_mending_leaves_out_what_costs_least() -> None:
    problem = week()
    who = problem.technicians[0]
    day = min(who.shifts)
    cheap, dear = (
        Visit(id, problem.visits[0].place, 4 * HOUR, penalty=penalty)
        for id, penalty in (("cheap", 20_000), ("dear", 50_000))
    )
    two = replace(problem, visits=(cheap, dear))
    plan = mended(Scoring(two), Plan((Route(who.id, day, ("cheap", "dear")),)))
    assert plan.planned == {"dear"}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_whatever_is_asked_the_answer_is_possible_and_not_worse(data: st.DataObject) -> None:
    problem = data.draw(problems(6))
    start = data.draw(st.none() | plans(problem))
    scoring = Scoring(problem)
    before = scoring.score(mended(scoring, start) if start else Plan())
    # Who is out already and cannot be back in time is late whatever is planned.
    hopeless = set(evaluate(problem, Plan()).hard)
    for solver in solvers():
        found = evaluate(problem, solver.solve(problem, replace(SHORT, iterations=20), start))
        assert set(found.hard) <= hopeless
        assert found.cost.total <= before[1]
