"""What a plan is set against, in numbers and in words."""

from dataclasses import replace

from bench.planning.weeks import week
from domain.maintenance.planning.comparison import by_hand, by_plan, compared, figures, rows
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Promise, Route
from domain.maintenance.planning.naive import naive


def test_by_hand_is_what_the_dispatcher_would_have_done() -> None:
    problem = week("12/5")
    plan = naive(problem)
    found = compared(problem, evaluate(problem, plan), plan)
    assert found["plan"] == found["naive"] == found["previous"] == by_hand(problem)
    assert found["plan"].planned == 12
    assert found["plan"].metres == evaluate(problem, plan).metres


def test_a_plan_before_counts_only_what_is_still_to_do() -> None:
    problem = week("12/5")
    plan = naive(problem)
    done = plan.routes[0].visits[0]
    fewer = replace(problem, visits=tuple(one for one in problem.visits if one.id != done))
    gone = Plan((*plan.routes, Route("retired", 0, ("unheard-of",)), Route("T001", 9, ())))
    found = by_plan(fewer, gone)
    assert (found.planned, found.unplanned) == (11, 0)


def test_a_promise_that_is_not_kept_is_counted_once() -> None:
    problem = week("12/5")
    plan = naive(problem)
    when = {id: (round.day, stop.begins) for id, (round, stop) in evaluate(problem, plan).stops.items()}
    visits = [replace(one, promise=Promise(*when[one.id])) for one in problem.visits]
    late = replace(visits[0], promise=Promise((when[visits[0].id][0] + 1) % 5, 36_000))
    asked = replace(problem, visits=(late, *visits[1:]))
    found = figures(asked, evaluate(asked, plan))
    assert (found.promised, found.kept) == (12, 11)


def test_the_rows_say_how_much_better_it_is() -> None:
    problem = week("12/5")
    there = by_hand(problem)
    here = replace(there, metres=there.metres * 2 // 3, overtime=0, unplanned=1)
    said = {row.id: row for row in rows(here, replace(there, overtime=0), "EUR")}
    assert said["metres"].change.fr == "−33\u00a0%"
    assert said["metres"].change.en == "−33%"
    assert said["overtime"].change.fr == ""
    assert said["unplanned"].there.en == "0"
    assert said["cost"].here.fr.endswith("€")
    assert "kept" not in said
