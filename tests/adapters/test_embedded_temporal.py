"""The embedded Temporal server: what it is started with, and what it keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from adapters.local.ports import any_port
from adapters.local.temporal import SEARCH_ATTRIBUTES, EmbeddedTemporal


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedTemporal]:
    server = EmbeddedTemporal(tmp_path_factory.mktemp("temporal"), any_port())
    server.start()
    yield server
    server.stop()


async def test_it_knows_our_search_attributes(server: EmbeddedTemporal) -> None:
    client = await Client.connect(server.address)
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="default")
    )
    known = {name: IndexedValueType.Name(kind) for name, kind in answer.custom_attributes.items()}
    expected = {name: f"INDEXED_VALUE_TYPE_{kind.upper()}" for name, kind in SEARCH_ATTRIBUTES.items()}
    assert expected.items() <= known.items()


def test_its_folder_is_read_by_nobody_else(tmp_path: Path) -> None:
    fresh = EmbeddedTemporal(tmp_path / "temporal", any_port())
    fresh.prepare()
    assert fresh.folder.stat().st_mode & 0o077 == 0


async def test_a_killed_server_starts_again_with_its_workflows(server: EmbeddedTemporal) -> None:
    client = await Client.connect(server.address)
    await client.start_workflow("anything", id="kept", task_queue="nobody")
    server.kill()
    assert not server.ready()
    server.start()
    again = await Client.connect(server.address)
    described = await again.get_workflow_handle("kept").describe()
    assert described.id == "kept"
