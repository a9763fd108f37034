"""The replay tests can fail: a workflow that commands something else does not fit a recorded history."""

import pytest
from temporalio.workflow import NondeterminismError

from tests.replay.recordings import replay
from tests.replay.variant import Hesitant


async def test_an_inserted_timer_is_found_by_replay() -> None:
    with pytest.raises(NondeterminismError, match=r"[Tt]imer"):
        await replay("internships.deliverable", Hesitant)
