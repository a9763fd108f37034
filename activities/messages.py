"""Telling people, once: write the row, claim it, call the provider, believe only what it answers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.alerts import (
    raise_blocked_channel,
    raise_undeliverable,
    raise_unknown,
    raise_unwritable,
    raise_without_recipient,
)
from database.session import Database
from database.shared import contacts, messages
from database.shared.backups import recent_gap
from database.shared.contacts import Contact, Tenant
from database.shared.effects import document_of
from database.shared.file_links import links_to
from database.shared.files import FileStore
from domain.calendar import at_local, local_date
from domain.effects import Done, Order
from domain.errors import BadInput
from domain.links import Target
from domain.message import Answer, Attachment, Channel, Envelope, MessageState, Verdict
from domain.ports import FileLinks, Links, Provider, Writer
from domain.quiet import quiet_until
from domain.throttle import WEEK, Room, room

SOON = timedelta(0)
"""As soon as the worker's setting says."""

LATER = timedelta(minutes=15)

LINKS_LAST = timedelta(days=30)
"""Of links to files, from the moment at which the message is written."""

MORNING = time(8)
"""When messages kept for later go out at a tenant without quiet hours."""

PENDING = MessageState.PENDING
UNKNOWN = MessageState.UNKNOWN
LOST = (MessageState.SENDING, UNKNOWN)
"""An attempt was made and its reply was not seen."""

OURS = UUID("5d8f3f5e-6c0b-4e0e-9a57-0e6d3c1c7a10")
"""Names our messages by their keys: a database that was restored finds the same one at the provider."""


