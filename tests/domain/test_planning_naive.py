"""Planning by hand: what it does with each kind of visit, and that it never breaks what binds it."""

from dataclasses import replace

import pytest

from bench.planning.weeks import Size, drawn, week
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Link, Pin, Plan, Problem, Promise, Tie
from domain.maintenance.planning.naive import naive


@pytest.mark.parametrize("seed", range(6))
def test_a_week_by_hand_can_be_carried_out(seed: int) -> None:
    problem = drawn(Size(24, 5, 3), seed)
    found = evaluate(problem, naive(problem))
    assert found.hard == ()
    assert len(found.unplanned) < 5


def test_who_is_nearest_is_asked_first() -> None:
    problem = anybody(week("20/7"))
    plan = naive(problem)
    first = problem.visits[0]
    near = min(problem.technicians, key=lambda one: problem.travel.metres[one.start][first.place])
    assert first.id in plan.of(near.id, min(near.shifts)).visits


def test_the_same_week_is_planned_alike() -> None:
    assert naive(week("20/7", 3)) == naive(week("20/7", 3))
    assert week("20/7", 3) == week("20/7", 3)
    assert week("20/7", 3) != week("20/7", 4)


def test_what_is_bound_is_called_together() -> None:
    problem = anybody(week("20/7"))
    ids = [one.id for one in problem.visits]
    links = (
        Link(Tie.TOGETHER, ids[0], ids[1]),
        Link(Tie.BEFORE, ids[9], ids[2]),
        Link(Tie.SAME_TECHNICIAN, ids[3], ids[4]),
    )
    found = evaluate(replace(problem, links=links), naive(replace(problem, links=links)))
    assert found.hard == ()
    assert found.unplanned == ()
    begun = {id: (round.day, stop.begins) for id, (round, stop) in found.stops.items()}
    assert begun[ids[0]] == begun[ids[1]]
    assert begun[ids[9]] < begun[ids[2]]


def test_a_promise_is_kept_and_a_pin_too() -> None:
    problem = anybody(week("20/7"))
    last = problem.technicians[-1].id
    promised = replace(problem.visits[5], promise=Promise(3, 36_000, 1_800, last))
    pinned = replace(problem.visits[6], pin=Pin(day=2, technician=last))
    visits = (*problem.visits[:5], promised, pinned, *problem.visits[7:])
    bound = replace(problem, visits=visits)
    found = evaluate(bound, naive(bound))
    assert found.hard == ()
    assert found.moved == ()
    assert found.stops[pinned.id][0].day == 2


def test_no_more_come_into_a_zone_than_may() -> None:
    problem = anybody(week("20/7"))
    visits = tuple(replace(one, zone="Annecy") for one in problem.visits)
    narrow = replace(problem, visits=visits, zone_most={"Annecy": 1})
    assert evaluate(narrow, naive(narrow)).hard == ()


def test_nothing_to_plan_is_an_empty_plan() -> None:
    assert naive(replace(week("12/5"), visits=())) == Plan()


def anybody(problem: Problem) -> Problem:
    """Everybody can do everything, at any hour."""
    visits = tuple(replace(one, skills={}, windows=(), preferred=None) for one in problem.visits)
    return replace(problem, visits=visits)
