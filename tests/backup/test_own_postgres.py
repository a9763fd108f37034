"""A PostgreSQL of one's own goes into an empty one; what was erased since stays erased."""

from pathlib import Path

import psycopg

from adapters.backup.destroyed import DestroyedKeys
from adapters.local.postgres import EmbeddedPostgres
from database.backups import connected
from database.shared.sealing import MasterKeys, new_secret
from tests.backup.conftest import PLENTY
from tests.backup.machine import echeance, run

TENANT = "motos"


def sealed_for(server: EmbeddedPostgres, owner: str) -> str:
    """A data key of a person, under the master key that the platform is given. Its id."""
    id = new_secret().hex()[:16]
    masters = MasterKeys(["a word for tests that is as long as a true one"])
    master, wrapped = masters.wrap(new_secret(), f"{TENANT}:{id}")
    with connected(server.url()) as tx:
        tx.execute(
            "insert into tenant (id, name, country, zone, currency)"
            " values (%s, 'Motos', 'CM', 'Africa/Douala', 'XAF') on conflict do nothing",
            [TENANT],
        )
        tx.execute(
            "insert into data_key (tenant_id, id, owner, wrapped, master) values (%s, %s, %s, %s, %s)",
            [TENANT, id, owner, wrapped, master],
        )
    return id


def test_a_postgresql_of_ones_own_is_restored_into_an_empty_one(
    server: EmbeddedPostgres, given: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "files" / "t" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "t" / "ab" / "abcd").write_bytes(b"sealed")
    erased, kept = sealed_for(server, "person:D-1"), sealed_for(server, "person:D-2")
    with connected(server.url()) as tx:
        for ref in ("D-1", "D-2"):
            tx.execute(
                "insert into contact (tenant_id, ref, full_name, email) values (%s, %s, 'X', 'x@y.fr')",
                [TENANT, ref],
            )
    archive = echeance("backup", given=given).split("  ")[0]
    survived = DestroyedKeys(tmp_path / "anchors")
    survived.add([(TENANT, erased)])
    survived.add_people([(TENANT, "contact:D-1"), (TENANT, "contact:D-9")])
    in_use = run("restore", archive, given=given)
    assert "the database is not empty: it has" in in_use.stderr
    server.create_database("anew")
    new = given | {
        "ECHEANCE_DATABASE_URL": server.url("anew", "echeance_app"),
        "ECHEANCE_DATABASE_ADMIN_URL": server.url("anew"),
        "ECHEANCE_FILES_URL": (tmp_path / "new-files").as_uri(),
    }
    with psycopg.connect(server.url("anew").replace("+psycopg", "")):
        assert "the database is in use by postgres" in run("restore", archive, given=new).stderr
    said = echeance("restore", archive, "--anchors", str(tmp_path / "anchors"), given=new)
    assert "✗" not in said
    assert f"! {TENANT} person:D-1: erased after the backup" in said
    assert f"! {TENANT} contact:D-1: erased before, and back with the backup" in said
    assert "D-9" not in said
    assert (tmp_path / "new-files" / "t" / "ab" / "abcd").read_bytes() == b"sealed"
    with connected(server.url("anew")) as tx:
        counted = tx.execute("select count(*) from ballast").fetchone()
        left = tx.execute("select id from data_key where wrapped is not null").fetchall()
        [(request, about, due)] = tx.execute(
            "select id, contact_ref, due_on = received_on from privacy_request where kind = 'erasure'"
        ).fetchall()
        [(watch,)] = tx.execute(
            "select ref from outbox where process = 'platform.privacy_request'"
        ).fetchall()
    assert (about, due, watch) == ("D-1", True, request)
    assert (counted, left) == ((PLENTY,), [(kept,)])


def test_a_line_that_a_crash_cut_off_is_written_again(tmp_path: Path) -> None:
    destroyed = DestroyedKeys(tmp_path)
    assert (destroyed.add_people([("motos", "contact:D-12")]), destroyed.known()) == (1, set())
    people = tmp_path / "erased-people.txt"
    for lost in (2, 4):  # what is left may be the reference of somebody else
        people.write_bytes(people.read_bytes()[:-lost])
        assert destroyed.people() == set()
    assert destroyed.add_people([("motos", "contact:D-12")]) == 1
    assert destroyed.people() == {("motos", "contact:D-12")}
    first, second = ("motos", "0" * 16), ("motos", "1" * 16)
    assert destroyed.add([first, second]) == 2
    path = tmp_path / "destroyed-keys.txt"
    path.write_bytes(path.read_bytes()[:-7])
    assert destroyed.known() == {first}
    assert destroyed.add([first, second]) == 1
    assert destroyed.known() == {first, second}
    assert destroyed.add([first, second]) == 0
    assert path.stat().st_mode & 0o777 == 0o600
