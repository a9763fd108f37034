"""Trials over the API: asked for, run on the platform's queue, stopped, taken up again, and shown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from activities.platform.rule_trial import RuleTrials
from adapters.holidays import PublicHolidays
from adapters.local.temporal import EmbeddedTemporal
from adapters.temporal import TemporalDoorbell, connect
from database.relay import Relay
from database.session import Database
from database.shared import trials
from database.shared.payload_keys import CaseKeys
from database.shared.tables import decision
from database.shared.trials import Trial
from domain.case import Case
from tests.api.conftest import Caller, is_problem
from tests.ground import KEYRING, ROOT
from tests.rules.drafts import sooner
from worker import SANDBOX
from workflows.platform.rule_trial import RuleTrial

TRIALS = "/v1/rules/fleet/dunning/trials"
TEXT = (ROOT / "rules/fleet/dunning.yaml").read_text("utf-8")
AT = datetime(2031, 2, 1, 11, tzinfo=UTC)


@pytest.fixture
async def drivers(douala: Caller) -> Caller:
    """Forty drivers seen on the first and the third day of their arrears."""
    rows: list[dict[str, Any]] = []
    for number in range(40):
        for days in (1, 3):
            facts = {
                "days_late": days, "arrears": {"currency": "XAF", "minor": 5000},
                "oldest_due_on": (AT.date() + timedelta(days=number)).isoformat(),
            }  # fmt: skip
            rows.append(
                {"tenant_id": douala.tenant, "key": uuid4().hex, "process": "fleet.dunning",
                 "ref": f"C-{number:02}", "decided_at": AT + timedelta(days=number + days),
                 "book": "fleet/dunning", "revision": "x", "stage": "courtesy", "closes": "", "facts": facts,
                 "reasons": [], "near": [], "steps": [], "waiting": {}}
            )  # fmt: skip
    async with douala.database.tenant(douala.tenant) as tx:
        await tx.execute(insert(decision), rows)
    return douala


QUEUE = "trials"


async def asked(caller: Caller, **given: Any) -> dict[str, Any]:
    answer = await caller.post(TRIALS, json={"kind": "back_test", "content": sooner(), **given})
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


class Apart(TemporalDoorbell):
    """On a queue that no other worker of the tests asks."""

    def queue_of(self, case: Case) -> str:  # noqa: ARG002
        return QUEUE


@dataclass
class Platform:
    """The relay, and workers of the platform's queue that a test starts and kills."""

    client: Client
    database: Database

    async def relayed(self, caller: Caller) -> None:
        await Relay(self.database, Apart(self.client)).drain([caller.tenant])

    @asynccontextmanager
    async def working(self, runner: RuleTrials) -> AsyncIterator[None]:
        async with Worker(
            self.client, task_queue=QUEUE, workflows=[RuleTrial], activities=[runner.run],
            workflow_runner=SANDBOX, graceful_shutdown_timeout=timedelta(0),
            max_heartbeat_throttle_interval=timedelta(milliseconds=50),
        ):  # fmt: skip
            yield

    async def ended(self, caller: Caller, id: int) -> Any:
        case = Case(caller.tenant, "platform.rule_trial", str(id), "Africa/Douala")
        async with asyncio.timeout(60):
            return await self.client.get_workflow_handle(case.workflow_id).result()


@pytest.fixture
async def platform(temporal: EmbeddedTemporal, database: Database) -> Platform:
    return Platform(await connect(temporal.address, keys=CaseKeys(database, KEYRING)), database)


@dataclass(frozen=True)
class Halting(RuleTrials):
    """Stands still after its first batches, as a machine does that is about to be lost."""

    after: int = 10
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def go_on(self, tenant: str, id: int, tell: Any) -> Trial:
        def told(trial: Trial) -> None:
            tell(trial)
            if trial.done >= self.after:
                self.reached.set()
                raise asyncio.CancelledError

        return await super().go_on(tenant, id, told)


