"""Published holes: who is asked, what is told of us, and which of them are overdue."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from adapters.advisories import NoAdvisories, Package, holes, pinned
from cli import main

NOW = datetime.now(UTC)
LOCK = """\
jinja2==2.4.1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
pillow==12.0.0 ; sys_platform == "linux" \\
    --hash=sha256:cc
h11==0.16.0 \\
    --hash=sha256:dd
"""


def told(id: str, days: int, rating: str | None = None, **more: Any) -> dict[str, Any]:
    known = {
        "id": id,
        "summary": f"hole {id}",
        "published": f"{NOW - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}",
    }
    return {**known, **({"database_specific": {"severity": rating}} if rating else {}), **more}


@contextmanager
def osv(holes_of: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, list[Any]]]:
    """A twin of the far end, and what it was asked."""
    asked: list[Any] = []
    every = {one["id"]: one for some in holes_of.values() for one in some}

    class Twin(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            named = [one["package"]["name"] for one in asked[-1]["queries"]]
            short = [
                [{"id": one["id"], "modified": one["published"]} for one in holes_of.get(n, [])]
                for n in named
            ]
            self.answer({"results": [{"vulns": some} if some else {} for some in short]})

        def do_GET(self) -> None:
            self.answer(every[self.path.rpartition("/")[2]])

        def answer(self, content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Twin)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_only_names_and_versions_are_told() -> None:
    packages = pinned(LOCK)
    assert packages == [Package("jinja2", "2.4.1"), Package("pillow", "12.0.0"), Package("h11", "0.16.0")]
    with osv({}) as (address, asked), httpx.Client(base_url=address) as http:
        assert holes(http, packages) == []
    assert asked == [
        {
            "queries": [
                {"package": {"name": p.name, "ecosystem": "PyPI"}, "version": p.version} for p in packages
            ]
        }
    ]


def test_a_hole_is_told_once_with_its_rating_and_those_that_were_taken_back_are_not() -> None:
    known = {
        "jinja2": [
            told("PYSEC-1", 20, aliases=["GHSA-1"]),
            told("GHSA-1", 20, "critical", aliases=["PYSEC-1"]),
        ],
        "h11": [told("PYSEC-2", 20), told("GHSA-3", 200, "LOW", withdrawn="2031-01-01T00:00:00Z")],
    }
    with osv(known) as (address, _), httpx.Client(base_url=address) as http:
        found = holes(http, pinned(LOCK))
    assert [(one.id, one.rating) for one in found] == [("GHSA-1", "CRITICAL"), ("PYSEC-2", "HIGH")]
    assert [(one.due_at - NOW).days for one in found] == [-14, 9]


def test_a_far_end_that_is_away_or_odd_is_named() -> None:
    with httpx.Client(base_url="http://127.0.0.1:9", timeout=2) as http, pytest.raises(NoAdvisories):
        holes(http, pinned(LOCK))
    with (
        osv({"h11": [{"id": "X", "published": "?"}]}) as (address, _),
        httpx.Client(base_url=address) as http,
        pytest.raises(NoAdvisories, match=address),
    ):
        holes(http, pinned(LOCK))


@pytest.mark.parametrize(
    ("days", "rating", "code"), [(6, "CRITICAL", 0), (8, "CRITICAL", 1), (89, "LOW", 0), (91, "LOW", 1)]
)
def test_the_command_fails_when_a_hole_is_older_than_promised(
    tmp_path: Path, days: int, rating: str, code: int
) -> None:
    (tmp_path / "lock").write_text(LOCK, "utf-8")
    with osv({"pillow": [told("GHSA-9", days, rating)]}) as (address, _):
        said = CliRunner().invoke(main, ["holes", str(tmp_path / "lock"), "--from", address])
    assert said.exit_code == code, said.output
    assert "pillow 12.0.0  GHSA-9" in said.output
    assert ("overdue since" in said.output) == bool(code)


def test_the_lock_that_ships_is_read_whole() -> None:
    lock = (Path(__file__).resolve().parents[2] / "requirements.lock").read_text("utf-8")
    starts = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pinned(lock)) == len(starts) > 40
