"""What a tool that was away for an hour was told fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.platform.webhook import Webhook


async def test_the_recorded_history_replays() -> None:
    await replay("platform.webhook", Webhook)
