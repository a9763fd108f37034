"""PostgreSQL's own tools: a dump streamed out, a dump streamed in."""

import os
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from sqlalchemy.engine import URL, make_url

from adapters.backup.tunnel import tunnel, wants_tls
from adapters.local.postgres import binaries
from domain.errors import DomainError

CHUNK = 1 << 18
LAST_WORDS = 600


class ToolFailed(DomainError):
    """pg_dump or pg_restore ended with an error, or is not there."""

    slug = "tool-failed"


class PostgresTools:
    """The wheel's, which speak no TLS and are led through a tunnel where it is asked for; ``folder`` names
    others, of the server's version or a newer one."""

    def __init__(self, url: str, folder: Path | None = None) -> None:
        self._url = make_url(url)
        self._folder = folder

    def dump(self, snapshot: str) -> Generator[bytes, None, None]:
        """The custom format, not compressed: the archive packs it. Raises ToolFailed, at the latest at the
        end: nothing that was given before counts then."""
        what = ("--format=custom", "--compress=none", "--no-owner", f"--snapshot={snapshot}")
        with tempfile.TemporaryFile() as said:
            with self._started(said, "pg_dump", *what) as tool:
                assert tool.stdout
                while chunk := tool.stdout.read(CHUNK):
                    yield chunk
            _believe("pg_dump", tool.returncode, said)

    def restore(self, dump: Iterable[bytes]) -> None:
        """Whole or not at all. Raises ToolFailed."""
        with tempfile.TemporaryFile() as said:
            what = ("--single-transaction", "--exit-on-error", "--no-owner")
            # A tool that has ended takes no more; why it ended is in what it said.
            with suppress(BrokenPipeError), self._started(said, "pg_restore", *what) as tool:
                assert tool.stdin
                for chunk in dump:
                    tool.stdin.write(chunk)
            _believe("pg_restore", tool.wait(), said)

    @contextmanager
    def _started(self, said: IO[bytes], name: str, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Raises ToolFailed, NoTunnel."""
        program = (self._folder or binaries()) / name
        if not program.exists():
            raise ToolFailed(f"{program} is not there; set ECHEANCE_BACKUP_TOOLS to the folder of {name}")
        # The password goes by the environment: arguments can be read by every user of the machine.
        password = {"PGPASSWORD": str(self._url.password)} if self._url.password else {}
        with ExitStack() as stack:
            own = self._folder is None and wants_tls(self._url)
            url = stack.enter_context(tunnel(self._url)) if own else self._url
            yield stack.enter_context(
                subprocess.Popen(
                    [str(program), *arguments, "--dbname", _without_password(url)],
                    env={**os.environ, **password},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                )
            )


def _without_password(url: URL) -> str:
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()


def _believe(name: str, code: int, said: IO[bytes]) -> None:
    """Of what a tool said only its own lines: details and contexts would show rows."""
    if code:
        said.seek(0)
        lines = said.read().decode("utf-8", "replace").splitlines()
        own = " ".join(line for line in lines if line.startswith(f"{name}: "))
        raise ToolFailed(f"{name} ended with code {code}: {own[-LAST_WORDS:]}")
