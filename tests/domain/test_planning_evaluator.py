"""Days of one or two technicians, reckoned by hand: moments, money, and what is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.maintenance.planning.asks import Placed
from domain.maintenance.planning.evaluation import Fault, Pause
from domain.maintenance.planning.evaluator import evaluate, route_cost, time_route
from domain.maintenance.planning.model import (
    Break,
    Link,
    Pin,
    Plan,
    Point,
    Prices,
    Problem,
    Promise,
    Route,
    Shift,
    Technician,
    Tie,
    Visit,
    Window,
)
from domain.maintenance.planning.timing import Course, Day, day_of
from domain.maintenance.planning.travel import Travel

HOUR, MINUTE = 3600, 60
MONDAY, TUESDAY = 0, 1
LUNCH = Break(12 * HOUR, 13 * HOUR, HOUR)
LINE = 6
"""Places along a straight road, each half an hour and 30 km from the next; everybody lives at place 0."""


def road(percent: Mapping[int, int] | None = None) -> Travel:
    seconds = [[abs(a - b) * 30 * MINUTE for b in range(LINE)] for a in range(LINE)]
    metres = [[abs(a - b) * 30_000 for b in range(LINE)] for a in range(LINE)]
    return Travel(seconds, metres, tuple((percent or {}).get(hour, 100) for hour in range(24)))


def ana(**changed: Any) -> Technician:
    shifts = {MONDAY: Shift(), TUESDAY: Shift()}
    plain = Technician("ana", 0, 0, shifts, per_hour=3_000, overtime_per_hour=4_500, per_km=50)
    return replace(plain, **changed)


def week(*visits: Visit, **changed: Any) -> Problem:
    two = (date(2032, 1, 5), date(2032, 1, 6))
    plain = Problem(two, (Point(45.9, 6.1),) * LINE, road(), (ana(),), visits)
    return replace(plain, **changed)


def monday(*visits: str, who: str = "ana", day: int = MONDAY) -> Route:
    return Route(who, day, visits)


def faults(problem: Problem, *routes: Route) -> list[tuple[Fault, str | None, int, str]]:
    return [
        (one.fault, one.visit, one.amount, one.about) for one in evaluate(problem, Plan(routes)).violations
    ]


def test_a_day_is_timed_and_paid_from_leaving_to_coming_back() -> None:
    problem = week(
        Visit("near", 1, HOUR), Visit("far", 3, 2 * HOUR, windows=(Window(MONDAY, 11 * HOUR, 15 * HOUR),))
    )
    told = evaluate(problem, Plan((monday("near", "far"),)))
    (round,) = told.rounds
    # 11:00 in the window; an hour of road and an hour of work before it, so that she leaves at 8:30.
    assert (round.leaves, round.returns) == (8 * HOUR + 30 * MINUTE, 14 * HOUR + 30 * MINUTE)
    near, far = round.stops
    assert (near.arrives, near.begins, near.ends, near.metres) == (9 * HOUR, 9 * HOUR, 10 * HOUR, 30_000)
    assert (far.arrives, far.begins, far.ends, far.waits) == (11 * HOUR, 11 * HOUR, 13 * HOUR, 0)
    assert (round.paid, round.overtime, round.driving, round.metres) == (6 * HOUR, 0, 3 * HOUR, 180_000)
    # Two hours of room before the window closes, of which back by 18:00 and nine paid hours take nothing.
    assert (near.later, far.later) == (2 * HOUR, 2 * HOUR)
    assert (told.cost.ways, told.cost.labour, told.cost.total) == (9_000, 18_000, 27_000)
    assert told.violations == ()
    assert told.feasible


def test_overtime_begins_after_eight_hours_and_ends_in_a_violation() -> None:
    long = week(Visit("long", 1, 7 * HOUR + 30 * MINUTE))
    told = evaluate(long, Plan((monday("long"),)))
    assert (told.overtime, told.cost.labour, told.cost.overtime) == (30 * MINUTE, 24_000, 2_250)
    assert told.feasible
    longer = week(Visit("longer", 1, 8 * HOUR + 30 * MINUTE))
    assert faults(longer, monday("longer")) == [(Fault.OVERTIME, None, 30 * MINUTE, "")]
    longest = week(Visit("longest", 1, 9 * HOUR + 1))
    assert faults(longest, monday("longest")) == [
        (Fault.SHIFT_END, None, 1, ""),
        (Fault.OVERTIME, None, HOUR + 1, ""),
    ]


def test_lunch_is_taken_where_it_costs_least() -> None:
    shift = Shift(breaks=(LUNCH,))
    problem = week(
        Visit("early", 1, 3 * HOUR), Visit("late", 2, HOUR, windows=(Window(MONDAY, 14 * HOUR, 17 * HOUR),)),
        technicians=(ana(shifts={MONDAY: shift}),),
    )  # fmt: skip
    (round,) = evaluate(problem, Plan((monday("early", "late"),))).rounds
    # She leaves at 9:00, so as to come at 13:00, to eat there, and to begin at 14:00.
    assert round.pauses == (Pause(13 * HOUR, 14 * HOUR, 1),)
    assert (round.leaves, round.paid) == (9 * HOUR, 6 * HOUR)
    assert round.stops[1].begins == 14 * HOUR
    # Who is back at noon needs no lunch from us.
    assert evaluate(problem, Plan((monday("early"),))).rounds[0].pauses == ()
    # Nobody eats at work: from 9:00 to 14:00 without a place for it is an hour too long.
    fixed = replace(
        problem,
        visits=(
            Visit("a", 1, 2 * HOUR, pin=Pin(at=9 * HOUR)),
            Visit("b", 1, 3 * HOUR, pin=Pin(at=11 * HOUR)),
        ),
    )
    assert faults(fixed, monday("a", "b")) == [(Fault.BREAK, None, HOUR, "")]


def test_lunch_may_make_a_later_break_due() -> None:
    coffee = Break(14 * HOUR, 14 * HOUR + 30 * MINUTE, 15 * MINUTE)
    problem = week(
        *(Visit(name, 1, 150 * MINUTE) for name in ("a", "b")),
        technicians=(ana(shifts={MONDAY: Shift(breaks=(LUNCH, coffee))}),),
    )  # fmt: skip
    (round,) = evaluate(problem, Plan((monday("a", "b"),))).rounds
    # Without lunch she would be back at 14:00, before coffee is late; with it she is not.
    assert [one.begins for one in round.pauses] == [13 * HOUR, 14 * HOUR]


def test_a_promise_is_waited_for_and_lateness_has_its_price() -> None:
    promised = Promise(MONDAY, 10 * HOUR, 15 * MINUTE, "ana")
    kept = evaluate(week(Visit("told", 1, HOUR, promise=promised)), Plan((monday("told"),)))
    assert kept.rounds[0].stops[0].begins == 9 * HOUR + 45 * MINUTE
    assert (kept.cost.late, kept.cost.moved, kept.moved) == (0, 0, ())
    problem = week(Visit("before", 1, 2 * HOUR), Visit("told", 1, HOUR, promise=promised))
    late = evaluate(problem, Plan((monday("before", "told"),)))
    # From 8:30 to 10:30 at the first; told until 10:15.
    assert late.rounds[0].stops[1].late == 15 * MINUTE
    assert (late.cost.late, late.cost.moved, late.moved) == (15 * 50, 2_000, ("told",))
    other = evaluate(problem, Plan((monday("told", day=TUESDAY), monday("before"))))
    assert (other.cost.late, other.cost.moved, other.moved) == (0, 4_000, ("told",))


def test_what_a_day_waits_and_another_technician_cost() -> None:
    problem = week(
        Visit("asked", 1, HOUR, preferred="ben", urgency=700), Visit("left", 1, HOUR, penalty=9_900),
        Visit("maybe", 1, HOUR, penalty=100, optional=True),
        technicians=(ana(per_day=1_100), ana(id="ben")), prices=Prices(uneven_per_hour=600),
    )  # fmt: skip
    told = evaluate(problem, Plan((monday("asked", day=TUESDAY),)))
    cost = told.cost
    assert (cost.urgency, cost.not_preferred, cost.days, cost.unplanned) == (700, 500, 1_100, 10_000)
    assert (cost.uneven, told.paid) == (1_200, {"ana": 2 * HOUR, "ben": 0})
    assert told.unplanned == ("left", "maybe")
    assert [(one.fault, one.visit) for one in told.violations] == [(Fault.UNPLANNED, "left")]
    assert told.feasible


def test_who_cannot_come_is_named() -> None:
    hard = Visit(
        "hard", 1, HOUR, skills={"gas": 2}, zone="north", parts={"pump": 2}, pin=Pin(TUESDAY, None, "ben")
    )
    poor = ana(skills={"gas": 1}, zones=frozenset({"south"}), parts={"pump": 1}, shifts={})
    problem = week(hard, technicians=(poor, ana(id="ben")), zone_most={"north": 0})
    assert faults(problem, monday("hard")) == [
        (Fault.NOT_WORKING, None, 0, ""),
        (Fault.SKILL, "hard", 0, "gas"),
        (Fault.ZONE, "hard", 0, "north"),
        (Fault.PINNED_DAY, "hard", 0, ""),
        (Fault.PINNED_TECHNICIAN, "hard", 0, "ben"),
        (Fault.PARTS, None, 1, "pump"),
        (Fault.ZONE_FULL, None, 1, "north"),
    ]


def test_what_cannot_be_read_of_a_plan_is_left_out_and_named() -> None:
    problem = week(Visit("one", 1, HOUR), Visit("two", 1, HOUR))
    told = faults(
        problem, monday("one", "ghost"), monday("two"), monday("one", "two", day=TUESDAY), monday(who="eve"),
    )  # fmt: skip
    assert told == [
        (Fault.UNKNOWN_VISIT, "ghost", 0, ""),
        (Fault.TWICE, None, 0, ""),
        (Fault.TWICE, "one", 0, ""),
        (Fault.UNKNOWN_TECHNICIAN, None, 0, ""),
    ]


def test_windows_and_pins_that_are_missed_say_by_how_much() -> None:
    problem = week(
        Visit("morning", 2, HOUR, windows=(Window(MONDAY, 8 * HOUR, 9 * HOUR + 30 * MINUTE),)),
        Visit("ten", 3, HOUR, pin=Pin(at=10 * HOUR)),
        Visit("tuesday", 3, HOUR, windows=(Window(TUESDAY, 8 * HOUR, 18 * HOUR),)),
    )  # fmt: skip
    assert faults(problem, monday("morning", "ten", "tuesday")) == [
        (Fault.WINDOW, "morning", 30 * MINUTE, ""),
        (Fault.PINNED_TIME, "ten", 30 * MINUTE, ""),
        (Fault.WINDOW, "tuesday", 0, ""),
    ]


def test_two_technicians_begin_in_the_same_second() -> None:
    both = (Visit("lift", 1, HOUR), Visit("hold", 1, HOUR))
    problem = week(
        Visit("first", 2, 2 * HOUR), *both, technicians=(ana(), ana(id="ben")),
        links=(Link(Tie.TOGETHER, "lift", "hold"),),
    )  # fmt: skip
    told = evaluate(problem, Plan((monday("first", "lift"), monday("hold", who="ben"))))
    assert {told.stops[one][1].begins for one in ("lift", "hold")} == {11 * HOUR + 30 * MINUTE}
    assert told.violations == ()
    # Ben leaves home for it, and is not paid for waiting.
    assert [one.paid for one in told.rounds] == [5 * HOUR, 2 * HOUR]
    assert faults(problem, monday("first", "lift", "hold")) == [(Fault.TOGETHER, "hold", 0, "lift")]
    assert faults(problem, monday("first", "lift"))[-1] == (Fault.TOGETHER, "lift", 0, "hold")
    assert faults(problem, monday("first", "lift"), monday("hold", who="ben", day=TUESDAY)) == [
        (Fault.TOGETHER, "hold", 0, "lift")
    ]


def test_what_comes_first_is_waited_for_across_rounds() -> None:
    problem = week(
        Visit("dig", 1, 3 * HOUR), Visit("lay", 1, HOUR), Visit("sign", 1, HOUR),
        technicians=(ana(), ana(id="ben")),
        links=(Link(Tie.BEFORE, "dig", "lay"), Link(Tie.SAME_TECHNICIAN, "dig", "sign")),
    )  # fmt: skip
    told = evaluate(problem, Plan((monday("dig"), monday("lay", "sign", who="ben"))))
    assert told.stops["lay"][1].begins == told.stops["dig"][1].ends == 11 * HOUR + 30 * MINUTE
    assert [(one.fault, one.visit, one.about) for one in told.violations] == [
        (Fault.SAME_TECHNICIAN, "sign", "dig")
    ]
    assert faults(problem, monday("lay"), monday("dig", "sign", day=TUESDAY)) == [
        (Fault.BEFORE, "lay", 0, "dig")
    ]
    assert faults(problem, monday("lay", "dig", "sign")) == [(Fault.BEFORE, "lay", 4 * HOUR, "dig")]
    assert (Fault.BEFORE, "lay", 0, "dig") in faults(problem, monday("lay"))
    # Rounds that wait for each other for ever are told, not waited for.
    knot = replace(
        problem,
        links=(Link(Tie.BEFORE, "dig", "lay"), Link(Tie.BEFORE, "sign", "dig")),
        visits=problem.visits,
    )
    assert any(
        one[0] is Fault.BEFORE for one in faults(knot, monday("dig"), monday("lay", "sign", who="ben"))
    )


def test_who_is_out_already_drives_home_whatever_comes() -> None:
    shift = Shift(begin=14 * HOUR, start=2, out=True)
    problem = week(Visit("more", 3, HOUR), technicians=(ana(shifts={MONDAY: shift}),))
    home = evaluate(problem, Plan())
    assert [(one.leaves, one.returns, one.metres, one.paid) for one in home.rounds] == [
        (14 * HOUR, 15 * HOUR, 60_000, HOUR)
    ]
    more = evaluate(problem, Plan((monday("more"),)))
    assert (more.rounds[0].returns, more.rounds[0].paid) == (17 * HOUR, 3 * HOUR)


def test_the_rush_hour_is_slower_and_an_empty_road_is_not() -> None:
    problem = week(
        Visit("town", 2, HOUR, windows=(Window(MONDAY, 9 * HOUR, 12 * HOUR),)), travel=road({8: 200})
    )
    (round,) = evaluate(problem, Plan((monday("town"),))).rounds
    # An hour of empty road, of which only half is driven from 8:00 to 9:00; who leaves later comes later.
    assert (round.leaves, round.stops[0].arrives, round.returns) == (
        8 * HOUR,
        9 * HOUR + 30 * MINUTE,
        11 * HOUR + 30 * MINUTE,
    )


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_route_by_itself_costs_what_it_costs_in_a_plan(order: tuple[str, str]) -> None:
    problem = week(Visit("a", 4, HOUR), Visit("b", 1, HOUR))
    route = monday(*order)
    assert route_cost(problem, route) == (0, evaluate(problem, Plan((route,))).cost.total)
    assert time_route(problem, route).round == evaluate(problem, Plan((route,))).rounds[0]


MOMENTS = some.integers(7 * HOUR, 18 * HOUR)
HOURS = some.sampled_from(((100,) * 24, (100,) * 7 + (150, 180, 120) + (90,) * 14))


@some.composite
def days(draw: some.DrawFn) -> Problem:
    many = draw(some.integers(1, 5))
    seconds = draw(
        some.lists(some.lists(some.integers(0, 3000), min_size=7, max_size=7), min_size=7, max_size=7)
    )
    visits = []
    for number in range(many):
        opens = draw(MOMENTS)
        spans = draw(some.lists(some.integers(600, 4 * HOUR), max_size=2))
        windows = tuple(
            Window(MONDAY, opens + 5 * HOUR * turn, opens + 5 * HOUR * turn + span)
            for turn, span in enumerate(spans)
        )
        promise = Promise(MONDAY, draw(MOMENTS)) if draw(some.booleans()) else None
        visits.append(
            Visit(f"v{number}", number + 1, draw(some.integers(300, 5000)), windows=windows, promise=promise)
        )
    breaks = (LUNCH, Break(15 * HOUR, 16 * HOUR, 900))[: draw(some.integers(0, 2))]
    who = ana(shifts={MONDAY: Shift(breaks=breaks)}, end=6)
    return week(*visits, technicians=(who,), travel=Travel(seconds, seconds, draw(HOURS)))


def latest_as_good(day: Day, soonest: Course, placed: Placed) -> int:
    good, too_late = soonest.leaves, soonest.returns + 1
    while too_late - good > 1:
        between = (good + too_late) // 2
        if as_good(day, day.course(between, placed), soonest, placed):
            good = between
        else:
            too_late = between
    return good


def as_good(day: Day, course: Course, soonest: Course, placed: Placed) -> bool:
    if course.returns > soonest.returns or day.faults(course, placed) != day.faults(soonest, placed):
        return False
    return all(
        begins <= first or not (ask.held or (ask.kept is not None and begins > ask.kept))
        for ask, begins, first in zip(day.asks, course.begins, soonest.begins, strict=True)
    )


@given(days())
@settings(max_examples=200)
def test_the_departure_is_put_off_as_far_as_searching_would(problem: Problem) -> None:
    """The slack that is reckoned backwards is what halving finds by driving the day again and again."""
    day = day_of(problem, monday(*(one.id for one in problem.visits)), {})
    timed = time_route(problem, monday(*(one.id for one in problem.visits)))
    placed = timed.placed
    leaves, _ = day.first_departure(placed)
    soonest = day.course(leaves, placed)
    assert latest_as_good(day, soonest, placed) == timed.round.leaves
    assert timed.round.returns == soonest.returns
