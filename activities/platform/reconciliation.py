"""Messages whose fate nobody asks about any more: the case moved on or ended while a reply was lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from temporalio import activity

from activities.messages import Messages
from database.session import Database
from database.shared import cases, messages
from database.shared.contacts import tenants
from domain.calendar import local_date
from domain.case import Case
from domain.decision import Step
from domain.effects import Order


@dataclass(frozen=True)
class Reconciliation:
    """``patience`` (real time): how long a message's own case is left to ask for itself."""

    database: Database
    messages: Messages
    patience: timedelta = timedelta(minutes=5)

    @activity.defn(name="platform.reconciliation.reconcile")
    async def reconcile(self, at: datetime) -> int:
        """Ask the providers about every lost message. Returns how many were asked about."""
        async with self.database.anyone() as tx:
            known = await tenants(tx)
        asked = 0
        for tenant in known:
            async with self.database.tenant(tenant) as tx:
                lost = await messages.lost(tx, tenant, self.patience)
            for row in lost:
                activity.heartbeat(asked)
                await self._ask(row, at)
                asked += 1
        return asked

    async def _ask(self, row: Row[Any], at: datetime) -> None:
        case = Case(row.tenant_id, row.process, row.ref, row.zone)
        step = Step(row.template, "message", row.step_key, local_date(at, row.zone))
        await self.messages.ask(Order(case, step, at), row)
        async with self.database.tenant(case.tenant) as tx:
            if row.step_key not in await cases.last_steps(tx, case):
                await messages.withdraw(tx, case, [row.step_key], messages.UNWANTED)
