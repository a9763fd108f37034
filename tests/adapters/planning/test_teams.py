"""Places for two at once: what is offered can be driven, at the moment and the price that were told."""

from dataclasses import replace
from functools import cache
from random import Random

import pytest

from adapters.planning.insertion import Insertion
from adapters.planning.slots import Board
from bench.planning.weeks import week
from domain.maintenance.planning import teams
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import HOUR, Link, Plan, Problem, Tie, Visit, Window
from domain.maintenance.planning.solving import Limits

SEEDS = (0, 1, 18, 27, 28, 44, 46)


@cache
def case(seed: int) -> tuple[Problem, Plan, str, str]:
    """Two visits of a week without a place, of which one may often be at any time, the other at few hours."""
    random, problem = Random(seed), week("20/7", seed + 1)
    one, other = random.sample([visit.id for visit in problem.visits], 2)
    rest = replace(problem, visits=tuple(v for v in problem.visits if v.id not in (one, other)))

    def bound(visit: Visit) -> Visit:
        if visit.id == other and random.random() < 0.6:
            day, opens = random.randrange(len(problem.days)), random.randrange(8, 16) * HOUR
            few = Window(day, opens, opens + visit.duration + random.randrange(3) * HOUR)
            return replace(visit, windows=(few,))
        free = visit.id == one and random.random() < 0.5
        return replace(visit, windows=()) if free else visit

    asked = replace(
        problem, visits=tuple(map(bound, problem.visits)), links=(Link(Tie.TOGETHER, one, other),)
    )
    return asked, Insertion().solve(rest, Limits(seconds=5, seed=1)), one, other


def worth(found: Evaluation) -> int:
    return found.cost.total - found.cost.unplanned


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_offered_is_what_comes_of_it(seed: int) -> None:
    problem, plan, *both = case(seed)
    before = evaluate(problem, plan)
    for visit, mate in (both, both[::-1]):
        for offer in teams.offers(Board, problem, plan, visit, mate, 10, None):
            assert offer.mate is not None
            after = evaluate(problem, teams.inserted(teams.inserted(plan, offer.slot), offer.mate))
            assert not set(after.hard) - set(before.hard)
            assert worth(after) - worth(before) == offer.slot.cost
            assert after.metres - before.metres == offer.slot.metres
            begins = {after.stops[one][1].begins for one in both}
            assert begins == {offer.slot.begins} == {offer.mate.begins}


def test_most_find_a_place() -> None:
    found = [bool(teams.offers(Board, *case(seed), 1, None)) for seed in SEEDS]
    assert sum(found) > 3
