"""The recorded history of a notice replays."""

from tests.replay.recordings import replay
from workflows.fleet.notice import Notice


async def test_the_recorded_history_of_a_notice_replays() -> None:
    await replay("fleet.notice", Notice)
