"""The composition root: builds the adapters, lists workflows and activities, runs the task queues."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import settings as environment
from activities.alerts import Alerts
from activities.decisions import Decisions
from activities.documents import Documents
from activities.fleet.agency import AgencyActivities
from activities.fleet.cash import CashActivities
from activities.fleet.contract import ContractActivities
from activities.fleet.dunning import DunningActivities
from activities.fleet.intake import Intakes
from activities.fleet.notice import NoticeActivities
from activities.fleet.report import ReportActivities
from activities.fleet.risk import RiskActivities
from activities.fleet.score import DriverScores
from activities.fleet.statement import StatementActivities
from activities.fleet.station import StationActivities
from activities.fleet.theft import TheftActivities
from activities.internships.deliverable import DeliverableActivities
from activities.maintenance.plan import QUEUE as PLANNER
from activities.maintenance.plan import Plans
from activities.maintenance.renewal import RenewalActivities
from activities.maintenance.round import RoundActivities
from activities.maintenance.scheduling import SchedulingActivities
from activities.messages import Messages
from activities.platform.anchoring import Anchoring
from activities.platform.backup import BackupWatch
from activities.platform.export import Exports
from activities.platform.file_sweep import FileSweep
from activities.platform.foresight import NOW, Foresights
from activities.platform.freshness import keep_books_fresh
from activities.platform.letter import Letters
from activities.platform.portfolio import LATER
from activities.platform.privacy_request import PrivacyRequests
from activities.platform.publications import Publications
from activities.platform.reconciliation import Reconciliation
from activities.platform.retention import Retention
from activities.platform.rule_trial import RuleTrials
from activities.platform.webhook import Webhooks
from activities.training.fund_call import FundCallActivities
from adapters.backup.temporal import end_forgotten
from adapters.csv_fleet import CsvFleetFiles
from adapters.holidays import PublicHolidays
from adapters.logs import guard_logs
from adapters.simulation import Simulation
from adapters.table_files import TableFiles
from adapters.temporal import TemporalDoorbell, connect_as
from database.listings import LISTINGS
from database.relay import Relay
from database.shared.marks import Marks
from database.shared.payload_keys import CaseKeys
from domain.errors import BadInput
from domain.message import Channel
from domain.ports import Virtual
from ground import Ground as Ground
from ground import ground_of as ground_of
from ground import library_of as library_of
from schedules import bring_in_force, table
from workflows.fleet.agency import Agency
from workflows.fleet.cash import Cash
from workflows.fleet.contract import Contract
from workflows.fleet.dunning import Dunning
from workflows.fleet.intake import Intake
from workflows.fleet.notice import Notice
from workflows.fleet.report import Report
from workflows.fleet.risk import Risk
from workflows.fleet.score import NightlyScores
from workflows.fleet.statement import Statement
from workflows.fleet.station import Station
from workflows.fleet.theft import Theft
from workflows.internships.deliverable import Deliverable
from workflows.maintenance.plan import Planning
from workflows.maintenance.renewal import Renewal
from workflows.maintenance.round import Round
from workflows.maintenance.scheduling import Scheduling
from workflows.platform.anchoring import Anchors
from workflows.platform.backup import BackupAge
from workflows.platform.export import Export
from workflows.platform.file_sweep import FilesLeftOver
from workflows.platform.foresight import Foresight
from workflows.platform.letter import Letter
from workflows.platform.privacy_request import PrivacyRequest
from workflows.platform.publications import ComingPublications
from workflows.platform.reconciliation import LostMessages
from workflows.platform.retention import NightlyRetention
from workflows.platform.rule_trial import RuleTrial
from workflows.platform.webhook import Webhook
from workflows.training.fund_call import FundCall

log = logging.getLogger("echeance.worker")

SANDBOX = SandboxedWorkflowRunner(SandboxRestrictions.default.with_passthrough_modules("workflows.kit"))
"""The kit is loaded once, not once per case; what it may import is held by the architecture tests."""

WORKFLOWS: dict[str, Sequence[type]] = {
    "fleet": [
        Agency, Station, Cash, Contract, Dunning, Intake, NightlyScores, Notice, Report, Risk, Statement,
        Theft,
    ],
    "internships": [Deliverable],
    "maintenance": [Planning, Renewal, Round, Scheduling],
    "training": [FundCall],
    "platform": [
        Anchors, BackupAge, FilesLeftOver, Foresight, Letter, LostMessages, ComingPublications, RuleTrial,
        Export, Webhook, PrivacyRequest, NightlyRetention,
    ],
    PLANNER: [],
}  # fmt: skip
WORKFLOWS[NOW] = WORKFLOWS["fleet"]
SHADOW_QUEUES = (NOW, LATER)


Activities = list[Callable[..., Any]]


def activities(ground: Ground, queue: str) -> Activities:
    """Every activity of a task queue: the shared effects, and those of the domain's processes."""
    if queue == PLANNER:
        return [plans_of(ground).run]
    decisions = Decisions(ground.library, ground.holidays)
    messages = messages_of(ground)
    documents = Documents(ground.database, ground.typesetter, ground.files)
    shared = [messages.send, Alerts(ground.database).raise_alert, documents.issue]
    if queue == "platform":
        return [*shared, *of_platform(ground, decisions)]
    if queue == "fleet" or queue in SHADOW_QUEUES:
        return [*shared, *of_fleet(ground, decisions)]
    renewal = RenewalActivities(ground.database, decisions)
    funds = FundCallActivities(ground.database, decisions)
    own: dict[str, Activities] = {
        "internships": [DeliverableActivities(ground.database, decisions).review],
        "maintenance": [
            renewal.review,
            renewal.end_term,
            RoundActivities(ground.database, decisions).review,
            SchedulingActivities(ground.database, decisions).review,
        ],
        "training": [funds.review, funds.open_call, funds.close_call],
    }
    return [*shared, *own[queue]]


