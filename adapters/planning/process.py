"""The planner in a process of its own, so that a search neither holds up nor takes down who asked for it."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from adapters.planning.wire import packed, plan, progress
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.solving import Bell, Limits, PlannerGone, Progress, Tell

ROOT = Path(__file__).resolve().parents[2]
CHILD = (sys.executable, "-E", "-s", "-m", "adapters.planning.child")
LONGEST = 1 << 28
"""Bytes of a line."""
GRACE = 60.0
"""Seconds that it may take beyond its limit: to read the problem, and to end the last step."""
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class PlannerProcess:
    """Each plan has its own process, which gets nothing of our environment and ends when we do."""

    def __init__(self, command: Sequence[str] = CHILD, grace: float = GRACE) -> None:
        self._command = tuple(command)
        self._grace = grace

    async def plan(
        self, problem: Problem, limits: Limits, start: Plan | None, tell: Tell, stop: Bell
    ) -> Plan:
        wish = await asyncio.to_thread(packed, problem, limits, start)
        best = [start or Plan()]

        def heard(told: Progress) -> None:
            best[0] = told.plan
            tell(told)

        process = await self._started()
        stopping = asyncio.create_task(_terminated(process, stop))
        try:
            async with asyncio.timeout(limits.seconds + self._grace):
                return await _talked(process, wish, heard)
        except PlannerGone:
            if stop.is_set():  # it was told to end before it had begun to listen
                return best[0]
            raise
        except TimeoutError:
            raise PlannerGone("the planner did not end in time and was ended") from None
        finally:
            stopping.cancel()
            await _ended(process)

    async def _started(self) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *self._command, cwd=ROOT, env=ENVIRONMENT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
                limit=LONGEST, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise PlannerGone(f"the planner cannot be started ({error.strerror})") from None


async def _talked(process: Process, wish: bytes, tell: Tell) -> Plan:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(ConnectionError):  # its end shows in what it answers
        process.stdin.write(wish)
        await process.stdin.drain()
    async for line in process.stdout:
        said = _understood(line)
        if isinstance(said, Plan):
            return said
        tell(said)
    raise PlannerGone(f"the planner ended without a result (code {await process.wait()})")


def _understood(line: bytes) -> Plan | Progress:
    """Who is killed in the middle of a line leaves half of it behind. Raises PlannerGone."""
    try:
        said = json.loads(line)
        return plan(said["result"]) if "result" in said else progress(said)
    except (ValueError, TypeError, KeyError):
        raise PlannerGone("the planner ended in the middle of what it said") from None


async def _terminated(process: Process, stop: Bell) -> None:
    await stop.wait()
    with suppress(ProcessLookupError):
        process.terminate()


async def _ended(process: Process) -> None:
    """Also when we are cancelled meanwhile, nothing is left behind."""
    with suppress(ProcessLookupError):
        if process.returncode is None:
            process.kill()
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()
