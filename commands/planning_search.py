"""A search that one watches: each better plan is told, and Ctrl-C keeps the best."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from commands.operator import problems
from commands.planning_work import Work, keep
from commands.words import Voice
from domain.decision import Bilingual
from domain.maintenance.planning import solving
from domain.maintenance.planning.model import Plan
from domain.maintenance.planning.solving import Limits, Planning
from domain.money import DIGITS, Money
from domain.wording import amount

TICK = 0.2
Advance = Callable[[float, str], None]
"""How much of the time is used, 0 to 1, and what there is to say."""


@dataclass
class Found:
    """``stopped``: somebody could not wait."""

    plan: Plan
    stopped: bool = False


async def search(
    voice: Voice, planning: Planning, work: Work, limits: Limits, start: Plan | None, out: Path | None
) -> Found:
    """Each better plan is a line where there is no terminal for a bar.

    Raises PlannerGone; what was found before stands in ``out``.
    """
    stop = asyncio.Event()
    with _bar(voice, _title(voice, len(work.problem.visits))) as advance, _heard(stop):
        best = [""]

        def tell(better: solving.Progress) -> None:
            best[0] = _best(voice, work, better)
            advance(better.share, best[0])
            if not voice.machine and not problems.is_terminal:
                problems.print(f"{better.seconds:6.1f} s  {best[0]}", soft_wrap=True)
            if out:
                with suppress(OSError):  # the end says so; a search of hours goes on
                    keep(out, better.plan, work.problem)

        ticking = asyncio.create_task(_ticking(limits.seconds, advance, best))
        try:
            plan = await planning.plan(work.problem, limits, start, tell, stop)
        finally:
            ticking.cancel()
    return Found(plan, stop.is_set())


def _title(voice: Voice, visits: int) -> str:
    return voice.of(f"{visits} visites", f"{visits} visits")


def _best(voice: Voice, work: Work, better: solving.Progress) -> str:
    """`2 463,50 €, 1 sans place (pyvrp)`"""
    currency = work.problem.currency
    cost = amount(Money(currency, better.cost)) if currency in DIGITS else Bilingual(*[str(better.cost)] * 2)
    lost = f", {better.unplanned} {voice.of('sans place', 'without a place')}" if better.unplanned else ""
    return f"{cost.to(voice.lang)}{lost} ({better.solver})"


async def _ticking(seconds: float, advance: Advance, best: list[str]) -> None:
    """The time goes by between better plans, too."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        await asyncio.sleep(TICK)
        advance(min((loop.time() - began) / max(seconds, TICK), 1.0), best[0])


@contextmanager
def _heard(stop: asyncio.Event) -> Iterator[None]:
    """The first Ctrl-C ends the search with its best, the second one everything."""
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        stop.set()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


@contextmanager
def _bar(voice: Voice, title: str) -> Iterator[Advance]:
    """On a terminal; nothing elsewhere."""
    shown = not voice.machine and problems.is_terminal
    columns = (
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[best]}"),
    )  # fmt: skip
    with Progress(*columns, console=problems, disable=not shown, transient=True) as bar:
        task = bar.add_task(title, total=1.0, best="")
        yield lambda share, best: bar.update(task, completed=share, best=best)
