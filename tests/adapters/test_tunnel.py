"""The way of the backup's tools through TLS: what keeps it from opening is told, and nobody waits for it."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from adapters.backup.tunnel import NoTunnel, tunnel

URL = make_url("postgresql+psycopg://echeance@127.0.0.1:1/echeance?sslmode=require")


def test_a_folder_in_which_no_socket_can_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = tmp_path / ("d" * 120)
    far.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(far))
    with pytest.raises(NoTunnel, match="set TMPDIR"), tunnel(URL):
        pytest.fail("there is no way")
    assert not list(far.iterdir())
