"""What a search pays attention to is what the evaluator says."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.planning.scoring import Scoring
from domain.maintenance.planning.evaluation import Fault
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem
from tests.domain.planning_problems import plans, problems


@given(st.data())
def test_a_score_is_the_cost_and_the_faults_of_the_evaluator(data: st.DataObject) -> None:
    problem = data.draw(problems())
    scoring = Scoring(problem)
    for _ in range(3):  # what it remembers of one plan does not mislead it about the next
        plan = data.draw(plans(problem))
        found = evaluate(problem, plan)
        faults, cost = scoring.score(plan)
        assert cost == found.cost.total
        assert (faults == 0) == found.feasible
        assert scoring.cost(plan) == cost


@given(problems())
def test_a_plan_of_nothing_costs_what_is_left_out_and_who_is_out_already(problem: Problem) -> None:
    faults, cost = Scoring(problem).score(Plan())
    found = evaluate(problem, Plan())
    assert cost == found.cost.total
    assert faults >= sum(one.fault is not Fault.UNPLANNED for one in found.violations)
