"""A recorded station fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.station import Station


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.station", Station)
