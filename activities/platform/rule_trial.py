"""A rule book tried on what is open now, or on what was recorded, against the one that it would replace.

Batch after batch, each with its checkpoint: whoever is interrupted goes on, and ends as if it had not been.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from temporalio import activity

from database.session import Database
from database.shared import recorded, trials
from database.shared.audit import Actor
from database.shared.contacts import Tenant, tenant_of
from database.shared.recorded import Batch
from database.shared.trials import FAILED, RUNNING, Trial, Work
from domain.case import Case
from domain.errors import BadInput, Conflict
from domain.ports import Holidays
from rules.asking import open_days
from rules.comparison import Comparison
from rules.errors import BrokenBook
from rules.findings import findings
from rules.replay import revision

BATCH = 1000

Tell = Callable[[Trial], None]
"""Hears of every batch."""


@dataclass(frozen=True)
class RuleTrials:
    database: Database
    holidays: Holidays
    batch: int = BATCH

    @activity.defn(name="platform.rule_trial.run")
    async def run(self, case: Case) -> str:
        """The state in which it ends. A stopped worker leaves it running, for the next attempt."""
        try:
            ended = await self.go_on(case.tenant, int(case.ref), lambda trial: activity.heartbeat(trial.done))
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details and details.cancel_requested:
                await self._stopped(case)
            raise
        return ended.state

    async def go_on(self, tenant: str, id: int, tell: Tell) -> Trial:
        """From the last checkpoint to the end, or until it is stopped. Raises NotFound."""
        async with self.database.tenant(tenant) as tx:
            firm = await tenant_of(tx, tenant)
            work = await trials.work_of(tx, tenant, id)
            total = work.trial.total or await recorded.count(tx, tenant, work.trial, firm.zone)
        trial = replace(work.trial, total=total)
        if trial.state != RUNNING:
            return trial
        try:
            comparison = await asyncio.to_thread(self._comparison, firm, work)
        except (BrokenBook, BadInput) as wrong:
            return await self._failed(firm, trial, str(wrong))
        after = list(work.checkpoint["after"]) if work.checkpoint else []
        return await self._compare(firm, trial, comparison, after, tell)

    async def _compare(
        self, firm: Tenant, trial: Trial, comparison: Comparison, after: list[Any], tell: Tell
    ) -> Trial:
        while True:
            async with self.database.tenant(firm.id) as tx:
                found = await recorded.batch(tx, firm.id, trial, firm.zone, after, self.batch)
            try:
                await asyncio.to_thread(comparison.take, found.looks)
            except (ArithmeticError, LookupError, TypeError, ValueError) as fault:
                # Of a recorded look that no book can take: trying it again would come to the same.
                return await self._failed(firm, trial, f"{type(fault).__name__} after {trial.done} looks")
            reached = replace(trial, done=trial.done + len(found.looks))
            kept = await self._keep(firm, trial, reached, comparison, found)
            if kept.state != RUNNING:
                return kept
            trial, after = kept, list(found.position)
            tell(trial)

    async def _keep(
        self, firm: Tenant, known: Trial, reached: Trial, comparison: Comparison, found: Batch
    ) -> Trial:
        """The batch is counted in the transaction that says so."""
        total = max(reached.total, reached.done)
        async with self.database.tenant(firm.id) as tx:
            if len(found.looks) < self.batch:
                result = findings(comparison.finish())
                kept = await trials.finish(tx, firm.id, known, reached.done, reached.done, result)
            else:
                checkpoint = {"after": found.position, "comparison": comparison.state()}
                kept = await trials.advance(tx, firm.id, known, reached.done, total, checkpoint)
            now = await trials.trial_of(tx, firm.id, known.id)
        if not kept and now.state == RUNNING:
            raise Conflict(f"somebody else goes on with the trial {known.id}")
        return now

    def _comparison(self, firm: Tenant, work: Work) -> Comparison:
        """Raises BrokenBook, BadInput."""
        trial = work.trial
        comparison = Comparison(
            revision(trial.book, work.old), revision(trial.book, work.new), firm.zone,
            open_days(firm.country, self.holidays), f"{firm.id}:{trial.id}",
        )  # fmt: skip
        if work.checkpoint:
            comparison.restore(work.checkpoint["comparison"])
        return comparison

    async def _failed(self, firm: Tenant, trial: Trial, problem: str) -> Trial:
        async with self.database.tenant(firm.id) as tx:
            await trials.fail(tx, firm.id, trial, problem)
        return replace(trial, state=FAILED, problem=problem)

    async def _stopped(self, case: Case) -> None:
        async with self.database.tenant(case.tenant) as tx:
            trial = await trials.trial_of(tx, case.tenant, int(case.ref))
            if trial.state == RUNNING:
                await trials.stop(tx, case.tenant, Actor("operations"), trial.id)
