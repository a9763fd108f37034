"""A database that lived before a migration has afterwards what the code relies on."""

from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from adapters.local.postgres import EmbeddedPostgres
from database.migrate import config, upgrade

FIRM = text(
    "insert into tenant (id, name, country, zone, currency) values (:id, :id, 'FR', 'Europe/Paris', 'EUR')"
)
BEGIN = text("select set_config('app.tenant', :id, true)")
CASE = text("insert into process_case (tenant_id, process, ref, stage, waiting, opened_at) "
            "values (:id, 'fleet.dunning', :ref, 'firm', '{}', now())")  # fmt: skip
DECISION = text("""
    insert into decision (tenant_id, key, process, ref, decided_at, book, revision, stage, closes, facts,
                          reasons, near, steps, waiting)
    values (:id, :key, 'fleet.dunning', :ref, now(), :book, '', '', '', '{}', '[]', '[]', '[]', '{}')
""")
ASKED = {
    "C-1": ["training/budget", "fleet/dunning", ""],
    "C-2": ["training/budget", "training/budget+training/fund_call"],
    "C-3": [""],
}


def lived(tx: Connection, firm: str) -> None:
    tx.execute(FIRM, {"id": firm})
    tx.execute(BEGIN, {"id": firm})
    for ref, books in ASKED.items():
        tx.execute(CASE, {"id": firm, "ref": ref})
        for number, book in enumerate(books):
            tx.execute(DECISION, {"id": firm, "ref": ref, "book": book, "key": f"{ref}:{number}"})


def test_open_cases_of_every_tenant_know_the_books_they_use(postgres: EmbeddedPostgres) -> None:
    name = f"older_{uuid4().hex[:8]}"
    postgres.create_database(name)
    url = postgres.url(database=name)
    command.upgrade(config(url, "echeance_app"), "0002")
    engine = create_engine(url)
    with engine.begin() as tx:
        for firm in ("a", "b"):
            lived(tx, firm)
    upgrade(url)
    with engine.begin() as tx:
        found = [tuple(row) for row in tx.execute(text("select ref, book from process_case order by 1, 2"))]
    engine.dispose()
    assert found == [
        ("C-1", "fleet/dunning"), ("C-1", "fleet/dunning"), ("C-2", "training/budget+training/fund_call"),
        ("C-2", "training/budget+training/fund_call"), ("C-3", ""), ("C-3", ""),
    ]  # fmt: skip


DOCUMENT = text(
    "insert into document (tenant_id, key, process, ref, template, locale, name, media_type, sha256, "
    "content, issued_at) "
    "values ('a', 'k', 'fleet.contract', 'C-1', 'x', 'fr', 'x.pdf', 'application/pdf', '', 'x', now())"
)


def test_documents_of_before_the_files_are_never_lost(postgres: EmbeddedPostgres) -> None:
    name = f"older_{uuid4().hex[:8]}"
    postgres.create_database(name)
    url = postgres.url(database=name)
    command.upgrade(config(url, "echeance_app"), "0013")
    engine = create_engine(url)
    with engine.begin() as tx:
        tx.execute(FIRM, {"id": "a"})
        tx.execute(DOCUMENT)
    with pytest.raises(DBAPIError, match="documents of a version before the first release"):
        upgrade(url)
    with engine.begin() as tx:
        assert tx.execute(text("select content from document")).scalar() == b"x"
    engine.dispose()
