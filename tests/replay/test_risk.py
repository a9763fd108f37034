"""A driver's recorded fall fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.risk import Risk


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.risk", Risk)
