"""An agent's recorded cash fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.cash import Cash


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.cash", Cash)
