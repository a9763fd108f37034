"""Weeks of rounds around Annecy: cost by our evaluator, km, overtime, served, time; beside planning by hand.

    python -m bench.planning.weeks_run [--sizes 20/7,200/30] [--seconds 20] [--seeds 1,2]

Who cannot say breaks or links gets its plan mended, by the same insertion as the others; the column
"violations" tells how many there were before. "5 s" is what it cost after five seconds.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bench.planning.contest import OURS, busy, contest
from bench.planning.rivals.found import carried_out
from bench.planning.weeks import SIZES, week
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import HOUR, Plan, Problem
from domain.maintenance.planning.naive import naive

SECONDS: Mapping[str, float] = {
    "12/5": 5, "20/7": 5, "200/30": 20, "200/30 dense": 20, "1000/100": 60, "1000/100 dense": 60,
    "3000/500": 120,
}  # fmt: skip
"""What each solver gets, unless it is said otherwise."""
SEEDS: Mapping[str, Sequence[int]] = {"12/5": (1, 2, 3, 4), "20/7": (1, 2, 3, 4, 5, 6)}
WITH_SLOTS = frozenset({"12/5"})
"""So few visits have their aim together with recommended slots: `bench.planning.booking`."""
SOON = 5.0
FEWER_KM = 30
BY_HAND = "by hand"


@dataclass(frozen=True)
class Result:
    """``soon`` is the cost after `SOON`, ``hard`` how much was violated before it was mended."""

    name: str
    found: Evaluation
    soon: int
    hard: int
    took: float


def main(
    sizes: Sequence[str] = tuple(SIZES), seconds: float | None = None, seeds: Sequence[int] = ()
) -> list[Table]:
    tables, every = [], []
    for size in sizes:
        for turn, seed in enumerate(seeds or SEEDS.get(size, (1,))):
            problem = week(size, seed)
            results = measured(problem, seconds or SECONDS[size], turn)
            tables.append(_table(size, seed, problem, results))
            every.append((size, results))
    return [*tables, _summary(every)]


def _summary(every: Sequence[tuple[str, Sequence[Result]]]) -> Table:
    """Over all weeks of a size: the kilometres, and in how many of them some rival was cheaper."""
    table = Table("size", "weeks", "km by hand", "km", "fewer", "aim", "behind a rival", "behind after 5 s")
    for size in dict.fromkeys(size for size, _ in every):
        weeks = [results for which, results in every if which == size]
        hand = sum(results[0].found.metres for results in weeks)
        ours = sum(_ours(results).found.metres for results in weeks)
        fewer = 100 - 100 * ours / max(1, hand)
        aim = "" if size in WITH_SLOTS else f"{FEWER_KM} % {'met' if fewer >= FEWER_KM else 'missed'}"
        behind = sum(_behind(results, lambda one: one.found.cost.total) for results in weeks)
        soon = sum(_behind(results, lambda one: one.soon) for results in weeks)
        km = (f"{hand / 1000:,.0f}", f"{ours / 1000:,.0f}", f"{fewer:.0f} %")
        table.add_row(size, str(len(weeks)), *km, aim, f"{behind} of {len(weeks)}", f"{soon} of {len(weeks)}")
    table.title = "All weeks together"
    return table


def _ours(results: Sequence[Result]) -> Result:
    return next(one for one in results if one.name == OURS)


def _behind(results: Sequence[Result], cost: Callable[[Result], int]) -> bool:
    """By more than a cent in a hundred euros, which is rounding."""
    rivals = [cost(one) for one in results if one.name not in (OURS, BY_HAND)]
    return cost(_ours(results)) > min(rivals) * 1.0001


def measured(problem: Problem, seconds: float, turn: int = 0) -> list[Result]:
    begun = time.perf_counter()
    plan = naive(problem)
    took = time.perf_counter() - begun
    hand = evaluate(problem, plan)
    results = [Result(BY_HAND, hand, hand.cost.total, 0, took)]
    marks = sorted({min(SOON, seconds), seconds})
    for run in contest(problem, marks, turn):
        ended = _mended(problem, run.plans[seconds])
        soon = ended if marks[0] == seconds else _mended(problem, run.plans[marks[0]])
        hard = len(evaluate(problem, run.plans[seconds]).hard)
        results.append(Result(run.name, ended, soon.cost.total, hard, run.took))
    return results


def _mended(problem: Problem, plan: Plan) -> Evaluation:
    """A plan with which nothing is wrong stays as it is; who has none yet stays without."""
    found = evaluate(problem, plan)
    if not plan.planned or (found.feasible and not found.unplanned):
        return found
    return evaluate(problem, carried_out(problem, plan))


def _table(size: str, seed: int, problem: Problem, results: Sequence[Result]) -> Table:
    table = Table(
        "solver", "cost", "after 5 s", "km", "fewer km", "overtime", "served", "violations", "s",
        title=f"{size}, week {seed}; {verdict(results)}; {busy()}",
    )  # fmt: skip
    hand = results[0].found
    for one in results:
        fewer = 100 - 100 * one.found.metres / hand.metres if hand.metres else 0
        table.add_row(
            one.name,
            f"{one.found.cost.total / 100:,.0f} €",
            f"{one.soon / 100:,.0f} €",
            f"{one.found.metres / 1000:,.0f}",
            "" if one.name == BY_HAND else f"{fewer:.0f} %",
            f"{one.found.overtime / HOUR:.1f} h",
            f"{len(one.found.stops)} of {len(problem.visits)}",
            str(one.hard),
            f"{one.took:.1f}",
        )
    return table


def verdict(results: Sequence[Result]) -> str:
    """Against the best rival, at the end and after five seconds, and against planning by hand."""
    ours = _ours(results)
    rivals = [one for one in results if one.name not in (OURS, BY_HAND)]
    last, soon = (
        min(costs) for costs in zip(*((one.found.cost.total, one.soon) for one in rivals), strict=True)
    )
    km = 100 - 100 * ours.found.metres / max(1, results[0].found.metres)
    return (
        f"{_against(ours.found.cost.total, last)} the best rival, {_against(ours.soon, soon)} after 5 s, "
        f"{km:.0f} % fewer km than by hand ({'met' if km >= FEWER_KM else 'missed'})"
    )


def _against(ours: int, theirs: int) -> str:
    percent = 100 * (ours / max(1, theirs) - 1)
    return f"{abs(percent):.1f} % {'behind' if percent > 0 else 'before'}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.planning.weeks_run")
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--seconds", type=float, default=None, help="for each solver")
    parser.add_argument("--seeds", default="", help="which weeks")
    return parser.parse_args()


if __name__ == "__main__":
    asked = _arguments()
    for table in main(
        asked.sizes.split(","), asked.seconds, [int(one) for one in asked.seeds.split(",") if one]
    ):
        Console(width=140).print(table)
