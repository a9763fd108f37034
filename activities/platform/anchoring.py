"""The trail's anchors: every minute, what was sealed since is read again and its end kept elsewhere."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from database.session import Database
from database.shared import audit_chain, effects
from database.shared.contacts import tenant_of, tenants
from domain.calendar import local_date
from domain.case import Case
from domain.decision import Bilingual, Step
from domain.trail import Anchors, Finding, Head, Signer

log = logging.getLogger("echeance.audit")

PROCESS = "platform.anchoring"
TEAM = "operations"
TITLE = Bilingual(
    "Le journal d’audit a été modifié : lancez `echeance audit verify`",
    "The audit trail was tampered with: run `echeance audit verify`",
)


@dataclass(frozen=True)
class Anchoring:
    """Without ``anchors`` (no folder was given) nothing is kept, and nothing is read."""

    database: Database
    anchors: Anchors | None
    signer: Signer

    @activity.defn(name="platform.anchoring.anchor")
    async def anchor(self, at: datetime) -> int:
        """Anchor every chain that has grown. A chain that is not what it was gets an alert and no anchor.

        Returns how many were anchored.
        """
        if self.anchors is None:
            return 0
        async with self.database.anyone() as tx:
            known, unguarded = await tenants(tx), await audit_chain.guard(tx)
        heads = []
        for tenant in known:
            activity.heartbeat(tenant)
            if head := await self.looked_at(tenant, unguarded, at):
                heads.append(head)
        await asyncio.to_thread(self.anchors.append, heads, at)
        return len(heads)

    async def looked_at(self, tenant: str, unguarded: list[Finding], at: datetime) -> Head | None:
        """The end of a chain that has grown since its anchor and is in order, where its triggers are, too."""
        assert self.anchors is not None
        anchored = await asyncio.to_thread(self.anchors.latest, tenant)
        async with self.database.moment(tenant) as tx:
            head = await audit_chain.head_of(tx, tenant)
            if head is None and anchored is None:
                return None
            checked = await audit_chain.check(tx, tenant, self.signer, since=anchored)
        if findings := [*unguarded, *checked.findings]:
            await self._warn(tenant, findings, at)
            return None
        if anchored and head and head.seq == anchored.seq:
            return None
        return checked.head

    async def _warn(self, tenant: str, findings: list[Finding], at: datetime) -> None:
        for one in findings[:10]:
            log.error("the audit trail of %s: %s", tenant, one.says)
        async with self.database.tenant(tenant) as tx:
            await self._raise_alert(tx, tenant, findings[0], at)

    async def _raise_alert(self, tx: AsyncConnection, tenant: str, first: Finding, at: datetime) -> None:
        """Once a day as long as it lasts."""
        zone = (await tenant_of(tx, tenant)).zone
        today = local_date(at, zone)
        key = f"{PROCESS}:{tenant}:{first.kind}:{today}"
        step = Step(first.kind, "alert", key, today, to=TEAM, title=TITLE)
        await effects.raise_alert(tx, Case(tenant, PROCESS, "trail", zone), step, at)
