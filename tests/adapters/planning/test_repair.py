"""The rest of a day is mended with as little disturbance as may be."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from adapters.planning.insertion import Filling
from adapters.planning.repair import Repair, put_between
from adapters.planning.scoring import Scoring
from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import HOUR, Pin, Plan, Problem
from domain.maintenance.planning.solving import Limits, Progress
from domain.maintenance.planning.today.events import Cancelled, Event, Ill, NoShow, Overrun, Urgent
from domain.maintenance.planning.today.replanning import Rest, rest_of_day

QUICK = Limits(iterations=0)
ONCE = Limits(seconds=60, iterations=1)


@pytest.fixture(scope="module")
def day() -> tuple[Problem, Plan]:
    """Twenty-six visits by six technicians, and three that nobody has planned."""
    problem = drawn(Size(29, 6, 1), 3)
    known = replace(problem, visits=problem.visits[:-3])
    return problem, Filling(Scoring(known)).filled(Plan())


def happening(problem: Problem, plan: Plan, random: Random) -> Iterator[tuple[int, list[Event]]]:
    """Days with one or two events each."""
    stops = [(one, stop) for one in evaluate(problem, plan).rounds for stop in one.stops]
    waiting = [one.id for one in problem.visits if one.id not in plan.planned]
    while True:
        now = random.choice((8, 9, 10, 11, 13, 14)) * HOUR
        busy = [stop for _, stop in stops if stop.begins <= now < stop.ends]
        later = [stop for _, stop in stops if stop.begins > now]
        found: list[Event] = [Urgent(random.choice(waiting)), Ill(random.choice(stops)[0].technician, now)]
        found += [Overrun(one.visit, one.ends + random.choice((30, 60, 120)) * 60) for one in busy]
        found += [NoShow(one.visit) for one in busy] + [Cancelled(one.visit) for one in later]
        yield now, random.sample(found, random.choice((1, 2)))


def score(rest: Rest, plan: Plan) -> tuple[int, int]:
    return Scoring(rest.problem).score(plan)


def test_an_urgent_visit_moves_nobody(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    rest = rest_of_day(problem, plan, 0, 9 * HOUR, [Urgent(problem.visits[-1].id)])
    after = Repair().solve(rest.problem, QUICK, rest.plan)
    assert after.planned == rest.plan.planned | {problem.visits[-1].id}
    assert not evaluate(rest.problem, after).moved
    assert [one.turn.value for one in rest.changes(after) if one.broken] == []


def test_it_goes_where_it_costs_least(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    urgent = problem.visits[-2].id
    rest = rest_of_day(problem, plan, 0, 9 * HOUR, [Urgent(urgent)])
    after, bad = put_between(rest.problem, rest.plan)
    assert bad == []
    cost = evaluate(rest.problem, after).cost.total
    for technician in rest.problem.technicians:
        visits = rest.plan.of(technician.id, 0).visits
        for position in range(len(visits) + 1):
            made = replace(
                rest.plan.of(technician.id, 0), visits=(*visits[:position], urgent, *visits[position:])
            )
            found = evaluate(rest.problem, rest.plan.with_route(made))
            assert not found.feasible or found.moved or found.cost.total >= cost


def test_whatever_happens_the_day_gets_no_worse(day: tuple[Problem, Plan]) -> None:
    """What has begun stays, nobody is planned twice, and the plan that stands can be carried out."""
    problem, plan = day
    days = happening(problem, plan, Random(7))
    for _ in range(25):
        now, events = next(days)
        rest = rest_of_day(problem, plan, 0, now, events)
        after = Repair().solve(rest.problem, ONCE, rest.plan)
        assert score(rest, after) <= score(rest, rest.plan)
        found, whole = evaluate(rest.problem, after), rest.merged(after)
        for technician, begun in rest.begun.items():
            assert whole.of(technician, 0).visits[: len(begun)] == begun
        planned = [id for one in whole.routes for id in one.visits]
        assert len(planned) == len(set(planned))
        assert not set(rest.dropped) & set(planned)
        if not evaluate(rest.problem, Plan()).hard:
            assert found.feasible


def test_who_is_pinned_stays_where_the_pin_is(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    round = max(evaluate(problem, plan).rounds, key=lambda one: len(one.stops))
    last = round.stops[-1]
    pin = Pin(0, last.begins, round.technician)
    visits = tuple(replace(one, pin=pin) if one.id == last.visit else one for one in problem.visits)
    pinned = replace(problem, visits=visits)
    days = happening(pinned, plan, Random(3))
    for _ in range(8):
        now, events = next(days)
        rest = rest_of_day(pinned, plan, 0, now, [one for one in events if isinstance(one, Urgent)])
        after = Repair().solve(rest.problem, ONCE, rest.plan)
        if last.visit in rest.problem.visit:
            placed, stop = evaluate(rest.problem, after).stops[last.visit]
            assert (placed.technician, stop.begins) == (round.technician, last.begins)


def test_the_same_day_is_mended_in_the_same_way(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    who = max(plan.routes, key=lambda one: len(one.visits)).technician
    rest = rest_of_day(problem, plan, 0, 9 * HOUR, [Ill(who, 9 * HOUR)])
    first, second = (Repair().solve(rest.problem, ONCE, rest.plan) for _ in range(2))
    assert first == second


def test_it_tells_each_better_plan_and_stops_when_told(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    who = max(plan.routes, key=lambda one: len(one.visits)).technician
    rest = rest_of_day(problem, plan, 0, 9 * HOUR, [Ill(who, 9 * HOUR)])
    heard: list[Progress] = []
    after = Repair().solve(rest.problem, ONCE, rest.plan, heard.append)
    assert heard[-1].plan == after
    assert heard[-1].cost == evaluate(rest.problem, after).cost.total
    assert Repair().solve(rest.problem, ONCE, rest.plan, stop=lambda: True) == rest.plan


def test_a_visit_that_costs_more_than_it_is_worth_is_left_out(day: tuple[Problem, Plan]) -> None:
    problem, plan = day
    urgent = problem.visits[-1]
    cheap = replace(urgent, optional=True, penalty=1)
    problem = replace(problem, visits=(*problem.visits[:-1], cheap))
    rest = rest_of_day(problem, plan, 0, 9 * HOUR, [Urgent(urgent.id)])
    assert Repair().solve(rest.problem, QUICK, rest.plan) == rest.plan
