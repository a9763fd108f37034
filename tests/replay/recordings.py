"""The histories that replay is tested on: which story gives each, and where it is kept."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.stories import (
    test_agency,
    test_cash,
    test_contract,
    test_deliverable,
    test_dunning,
    test_fund_call,
    test_notice,
    test_plan,
    test_privacy_request,
    test_renewal,
    test_report,
    test_risk,
    test_round,
    test_scheduling,
    test_statement,
    test_station,
    test_theft,
    test_webhook,
)
from tests.stories.receiver import receiver
from tests.stories.telling import Telling
from worker import SANDBOX

PROCESS = re.compile(r"\d+@[\w.-]+")
FOLDER = Path(__file__).parent / "histories"


@dataclass(frozen=True)
class Recording:
    """``tell`` is a story test; the history is that of its case with the reference ``ref``, or of its only
    case of the process where references are drawn.
    """

    tell: Callable[[Telling], Awaitable[None]]
    ref: str = ""


async def tool_away(telling: Telling) -> None:
    async with receiver() as tool:
        await test_webhook.test_a_tool_that_is_down_for_an_hour_hears_it_later_as_the_same_event(
            telling, tool
        )


RECORDINGS = {
    "fleet.agency": Recording(
        test_agency.test_an_agency_that_collects_little_hears_of_it_from_its_third_month, "AG-1"
    ),
    "fleet.station": Recording(
        test_station.test_two_months_to_become_known_then_a_month_below_target_is_told_once, "ST-1"
    ),
    "fleet.cash": Recording(test_cash.test_cash_that_is_kept_is_asked_for_then_a_person_is, "AG-1"),
    "fleet.contract": Recording(
        test_contract.test_what_is_paid_late_is_dunned_and_completed_all_the_same, "C-1"
    ),
    "fleet.dunning": Recording(test_dunning.test_a_driver_who_never_pays_goes_through_every_stage, "C-1"),
    "fleet.notice": Recording(
        test_notice.test_a_quote_is_told_in_its_figures_and_one_that_is_overtaken_at_night_is_not,
        "C-1.quote.2",
    ),
    "fleet.report": Recording(
        test_report.test_each_month_is_reported_on_the_first_business_day_and_the_next_one_awaited,
        "monthly.20320101",
    ),
    "fleet.risk": Recording(test_risk.test_a_driver_who_stops_paying_is_looked_at_and_offered_a_plan, "D-1"),
    "fleet.theft": Recording(
        test_theft.test_a_stolen_bike_that_swaps_is_told_once_a_day_until_it_is_found, "M-1"
    ),
    "fleet.statement": Recording(test_statement.test_each_month_is_stated_told_and_paid, "I-1"),
    "internships.deliverable": Recording(
        test_deliverable.test_a_short_extension_does_not_repeat_what_was_said, "D-1"
    ),
    "maintenance.renewal": Recording(
        test_renewal.test_tacit_renewal_goes_on_for_a_year_with_a_watch_of_its_own, "K-1.20320429"
    ),
    "maintenance.plan": Recording(test_plan.test_rounds_are_asked_for_and_are_there),
    "maintenance.round": Recording(
        test_round.test_a_day_as_planned_is_told_the_evening_before_and_ends_with_its_last_visit,
        "T-1.20320309",
    ),
    "maintenance.scheduling": Recording(
        test_scheduling.test_a_visit_that_nobody_plans_is_told_before_and_after_it_is_due, "V-1"
    ),
    "platform.privacy_request": Recording(test_privacy_request.test_an_answer_ends_the_watch),
    "platform.webhook": Recording(tool_away),
    "training.fund_call": Recording(
        test_fund_call.test_a_threshold_opens_a_call_that_is_reminded_and_approved, "P-1"
    ),
}


def path_of(process: str) -> Path:
    return FOLDER / f"{process}.json"


def history_of(process: str) -> WorkflowHistory:
    return WorkflowHistory.from_json(process, path_of(process).read_text("utf-8"))


async def replay(process: str, workflow: type) -> None:
    """Raises what makes the recorded history impossible for this workflow. Needs no server."""
    replayer = Replayer(workflows=[workflow], workflow_runner=SANDBOX, data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history_of(process))


def tidied(history: str) -> str:
    """Without the names of the processes and machines that it was recorded on (``5249@host``)."""
    return json.dumps(_anonymous(json.loads(history)), indent=1, sort_keys=True) + "\n"


def _anonymous(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _anonymous(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_anonymous(each) for each in value]
    return "worker" if isinstance(value, str) and PROCESS.fullmatch(value) else value
