"""A driver's recorded contract fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.contract import Contract


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.contract", Contract)
