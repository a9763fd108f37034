import pytest

from adapters.durable.client import DurableRules
from tests.engine import ENGINE


@pytest.fixture(scope="session")
def engine() -> DurableRules:
    return ENGINE
