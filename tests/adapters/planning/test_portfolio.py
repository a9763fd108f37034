"""All solvers under one deadline: better than each at first, ended when told, the same for the same seed."""

from dataclasses import replace
from time import monotonic

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.planning.insertion import Insertion
from adapters.planning.portfolio import Portfolio
from adapters.planning.scoring import Scoring
from adapters.planning.technician_days import TechnicianDays
from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Link, Plan, Problem, Tie
from domain.maintenance.planning.solving import Limits, Progress
from tests.domain.planning_problems import plans, problems

COUNTED = Limits(600, seed=3, iterations=300)
STEPS = Limits(600, seed=3, iterations=3)
SOON = 1.0
"""Seconds within which a search ends that is told to."""


def week(visits: int = 14) -> Problem:
    return drawn(Size(visits, 4, 2), 1)


def bound() -> Problem:
    """Two at once, one after the other, and two for one technician."""
    problem = week()
    easy = tuple(replace(one, skills={}, windows=()) for one in problem.visits)
    names = [one.id for one in easy]
    links = (
        Link(Tie.TOGETHER, names[0], names[1]),
        Link(Tie.BEFORE, names[2], names[3]),
        Link(Tie.SAME_TECHNICIAN, names[4], names[5]),
    )
    return replace(problem, visits=easy, links=links)


def test_what_it_tells_gets_better_and_the_last_is_the_result() -> None:
    problem, told = week(), list[Progress]()
    made = Portfolio().solve(problem, COUNTED, tell=told.append)
    costs = [one.cost for one in told]
    assert costs == sorted(set(costs), reverse=True)
    assert told[-1].plan == made
    assert [evaluate(problem, one.plan).cost.total for one in told] == costs
    assert all(evaluate(problem, one.plan).feasible for one in told)
    assert made.planned == problem.visit.keys()
    first = evaluate(problem, Insertion().solve(problem, COUNTED))
    assert costs[-1] < first.cost.total


def test_the_same_seed_makes_the_same_plan() -> None:
    problem = week()
    assert Portfolio().solve(problem, COUNTED) == Portfolio().solve(problem, COUNTED)


def test_told_to_stop_it_ends_at_once_with_the_best_so_far() -> None:
    problem, told, asked = week(70), list[Progress](), list[float]()

    def stop() -> bool:
        if len(told) > 1:
            asked.append(monotonic())
        return len(told) > 1

    made = Portfolio().solve(problem, Limits(600, seed=1), None, told.append, stop)
    assert monotonic() - asked[0] < SOON
    assert made == told[-1].plan


def test_it_begins_with_the_plan_that_there_is_and_never_makes_it_worse() -> None:
    problem = week()
    good = Portfolio().solve(problem, COUNTED)
    again = Portfolio().solve(problem, Limits(600, seed=9, iterations=1), good)
    assert Scoring(problem).score(again) <= Scoring(problem).score(good)


def test_a_start_that_cannot_be_carried_out_is_mended() -> None:
    problem = week()
    good = Portfolio().solve(problem, COUNTED)
    everything = replace(good.routes[0], visits=tuple(problem.visit))
    made = Portfolio().solve(problem, COUNTED, Plan((everything,)))
    assert evaluate(problem, made).feasible
    assert made.planned == problem.visit.keys()


def test_bound_visits_are_planned_as_they_are_bound() -> None:
    problem = bound()
    made = evaluate(problem, Portfolio().solve(problem, COUNTED))
    assert made.violations == ()


def test_nothing_to_do_is_a_plan_too() -> None:
    nothing = replace(week(), visits=())
    assert Portfolio().solve(nothing, COUNTED) == Plan()
    assert Portfolio().solve(replace(week(), technicians=()), COUNTED) == Plan()


def test_the_routing_solver_alone_plans_a_week_from_nothing() -> None:
    problem, told = week(), list[Progress]()
    made = TechnicianDays().solve(problem, replace(STEPS, iterations=12), tell=told.append)
    assert evaluate(problem, made).feasible
    assert made == told[-1].plan
    assert len(made.planned) > len(problem.visits) / 2
    assert made == TechnicianDays().solve(problem, replace(STEPS, iterations=12))


@given(st.data())
@settings(max_examples=20)
def test_whatever_binds_a_few_technicians_days_the_plan_gets_no_worse(data: st.DataObject) -> None:
    problem = data.draw(problems())
    start, scoring = data.draw(plans(problem)), Scoring(problem)
    made = TechnicianDays().solve(problem, STEPS, start)
    assert scoring.score(made) <= scoring.score(start)
    assert evaluate(problem, made).cost.total == scoring.cost(made)
