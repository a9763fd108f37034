"""The data folder of a local platform: one run at a time, secrets kept and kept to ourselves."""

import stat
from pathlib import Path

import pytest

from adapters.local.folder import AlreadyRunning, DataFolder
from adapters.local.secrets import secrets_of


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / ".data")
    folder.logs.mkdir(parents=True)
    return folder


def test_a_second_run_on_the_same_folder_is_refused_and_told_by_whom(folder: DataFolder) -> None:
    with folder.held():
        assert folder.in_use()
        with pytest.raises(
            AlreadyRunning, match=r"process \d+ already runs on .*give another folder with --data"
        ):
            DataFolder(folder.path).held().__enter__()
    assert not folder.in_use()


def test_secrets_are_made_once(folder: DataFolder) -> None:
    assert secrets_of(folder) == secrets_of(DataFolder(folder.path))


def test_a_secret_that_an_older_run_did_not_know_is_added(folder: DataFolder) -> None:
    folder.keep_secrets({"ECHEANCE_LINK_SECRETS": "kept"})
    secrets = secrets_of(folder)
    assert secrets["ECHEANCE_LINK_SECRETS"] == "kept"
    assert secrets["ECHEANCE_TWILIO_AUTH_TOKEN"]


def test_only_the_owner_reads_secrets(folder: DataFolder) -> None:
    secrets_of(folder)
    folder.keep_environment({"ECHEANCE_LINK_SECRETS": "kept"})
    for name in ("secrets.json", "environment.json"):
        assert stat.S_IMODE((folder.path / name).stat().st_mode) == 0o600


def test_logs_of_five_runs_are_kept(folder: DataFolder) -> None:
    for number in range(8):
        (folder.logs / "api.log").write_text(f"run {number}")
        folder.rotate_logs()
    kept = {path.name: path.read_text() for path in folder.logs.iterdir()}
    assert kept == {f"api.log.{back}": f"run {8 - back}" for back in range(1, 6)}