def plans_of(ground: Ground) -> Plans:
    return Plans(ground.database, ground.holidays, ground.roads, ground.land, ground.planning)


def messages_of(ground: Ground) -> Messages:
    return Messages(
        ground.database, ground.providers, ground.words, ground.links, ground.files, ground.soon,
        ground.file_links,
    )  # fmt: skip


def of_fleet(ground: Ground, decisions: Decisions) -> Activities:
    database = ground.database
    cash = CashActivities(database, decisions)
    contract = ContractActivities(database, decisions)
    dunning = DunningActivities(database, decisions)
    report = ReportActivities(database, decisions, ground.typesetter, TableFiles(), ground.files)
    risk = RiskActivities(database, decisions)
    statement = StatementActivities(database, decisions)
    return [
        AgencyActivities(database, decisions).review,
        StationActivities(database, decisions).review,
        NoticeActivities(database, decisions).review,
        TheftActivities(database, decisions).review,
        cash.review,
        contract.review,
        contract.complete,
        contract.reopen,
        contract.open_dunning,
        dunning.review,
        statement.review,
        statement.close_month,
        statement.end_contract,
        report.review,
        report.make,
        report.drop,
        DriverScores(database, ground.library).score_all,
        Intakes(database, ground.files, CsvFleetFiles(), ground.holidays).run,
        risk.review,
        risk.open_review,
        risk.close_review,
    ]


def of_platform(ground: Ground, decisions: Decisions) -> Activities:
    database = ground.database
    backup_watch = BackupWatch(database, ground.watches_backups, ground.destroyed)
    return [
        Reconciliation(database, messages_of(ground), ground.patience).reconcile,
        Publications(database).bring_in_force,
        PrivacyRequests(database, decisions).review,
        Retention(database, ground.library, ground.files, Marks(ground.keyring.master)).take_out,
        backup_watch.look,
        backup_watch.note_destroyed,
        FileSweep(database, ground.uploads).sweep,
        Anchoring(database, ground.anchors, Marks(ground.keyring.master)).anchor,
        RuleTrials(database, PublicHolidays()).run,
        *([foresights_of(ground, ground.virtual).run] if ground.virtual else []),
        Exports(database, ground.files, TableFiles(), LISTINGS).run,
        Webhooks(database, ground.keyring, ground.poster).deliver,
        Letters(database, ground.providers[Channel.EMAIL], ground.words, ground.base_url).send,
    ]


def foresights_of(ground: Ground, virtual: Callable[[str], Virtual]) -> Foresights:
    return Foresights(ground.database, ground.library, virtual, ground.files.files)


def workers(
    client: Client, ground: Ground, queues: Sequence[str], concurrency: int = 50, plans: int = 1
) -> list[Worker]:
    """The queue of shadows is two: on the second, public holidays are moved on with the days.

    Of ``plans`` so many are searched at once; one that is under way is left to another worker.
    """
    ground = replace(ground, virtual=ground.virtual or partial(Simulation, client))
    asked = [one for queue in queues for one in (SHADOW_QUEUES if queue == NOW else (queue,))]
    return [
        Worker(
            client,
            task_queue=queue,
            workflows=WORKFLOWS[NOW if queue == LATER else queue],
            activities=activities(ground.shadow(queue == LATER) if queue in SHADOW_QUEUES else ground, queue),
            max_concurrent_activities=plans if queue == PLANNER else concurrency,
            max_cached_workflows=kept_in_memory(concurrency),
            workflow_runner=SANDBOX,
            graceful_shutdown_timeout=timedelta(seconds=1 if queue == PLANNER else 15),
        )
        for queue in asked
        if queue in WORKFLOWS or queue in SHADOW_QUEUES
    ]


def kept_in_memory(concurrency: int) -> int:
    """Open cases per queue: those at work and some more. Others sleep for days; waking one replays it."""
    return concurrency * 3 // 2


async def run(chosen: environment.Settings) -> None:
    """Work until SIGINT or SIGTERM, then finish what is under way."""
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        ground = await ground_of(chosen, stack)
        keys = CaseKeys(ground.database, ground.keyring)
        client = await connect_as(chosen, keys)
        relay = Relay(ground.database, TemporalDoorbell(client), partial(end_forgotten, client))
        background = [
            asyncio.create_task(relay.run()),
            asyncio.create_task(keep_books_fresh(ground.database, ground.library)),
        ]
        at_once = chosen.worker_concurrency, chosen.planner_concurrency
        for worker in workers(client, ground, chosen.task_queues, *at_once):
            await stack.enter_async_context(worker)
        if "platform" in chosen.task_queues:
            await bring_in_force(client, table(timedelta(seconds=chosen.reconcile_every)))
        log.info("working on %s", ", ".join(chosen.task_queues))
        await stopping.wait()
        for task in background:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def main() -> int:
    try:
        chosen = environment.load()
    except BadInput as wrong:
        print(wrong, file=sys.stderr)
        return 2
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    guard_logs(chosen.secrets())
    for talkative in ("twilio", "httpx"):  # they tell addresses and texts of messages
        logging.getLogger(talkative).setLevel(logging.WARNING)
    asyncio.run(run(chosen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
