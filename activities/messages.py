"""Telling people, once: write the row, claim it, call the provider, believe only what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.alerts import raise_blocked_channel, raise_undeliverable, raise_unknown, raise_unwritable
from database.session import Database
from database.shared import contacts, messages
from database.shared.contacts import Contact, Tenant
from database.shared.effects import document_of
from domain.calendar import at_local, local_date
from domain.effects import Done, Order
from domain.errors import BadInput
from domain.links import Target
from domain.message import Answer, Attachment, Channel, Envelope, MessageState, Verdict
from domain.ports import Links, Provider, Writer

SOON = timedelta(minutes=1)
LATER = timedelta(minutes=15)


@dataclass(frozen=True)
class Messages:
    """``window``: how long (real time) a provider may take to list a message it accepted."""

    database: Database
    providers: Mapping[Channel, Provider]
    writer: Writer
    links: Links
    window: timedelta = timedelta(seconds=30)

    @activity.defn(name="messages.send")
    async def send(self, order: Order) -> Done:
        """Serve every recipient of a step. ``retry_at`` is set while one of them is not served."""
        try:
            return await self._serve(order)
        except BadInput as wrong:  # the words cannot be rendered: a person mends the template, the process waits
            async with self.database.tenant(order.case.tenant) as tx:
                await raise_unwritable(tx, order, wrong)
            return Done(order.at + timedelta(hours=1), str(wrong)[:200])

    async def _serve(self, order: Order) -> Done:
        async with self.database.tenant(order.case.tenant) as tx:
            tenant = await contacts.tenant_of(tx, order.case.tenant)
            until = quiet_until(order.at, tenant)
            if until:
                return Done(until, "quiet hours")
            data = await self._data(tx, tenant, order)
            for ref in order.step.contacts:
                await self._write(tx, tenant, order, await contacts.contact_of(tx, tenant.id, ref), data)
            rows = await messages.of_step(tx, order.case, order.step.key)
        waits = [await self._deliver(order, row) for row in rows]
        return next((wait for wait in waits if wait.retry_at), Done())

    async def _write(self, tx: AsyncConnection, tenant: Tenant, order: Order, person: Contact) -> None:
        """Choose the first channel that can still work, and write the message down for it."""
        past = [row for row in await messages.of_step(tx, order.case, order.step.key) if row.contact_ref == person.ref]
        if any(row.state != MessageState.FAILED for row in past):
            return
        tried = {row.channel for row in past}
        wanted = [c for c in person.channels if c in order.step.channels] or list(order.step.channels)
        wanted += [channel for channel in order.step.channels if channel not in wanted]
        addresses = {channel: person.address(channel) or "" for channel in wanted if channel not in tried}
        refused = await contacts.opt_outs_of(tx, tenant.id, list(addresses.values()))
        usable = [c for c, address in addresses.items() if address and (c, address) not in refused]
        chosen = next(iter(usable), next(iter(addresses), ""))
        if not chosen:
            await raise_undeliverable(tx, order)
            return
        why = "" if usable else ("opted out" if any(addresses.values()) else "no address")
        draft = self._draft(order, person, Channel(chosen), addresses[chosen], data)
        await messages.write(tx, draft, why)

    def _draft(
        self, order: Order, person: Contact, channel: Channel, address: str, data: dict[str, Any]
    ) -> messages.Draft:
        case = order.case
        link = self.links.to(Target(case.tenant, case.process, case.ref, person.ref))
        own = {**data, "link": link, "name": person.full_name}
        text = self.writer.write(order.step.template, channel, person.locale, own)
        return messages.Draft(
            id=f"{case.tenant}.{uuid4()}", case=case, step_key=order.step.key, contact_ref=person.ref,
            channel=channel, address=address, template=order.step.template, locale=person.locale,
            subject=text.subject, text=text.text, html=text.html, wrote_at=order.at,
        )  # fmt: skip

    async def _deliver(self, order: Order, row: Row[Any]) -> Done:
        """Bring one message one answer further."""
        match MessageState(row.state):
            case MessageState.PENDING:
                return await self._attempt(order, row)
            case MessageState.SENDING | MessageState.UNKNOWN:
                return await self._ask(order, row)
            case _:
                return Done()

    async def _attempt(self, order: Order, row: Row[Any]) -> Done:
        async with self.database.tenant(order.case.tenant) as tx:
            claimed = await messages.claim(tx, order.case.tenant, row.id)
        if claimed is None:
            return Done(order.at + SOON, "another attempt has it")
        attachments = await self._attachments(order)
        answer = await self.providers[Channel(row.channel)].send(envelope(claimed, attachments))
        return await self._believe(order, claimed, answer)

    async def _ask(self, order: Order, row: Row[Any]) -> Done:
        """A reply was lost: only the provider knows. Absent after the window means it was never taken."""
        answer = await self.providers[Channel(row.channel)].look_up(envelope(row))
        async with self.database.tenant(order.case.tenant) as tx:
            late = await messages.quiet_long_enough(tx, order.case.tenant, row.id, self.window)
            if answer.verdict is Verdict.ABSENT and late:
                await messages.settle(tx, order.case.tenant, row.id, MessageState.PENDING)
                return Done(order.at + timedelta(seconds=1), "never taken: send again")
            if answer.verdict is Verdict.UNANSWERABLE and late:
                await messages.settle(tx, order.case.tenant, row.id, MessageState.UNKNOWN, answer.detail)
                await raise_unknown(tx, order)
                return Done(order.at + timedelta(days=1), "the provider cannot tell")
        if answer.verdict is Verdict.ACCEPTED:
            return await self._believe(order, row, answer)
        return Done(order.at + SOON, f"asked the provider: {answer.verdict}")

    async def _believe(self, order: Order, row: Row[Any], answer: Answer) -> Done:
        state, wait = CONSEQUENCES[answer.verdict]
        async with self.database.tenant(order.case.tenant) as tx:
            reason = f"{answer.code} {answer.detail}".strip() if state is not MessageState.ACCEPTED else ""
            await messages.settle(tx, order.case.tenant, row.id, state, reason, answer.provider_id)
            if answer.verdict is Verdict.OPTED_OUT:
                await contacts.write_opt_out(tx, order.case.tenant, row.channel, row.address, "provider: STOP")
            if answer.verdict is Verdict.BLOCKED:
                await raise_blocked_channel(tx, order, row.channel)
        if wait is None:
            return Done()
        asked = timedelta(seconds=answer.retry_after or 0)
        return Done(order.at + max(wait, asked), f"{answer.verdict}: {answer.detail}"[:200])

    async def _attachments(self, order: Order) -> tuple[Attachment, ...]:
        """The documents that the step names by their keys in ``data['attach']``."""
        kept = []
        async with self.database.tenant(order.case.tenant) as tx:
            for key in order.step.data.get("attach", ()):
                found = await document_of(tx, order.case.tenant, key)
                if found:
                    kept.append(Attachment(found.name, found.media_type, bytes(found.content)))
        return tuple(kept)


CONSEQUENCES: dict[Verdict, tuple[MessageState, timedelta | None]] = {
    Verdict.ACCEPTED: (MessageState.ACCEPTED, None),
    Verdict.BUSY: (MessageState.PENDING, SOON),
    Verdict.UNREACHABLE: (MessageState.PENDING, SOON),
    Verdict.UNKNOWN: (MessageState.UNKNOWN, SOON),
    Verdict.REFUSED: (MessageState.FAILED, timedelta(seconds=1)),
    Verdict.OPTED_OUT: (MessageState.FAILED, timedelta(seconds=1)),
    Verdict.BLOCKED: (MessageState.PENDING, LATER),
}
"""What each answer makes of a message, and when to look again; a failed one tries the next channel."""


def envelope(row: Row[Any], attachments: tuple[Attachment, ...] = ()) -> Envelope:
    return Envelope(
        message_id=row.id, to=row.address, text=row.text, subject=row.subject, html=row.html,
        attachments=attachments, first_tried_at=row.first_tried_at,
    )  # fmt: skip


def quiet_until(at: datetime, tenant: Tenant) -> datetime | None:
    """The end of the tenant's quiet hours if ``at`` lies in them (they may span midnight)."""
    day = local_date(at, tenant.zone)
    begins, ends = at_local(day, tenant.quiet_from, tenant.zone), at_local(day, tenant.quiet_until, tenant.zone)
    if begins <= ends:
        return ends if begins <= at < ends else None
    if at < ends:
        return ends
    return at_local(day + timedelta(days=1), tenant.quiet_until, tenant.zone) if at >= begins else None
