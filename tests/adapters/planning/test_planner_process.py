"""The planner beside us: it tells, it stops when told, and it is gone when we are."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from adapters.planning.process import PlannerProcess
from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.solving import Limits, PlannerGone, Progress

TOLD = '{"plan": [["T1", 0, ["V1"]]], "cost": 7, "unplanned": 1, "solver": "a", "seconds": 0.1, "share": 0.1}'


def week() -> Problem:
    return drawn(Size(12, 4, 2), 1)


async def test_a_plan_comes_back_with_all_the_better_ones_on_the_way() -> None:
    problem, told = week(), list[Progress]()
    made = await PlannerProcess().plan(
        problem, Limits(60, seed=3, iterations=50), None, told.append, asyncio.Event()
    )
    costs = [one.cost for one in told]
    assert costs == sorted(costs, reverse=True)
    assert made == told[-1].plan
    assert evaluate(problem, made).cost.total == costs[-1]


async def test_told_to_stop_it_ends_with_the_best_so_far() -> None:
    stop, told = asyncio.Event(), list[Progress]()

    def tell(progress: Progress) -> None:
        told.append(progress)
        stop.set()

    async with asyncio.timeout(50):
        made = await PlannerProcess().plan(week(), Limits(600), None, tell, stop)
    assert made.planned
    assert made == told[-1].plan


async def test_a_planner_that_is_killed_says_so_and_what_it_told_is_kept() -> None:
    told = list[Progress]()
    dies = (sys.executable, "-c", f"print({TOLD!r}, flush=True); import os; os.kill(os.getpid(), 9)")
    with pytest.raises(PlannerGone, match="without a result"):
        await PlannerProcess(dies).plan(week(), Limits(5), None, told.append, asyncio.Event())
    assert [(one.cost, one.plan.planned) for one in told] == [(7, frozenset({"V1"}))]


@pytest.mark.parametrize("half", [TOLD[:40], "{}", "[1]", '{"result": 3}'])
async def test_half_a_line_is_the_end_of_a_planner_that_was_killed(half: str) -> None:
    told = list[Progress]()
    dies = (sys.executable, "-c", f"print({TOLD!r}); print({half!r}, end='')")
    with pytest.raises(PlannerGone, match="in the middle"):
        await PlannerProcess(dies).plan(week(), Limits(5), None, told.append, asyncio.Event())
    assert len(told) == 1


async def test_a_planner_that_does_not_end_is_ended() -> None:
    hangs = (sys.executable, "-c", "import sys; sys.stdin.read()")
    with pytest.raises(PlannerGone, match="in time"):
        await PlannerProcess(hangs, grace=0.0).plan(week(), Limits(0.3), None, _ignore, asyncio.Event())


async def test_a_planner_that_cannot_be_started_is_said() -> None:
    with pytest.raises(PlannerGone, match="cannot be started"):
        await PlannerProcess(("/no/such/program",)).plan(week(), Limits(1), None, _ignore, asyncio.Event())


async def test_stopped_before_it_listens_it_gives_what_it_began_with() -> None:
    """A signal that comes too soon ends the process itself."""
    start = Plan((Route("T001", 0, ("V0001",)),))
    deaf = (sys.executable, "-c", "import sys; sys.stdin.read()")
    stop = asyncio.Event()
    stop.set()
    assert await PlannerProcess(deaf).plan(week(), Limits(60), start, _ignore, stop) == start


async def test_nothing_stays_behind_when_we_are_cancelled(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    says = f"import os, sys; open({str(mark)!r}, 'w').write(str(os.getpid())); print({TOLD!r}, flush=True)"
    hangs = (sys.executable, "-c", f"{says}; sys.stdin.read()")
    begun = asyncio.Event()
    task = asyncio.create_task(
        PlannerProcess(hangs).plan(week(), Limits(60), None, lambda _: begun.set(), asyncio.Event())
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), signal.SIGCONT)


def _ignore(progress: Progress) -> None:
    """Not asked about here."""