@dataclass(frozen=True)
class Messages:
    database: Database
    providers: Mapping[Channel, Provider]
    writer: Writer
    links: Links
    files: FileStore
    soon: timedelta = timedelta(minutes=1)
    file_links: FileLinks | None = None
    """None: nobody gets a link to a file."""
    """How long after a provider's trouble the case is looked at again."""

    @activity.defn(name="messages.send")
    async def send(self, order: Order) -> Done:
        """Serve every recipient of a step. ``retry_at`` is set while one of them is not served."""
        try:
            return await self._serve(order)
        except BadInput as wrong:  # the words cannot be rendered: a person mends the template
            async with self.database.tenant(order.case.tenant) as tx:
                await raise_unwritable(tx, order, wrong)
            return Done(order.at + timedelta(hours=1), str(wrong)[:200])

    async def _serve(self, order: Order) -> Done:
        async with self.database.tenant(order.case.tenant) as tx:
            tenant = await contacts.tenant_of(tx, order.case.tenant)
            until = quiet_until(order.at, tenant.zone, tenant.quiet_from, tenant.quiet_until)
            if until:
                return Done(until, "quiet hours")
            rows = await messages.of_step(tx, order.case, order.step.key)
            # Claimed before the provider is called, in the transaction that writes them down.
            waiting = [row for row in rows if row.state == PENDING and not messages.is_deferred(row)]
            claimed = [await _claim(tx, row) for row in waiting]
            written, deferred = await self._write(tx, tenant, order, rows)
            claimed += written
        tries = [
            self.ask(order, row) if row.state == UNKNOWN else self._attempt(order, row)
            for row in claimed
            if row
        ]
        tries += [self.ask(order, row) for row in rows if row.state in LOST]
        waits = await asyncio.gather(*tries)
        return next((wait for wait in [*waits, *deferred] if wait.retry_at), Done())

    async def _write(
        self, tx: AsyncConnection, tenant: Tenant, order: Order, rows: list[Row[Any]]
    ) -> tuple[list[Row[Any] | None], list[Done]]:
        """Write the message down for whoever has none under way, on the first channel that can still work.

        Whoever had enough messages is written to when there is room again.
        """
        kept = [row for row in rows if messages.is_deferred(row)]
        rows = [row for row in rows if row not in kept]
        served = {row.contact_ref for row in rows if row.state != MessageState.FAILED}
        people = await _recipients(tx, order, served)
        if not people:
            return [], []
        free = await _room(tx, tenant, order, people)
        addresses = [address for person in people for address in (person.email, person.phone) if address]
        refused = await contacts.opt_outs_of(tx, tenant.id, addresses)
        data = await self._data(tx, tenant, order)
        gap = await recent_gap(tx)
        written: list[Row[Any] | None] = []
        deferred: list[Done] = []
        for person in people:
            tried = {row.channel for row in rows if row.contact_ref == person.ref}
            left = open_channels(person, order.step.channels, tried)
            if not left:
                await raise_undeliverable(tx, order)
                continue
            channel, why = choice(left, refused)
            for row in kept:
                if row.contact_ref == person.ref and row.channel != channel:
                    await messages.forget(tx, row)
            draft = await self._drafted(tx, order, person, Channel(channel), left[channel], data)
            found = free(person.ref, channel)
            if found.full and not why:
                until = morning_of(found.on, tenant)
                await messages.defer(tx, draft, until, found.full)
                deferred.append(Done(until, f"enough messages: {found.full}"))
            else:
                written.append(await messages.write(tx, draft, why, gap))
        return written, sorted(deferred, key=lambda done: done.retry_at or order.at)

    async def _data(self, tx: AsyncConnection, tenant: Tenant, order: Order) -> dict[str, Any]:
        """The step's values. ``about`` names a contact whose name is read here, not kept in histories."""
        data = {**order.step.data, "sender": tenant.name, "zone": tenant.zone}
        if about := data.get("about"):
            data["about_name"] = (await contacts.contact_of(tx, tenant.id, about)).full_name
        return data

    async def _drafted(
        self, tx: AsyncConnection, order: Order, person: Contact, channel: Channel, address: str,
        data: dict[str, Any],
    ) -> messages.Draft:  # fmt: skip
        """With a link of the person's own to each document that the step names, by what it calls it."""
        files, named, keyring = [], order.step.data.get("files", {}), self.files.keyring
        if named and self.file_links is not None:
            until = order.at + LINKS_LAST
            found = await links_to(tx, keyring, order.case.tenant, named, person.ref, until)
            files = [{"name": name, "link": self.file_links.to(to)} for name, to in found.items()]
        # In a thread: a template of somebody's may keep its process busy for a second.
        return await asyncio.to_thread(self._draft, order, person, channel, address, {**data, "files": files})

    def _draft(
        self, order: Order, person: Contact, channel: Channel, address: str, data: dict[str, Any]
    ) -> messages.Draft:
        case = order.case
        link = self.links.to(Target(case.tenant, case.process, case.ref, person.ref))
        own = {**data, "link": link, "name": person.full_name}
        text = self.writer.write(order.step.template, channel, person.locale, own)
        name = uuid5(OURS, f"{case.tenant}:{order.step.key}:{person.ref}:{channel}")
        return messages.Draft(
            id=f"{case.tenant}.{name}", case=case, step_key=order.step.key, contact_ref=person.ref,
            channel=channel, address=address, template=order.step.template, locale=person.locale,
            subject=text.subject, text=text.text, html=text.html, wrote_at=order.at,
        )  # fmt: skip

    async def _attempt(self, order: Order, row: Row[Any]) -> Done:
        attachments = await self._attachments(order)
        answer = await self.providers[Channel(row.channel)].send(envelope(row, attachments))
        return await self._believe(order, row, answer)

    async def ask(self, order: Order, row: Row[Any]) -> Done:
        """A reply was lost: only the provider knows. It says absent once it had time to list the message."""
        asked = envelope(row)
        if messages.is_doubted(row):
            async with self.database.tenant(order.case.tenant) as tx:
                known = await messages.known_to(tx, row)
            asked = replace(asked, lost_until=row.claimed_at, known=known)
        answer = await self.providers[Channel(row.channel)].look_up(asked)
        async with self.database.tenant(order.case.tenant) as tx:
            if answer.verdict is Verdict.ABSENT:
                await messages.settle(tx, row, MessageState.PENDING)
                return Done(order.at + timedelta(seconds=1), "never taken: send again")
            if answer.verdict is Verdict.UNANSWERABLE:
                await messages.settle(tx, row, MessageState.UNKNOWN, answer.detail)
                await raise_unknown(tx, order)
                return Done(order.at + timedelta(days=1), "the provider cannot tell")
        if answer.verdict is Verdict.ACCEPTED:
            return await self._believe(order, row, answer)
        return self._later(order, answer, SOON)

    async def _believe(self, order: Order, row: Row[Any], answer: Answer) -> Done:
        state, wait = CONSEQUENCES[answer.verdict]
        async with self.database.tenant(order.case.tenant) as tx:
            reason = f"{answer.code} {answer.detail}".strip() if state is not MessageState.ACCEPTED else ""
            await messages.settle(tx, row, state, reason, answer.provider_id)
            if answer.verdict is Verdict.OPTED_OUT:
                await contacts.write_opt_out(
                    tx, order.case.tenant, row.channel, row.address, "provider: STOP"
                )
            if answer.verdict is Verdict.BLOCKED:
                await raise_blocked_channel(tx, order, row.channel)
        return Done() if wait is None else self._later(order, answer, wait)

    def _later(self, order: Order, answer: Answer, wait: timedelta) -> Done:
        asked = timedelta(seconds=answer.retry_after or 0)
        return Done(order.at + max(wait or self.soon, asked), f"{answer.verdict}: {answer.detail}"[:200])

    async def _attachments(self, order: Order) -> tuple[Attachment, ...]:
        """The documents that the step names by their keys in ``data['attach']``."""
        keys = order.step.data.get("attach", ())
        if not keys:
            return ()
        async with self.database.tenant(order.case.tenant) as tx:
            found = [await document_of(tx, order.case.tenant, key) for key in keys]
            return tuple(
                [
                    Attachment(
                        row.name, row.media_type, await self.files.read(tx, order.case.tenant, row.file_id)
                    )
                    for row in found
                    if row
                ]
            )


