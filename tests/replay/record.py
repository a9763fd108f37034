"""Tells the stories again and keeps their histories: ``python -m tests.replay.record [process ...]``.

Run it after a change that is meant to alter what a workflow commands, and commit what it writes. A change
that is not meant to must leave the recorded histories green.
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from adapters.local.ports import choose_port
from adapters.local.postgres import EmbeddedPostgres
from adapters.local.temporal import EmbeddedTemporal
from adapters.simulation import Simulation
from adapters.temporal import connect
from database.migrate import upgrade
from database.session import Database
from tests.ground import ground, serve_twin
from tests.replay.recordings import RECORDINGS, path_of, tidied
from tests.stories.telling import Telling
from worker import WORKFLOWS, workers


async def record(processes: list[str], folder: Path) -> None:
    async with AsyncExitStack() as stack:
        telling = await _standing(stack, folder)
        for process in processes:
            recording = RECORDINGS[process]
            before = set(telling.simulation.started)
            await recording.tell(telling)
            told = telling.simulation.started - before
            mine = [case for case in told if case.process == process]
            case = next(case for case in mine if recording.ref in ("", case.ref))
            handle = telling.simulation.client.get_workflow_handle(case.workflow_id)
            history = await handle.fetch_history()
            path_of(process).write_text(tidied(history.to_json()), "utf-8")
            print(f"{path_of(process).name}: {len(history.events)} events")


async def _standing(stack: AsyncExitStack, folder: Path) -> Telling:
    """What the fixtures of the tests build."""
    postgres = EmbeddedPostgres(folder / "postgres")
    stack.callback(postgres.stop)
    postgres.start()
    await asyncio.to_thread(upgrade, postgres.url())
    temporal = EmbeddedTemporal(folder / "temporal", choose_port(0)[0])
    stack.callback(temporal.stop)
    temporal.start()
    owner, database = Database(postgres.url(), pool_size=2), Database(postgres.url(role="echeance_app"))
    stack.push_async_callback(owner.close)
    stack.push_async_callback(database.close)
    twin = await stack.enter_async_context(serve_twin(folder / "twin"))
    client = await connect(temporal.address)
    standing = ground(database, twin)
    for worker in workers(client, standing, list(WORKFLOWS)):
        await stack.enter_async_context(worker)
    return Telling(database, owner, Simulation(client), standing, twin)


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - set(RECORDINGS):
        print(f"no recording of {', '.join(sorted(unknown))}; there are {', '.join(RECORDINGS)}")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(record(wanted or list(RECORDINGS), Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
