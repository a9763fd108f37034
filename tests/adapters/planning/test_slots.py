"""Recommended slots: every place that a plan can take a visit in, at the price of the evaluator."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from adapters.planning.slots import Board
from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.naive import naive
from domain.maintenance.planning.slots import Slot, promised, still_valid
from tests.domain.planning_problems import plans, problems


def sound(problem: Problem, plan: Plan) -> Plan:
    """Without the rounds in which something is wrong."""
    while not (found := evaluate(problem, plan)).feasible:
        bad = {(one.technician, one.day) for one in found.hard}
        routes = [one for one in plan.routes if (one.technician, one.day) not in bad]
        if len(routes) == len(plan.routes):
            return Plan()
        plan = Plan(tuple(routes))
    return plan


def with_visit(plan: Plan, visit: str, technician: str, day: int, position: int) -> Plan:
    visits = plan.of(technician, day).visits
    return plan.with_route(Route(technician, day, (*visits[:position], visit, *visits[position:])))


def placed(plan: Plan, slot: Slot) -> Plan:
    return with_visit(plan, slot.visit, slot.technician, slot.day, slot.position)


def late(evaluation: Evaluation, but: str) -> int:
    return sum(-(-stop.late // 60) for id, (_, stop) in evaluation.stops.items() if id != but)


def tried(problem: Problem, plan: Plan, visit: str) -> list[Slot]:
    """By trying every place."""
    before, found = evaluate(problem, plan), []
    for technician in problem.technicians:
        for day in technician.shifts:
            for position in range(len(plan.of(technician.id, day).visits) + 1):
                after = evaluate(problem, with_visit(plan, visit, technician.id, day, position))
                others = set(after.moved) - set(before.moved) - {visit}
                later = late(after, visit) > late(before, visit)
                if set(after.hard) - set(before.hard) or others or later:
                    continue
                stop = after.stops[visit][1]
                cost = after.cost.total - before.cost.total + problem.visit[visit].penalty
                found.append(
                    Slot(
                        visit, technician.id, day, position, stop.begins, stop.ends, cost,
                        after.metres - before.metres,
                    )
                )  # fmt: skip
    order = {one.id: index for index, one in enumerate(problem.technicians)}
    return sorted(found, key=lambda one: (one.cost, one.day, one.begins, order[one.technician], one.position))


@given(st.data())
def test_the_board_finds_what_trying_every_place_finds(data: st.DataObject) -> None:
    problem = data.draw(problems())
    plan = sound(problem, data.draw(plans(problem)))
    if not evaluate(problem, plan).feasible:
        return
    board = Board(problem, plan)
    for visit in problem.visits:
        if visit.id not in plan.planned:
            assert board.slots(visit.id, 10**6) == tried(problem, plan, visit.id)


def emptied(problem: Problem, every: int) -> tuple[Plan, list[str]]:
    """A plan by hand, out of which some visits are taken."""
    plan = naive(problem)
    gone = sorted(plan.planned)[::every]
    routes = (
        Route(one.technician, one.day, tuple(id for id in one.visits if id not in gone))
        for one in plan.routes
    )
    return Plan(tuple(one for one in routes if one.visits)), gone


def test_the_prices_of_a_week_are_the_evaluators() -> None:
    """Three hundred slots, as the board predicts them and as the plan costs with the visit in it."""
    problem = drawn(Size(66, 10, 5), 4)
    plan, waiting = emptied(problem, 2)
    board, before = Board(problem, plan), evaluate(problem, plan)
    slots = [slot for visit in waiting for slot in board.slots(visit)][:300]
    assert len(slots) == 300
    for slot in slots:
        after = evaluate(problem, placed(plan, slot))
        penalty = problem.visit[slot.visit].penalty
        stop = after.stops[slot.visit][1]
        assert after.cost.total - before.cost.total + penalty == slot.cost
        assert after.metres - before.metres == slot.metres
        assert (stop.begins, stop.ends) == (slot.begins, slot.ends)
        assert after.feasible


def rush_hour(problem: Problem) -> Problem:
    percent = (100,) * 7 + (140, 170, 130) + (100,) * 6 + (130, 160, 150) + (100,) * 5
    return replace(problem, travel=replace(problem.travel, percent=percent))


def test_slots_know_the_rush_hour() -> None:
    problem = rush_hour(drawn(Size(18, 3, 2), 2))
    plan, waiting = emptied(problem, 4)
    plan = sound(problem, plan)
    board = Board(problem, plan)
    for visit in waiting:
        assert board.slots(visit, 5) == tried(problem, plan, visit)[:5]


def test_no_day_takes_more_than_its_share_of_the_slots() -> None:
    problem = drawn(Size(24, 4, 3), 2)
    plan, waiting = emptied(problem, 4)
    board = Board(problem, plan)
    for visit in waiting:
        everything, seen, wanted = tried(problem, plan, visit), [0] * 3, []
        for slot in everything:
            if seen[slot.day] < 2:
                wanted.append(slot)
            seen[slot.day] += 1
        assert board.slots(visit, 5, each_day=2) == wanted[:5]


def test_the_fewer_hours_go_before_where_fairness_has_a_price() -> None:
    problem = drawn(Size(24, 4, 2), 3)
    problem = replace(problem, prices=replace(problem.prices, uneven_per_hour=1_200))
    plan, waiting = emptied(problem, 4)
    board = Board(problem, plan)
    for visit in waiting:
        assert board.slots(visit, 5) == tried(problem, plan, visit)[:5]


def test_a_round_that_cannot_be_driven_takes_nobody_in() -> None:
    problem = drawn(Size(20, 4, 1), 1)
    plan, waiting = emptied(problem, 5)
    crowded = max(plan.routes, key=lambda one: len(one.visits))
    late = problem.technician[crowded.technician]
    shift = replace(late.shifts[0], end=late.shifts[0].begin + 3600)
    people = tuple(
        replace(one, shifts={0: shift}) if one.id == late.id else one for one in problem.technicians
    )
    board = Board(replace(problem, technicians=people), plan)
    assert not any(slot.technician == late.id for visit in waiting for slot in board.slots(visit, 50))
    assert board.troubled() == [(late.id, 0)]


class TestConfirming:
    """A customer was told a slot, and says yes some time later."""

    def told(self) -> tuple[Problem, Plan, Slot]:
        problem = drawn(Size(40, 6, 3), 2)
        plan, waiting = emptied(problem, 4)
        return problem, plan, Board(problem, plan).slots(waiting[3])[0]

    def test_a_slot_is_as_it_was_while_nothing_has_changed(self) -> None:
        problem, plan, slot = self.told()
        again = still_valid(Board(problem, plan), slot)
        assert again is not None
        assert abs(again.begins - slot.begins) <= 900
        assert (again.technician, again.day) == (slot.technician, slot.day)

    def test_it_holds_while_the_round_has_room_for_another_customer_too(self) -> None:
        problem, plan, slot = self.told()
        board = Board(problem, plan)
        waiting = [one.id for one in problem.visits if one.id not in plan.planned and one.id != slot.visit]
        same = (one for id in waiting for one in board.fits(problem.visit[id], slot.technician, slot.day))
        fuller = (placed(plan, one) for one in same)
        found = ((one, still_valid(Board(problem, one), slot)) for one in fuller)
        after, again = next((one, again) for one, again in found if again is not None)
        visits = (promised(one, slot) if one.id == slot.visit else one for one in problem.visits)
        kept = evaluate(replace(problem, visits=tuple(visits)), placed(after, again))
        assert kept.feasible
        assert slot.visit not in kept.moved
        assert abs(kept.stops[slot.visit][1].begins - slot.begins) <= 900

    def test_it_is_gone_once_the_technician_is_off_that_day(self) -> None:
        problem, plan, slot = self.told()
        who = problem.technician[slot.technician]
        left = {day: shift for day, shift in who.shifts.items() if day != slot.day}
        people = (replace(one, shifts=left) if one is who else one for one in problem.technicians)
        routes = tuple(one for one in plan.routes if one.technician != slot.technician)
        fewer = replace(problem, technicians=tuple(people))
        assert still_valid(Board(fewer, Plan(routes)), slot) is None

    def test_who_is_planned_already_needs_no_slot(self) -> None:
        problem, plan, slot = self.told()
        made = placed(plan, slot)
        assert Board(problem, made).slots(slot.visit) == []
        assert still_valid(Board(problem, made), slot) is None

    def test_what_is_told_is_never_narrower_than_what_is_kept(self) -> None:
        _, _, slot = self.told()
        assert slot.told.opens <= slot.promise.at - slot.promise.tolerance
        assert slot.told.closes >= slot.promise.at + slot.promise.tolerance
        assert slot.told.opens % 300 == slot.told.closes % 300 == 0
