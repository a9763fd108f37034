"""A contract's recorded term fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.maintenance.renewal import Renewal


async def test_the_recorded_history_replays() -> None:
    await replay("maintenance.renewal", Renewal)
