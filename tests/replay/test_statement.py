"""An investor's recorded contract fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.statement import Statement


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.statement", Statement)
