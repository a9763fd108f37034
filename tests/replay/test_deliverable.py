"""A deliverable's recorded life fits the workflow of today."""

from tests.replay.recordings import replay
from workflows.internships.deliverable import Deliverable


async def test_the_recorded_history_replays() -> None:
    await replay("internships.deliverable", Deliverable)
