"""Which store the settings ask for."""

from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from adapters.files.buckets import azure, s3
from adapters.files.folder import FolderFiles
from domain.ports import Files


class Secret(Protocol):
    def get_secret_value(self) -> str: ...


class Chosen(Protocol):
    """``files_url`` is file:///folder, s3://bucket/prefix or az://container/prefix.

    Without account and secret the cloud's own environment is asked (roles of the machine).
    """

    @property
    def files_url(self) -> str: ...
    @property
    def files_endpoint(self) -> str: ...
    @property
    def files_region(self) -> str: ...
    @property
    def files_account(self) -> str: ...
    @property
    def files_secret(self) -> Secret: ...


def open_files(chosen: Chosen) -> Files:
    """Raises ValueError for an address of no store that we know."""
    parts = urlsplit(chosen.files_url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return FolderFiles(Path(unquote(parts.path)))
    prefix, secret = parts.path.strip("/"), chosen.files_secret.get_secret_value()
    if parts.scheme == "s3":
        region = chosen.files_region
        return s3(parts.netloc, prefix, chosen.files_endpoint, region, chosen.files_account, secret)
    if parts.scheme == "az":
        return azure(parts.netloc, prefix, chosen.files_endpoint, chosen.files_account, secret)
    raise ValueError("no store of files has this address")
