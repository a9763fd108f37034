"""Trials and publications of a tenant from a terminal, over what a story recorded."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select, update

from activities.platform.rule_trial import RuleTrials
from adapters.holidays import PublicHolidays
from adapters.local.folder import DataFolder
from adapters.local.postgres import EmbeddedPostgres
from cli import main
from database.session import Database
from database.shared import trials
from database.shared.audit import Actor
from database.shared.tables import audit, decision, tenant
from database.shared.trials import Trial
from tests.commands.test_history import drafted
from tests.test_settings import EXAMPLE, enter

BEGAN = datetime(2031, 2, 1, 11, tzinfo=UTC)


@dataclass
class Firm:
    """A tenant with recorded decisions, and the folder in which its platform is found."""

    folder: Path
    tenant: str
    database: Database

    async def call(self, *words: str | Path) -> Result:
        there = ["--data", str(self.folder), "--tenant", self.tenant]
        return await asyncio.to_thread(CliRunner().invoke, main, ["rules", *map(str, words), *there])

    async def told(self, *words: str | Path) -> Any:
        result = await self.call(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
async def firm(
    tmp_path: Path, postgres: EmbeddedPostgres, database: Database, owner: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Firm:  # fmt: skip
    enter({}, monkeypatch)
    urls = {
        "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app"),
        "ECHEANCE_DATABASE_ADMIN_URL": postgres.url(),
    }
    DataFolder(tmp_path).keep_environment({**EXAMPLE, **urls})
    name = f"cmd-{uuid4().hex[:8]}"
    row = {"id": name, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    async with database.tenant(name) as tx:
        await tx.execute(insert(decision), [_decided(name, n, days) for n in range(30) for days in (1, 3)])
    return Firm(tmp_path, name, database)


def _decided(name: str, number: int, days: int) -> dict[str, Any]:
    facts = {
        "days_late": days, "arrears": {"currency": "XAF", "minor": 5000},
        "oldest_due_on": (BEGAN.date() + timedelta(days=number)).isoformat(),
    }  # fmt: skip
    return {
        "tenant_id": name, "key": uuid4().hex, "process": "fleet.dunning", "ref": f"C-{number:02}",
        "decided_at": BEGAN + timedelta(days=number + days), "book": "fleet/dunning", "revision": "x",
        "stage": "courtesy", "closes": "", "facts": facts, "reasons": [], "near": [], "steps": [],
        "waiting": {},
    }  # fmt: skip


async def test_a_back_test_tells_who_changes_and_is_on_record(firm: Firm, tmp_path: Path) -> None:
    draft = drafted(tmp_path / "draft.yaml")
    said = await firm.told("back-test", draft, "--from", "2031-02-01", "--until", "2031-12-31")
    assert (said["result"]["looked"], said["result"]["changed"], said["result"]["more_messages"]) == (
        60,
        30,
        30,
    )
    assert (said["tenant"], said["begins_on"]) == ("Moto", "2031-02-01")
    page = tmp_path / "page.html"
    read = await firm.call("back-test", draft, "--html", page, "--lang", "en")
    assert "cases that differ: 30 of 30; more messages: 30, fewer: 0" in read.output
    assert "<figure>" in page.read_text("utf-8")
    async with firm.database.tenant(firm.tenant) as tx:
        rows = list(await tx.execute(select(audit.c.who, audit.c.action).order_by(audit.c.id)))
    assert [row.action for row in rows] == ["rule.trial_began"] * 2
    assert rows[0].who.startswith("operator:")


async def test_days_narrow_what_is_looked_at(firm: Firm, tmp_path: Path) -> None:
    draft = drafted(tmp_path / "draft.yaml")
    said = await firm.told("back-test", draft, "--from", "2031-02-02", "--until", "2031-02-02")
    assert said["result"]["looked"] == 1
    wrong = await firm.call("back-test", draft, "--from", "2031-02-03", "--until", "2031-02-02")
    assert wrong.exit_code == 1
    assert "exchange the two days" in wrong.output


async def test_a_dry_run_of_no_open_case_is_empty(firm: Firm, tmp_path: Path) -> None:
    said = await firm.told("dry-run", drafted(tmp_path / "draft.yaml"))
    assert (said["kind"], said["result"]["looked"]) == ("dry_run", 0)


async def test_a_stopped_trial_goes_on_by_its_number(firm: Firm, tmp_path: Path) -> None:
    draft = drafted(tmp_path / "draft.yaml")
    straight = await firm.told("back-test", draft)
    async with firm.database.tenant(firm.tenant) as tx:
        work = await trials.work_of(tx, firm.tenant, straight["trial"])
        plan = trials.Plan(
            "back_test", "fleet/dunning", (work.trial.old_revision, work.old),
            (work.trial.new_revision, work.new), work.trial.at,
        )  # fmt: skip
        begun = await trials.begin(tx, firm.tenant, Actor("key:anne"), plan, work.trial.at)
        await trials.stop(tx, firm.tenant, Actor("key:anne"), begun.id)
    resumed = await firm.told("back-test", "--resume", str(begun.id))
    assert resumed["result"]["months"] == straight["result"]["months"]
    again = await firm.call("back-test", "--resume", str(begun.id))
    assert again.exit_code == 1
    assert "is done, not stopped" in again.output
    assert (await firm.call("back-test", "--resume", "999999")).exit_code == 1


async def test_a_trial_whose_process_died_goes_on_by_its_number(firm: Firm, tmp_path: Path) -> None:
    straight = await firm.told("back-test", drafted(tmp_path / "draft.yaml"))
    async with firm.database.tenant(firm.tenant) as tx:
        work = await trials.work_of(tx, firm.tenant, straight["trial"])
        old, new = (work.trial.old_revision, work.old), (work.trial.new_revision, work.new)
        plan = trials.Plan("back_test", "fleet/dunning", old, new, work.trial.at)
        begun = await trials.begin(tx, firm.tenant, Actor("key:anne"), plan, work.trial.at)

    def die(_: Trial) -> None:
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await RuleTrials(firm.database, PublicHolidays(), 25).go_on(firm.tenant, begun.id, die)
    async with firm.database.tenant(firm.tenant) as tx:
        left = await trials.trial_of(tx, firm.tenant, begun.id)
    assert (left.state, left.done) == ("running", 25)
    resumed = await firm.told("back-test", "--resume", str(begun.id))
    assert resumed["result"]["months"] == straight["result"]["months"]
    assert resumed["result"]["looked"] == 60


async def test_a_book_with_a_mistake_is_not_tried(firm: Firm, tmp_path: Path) -> None:
    draft = drafted(tmp_path / "draft.yaml")
    draft.write_text(draft.read_text("utf-8").replace("measure: days_late", "measure: day_late"), "utf-8")
    result = await firm.call("back-test", draft)
    assert result.exit_code == 1
    assert f"{draft}:" in result.output
    assert "Traceback" not in result.output
    assert (await firm.call("back-test")).exit_code == 2


async def test_published_listed_and_rolled_back(firm: Firm, tmp_path: Path) -> None:
    draft = drafted(tmp_path / "draft.yaml")
    made = await firm.told("publish", draft, "--note", "le rappel un jour plus tôt")
    assert (made["state"], made["book"]) == ("approved", "fleet/dunning")
    listed = await firm.told("list")
    [book] = [one for one in listed["books"] if one["name"] == "fleet/dunning"]
    assert book["own"] == made["revision"]
    assert "le vôtre" in (await firm.call("list")).output
    told = await firm.call("list", "fleet/dunning")
    assert "le rappel un jour plus tôt" in told.output
    # What is in force is what the next trial compares with.
    same = await firm.told("back-test", draft)
    assert same["result"]["changed"] == 0
    assert (await firm.told("back-test", draft, "--against", "shipped"))["result"]["changed"] == 30
    back = await firm.call("rollback", "fleet/dunning", "--reason", "trop tôt")
    assert "le livre livré" in back.output
    again = await firm.call("rollback", "fleet/dunning", "--reason", "trop tôt")
    assert again.exit_code == 1
    assert "nothing to roll back" in again.output


async def test_where_two_persons_decide_it_is_proposed(firm: Firm, owner: Database, tmp_path: Path) -> None:
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == firm.tenant).values(rules_need_approval=True))
    result = await firm.call("publish", drafted(tmp_path / "draft.yaml"), "--on", "2099-01-01")
    assert result.exit_code == 0
    assert "une autre personne doit l’approuver" in result.output
    assert "proposée" in (await firm.call("list")).output


async def test_arguments_are_refused_before_the_work_begins(firm: Firm, tmp_path: Path) -> None:
    draft = drafted(tmp_path / "draft.yaml")
    for words, mend in (
        (("back-test", draft, "--until", "9999-12-31"), "check the year"),
        (("back-test", "--resume", "9" * 20), "is not in the range"),
        (("back-test", draft, "--html", tmp_path / "nowhere" / "page.html"), "make it first"),
        (("publish", draft, "--on", "9999-12-31"), "check the year"),
        (("publish", draft, "--note", "x" * 2001), "2000 at most"),
        (("rollback", "fleet/dunning", "--reason", " "), "write something"),
    ):
        result = await firm.call(*words)
        assert result.exit_code == 2, words
        assert mend in " ".join(result.output.split()), words


async def test_nothing_is_published_for_a_tenant_that_is_not_there(firm: Firm, tmp_path: Path) -> None:
    nobody = Firm(firm.folder, "nobody", firm.database)
    result = await nobody.call("publish", drafted(tmp_path / "draft.yaml"))
    assert result.exit_code == 1
    assert "nobody" in result.output


async def test_a_tenant_that_is_not_there_is_said(firm: Firm, tmp_path: Path) -> None:
    result = await Firm(firm.folder, "nobody", firm.database).call("dry-run", drafted(tmp_path / "d.yaml"))
    assert result.exit_code == 1
    assert "nobody" in result.output