async def _recipients(tx: AsyncConnection, order: Order, served: set[str]) -> list[Contact]:
    wanted = set(order.step.contacts) - served
    people = await contacts.contacts_to_write_to(tx, order.case.tenant, wanted)
    if len(people) < len(wanted) or not order.step.contacts:
        await raise_without_recipient(tx, order)
    return people


async def _room(
    tx: AsyncConnection, tenant: Tenant, order: Order, people: list[Contact]
) -> Callable[[str, str], Room]:
    """When a person has room for one message more on a channel; an answer that was asked for always has."""
    today = local_date(order.at, tenant.zone)
    if order.step.asked:
        return lambda _person, _channel: Room(today)
    since = at_local(today - timedelta(days=WEEK - 1), time(0), tenant.zone)
    had = await messages.had(tx, tenant.id, [person.ref for person in people], since, order.step.key)
    days = {who: [local_date(at, tenant.zone) for at in moments] for who, moments in had.items()}
    return lambda person, channel: room(tenant.limits(channel), days.get((person, channel), ()), today)


def morning_of(day: date, tenant: Tenant) -> datetime:
    """The first moment of a day at which one writes to people."""
    begins = tenant.quiet_until if tenant.quiet_from != tenant.quiet_until else MORNING
    return at_local(day, begins, tenant.zone)


async def _claim(tx: AsyncConnection, row: Row[Any]) -> Row[Any] | None:
    """Take a message that waited for its provider, unless its person has said STOP meanwhile."""
    if await contacts.opt_outs_of(tx, row.tenant_id, [row.address]) & {(row.channel, row.address)}:
        await messages.withhold(tx, row, "opted out")
        return None
    return await messages.claim(tx, row.tenant_id, row.id)


def open_channels(person: Contact, offered: tuple[str, ...], tried: set[str]) -> dict[str, str]:
    """Channels not tried yet with the person's addresses: their own preference first, then the rule's."""
    own = [channel for channel in person.channels if channel in offered]
    order = dict.fromkeys([*own, *offered])
    return {channel: person.address(channel) or "" for channel in order if channel not in tried}


def choice(left: dict[str, str], refused: set[tuple[str, str]]) -> tuple[str, str]:
    """The channel to use, and why the message is withheld on it (empty: it is not)."""
    for channel, address in left.items():
        if address and (channel, address) not in refused:
            return channel, ""
    return next(iter(left)), "opted out" if any(left.values()) else "no address"


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
        attachments=attachments, first_tried_at=row.first_tried_at, last_tried_at=row.claimed_at,
    )  # fmt: skip
