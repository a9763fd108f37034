"""A day goes otherwise than planned: what is left of it, and what customers are told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import (
    HOUR,
    Break,
    Link,
    Pin,
    Plan,
    Point,
    Problem,
    Promise,
    Route,
    Shift,
    Technician,
    Tie,
    Visit,
    Window,
)
from domain.maintenance.planning.naming import Called, Names
from domain.maintenance.planning.today.events import Actual, Cancelled, Event, Ill, NoShow, Overrun, Urgent
from domain.maintenance.planning.today.replanning import Rest, rest_of_day
from domain.maintenance.planning.travel import Travel

MINUTE = 60
MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
SHIFT = Shift(8 * HOUR, 18 * HOUR, 8 * HOUR, HOUR)


def at(hour: int, minute: int = 0) -> int:
    return hour * HOUR + minute * MINUTE


def village() -> Problem:
    """Six places along a road, ten minutes from each to the next."""
    ways = [[abs(a - b) for b in range(6)] for a in range(6)]
    travel = Travel(
        [[one * 600 for one in row] for row in ways], [[one * 8_000 for one in row] for row in ways]
    )
    people = tuple(
        Technician(
            name, place, place, {0: SHIFT, 1: SHIFT}, per_hour=3_000, overtime_per_hour=4_500, per_km=50
        )
        for name, place in (("Ana", 0), ("Bo", 5))
    )
    visits = tuple(
        Visit(name, place, HOUR)
        for name, place in (("A1", 1), ("A2", 2), ("A3", 3), ("B1", 4), ("B2", 3), ("U", 2))
    )
    return Problem(
        (MONDAY, TUESDAY), tuple(Point(45.9, 6.1 + one / 10) for one in range(6)), travel, people, visits
    )


PLAN = Plan((Route("Ana", 0, ("A1", "A2", "A3")), Route("Bo", 0, ("B1", "B2"))))
"""Ana: 8.10, 9.20 and 10.30, back at 12. Bo: 8.10 and 9.20, back at 10.40."""


def rest(now: int, *events: Event, problem: Problem | None = None, plan: Plan = PLAN) -> Rest:
    return rest_of_day(problem or village(), plan, 0, now, events)


def shift_of(rest: Rest, technician: str) -> Shift:
    return rest.problem.technician[technician].shifts[0]


def with_visit(problem: Problem, id: str, **changed: object) -> Problem:
    visits = tuple(replace(one, **changed) if one.id == id else one for one in problem.visits)  # type: ignore[arg-type]
    return replace(problem, visits=visits)


class TestWhereEverybodyIs:
    def test_before_the_day_begins_nothing_has_happened(self) -> None:
        left = rest(at(7))
        assert left.plan.routes == PLAN.routes
        assert shift_of(left, "Ana") == replace(SHIFT, start=0)
        assert left.begun == {"Ana": (), "Bo": ()}

    def test_who_is_under_way_is_where_the_way_leads(self) -> None:
        shift = shift_of(rest(at(9, 15)), "Ana")
        assert (shift.start, shift.begin, shift.out) == (2, at(9, 20), True)

    def test_who_is_with_a_customer_is_free_at_the_end(self) -> None:
        left = rest(at(9, 45))
        assert left.plan.of("Ana", 0).visits == ("A3",)
        assert left.begun["Ana"] == ("A1", "A2")
        assert (shift_of(left, "Ana").start, shift_of(left, "Ana").begin) == (2, at(10, 20))

    def test_what_is_worked_already_is_no_longer_ordinary_time(self) -> None:
        assert shift_of(rest(at(9, 45)), "Ana").ordinary == 8 * HOUR - (at(10, 20) - at(8))

    def test_overtime_that_is_used_up_is_gone(self) -> None:
        problem = village()
        short = replace(SHIFT, ordinary=2 * HOUR)
        people = tuple(replace(one, shifts={0: short}) for one in problem.technicians)
        shift = shift_of(rest(at(9, 45), problem=replace(problem, technicians=people)), "Ana")
        assert (shift.ordinary, shift.overtime_most) == (0, HOUR - 20 * MINUTE)

    def test_who_is_home_may_leave_again(self) -> None:
        shift = shift_of(rest(at(11)), "Bo")
        assert (shift.start, shift.begin, shift.out) == (5, at(11), False)
        assert shift.ordinary == 8 * HOUR - (at(11) - at(8))

    def test_what_technicians_reported_goes_before_the_plan(self) -> None:
        reported: Mapping[str, Actual] = {"A1": Actual(at(8, 40))}
        left = rest_of_day(village(), PLAN, 0, at(9, 30), [], reported)
        assert left.plan.of("Ana", 0).visits == ("A2", "A3")
        assert left.plan.of("Bo", 0).visits == ("B1", "B2")
        assert (shift_of(left, "Ana").start, shift_of(left, "Ana").begin) == (1, at(9, 40))

    def test_a_break_that_is_taken_is_not_taken_again(self) -> None:
        lunch = Break(at(9), at(9, 30), 30 * MINUTE)
        problem = village()
        people = tuple(
            replace(one, shifts={0: replace(SHIFT, breaks=(lunch,))}) for one in problem.technicians
        )
        problem = replace(problem, technicians=people)
        assert shift_of(rest(at(8, 30), problem=problem), "Ana").breaks == (lunch,)
        assert shift_of(rest(at(10), problem=problem), "Ana").breaks == ()

    def test_the_van_has_what_is_left_in_it(self) -> None:
        problem = with_visit(village(), "A1", parts={"valve": 2})
        people = tuple(replace(one, parts={"valve": 3, "filter": 1}) for one in problem.technicians)
        left = rest(at(9), problem=replace(problem, technicians=people))
        assert left.problem.technician["Ana"].parts == {"valve": 1, "filter": 1}


class TestWhatHappens:
    def test_a_visit_lasts_longer(self) -> None:
        left = rest(at(9, 45), Overrun("A2", at(11)))
        assert shift_of(left, "Ana").begin == at(11)
        stop = evaluate(left.problem, left.plan).stops["A3"][1]
        assert (stop.begins, stop.late) == (at(11, 10), 25 * MINUTE)

    def test_nobody_opens(self) -> None:
        left = rest(at(9, 25), NoShow("A2"))
        assert left.dropped == ("A2",)
        assert left.plan.of("Ana", 0).visits == ("A3",)
        assert (shift_of(left, "Ana").start, shift_of(left, "Ana").begin) == (2, at(9, 25))
        assert left.merged(left.plan).of("Ana", 0).visits == ("A1", "A3")

    def test_a_customer_cancels(self) -> None:
        left = rest(at(8, 30), Cancelled("A2"))
        assert left.plan.of("Ana", 0).visits == ("A3",)
        assert "A2" not in left.problem.visit

    def test_a_technician_falls_ill(self) -> None:
        left = rest(at(9, 30), Ill("Ana", at(9, 30)))
        assert left.begun["Ana"] == ("A1", "A2")
        assert left.problem.technician["Ana"].shifts == {}
        assert left.plan.of("Ana", 0).visits == ()
        assert left.problem.visit["A3"].promise == Promise(0, at(10, 30), 900, None)

    def test_who_falls_ill_at_noon_goes_on_until_noon(self) -> None:
        left = rest(at(7), Ill("Ana", at(10)))
        assert left.begun["Ana"] == ("A1", "A2")
        assert [one.id for one in left.problem.visits] == ["A3", "B1", "B2"]

    def test_something_is_urgent(self) -> None:
        left = rest(at(8, 30), Urgent("U"))
        assert "U" not in left.plan.planned
        assert left.problem.visit["U"].promise is None
        after = left.plan.with_route(Route("Bo", 0, ("B2", "U")))
        assert left.merged(after).of("Bo", 0).visits == ("B1", "B2", "U")

    def test_what_is_urgent_leaves_the_day_on_which_it_was_planned(self) -> None:
        plan = PLAN.with_route(Route("Bo", 1, ("U",)))
        left = rest(at(8, 30), Urgent("U"), plan=plan)
        assert left.merged(left.plan).of("Bo", 1).visits == ("U",)
        after = left.plan.with_route(Route("Bo", 0, ("B2", "U")))
        assert left.merged(after).of("Bo", 1).visits == ()


class TestWhatBinds:
    def test_the_time_in_force_is_a_promise(self) -> None:
        left = rest(at(8, 30))
        assert left.problem.visit["A3"].promise == Promise(0, at(10, 30), 900, "Ana")

    def test_what_was_promised_stays_what_it_was(self) -> None:
        problem = with_visit(village(), "A3", promise=Promise(0, at(10), 3600))
        assert rest(at(8, 30), problem=problem).problem.visit["A3"].promise == Promise(0, at(10), 3600, "Ana")

    def test_who_can_only_be_visited_on_another_day_is_not_visited_today(self) -> None:
        problem = with_visit(village(), "U", windows=(Window(1, at(8), at(12)),))
        left = rest(at(8, 30), Urgent("U"), problem=problem)
        made = left.plan.with_route(Route("Bo", 0, ("B2", "U")))
        assert any(one.visit == "U" for one in evaluate(left.problem, made).hard)

    def test_a_second_visit_waits_for_the_end_of_the_first_that_has_begun(self) -> None:
        problem = replace(village(), links=(Link(Tie.BEFORE, "A2", "B2"),))
        left = rest_of_day(problem, PLAN, 0, at(9, 30), [], {"A2": Actual(at(9, 20))})
        assert left.problem.visit["B2"].windows[0].opens == at(10, 20)
        assert left.problem.links == ()

    def test_the_same_technician_comes_again(self) -> None:
        problem = replace(village(), links=(Link(Tie.SAME_TECHNICIAN, "A1", "A3"),))
        assert rest(at(8, 30), problem=problem).problem.visit["A3"].pin == Pin(technician="Ana")

    def test_a_zone_that_was_entered_is_not_empty(self) -> None:
        problem = with_visit(with_visit(village(), "A1", zone="north"), "U", zone="north")
        left = rest(at(9), Urgent("U"), problem=replace(problem, zone_most={"north": 2}))
        assert left.problem.zone_most == {"north": 1}


class TestWhatIsSaid:
    NAMES = Names(
        technicians={"Ana": "Ana Favre", "Bo": "Bo Métral"}, visits={"A3": Called("Mme Roux", "Filtre")}
    )

    def test_nothing_changes_by_looking(self) -> None:
        for now in (at(7), at(8, 30), at(9, 45), at(12)):
            left = rest(now)
            assert left.changes(left.plan) == []
            assert left.merged(left.plan) == PLAN

    def test_who_is_served_later_is_told(self) -> None:
        left = rest(at(9, 45), Overrun("A2", at(11)))
        (change,) = left.changes(left.plan, self.NAMES)
        assert change.broken
        assert change.words.fr == (
            "Filtre, Mme Roux\u00a0: 40\u00a0min plus tard, lundi 9 mars à 11\u00a0h\u00a010 au lieu de "
            "10\u00a0h\u00a030, par Ana Favre"
        )
        assert change.words.en == (
            "Filtre, Mme Roux: 40\u00a0min later, Monday 9 March at 11:10 instead of 10:30, by Ana Favre"
        )

    def test_another_technician_comes_and_an_urgent_visit_too(self) -> None:
        left = rest(at(9, 30), Ill("Ana", at(9, 30)), Urgent("U"))
        after = left.plan.with_route(Route("Bo", 0, ("A3", "U")))
        told = [(one.turn.value, one.visit, one.broken) for one in left.changes(after)]
        assert told == [("handed_over", "A3", False), ("planned", "U", False)]
        assert "par Bo à la place de Ana" in left.changes(after)[0].words.fr

    def test_who_is_left_out_comes_first(self) -> None:
        left = rest(at(9, 30), Ill("Ana", at(9, 30)), Urgent("U"))
        after = left.plan.with_route(Route("Bo", 0, ("U",)))
        first = left.changes(after)[0]
        assert (first.visit, first.turn.value, first.broken) == ("A3", "dropped", True)
        assert first.words.en == "A3: no longer planned Monday 9 March at 10:30, by Ana"
