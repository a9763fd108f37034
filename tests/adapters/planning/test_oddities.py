"""What hardly anybody asks for ends all the same, and with a plan."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from adapters.planning.arrays import Arrays
from adapters.planning.insertion import Insertion
from adapters.planning.repair import Repair
from adapters.planning.slots import Board
from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import DAY, Link, Plan, Problem, Route, Tie
from domain.maintenance.planning.solving import Limits
from domain.maintenance.planning.travel import Travel

PRIMES = (101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157)
ODD_HOURS = PRIMES * 2


@pytest.fixture(scope="module")
def week() -> Problem:
    """Anybody can do everything at any time."""
    problem = drawn(Size(9, 8, 1), 5)
    visits = (
        replace(one, skills={}, zone=None, windows=(), parts={}, promise=None, pin=None, penalty=10**6)
        for one in problem.visits
    )
    return replace(problem, visits=tuple(visits), links=(), zone_most={})


def at_once(problem: Problem, many: int) -> Problem:
    pairs = pairwise(one.id for one in problem.visits[:many])
    return replace(problem, links=tuple(Link(Tie.TOGETHER, first, second) for first, second in pairs))


@pytest.mark.parametrize(("many", "planned"), [(4, 9), (9, 0)])
def test_a_whole_team_at_once_is_sent_or_is_not_soon(week: Problem, many: int, planned: int) -> None:
    """Eight technicians can be in four places at once, and not in nine."""
    asked = at_once(week, many)
    plan = Insertion().solve(asked, Limits(seconds=20, iterations=1))
    assert evaluate(asked, plan).feasible
    assert len(plan.planned) == planned


def test_hours_whose_factors_have_nothing_in_common_have_slots_and_exact_ways(week: Problem) -> None:
    seconds, metres = week.travel.seconds, week.travel.metres
    slow = replace(week, travel=Travel(seconds, metres, ODD_HOURS))
    ways, random = Arrays(slow).ways, Random(1)
    assert not ways.fits
    a, b, moments = (np.array(random.choices(range(most), k=50)) for most in (*[len(slow.places)] * 2, DAY))
    each = list(zip(a.tolist(), b.tolist(), moments.tolist(), strict=True))
    assert ways.arrival(a, b, moments).tolist() == [slow.travel.arrival(*one) for one in each]
    assert ways.departure(a, b, moments).tolist() == [slow.travel.departure(*one) for one in each]
    best = Board(slow, Plan()).slots(slow.visits[0].id, 1)[0]
    from_board = Plan().with_route(Route(best.technician, best.day, (slow.visits[0].id,)))
    saved = evaluate(slow, Plan()).cost.total - evaluate(slow, from_board).cost.total
    assert saved == slow.visits[0].penalty - best.cost


def test_a_day_without_a_visit_needs_no_mending_and_takes_one_in(week: Problem) -> None:
    nothing = replace(week, visits=())
    assert Repair().solve(nothing, Limits()) == Plan()
    assert Board(nothing, Plan()).troubled() == []
    nobody = replace(nothing, technicians=tuple(replace(one, shifts={}) for one in week.technicians))
    assert Board(nobody, Plan()).troubled() == []