async def test_a_trial_runs_by_itself_and_shows_what_differs(drivers: Caller, platform: Platform) -> None:
    made = await asked(drivers, begins_on="2031-02-01", ends_on="2031-12-31")
    assert (made["state"], made["kind"], made["asked_by"][:4]) == ("running", "back_test", "key:")
    is_problem(await drivers.get(f"{TRIALS}/{made['id']}/result"), 409, "conflict")
    await platform.relayed(drivers)
    async with platform.working(RuleTrials(platform.database, PublicHolidays(), 7)):
        outcome = await platform.ended(drivers, made["id"])
    assert outcome["closed"] == "done"
    shown = (await drivers.get(f"{TRIALS}/{made['id']}")).json()
    assert (shown["state"], shown["done"], shown["total"]) == ("done", 80, 80)
    found = (await drivers.get(f"{TRIALS}/{made['id']}/result")).json()["result"]
    assert (found["subjects"], found["changed"], found["more_messages"]) == (40, 40, 40)
    assert [(one["what"], one["old"], one["new"]) for one in found["steps"] if one["gained"]] == [
        ("fleet/dunning/reminder", 0, 40)
    ]
    page = await drivers.get(f"{TRIALS}/{made['id']}/result.html")
    assert page.headers["content-type"].startswith("text/html")
    assert "Relance des impayés" in page.text
    assert "du 01/02/2031 au 31/12/2031" in page.text
    sheet = await drivers.get(f"{TRIALS}/{made['id']}/result.csv")
    assert sheet.headers["content-disposition"] == f'attachment; filename="fleet-dunning-{made["id"]}.csv"'
    assert "total,subjects,,,,40,,,," in sheet.text


async def test_a_lost_worker_leaves_a_checkpoint_from_which_the_next_goes_on(
    drivers: Caller, platform: Platform
) -> None:
    whole, broken = await asked(drivers), await asked(drivers)
    straight = RuleTrials(platform.database, PublicHolidays(), 1000)
    await straight.go_on(drivers.tenant, whole["id"], lambda _: None)
    lost = Halting(platform.database, PublicHolidays(), 7, 21)
    await platform.relayed(drivers)
    async with platform.working(lost):
        await asyncio.wait_for(lost.reached.wait(), 30)
    assert (await drivers.get(f"{TRIALS}/{broken['id']}")).json()["done"] == 21
    begun: list[int] = []

    @dataclass(frozen=True)
    class Counting(RuleTrials):
        async def go_on(self, tenant: str, id: int, tell: Any) -> Trial:
            def told(trial: Trial) -> None:
                begun.append(trial.done)
                tell(trial)

            return await super().go_on(tenant, id, told)

    async with platform.working(Counting(platform.database, PublicHolidays(), 7)):
        await platform.ended(drivers, broken["id"])
    assert begun[0] == 28
    results = [
        (await drivers.get(f"{TRIALS}/{one['id']}/result")).json()["result"] for one in (whole, broken)
    ]
    for found in results:  # who is drawn depends on the number of the trial
        for part in ("moves", "steps"):
            for one in found[part]:
                one["sample"] = len(one["sample"])
    assert results[0] == results[1]


async def test_stopped_and_taken_up_again(drivers: Caller, platform: Platform) -> None:
    made = await asked(drivers)
    stopped = await drivers.post(f"{TRIALS}/{made['id']}/stop")
    assert stopped.json()["state"] == "stopped"
    is_problem(await drivers.post(f"{TRIALS}/{made['id']}/stop"), 409, "conflict")
    await platform.relayed(drivers)
    async with platform.working(RuleTrials(platform.database, PublicHolidays())):
        assert (await platform.ended(drivers, made["id"]))["closed"] == "stopped"
        drivers.clock.forward(seconds=5)
        assert (await drivers.post(f"{TRIALS}/{made['id']}/resume")).status_code == 202
        await platform.relayed(drivers)
        assert (await platform.ended(drivers, made["id"]))["closed"] == "done"
    is_problem(await drivers.post(f"{TRIALS}/{made['id']}/resume"), 409, "conflict")


