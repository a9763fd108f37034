"""The evaluator's verdict is that of a slow simulation which was written apart from it."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.maintenance.planning.evaluation import Evaluation, Fault, Round, Violation
from domain.maintenance.planning.evaluator import evaluate, time_route
from domain.maintenance.planning.model import HOUR, Pin, Plan, Problem, Promise, Route, Window
from domain.maintenance.planning.travel import Travel
from tests.domain.planning_day import Diary, Wrong, drive
from tests.domain.planning_problems import plans, problems, travels
from tests.domain.planning_simulation import Deadlock, Story, carry_out, today
from tests.profile import tries

Case = tuple[Problem, Plan]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
MANY = settings(max_examples=tries(120, 3_000), deadline=None, suppress_health_check=SLOW)
FEW = settings(max_examples=tries(20, 500), deadline=None, suppress_health_check=SLOW)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    problem = draw(problems())
    return problem, draw(plans(problem))


def simulated(problem: Problem, plan: Plan) -> Story:
    try:
        return carry_out(problem, plan)
    except Deadlock:
        assert not evaluate(problem, plan).feasible
        assume(False)
        raise


def whose(one: Violation) -> str:
    if one.fault is Fault.PARTS:
        return f"{one.technician} {one.about}"
    if one.fault is Fault.ZONE_FULL:
        return f"{one.about} {one.day}"
    return one.visit or one.technician or ""


def found(evaluation: Evaluation) -> Wrong:
    wrong = Wrong()
    for one in evaluation.violations:
        wrong[one.fault, whose(one)] += max(1, one.amount)
    return wrong


def moments(round: Round) -> list[Any]:
    stops = [(one.leaves, one.arrives, one.begins, one.ends, one.late, one.earlier) for one in round.stops]
    pauses = [(one.before, one.begins, one.ends) for one in round.pauses]
    return [round.leaves, round.returns, round.paid, round.overtime, round.driving, stops, pauses]


def lived(diary: Diary) -> list[Any]:
    earlier = [begins - ready for begins, ready in zip(diary.begins, diary.ready, strict=True)]
    stops = zip(diary.leaves, diary.arrives, diary.begins, diary.ends, diary.late, earlier, strict=True)
    return [
        diary.departs, diary.returns, diary.paid, diary.overtime, diary.driving, list(stops), diary.pauses,
    ]  # fmt: skip


@MANY
@given(cases())
def test_the_verdict_is_the_simulations(case: Case) -> None:
    problem, plan = case
    story, evaluation = simulated(problem, plan), evaluate(problem, plan)
    assert found(evaluation) == story.wrong
    assert evaluation.cost.total == story.cost
    assert list(evaluation.unplanned) == story.unplanned
    assert set(evaluation.moved) == story.moved
    assert evaluation.paid == story.paid
    rounds = {(one.technician, one.day): moments(one) for one in evaluation.rounds}
    assert rounds == {cell: lived(diary) for cell, diary in story.days.items()}


@FEW
@given(cases())
def test_a_visit_may_begin_so_much_later_and_no_more(case: Case) -> None:
    problem, plan = case
    story = simulated(problem, plan)
    for round in evaluate(problem, plan).rounds:
        diary = story.days[round.technician, round.day]
        for stop in round.stops:

            def begun(at: int, round: Round = round, diary: Diary = diary, visit: str = stop.visit) -> Diary:
                route = Route(round.technician, round.day, tuple(one.visit for one in round.stops))
                held = dict(story.held) | {visit: at}
                return today(problem, route, held).walk(diary.departs, diary.taken)

            later = begun(stop.begins + stop.later)
            assert not later.wrong - diary.wrong
            if all(_windows(problem, one.visit, round.day) < 2 for one in round.stops):
                assert begun(stop.begins + stop.later + 1).wrong - diary.wrong


def _windows(problem: Problem, visit: str, day: int) -> int:
    return sum(one.day == day for one in problem.visit[visit].windows)


@FEW
@given(cases())
def test_a_route_by_itself_is_what_it_is_in_a_plan_without_links(case: Case) -> None:
    problem, plan = replace(case[0], links=()), case[1]
    rounds = {(one.technician, one.day): one for one in evaluate(problem, plan).rounds}
    for route in plan.routes:
        assert time_route(problem, route).round == rounds[route.technician, route.day]


@st.composite
def faulty(draw: st.DrawFn) -> tuple[Fault, Case]:
    """A case whose first planned visit is asked something that this round cannot give."""
    problem, plan = draw(cases())
    assume(plan.routes and problem.technician[plan.routes[0].technician].shifts)
    route = plan.routes[0]
    id, who = route.visits[0], problem.technician[route.technician]
    visit, day = problem.visit[id], route.day
    shift = who.shifts[day]
    never = Window(day, 0, visit.duration)
    asks: dict[Fault, Any] = {
        Fault.SKILL: {"skills": {"lift": 1}},
        Fault.ZONE: {"zone": "west"},
        Fault.WINDOW: {"windows": (never,)},
        Fault.PINNED_DAY: {"pin": Pin(day=day + 1)},
        Fault.PINNED_TIME: {"pin": Pin(at=shift.begin - 1)},
        Fault.PINNED_TECHNICIAN: {"pin": Pin(technician="Nobody")},
        Fault.SHIFT_END: {"promise": Promise(day, shift.end + 1, 0)},
        Fault.PARTS: {"parts": {"valve": 9}},
    }
    fault = draw(st.sampled_from(sorted(asks)))
    people = [
        replace(one, zones=one.zones or frozenset({"north"}), parts=one.parts or {})
        for one in problem.technicians
    ]
    visits = [replace(one, **asks[fault]) if one.id == id else one for one in problem.visits]
    return fault, (replace(problem, technicians=tuple(people), visits=tuple(visits)), plan)


@FEW
@given(faulty())
def test_every_impossible_wish_is_a_violation(given_case: tuple[Fault, Case]) -> None:
    fault, (problem, plan) = given_case
    evaluation = evaluate(problem, plan)
    assert fault in {one.fault for one in evaluation.hard}
    assert found(evaluation) == simulated(problem, plan).wrong


@FEW
@given(cases())
def test_what_is_no_plan_at_all_is_told_and_the_rest_is_priced(case: Case) -> None:
    problem, plan = case
    assume(plan.routes and len(problem.days) > 1)
    first = plan.routes[0]
    bad = [Route("Nobody", 0, ("V0",)), first, Route(first.technician, first.day + 99, ("V0",))]
    twice = replace(first, visits=(*first.visits, "V99", first.visits[0]))
    evaluation = evaluate(problem, Plan((twice, *bad, *plan.routes[1:])))
    told = Counter(one.fault for one in evaluation.violations)
    assert (told[Fault.UNKNOWN_TECHNICIAN], told[Fault.TWICE], told[Fault.UNKNOWN_VISIT]) == (2, 2, 1)
    assert evaluation.cost == evaluate(problem, plan).cost
    assert evaluation.rounds == evaluate(problem, plan).rounds


@FEW
@given(cases())
def test_who_does_not_work_that_day_is_told(case: Case) -> None:
    problem, plan = case
    assume(plan.routes)
    first = plan.routes[0]
    people = [
        replace(
            one,
            shifts={
                day: each
                for day, each in one.shifts.items()
                if (one.id, day) != (first.technician, first.day)
            },
        )
        for one in problem.technicians
    ]
    evaluation = evaluate(replace(problem, technicians=tuple(people)), plan)
    told = [one for one in evaluation.violations if one.fault is Fault.NOT_WORKING]
    assert [(one.technician, one.day) for one in told] == [(first.technician, first.day)]


TWO = travels(2)
moment = st.integers(-2 * HOUR, 40 * HOUR)


@given(TWO, moment)
def test_a_way_takes_as_long_as_driving_it_hour_by_hour(travel: Travel, leaves: int) -> None:
    assert travel.arrival(0, 1, leaves) == drive(travel, 0, 1, leaves)


@given(TWO, moment, st.integers(1, 3 * HOUR))
def test_who_leaves_later_never_arrives_earlier(travel: Travel, leaves: int, later: int) -> None:
    assert leaves <= travel.arrival(0, 1, leaves) <= travel.arrival(0, 1, leaves + later)


@given(TWO, moment)
def test_the_latest_departure_arrives_in_time_and_a_second_later_does_not(
    travel: Travel, arrives: int
) -> None:
    leaves = travel.departure(0, 1, arrives)
    assert travel.arrival(0, 1, leaves) <= arrives
    assert travel.arrival(0, 1, leaves + 1) > arrives


RUSH = [(7 * HOUR, 8 * HOUR), (7 * HOUR + 1800, 9 * HOUR), (8 * HOUR, 9 * HOUR + 2700)]


@pytest.mark.parametrize(("leaves", "arrives"), RUSH)
def test_a_rush_hour_is_felt_as_far_as_one_drives_in_it(leaves: int, arrives: int) -> None:
    percent = tuple({8: 200, 9: 150}.get(hour, 100) for hour in range(24))
    assert Travel([[0, HOUR], [HOUR, 0]], [[0, 1], [1, 0]], percent).arrival(0, 1, leaves) == arrives
