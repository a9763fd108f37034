"""A project's recorded budget and fund call fit the workflow of today."""

from tests.replay.recordings import replay
from workflows.training.fund_call import FundCall


async def test_the_recorded_history_replays() -> None:
    await replay("training.fund_call", FundCall)
