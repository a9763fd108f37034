"""How long it takes to say why a visit has no place, and what would make one.

    python -m bench.planning.why

A plan of a full week or day, out of which every tenth visit is taken; each is then asked about.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import mean, quantiles

from rich.console import Console
from rich.table import Table

from bench.planning.contest import busy
from bench.planning.weeks import week
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.naive import naive
from domain.maintenance.planning.why.reasons import Reasons

SIZES = ("20/7", "200/30", "200/30 dense", "1000/100")
AIM_MS = 1.0


def main(sizes: Sequence[str] = SIZES) -> list[Table]:
    table = Table(
        "size", "asked", "prepared ms", "mean ms", "p95 ms", "with a change", f"aim mean < {AIM_MS:g} ms",
        title=f"Reasons, in time of the processor; {busy()}",
    )  # fmt: skip
    for size in sizes:
        problem = week(size)
        plan = _thinned(problem)
        evaluation = evaluate(problem, plan)
        begun = time.process_time()
        reasons = Reasons(problem, plan, evaluation)
        prepared = 1000 * (time.process_time() - begun)
        took, changes = [], 0
        for visit in evaluation.unplanned:
            begun = time.process_time()
            changes += bool(reasons.of(visit).relaxations)
            took.append(1000 * (time.process_time() - begun))
        table.add_row(
            size, str(len(took)), f"{prepared:.1f}", f"{mean(took):.2f}", f"{quantiles(took, n=20)[-1]:.2f}",
            f"{changes} of {len(took)}", "met" if mean(took) < AIM_MS else "missed",
        )  # fmt: skip
    return [table]


def _thinned(problem: Problem) -> Plan:
    gone = {one.id for one in problem.visits[::10]}
    routes = (
        replace(one, visits=tuple(id for id in one.visits if id not in gone)) for one in naive(problem).routes
    )
    return Plan(tuple(one for one in routes if one.visits))


if __name__ == "__main__":
    Console().print(*main())
