"""The authority of the house: what it makes, keeps and renews."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters.certificates import RENEWED, NoAuthority, certify_all
from cli import main

NOW = datetime.now(UTC)


def test_certificates_stay_until_they_end_soon_or_their_names_change(tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    first = certify_all(folder, {"api": ["api"]}, {}, NOW, again=False)
    assert [one.anew for one in first] == [True]
    kept = (folder / "api" / "certificate.pem").read_bytes()
    later = first[0].ends_at - RENEWED
    assert not certify_all(folder, {"api": ["api"]}, {}, later - timedelta(days=1), again=False)[0].anew
    assert (folder / "api" / "certificate.pem").read_bytes() == kept
    for changed in ((["api"], later, False), (["api", "api.house"], NOW, False), (["api"], NOW, True)):
        names, at, again = changed
        assert certify_all(folder, {"api": names}, {}, at, again)[0].anew
    certify_all(tmp_path / "other", {"api": ["api"]}, {}, NOW, again=False)
    (folder / "api" / "key.pem").write_bytes((tmp_path / "other" / "api" / "key.pem").read_bytes())
    assert certify_all(folder, {"api": ["api"]}, {}, NOW, again=False)[0].anew, "a key of another certificate"
    secret = [path for path in folder.rglob("key.pem") if path.stat().st_mode & 0o077]
    assert secret == []
    (folder / "authority" / "key.pem").unlink()
    with pytest.raises(NoAuthority, match="go together"):
        certify_all(folder, {"api": ["api"]}, {}, NOW, again=False)


def test_the_command_names_what_it_made_and_what_it_does_not_know(tmp_path: Path) -> None:
    folder = str(tmp_path / "inside")
    made = CliRunner().invoke(main, ["certificates", folder, "--name", "api=api.house"])
    assert made.exit_code == 0, made.output
    assert [line.split()[:2] for line in made.output.splitlines()] == [
        [name, "made,"] for name in ("postgres", "temporal", "api", "front", "platform")
    ]
    for option in (["--name", "mail=x"], ["--name", "api"], ["--owner", "api=root"]):
        refused = CliRunner().invoke(main, ["certificates", folder, *option])
        assert refused.exit_code == 1
        assert "Traceback" not in refused.output
