"""A recorded report of profitability fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.report import Report


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.report", Report)
