"""Brings an endpoint what is due to it, and gives it up when it has failed for days."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from database.session import Database
from database.shared import audit, effects, letters, people, webhook_deliveries, webhooks
from database.shared.audit import Actor
from database.shared.keys import Keyring
from database.shared.webhook_deliveries import Delivery
from domain.calendar import local_date
from domain.case import Case
from domain.decision import Bilingual, Step
from domain.effects import Done
from domain.errors import NotFound
from domain.platform.webhook import (
    AT_ONCE,
    ENABLED,
    GIVEN_UP_AFTER,
    GONE,
    REMOVED,
    Receipt,
    Round,
    body_of,
    headers_of,
    next_probe,
)
from domain.ports import Poster

ACTOR = Actor("process:platform.webhook")
TITLE = Bilingual(
    "Webhook désactivé : l’outil externe ne répond plus",
    "Webhook disabled: the external tool does not answer any more",
)


@dataclass(frozen=True)
class Due:
    """What is sent in one round, where to, and with which secrets."""

    url: str
    secrets: Sequence[bytes]
    deliveries: Sequence[Delivery]
    failing_since: datetime | None


@dataclass(frozen=True)
class Webhooks:
    database: Database
    keyring: Keyring
    poster: Poster

    @activity.defn(name="platform.webhook.deliver")
    async def deliver(self, round: Round) -> Done:
        """``note`` is the endpoint's state once nothing is sent to it any more."""
        due = await self._due(round)
        if isinstance(due, Done):
            return due
        # Receivers refuse what is minutes old: of this try, not of the round that waited for a worker.
        moment = activity.info().started_time
        receipts = await _all(self._send(round, due, one, moment) for one in due.deliveries)
        return await self._conclude(round, due, receipts)

    async def _due(self, round: Round) -> Due | Done:
        case, at = round.case, round.at
        async with self.database.tenant(case.tenant) as tx:
            try:
                row = await webhooks.held(tx, case.tenant, case.ref)
            except NotFound:
                return Done(note=REMOVED)
            if row.state != ENABLED:
                return Done(note=row.state)
            if row.probe_at and row.probe_at > at:
                return Done(retry_at=row.probe_at)
            limit = 1 if row.probe_at else AT_ONCE
            deliveries = await webhook_deliveries.due(tx, case.tenant, case.ref, at, limit)
            if not deliveries:
                return Done(retry_at=await webhook_deliveries.next_due(tx, case.tenant, case.ref))
            return Due(row.url, await self._secrets(tx, row, at), deliveries, row.failing_since)

    async def _secrets(self, tx: AsyncConnection, row: Row[Any], at: datetime) -> list[bytes]:
        """The newest first."""
        sealed = [row.secret]
        if row.old_secret and row.old_until > at:
            sealed.append(row.old_secret)
        about = webhooks.about(row.id)
        return [await self.keyring.open(tx, row.tenant_id, bytes(one), about) for one in sealed]

    async def _send(self, round: Round, due: Due, one: Delivery, moment: datetime) -> Receipt:
        """Kept as soon as it is known: what a crash forgets is sent again."""
        case = round.case
        body = body_of(case.tenant, one.type, one.at, one.data)
        receipt = await self.poster.post(due.url, headers_of(one.event, moment, body, due.secrets), body)
        async with self.database.tenant(case.tenant) as tx:
            await webhook_deliveries.settle(tx, case.tenant, case.ref, one, receipt, round.at)
        return receipt

    async def _conclude(self, round: Round, due: Due, receipts: Sequence[Receipt]) -> Done:
        case, at = round.case, round.at
        async with self.database.tenant(case.tenant) as tx:
            next_at = await webhook_deliveries.next_due(tx, case.tenant, case.ref)
            if any(receipt.accepted for receipt in receipts):
                if due.failing_since:
                    await webhook_deliveries.well(tx, case.tenant, case.ref)
                return Done(retry_at=next_at)
            since = due.failing_since or at
            gone = any(receipt.status == GONE for receipt in receipts)
            if gone or at - since >= GIVEN_UP_AFTER:
                reason = "gone" if gone else "failing"
                return await give_up(tx, case, reason, at)
            probe_at = next_probe(since, at)
            await webhook_deliveries.unwell(tx, case.tenant, case.ref, since, probe_at)
            return Done(retry_at=max(next_at, probe_at) if next_at and probe_at else next_at)


async def _all(sending: Iterable[Coroutine[Any, Any, Receipt]]) -> list[Receipt]:
    """Raises what one of them raised, once none is under way: a retry of the round must not meet them."""
    ended = await asyncio.gather(*sending, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if isinstance(one, Receipt)]


async def give_up(tx: AsyncConnection, case: Case, reason: str, at: datetime) -> Done:
    """Disable it, and tell those who can mend it: an alert for operations, a letter to administrators."""
    after = await webhooks.disable(tx, case.tenant, case.ref, reason, at)
    told = {"state": after.state, "reason": reason}
    await audit.write(tx, case.tenant, ACTOR, "webhook.disabled", f"webhook:{case.ref}", None, told)
    day = local_date(at, case.zone)
    key = f"{case.process}:{case.ref}:disabled:{at:%Y%m%dT%H%M%S}"
    step = Step("disabled", "alert", key, day, to="operations", title=TITLE)
    await effects.raise_alert(tx, case, step, at)
    for person in await people.active_with(tx, case.tenant, "administrator"):
        await letters.owe_letter(tx, case.tenant, person, "webhook_disabled", at, {"endpoint": case.ref})
    return Done(note=after.state)
