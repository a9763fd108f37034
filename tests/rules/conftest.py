from collections.abc import Iterator

import pytest

from adapters.durable.client import DurableRules


@pytest.fixture(scope="session")
def engine() -> Iterator[DurableRules]:
    made = DurableRules()
    yield made
    made.close()
