"""Files taken in from a terminal, and what is kept aside put right there."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.fleet import contract
from database.shared.tables import audit
from domain.fleet.intake import Contract
from tests.stories.fleet import HOLIDAYS, TERMS, signed
from tests.stories.telling import Story, Telling
from tests.test_settings import EXAMPLE, enter

HEADER = "payment_ref,contract_ref,received_at,amount_minor,channel"
ROWS = ("Q-1,C-1,2026-03-21T10:00:00+01:00,500,cash", "Q-2,C-1,hier,500,cash",
        "Q-3,C-9,2026-03-21T10:00:00+01:00,500,cash")  # fmt: skip


@dataclass
class Terminal:
    story: Story
    folder: Path

    async def types(self, *words: str, code: int = 0) -> str:
        there = ["--data", str(self.folder), "--tenant", self.story.tenant]
        done: Result = await asyncio.to_thread(CliRunner().invoke, main, ["fleet", *words, *there])
        assert done.exit_code == code, done.output
        return " ".join(done.output.replace("\u00a0", " ").replace("\u202f", " ").split())

    async def told(self, *words: str) -> Any:
        """For programs."""
        there = ["--data", str(self.folder), "--tenant", self.story.tenant, "--json"]
        done = await asyncio.to_thread(CliRunner().invoke, main, ["fleet", *words, *there])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    def file(self, *rows: str, header: str = HEADER) -> str:
        path = self.folder / "paiements.csv"
        path.write_text("\n".join((header, *rows)), "utf-8")
        return str(path)

    async def trail(self) -> list[str]:
        async with self.story.telling.database.tenant(self.story.tenant) as tx:
            return [row.action for row in await tx.execute(select(audit.c.action).order_by(audit.c.id))]


@pytest.fixture
async def terminal(
    telling: Telling, tmp_path: Path, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    enter({}, monkeypatch)
    known = {**EXAMPLE, "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app")}
    DataFolder(tmp_path).keep_environment(known)
    return Terminal(await signed(telling), tmp_path)


async def test_a_file_goes_in_and_what_is_wrong_is_put_right(terminal: Terminal) -> None:
    file = terminal.file(*ROWS)
    said = await terminal.types("import", file)
    assert "paiements : 1 entrés, 0 déjà connus, 2 mis de côté" in said
    assert "3 Q-2 received_at : « hier » n’est pas un moment" in said
    assert "rien n’a changé" in await terminal.types("import", file)
    waiting = (await terminal.told("kept-aside", "list", "--source", "payments"))["items"]
    by_ref = {one["ref"]: one["id"] for one in waiting}
    assert {one["ref"]: one["line"] for one in waiting} == {"Q-2": 3, "Q-3": 4}
    assert "amount_minor 500" in await terminal.types("kept-aside", "show", by_ref["Q-2"])
    replay = ("kept-aside", "replay", by_ref["Q-2"], "--set")
    assert "n’est pas un moment" in await terminal.types(*replay, "received_at=demain", code=1)
    assert "is no value" in await terminal.types(*replay, "received_at", "--lang", "en", code=1)
    right = await terminal.types(*replay, "received_at=2026-03-22T10:00:00+01:00")
    assert "entré sous Q-2" in right
    assert await terminal.told("kept-aside", "replay", "--all") == {"entered": [], "left": 1}
    assert "Introuvable : contrat « C-9 »" in await terminal.types(
        "kept-aside", "replay", by_ref["Q-3"], code=1
    )
    await terminal.types("kept-aside", "dismiss", by_ref["Q-3"], "--reason", "Entré ailleurs.")
    assert "rien n’attend" in await terminal.types("kept-aside", "list")
    assert "give an ID" in await terminal.types("kept-aside", "replay", code=2)
    assert (await terminal.trail())[-4:] == [
        "fleet.payments.imported", "fleet.payments.imported", "fleet.kept_aside.replayed",
        "fleet.kept_aside.dismissed",
    ]  # fmt: skip


async def test_all_that_waits_is_tried_however_much_it_is(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.kept_aside.MOST", 2)
    rows = [f"Q-{number},C-2,2026-03-21T10:00:00+01:00,500,cash" for number in range(5)]
    await terminal.types("import", terminal.file(*rows))
    assert await terminal.told("kept-aside", "replay", "--all") == {"entered": [], "left": 5}
    async with terminal.story.fact("2032-01-21 10:00") as (tx, moment):
        agreed = Contract("C-2", "D-1", "M-2", TERMS)
        await contract.create_signed(tx, terminal.story.tenant, agreed, moment, HOLIDAYS)
    done = await terminal.told("kept-aside", "replay", "--all", "--source", "payments")
    assert (len(done["entered"]), done["left"]) == (5, 0)


async def test_a_file_that_is_none_says_what_is_nearest(terminal: Terminal) -> None:
    said = await terminal.types(
        "import", terminal.file("x", header=HEADER.replace("channel", "moyen")), code=1
    )
    assert "channel : la colonne manque ; ajoutez-la à la première ligne" in said
    assert "driver_ref" not in said
    wrong = await terminal.types("import", terminal.file(*ROWS), "--kind", "swaps", code=1)
    assert "swap_ref : la colonne manque" in wrong
