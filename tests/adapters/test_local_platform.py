"""What the processes of one machine are told."""

from pathlib import Path

from adapters.local.folder import DataFolder
from adapters.local.platform import LocalPlatform, Ports


def test_nobody_says_from_which_address_they_come(tmp_path: Path) -> None:
    """No proxy stands before it: a caller who names addresses would guess passwords from each anew."""
    platform = LocalPlatform(DataFolder(tmp_path), Ports(8000, 7233, 8233, 8025))
    api = platform.services()[-1]
    assert "uvicorn" in api.command
    assert "--no-proxy-headers" in api.command
