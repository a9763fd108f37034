"""The embedded PostgreSQL keeps what it acknowledged, whatever happens to it."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.local.postgres import EmbeddedPostgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "data")
    server.start()
    yield server
    server.stop()


def ask(server: EmbeddedPostgres, statement: str) -> list[tuple[object, ...]]:
    plain = server.url().replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_it_is_postgresql_18_and_writes_to_disk(server: EmbeddedPostgres) -> None:
    rows = ask(
        server,
        "SELECT current_setting('server_version_num')::int / 10000, current_setting('fsync'),"
        " current_setting('max_connections'), current_setting('TimeZone'), current_database()",
    )
    assert rows == [(18, "on", "200", "UTC", "echeance")]


def test_a_killed_server_starts_again_with_what_it_acknowledged(server: EmbeddedPostgres) -> None:
    ask(server, "CREATE TABLE kept (n int)")
    ask(server, "INSERT INTO kept SELECT generate_series(1, 100)")
    killed = server.pid
    server.kill()
    assert not server.ready()
    server.start()
    assert server.pid != killed
    assert ask(server, "SELECT count(*) FROM kept") == [(100,)]


def test_what_a_killed_run_left_behind_gives_way(server: EmbeddedPostgres) -> None:
    left_behind = server.pid
    successor = EmbeddedPostgres(server.folder)
    successor.prepare()
    assert not server.ready()
    server.start()
    assert server.pid != left_behind


def test_two_servers_do_not_meet(server: EmbeddedPostgres, tmp_path: Path) -> None:
    other = EmbeddedPostgres(tmp_path / "other")
    other.start()
    try:
        assert other.url() != server.url()
        ask(other, "CREATE TABLE only_here (n int)")
        assert ask(server, "SELECT to_regclass('only_here')") == [(None,)]
    finally:
        other.stop()


def test_after_a_stop_nothing_is_left(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("deep" * 20) / "data")
    server.start()
    pid = server.pid
    server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not server.socket_folder.exists()
    assert not (server.folder / "postmaster.pid").exists()
