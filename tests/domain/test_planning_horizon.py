"""Days are laid out as a problem: who works, what may be done when, what stands and what is bound to it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from domain.maintenance.planning.codec import problem_of as read_problem
from domain.maintenance.planning.codec import problem_value
from domain.maintenance.planning.horizon import Horizon, Wish, in_force, problem_of
from domain.maintenance.planning.intake import (
    Absence,
    Hold,
    KnownVisit,
    Opening,
    Order,
    Standing,
    Told,
    VisitState,
    Worker,
)
from domain.maintenance.planning.model import DAY, HOUR, Link, Pin, Point, Promise, Route, Shift, Tie, Window

MONDAY, TUESDAY, WEDNESDAY = date(2031, 3, 10), date(2031, 3, 11), date(2031, 3, 12)
NOON = 12 * HOUR
SHIFT = Shift(8 * HOUR, 18 * HOUR)
HOME, AWAY = Point(45.9, 6.1), Point(45.7, 6.3)


def worker(ref: str = "T-1", **given: Any) -> Worker:
    return Worker(ref, f"X-{ref}", HOME, HOME, dict.fromkeys((1, 2, 3, 4, 5), SHIFT), **given)


def visit(ref: str = "V-1", standing: Standing | None = None, **given: Any) -> KnownVisit:
    order = Order(ref, "CL-1", "Entretien", AWAY, HOUR, **given)
    return KnownVisit(order, standing or Standing(), datetime(2031, 3, 3, tzinfo=UTC))


def stands(on: date, begins: int = NOON, technician: str = "T-1", state: str = "planned",
           position: int = 0) -> Standing:  # fmt: skip
    return Standing(VisitState(state), technician, on, begins, begins + HOUR, position)


def horizon(*visits: KnownVisit, **given: Any) -> Horizon:
    return Horizon(Wish(MONDAY, 3), given.pop("workers", (worker(),)), visits, **given)


def windows(one: KnownVisit, **given: Any) -> tuple[Window, ...]:
    return problem_of(horizon(one, **given)).visit[one.ref].windows


def test_who_works_on_which_day() -> None:
    shifts = problem_of(horizon(
        workers=(worker("T-1"), worker("T-2")), holidays=frozenset({TUESDAY}),
        absences=(Absence("T-2", date(2031, 3, 1), MONDAY),),
    )).technician  # fmt: skip
    assert sorted(shifts["T-1"].shifts) == [0, 2]
    assert sorted(shifts["T-2"].shifts) == [2]
    weekend = problem_of(replace(horizon(), wish=Wish(date(2031, 3, 15), 2)))
    assert weekend.technician["T-1"].shifts == {}


def test_places_are_known_once() -> None:
    problem = problem_of(horizon(visit("V-1"), visit("V-2"), workers=(worker("T-1"), worker("T-2"))))
    assert problem.places == (HOME, AWAY)
    assert {one.place for one in problem.visits} == {1}


def test_a_visit_without_wishes_may_be_at_any_time() -> None:
    assert windows(visit()) == ()


def test_windows_are_of_days_weekdays_or_every_day() -> None:
    openings = (
        Opening(8 * HOUR, NOON), Opening(14 * HOUR, 16 * HOUR, weekdays=frozenset({2})),
        Opening(17 * HOUR, 18 * HOUR, on=WEDNESDAY),
    )  # fmt: skip
    assert windows(visit(openings=openings)) == (
        Window(0, 8 * HOUR, NOON), Window(1, 8 * HOUR, NOON), Window(1, 14 * HOUR, 16 * HOUR),
        Window(2, 8 * HOUR, NOON), Window(2, 17 * HOUR, 18 * HOUR),
    )  # fmt: skip


def test_a_visit_waits_for_its_first_day_and_keeps_its_last() -> None:
    assert windows(visit(not_before_on=TUESDAY)) == (Window(1, 0, DAY), Window(2, 0, DAY))
    assert windows(visit(due_on=MONDAY)) == (Window(0, 0, DAY),)
    assert windows(visit(due_on=WEDNESDAY)) == ()


def test_what_is_overdue_may_be_on_any_day() -> None:
    assert windows(visit(due_on=date(2031, 3, 7))) == ()


def test_what_is_due_later_may_be_left_out() -> None:
    problem = problem_of(horizon(visit("V-1", due_on=date(2031, 3, 20)), visit("V-2", due_on=WEDNESDAY)))
    assert [one.optional for one in problem.visits] == [True, False]


def test_a_visit_that_no_moment_is_left_for_stays_to_be_told_why() -> None:
    assert windows(visit(openings=(Opening(0, HOUR, on=date(2031, 3, 20)),))) == (Window(0, 0, 0),)


def test_nothing_begins_in_the_past_and_nobody_leaves_in_it() -> None:
    early, late = visit("V-1", openings=(Opening(8 * HOUR, 10 * HOUR),)), visit("V-2")
    problem = problem_of(horizon(early, late, present=(MONDAY, NOON)))
    assert problem.visit["V-1"].windows == (Window(1, 8 * HOUR, 10 * HOUR), Window(2, 8 * HOUR, 10 * HOUR))
    assert problem.visit["V-2"].windows == (Window(0, NOON, DAY), Window(1, 0, DAY), Window(2, 0, DAY))
    shifts = problem.technician["T-1"].shifts
    assert (shifts[0].begin, shifts[1].begin) == (NOON, 8 * HOUR)
    evening = problem_of(horizon(present=(MONDAY, 19 * HOUR)))
    assert sorted(evening.technician["T-1"].shifts) == [1, 2]


def test_what_has_begun_stays_and_its_technician_keeps_the_morning() -> None:
    begun = visit(standing=stands(MONDAY, 9 * HOUR, state="started"), told=Told(MONDAY, 8 * HOUR))
    problem = problem_of(horizon(begun, present=(MONDAY, NOON)))
    [one] = problem.visits
    assert (one.pin, one.promise, one.windows) == (Pin(0, 9 * HOUR, "T-1"), None, ())
    assert problem.technician["T-1"].shifts[0].begin == 8 * HOUR


def test_a_promise_counts_its_days_from_the_first() -> None:
    [one] = problem_of(horizon(visit(told=Told(date(2031, 3, 7), NOON, 600, "T-1")))).visits
    assert one.promise == Promise(-3, NOON, 600, "T-1")


def test_a_promise_of_another_week_is_kept_as_it_is_written() -> None:
    for on in (date(2031, 3, 7), TUESDAY, date(2031, 4, 1), date.min, date.max):
        asked = problem_of(horizon(visit(told=Told(on, NOON))))
        value = problem_value(asked)
        assert value["visits"][0]["promise"]["day"] == on.isoformat()
        assert read_problem(value) == asked


def test_what_stands_on_another_day_than_it_is_pinned_to_stays_there() -> None:
    [one] = problem_of(horizon(visit(standing=stands(MONDAY), pinned_on=date(2031, 3, 7)))).visits
    assert one.pin == Pin(0, None, None)
    assert problem_of(horizon(visit(pinned_on=date(2031, 3, 7)))).visits == ()


def test_what_is_pinned_and_what_is_held() -> None:
    [one] = problem_of(horizon(visit(pinned_on=TUESDAY, pinned_at=NOON))).visits
    assert one.pin == Pin(1, NOON, None)
    hold = Hold("V-1", "T-1", WEDNESDAY, NOON, NOON + HOUR)
    [held] = problem_of(horizon(visit(), holds=(hold,))).visits
    assert held.pin == Pin(2, None, "T-1")
    assert held.windows == (Window(2, NOON - 900, NOON + 900 + HOUR),)


def test_the_rounds_in_force_in_their_order() -> None:
    found = horizon(
        visit("V-1", stands(MONDAY, NOON, position=1)), visit("V-2", stands(MONDAY, 9 * HOUR)),
        visit("V-3"), visit("V-4", stands(date(2031, 3, 20))),
    )  # fmt: skip
    assert in_force(found, problem_of(found)).routes == (Route("T-1", 0, ("V-2", "V-1")),)


def test_what_is_bound_to_a_visit_elsewhere_keeps_to_it() -> None:
    other = stands(TUESDAY, technician="T-9")

    def bound(tie: Tie, first: str = "V-0", second: str = "V-1", there: Standing = other) -> Any:
        links, elsewhere = (Link(tie, first, second),), {"V-0": there}
        return problem_of(horizon(visit(), links=links, elsewhere=elsewhere)).visit.get("V-1")

    assert bound(Tie.BEFORE).windows == (Window(1, NOON + HOUR, DAY), Window(2, 0, DAY))
    assert bound(Tie.BEFORE, "V-1", "V-0").windows == (Window(0, 0, DAY), Window(1, 0, NOON))
    assert bound(Tie.SAME_TECHNICIAN).pin == Pin(None, None, "T-9")
    assert bound(Tie.TOGETHER).pin == Pin(1, NOON, None)
    assert bound(Tie.TOGETHER, there=stands(date(2031, 3, 20))) is None


def test_what_waits_for_a_visit_without_a_place_is_not_planned() -> None:
    nowhere = {"V-0": Standing()}

    def known(tie: Tie, first: str = "V-0", second: str = "V-1") -> bool:
        links = (Link(tie, first, second),)
        return "V-1" in problem_of(horizon(visit(), links=links, elsewhere=nowhere)).visit

    assert not known(Tie.BEFORE)
    assert not known(Tie.TOGETHER)
    assert known(Tie.BEFORE, "V-1", "V-0")
    assert known(Tie.SAME_TECHNICIAN)


def test_links_of_two_that_are_planned_now_stay_links() -> None:
    link = Link(Tie.BEFORE, "V-1", "V-2")
    assert problem_of(horizon(visit("V-1"), visit("V-2"), links=(link,))).links == (link,)
