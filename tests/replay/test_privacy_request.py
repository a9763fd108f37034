"""A request's recorded month fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.platform.privacy_request import PrivacyRequest


async def test_the_recorded_history_replays() -> None:
    await replay("platform.privacy_request", PrivacyRequest)
