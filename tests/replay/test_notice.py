"""A recorded notice fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.fleet.notice import Notice


async def test_the_recorded_history_replays() -> None:
    await replay("fleet.notice", Notice)
