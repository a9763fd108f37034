"""Files in a bucket: the same store as the folder, spoken to over S3's own protocol."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from adapters.files.buckets import BucketFiles
from adapters.files.folder import FolderFiles
from adapters.files.store import open_files
from adapters.local.ports import choose_port
from domain.errors import NotFound
from domain.file import FilesDown

NAME = "motos-douala/ab/abcdef"
SECRET = SecretStr("c2VjcmV0")


@dataclass(frozen=True)
class Chosen:
    files_url: str
    files_endpoint: str = ""
    files_region: str = "eu-west-3"
    files_account: str = "AKIATEST"
    files_secret: SecretStr = SECRET


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.put(f"{address}/files", headers={"Host": "s3.amazonaws.com"}, trust_env=False).raise_for_status()
    yield address
    server.stop()


@pytest.fixture
def chosen(endpoint: str) -> Chosen:
    return Chosen("s3://files/echeance", endpoint)


async def test_what_is_put_is_given_back_until_it_is_deleted(chosen: Chosen) -> None:
    files = open_files(chosen)
    content = bytes(range(256)) * 8000
    await files.put(NAME, content)
    await files.put("other/ab/1", b"x")
    assert await files.get(NAME) == content
    assert [one.name async for one in files.entries("motos-douala/")] == [NAME]
    assert {one.name async for one in files.entries()} == {NAME, "other/ab/1"}
    elsewhere = open_files(Chosen("s3://files/another", chosen.files_endpoint))
    assert [one async for one in elsewhere.entries()] == []
    for _ in range(2):
        await files.delete(NAME)
    with pytest.raises(NotFound):
        await files.get(NAME)


async def test_a_name_that_leads_elsewhere_is_none(chosen: Chosen) -> None:
    files = open_files(chosen)
    for name in ("../another/x", "a//b", "", "a/\x00"):
        for call in (files.get(name), files.delete(name), files.put(name, b"")):
            with pytest.raises(ValueError, match="not the name"):
                await call


async def test_a_store_that_is_not_there_says_so_and_nothing_of_its_keys(chosen: Chosen) -> None:
    missing = open_files(Chosen("s3://missing/x", chosen.files_endpoint))
    with pytest.raises(FilesDown) as refused:
        await missing.put(NAME, b"x")
    assert "AKIATEST" not in str(refused.value)
    assert refused.value.__cause__ is None
    port, _ = choose_port(0)
    away = open_files(Chosen("s3://files/x", f"https://127.0.0.1:{port}"))
    with pytest.raises(FilesDown):
        await away.get(NAME)


def test_the_address_says_which_store_it_is(tmp_path: Path) -> None:
    assert isinstance(open_files(Chosen(tmp_path.as_uri())), FolderFiles)
    assert isinstance(open_files(Chosen("az://files/echeance")), BucketFiles)
    for strange in ("file://host/x", "ftp://x/y", "/plain"):
        with pytest.raises(ValueError, match="no store"):
            open_files(Chosen(strange))
