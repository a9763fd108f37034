"""After every story its decisions are taken again under their own revisions, and must come out the same."""

from collections.abc import AsyncIterator

import pytest

from tests.stories.replaying import differences
from tests.stories.telling import Telling


@pytest.fixture(autouse=True)
async def taken_again(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    yield
    telling = getattr(request.node, "funcargs", {}).get("telling")
    if isinstance(telling, Telling):
        begun, telling.begun = telling.begun, []
        for story in begun:
            assert await differences(story) == []
