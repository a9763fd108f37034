"""The best of what was met, put together with what binds rounds to each other."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from adapters.planning.pool import RoutePool
from adapters.planning.recombination import Recombination
from adapters.planning.scoring import Scoring
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import (
    HOUR,
    Link,
    Plan,
    Point,
    Prices,
    Problem,
    Route,
    Shift,
    Technician,
    Tie,
    Visit,
)
from domain.maintenance.planning.solving import Limits, Progress
from domain.maintenance.planning.travel import Travel
from tests.domain.planning_problems import MONDAY, plans, problems

LIMITS = Limits(60, seed=1, iterations=4)
MINUTES = 60
A, B = ("Ana", 0), ("Bo", 9)


def line(*visits: Visit, links: tuple[Link, ...] = (), prices: Prices | None = None) -> Problem:
    """Ana lives at kilometre 0 and Bo at 90; the places between are ten kilometres apart, a minute each."""
    at = range(0, 100, 10)
    ways = [[abs(a - b) for b in at] for a in at]
    travel = Travel(
        [[60 * one for one in row] for row in ways], [[1000 * one for one in row] for row in ways]
    )
    shift = Shift(8 * HOUR, 18 * HOUR, 8 * HOUR, 2 * HOUR)
    people = tuple(Technician(name, home, home, {0: shift}, per_km=100, per_hour=1) for name, home in (A, B))
    points = tuple(Point(45 + one / 100, 6) for one in at)
    return Problem((MONDAY,), points, travel, people, visits, links, prices or Prices())


def visit(name: str, place: int) -> Visit:
    return Visit(name, place, 30 * MINUTES)


def pool(*routes: tuple[str, str]) -> RoutePool:
    found = RoutePool()
    for who, visits in routes:
        found.add(Route(who, 0, tuple(visits)))
    return found


def rounds(plan: Plan) -> dict[str, str]:
    return {one.technician: "".join(one.visits) for one in plan.routes}


def test_the_good_halves_of_two_plans_make_a_better_third() -> None:
    problem = line(visit("a", 1), visit("b", 2), visit("c", 7), visit("d", 8))
    met = pool(("Ana", "ab"), ("Bo", "abcd"), ("Bo", "cd"), ("Ana", "abcd"))
    told: list[Progress] = []
    start = Plan((Route("Ana", 0, tuple("abcd")),))
    made = Recombination(met).solve(problem, LIMITS, start, told.append)
    assert rounds(made) == {"Ana": "ab", "Bo": "cd"}
    assert [one.cost for one in told] == [evaluate(problem, made).cost.total]


def test_a_visit_of_two_rounds_stays_where_it_costs_less() -> None:
    problem = line(visit("a", 1), visit("b", 2), visit("c", 7), visit("d", 8))
    made = Recombination(pool(("Ana", "abc"), ("Bo", "cd"))).solve(problem, LIMITS)
    assert rounds(made) == {"Ana": "ab", "Bo": "cd"}


def test_two_at_once_are_two_people_at_the_same_moment() -> None:
    problem = line(visit("a", 4), visit("b", 4), links=(Link(Tie.TOGETHER, "a", "b"),))
    made = Recombination(pool(("Ana", "ab"), ("Ana", "a"), ("Bo", "b"))).solve(problem, LIMITS)
    assert rounds(made) == {"Ana": "a", "Bo": "b"}
    assert evaluate(problem, made).feasible


def test_what_comes_first_is_not_left_to_a_later_round() -> None:
    """Bo alone would be cheaper for both, but his round has them the wrong way round."""
    links = (Link(Tie.BEFORE, "a", "b"),)
    problem = line(visit("a", 8), visit("b", 7), links=links)
    made = Recombination(pool(("Bo", "ba"), ("Ana", "b"), ("Bo", "a"))).solve(problem, LIMITS)
    assert rounds(made) == {"Ana": "b", "Bo": "a"}
    assert evaluate(problem, made).feasible


def test_the_same_technician_does_both() -> None:
    links = (Link(Tie.SAME_TECHNICIAN, "a", "b"),)
    problem = line(visit("a", 1), visit("b", 8), links=links)
    made = Recombination(pool(("Ana", "a"), ("Bo", "b"), ("Bo", "ab"))).solve(problem, LIMITS)
    assert rounds(made) == {"Bo": "ab"}


def test_a_zone_has_no_more_technicians_than_it_may() -> None:
    a, b = (replace(visit(name, place), zone="old town") for name, place in (("a", 1), ("b", 8)))
    problem = replace(line(a, b), zone_most={"old town": 1})
    made = Recombination(pool(("Ana", "a"), ("Bo", "b"), ("Ana", "ab"))).solve(problem, LIMITS)
    assert rounds(made) == {"Ana": "ab"}


def test_even_rounds_have_their_price() -> None:
    both = (visit("a", 4), visit("b", 5))
    met = pool(("Ana", "ab"), ("Ana", "a"), ("Bo", "b"))
    assert rounds(Recombination(met).solve(line(*both), LIMITS)) == {"Ana": "ab"}
    dear = Prices(uneven_per_hour=100_000)
    assert rounds(Recombination(met).solve(line(*both, prices=dear), LIMITS)) == {"Ana": "a", "Bo": "b"}


def test_told_to_stop_it_gives_back_what_it_began_with() -> None:
    problem, start = line(visit("a", 1)), Plan()
    assert Recombination(pool(("Ana", "a"))).solve(problem, LIMITS, start, stop=lambda: True) == start


@given(st.data())
def test_it_never_makes_a_plan_worse(data: st.DataObject) -> None:
    problem = data.draw(problems())
    scoring, met = Scoring(problem), RoutePool()
    for _ in range(3):
        met.add_plan(data.draw(plans(problem)))
    start = data.draw(plans(problem))
    made = Recombination(met).solve(problem, LIMITS, start)
    assert scoring.score(made) <= scoring.score(start)
