"""Recommended slots: every place that a plan can take a visit in, at the price of the evaluator."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.planning.slots import Board
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.slots import Slot
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
