"""Stored files in a bucket (S3 and what speaks like it) or a container (Azure Blob)."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import AzureStore, S3Store

from adapters.files.names import checked, checked_prefix
from domain.errors import NotFound
from domain.file import Entry, FilesDown

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ClientConfig, RetryConfig, S3Config

RETRY: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
TIMES: "ClientConfig" = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}


MISSING = (NotFoundError, FileNotFoundError)


class BucketFiles:
    """Both services put whole objects: one that was not sent to its end is not there."""

    def __init__(self, store: S3Store | AzureStore) -> None:
        self._store = store

    async def put(self, name: str, content: bytes) -> None:
        with _asked():
            await obstore.put_async(self._store, checked(name), content)

    async def get(self, name: str) -> bytes:
        with _asked():
            try:
                found = await obstore.get_async(self._store, checked(name))
                return bytes(await found.bytes_async())
            except MISSING:
                raise NotFound("stored file", name) from None

    async def delete(self, name: str) -> None:
        with _asked(), suppress(*MISSING):
            await obstore.delete_async(self._store, checked(name))

    async def entries(self, prefix: str = "") -> AsyncIterator[Entry]:
        with _asked():
            async for batch in obstore.list(self._store, checked_prefix(prefix) or None, chunk_size=500):
                for one in batch:
                    yield Entry(one["path"], one["last_modified"])


@contextmanager
def _asked() -> Iterator[None]:
    """What the service says in its error may name keys and addresses: it goes no further."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise FilesDown(f"the store of files: {type(error).__name__}") from None


def s3(bucket: str, prefix: str, endpoint: str, region: str, key_id: str, secret: str) -> BucketFiles:
    """Without a key the machine's own role is asked."""
    given: S3Config = {}
    if endpoint:
        given["endpoint"] = endpoint
    if region:
        given["region"] = region
    if key_id:
        given.update({"access_key_id": key_id, "secret_access_key": secret})
    return BucketFiles(
        S3Store(
            bucket, config=given, prefix=prefix or None, client_options=_client(endpoint), retry_config=RETRY
        )
    )


def azure(container: str, prefix: str, endpoint: str, account: str, key: str) -> BucketFiles:
    """Without an account key the machine's own identity is asked."""
    given: AzureConfig = {"account_name": account} if account else {}
    if key:
        given["account_key"] = key
    if endpoint:
        given["endpoint"] = endpoint
    client = _client(endpoint)
    return BucketFiles(
        AzureStore(container, config=given, prefix=prefix or None, client_options=client, retry_config=RETRY)
    )


def _client(endpoint: str) -> "ClientConfig":
    """Plain HTTP only where the setting itself says so: contents are sealed, names and keys are not."""
    return {**TIMES, "allow_http": endpoint.startswith("http://")}