async def test_a_trial_cancelled_by_operations_is_stopped(drivers: Caller, platform: Platform) -> None:
    made = await asked(drivers)

    @dataclass(frozen=True)
    class Slow(RuleTrials):
        reached: asyncio.Event = field(default_factory=asyncio.Event)

        async def go_on(self, tenant: str, id: int, tell: Any) -> Trial:
            self.reached.set()
            while True:
                tell(await self._now(tenant, id))

        async def _now(self, tenant: str, id: int) -> Trial:
            async with self.database.tenant(tenant) as tx:
                return await trials.trial_of(tx, tenant, id)

    slow = Slow(platform.database, PublicHolidays())
    await platform.relayed(drivers)
    case = Case(drivers.tenant, "platform.rule_trial", str(made["id"]), "Africa/Douala")
    async with platform.working(slow):
        await asyncio.wait_for(slow.reached.wait(), 30)
        await platform.client.get_workflow_handle(case.workflow_id).cancel()
        with pytest.raises(WorkflowFailureError) as failed:
            await platform.ended(drivers, made["id"])
    assert isinstance(failed.value.cause, CancelledError)
    assert (await drivers.get(f"{TRIALS}/{made['id']}")).json()["state"] == "stopped"


async def test_what_cannot_be_tried_is_refused_with_its_mend(drivers: Caller) -> None:
    days = {"kind": "dry_run", "begins_on": "2031-02-01"}
    [mistake] = is_problem(await drivers.post(TRIALS, json=days), 422, "bad-input")["errors"]
    assert mistake["mend"] == "leave the days out"
    wrong = {"kind": "back_test", "begins_on": "2031-02-02", "ends_on": "2031-02-01"}
    is_problem(await drivers.post(TRIALS, json=wrong), 422, "bad-input")
    for far in (
        {"kind": "dry_run", "at": "9999-12-31T23:59:59Z"}, {"kind": "back_test", "ends_on": "9999-12-31"},
        {"kind": "back_test", "begins_on": "0001-01-01"},
    ):  # fmt: skip
        [mistake] = is_problem(await drivers.post(TRIALS, json=far), 422, "bad-input")["errors"]
        assert mistake["mend"] == "check the year"
    broken = {"kind": "dry_run", "content": TEXT.replace("measure: days_late", "measure: day_late")}
    [first, *_] = is_problem(await drivers.post(TRIALS, json=broken), 422, "broken-book")["errors"]
    assert first["suggestion"] == "days_late"
    other = {"kind": "dry_run", "content": (ROOT / "rules/fleet/contract.yaml").read_text("utf-8")}
    is_problem(await drivers.post(TRIALS, json=other), 422, "broken-book")
    is_problem(await drivers.post(TRIALS, json={"kind": "dry_run", "new": "f" * 12}), 404, "not-found")
    is_problem(await drivers.get(f"{TRIALS}/999999"), 404, "not-found")


async def test_trials_are_listed_per_book_and_seen_by_their_tenant_alone(
    drivers: Caller, other: Caller
) -> None:
    ids = [(await asked(drivers))["id"] for _ in range(3)]
    first = (await drivers.get(TRIALS, params={"limit": 2})).json()
    rest = (await drivers.get(TRIALS, params={"limit": 2, "cursor": first["next"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == ids[::-1]
    assert (await drivers.get("/v1/rules/fleet/contract/trials")).json()["items"] == []
    is_problem(await drivers.get(f"/v1/rules/fleet/contract/trials/{ids[0]}"), 404, "not-found")
    assert (await other.get(TRIALS)).json()["items"] == []
    is_problem(await other.get(f"{TRIALS}/{ids[0]}/result.html"), 404, "not-found")
    assert [row.action for row in await drivers.audited()][-3:] == ["rule.trial_began"] * 3
