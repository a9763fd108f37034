"""The gap to the best solution known, on public instances, after 1, 5, 10 and 20 seconds.

    ECHEANCE_BENCH_INSTANCES=folder python -m bench.planning.solomon [--marks 1,5,10,20] [--only r101,r112]

Each solver has one run for the longest time; what it had at each mark is priced by our evaluator.
"""

import argparse
from collections.abc import Sequence
from statistics import mean

from rich.console import Console
from rich.table import Table

from bench.planning.contest import Run, busy, contest
from bench.planning.instances import FOLDER, Instance, instances
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem

MARKS = (1.0, 5.0, 10.0, 20.0)
AIMS = {100: 1.0, 400: 2.0}
"""At 10 s at most so many per cent, by the number of customers."""


def main(marks: Sequence[float] = MARKS, only: Sequence[str] = ()) -> list[Table]:
    chosen = [one for one in instances() if one.best and (not only or one.name in only)]
    if not chosen:
        return [Table(title=f"No instance with a .sol beside it in the folder of {FOLDER}")]
    gaps: dict[int, dict[str, dict[float, list[float | None]]]] = {}
    each = Table("instance", "customers", "solver", *(f"{mark:g} s" for mark in marks), "s used")
    for turn, instance in enumerate(chosen):
        problem = instance.problem()
        for run in contest(problem, marks, turn):
            found = {mark: gap(instance, problem, plan) for mark, plan in run.plans.items()}
            each.add_row(*_row(instance, run, found))
            of_size = gaps.setdefault(instance.size, {}).setdefault(run.name, {})
            for mark, value in found.items():
                of_size.setdefault(mark, []).append(value)
    each.title = f"Gap to the best known, per cent; {busy()}"
    return [each, summary(gaps, marks)]


def gap(instance: Instance, problem: Problem, plan: Plan) -> float | None:
    """None where customers are left out or anything is violated."""
    found = evaluate(problem, plan)
    if found.violations or not instance.best:
        return None
    return 100 * (found.cost.total / instance.best - 1)


def summary(gaps: dict[int, dict[str, dict[float, list[float | None]]]], marks: Sequence[float]) -> Table:
    table = Table(
        "customers", "solver", *(f"{mark:g} s" for mark in marks), "aim at 10 s", title="Mean (worst) gap"
    )
    for size, solvers in sorted(gaps.items()):
        for name, by_mark in solvers.items():
            cells = [_mean(by_mark[mark]) for mark in marks]
            table.add_row(str(size), name, *cells, _verdict(size, by_mark))
    return table


def _mean(values: Sequence[float | None]) -> str:
    """A dash where some instance has no complete plan yet."""
    known = [one for one in values if one is not None]
    if len(known) < len(values):
        return f"– ({len(known)} of {len(values)})"
    return f"{mean(known):.2f} ({max(known):.2f})"


def _verdict(size: int, by_mark: dict[float, list[float | None]]) -> str:
    values, aim = by_mark.get(10.0), AIMS.get(size)
    if values is None or aim is None:
        return ""
    known = [one for one in values if one is not None]
    met = len(known) == len(values) and mean(known) <= aim
    return f"{aim:g} % {'met' if met else 'missed'}"


def _row(instance: Instance, run: Run, found: dict[float, float | None]) -> list[str]:
    cells = ["–" if value is None else f"{value:.2f}" for value in found.values()]
    return [instance.name, str(instance.size), run.name, *cells, f"{run.took:.1f}"]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.planning.solomon")
    parser.add_argument("--marks", default=",".join(f"{one:g}" for one in MARKS), help="seconds")
    parser.add_argument("--only", default="", help="names of instances")
    return parser.parse_args()


if __name__ == "__main__":
    asked = _arguments()
    Console().print(
        *main([float(one) for one in asked.marks.split(",")], [one for one in asked.only.split(",") if one])
    )
