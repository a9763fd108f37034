"""One row per message under its key, committed before a provider is called.

A row is claimed (``sending``) by one attempt; only an answer of the provider, a look-up or a callback
moves it on. States never go back, except to ``pending`` when the provider certainly did not take it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import message, message_event, tenant
from domain.case import Case
from domain.message import RANK, DeliveryEvent, MessageState

SERVED = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.WITHHELD)
"""The person has the message, or cannot be given it."""


@dataclass(frozen=True)
class Draft:
    """A message ready to be written down; ``address`` is empty when it is withheld for want of one."""

    id: str
    case: Case
    step_key: str
    contact_ref: str
    channel: str
    address: str
    template: str
    locale: str
    subject: str
    text: str
    html: str
    wrote_at: datetime


async def write(tx: AsyncConnection, draft: Draft, withheld: str = "") -> Row[Any] | None:
    """Write a message once per step, person and channel, claimed for a first attempt.

    ``withheld`` says why it will never be sent. The row to attempt; None if there is nothing to attempt.
    """
    row = {
        "tenant_id": draft.case.tenant, "id": draft.id, "process": draft.case.process, "ref": draft.case.ref,
        "key": f"{draft.step_key}:{draft.contact_ref}:{draft.channel}", "step_key": draft.step_key,
        "contact_ref": draft.contact_ref, "channel": draft.channel, "address": draft.address,
        "template": draft.template, "locale": draft.locale, "subject": draft.subject, "text": draft.text,
        "html": draft.html, "wrote_at": draft.wrote_at, "reason": withheld,
        "state": MessageState.WITHHELD if withheld else MessageState.SENDING,
    }  # fmt: skip
    if not withheld:
        row |= {"claimed_at": func.now(), "first_tried_at": func.now(), "attempts": 1}
    made = await tx.execute(insert(message).values(row).on_conflict_do_nothing().returning(message))
    written: Row[Any] | None = made.first()
    return None if withheld else written


async def of_step(tx: AsyncConnection, case_: Case, step_key: str) -> list[Row[Any]]:
    query = select(message).where(message.c.tenant_id == case_.tenant, message.c.step_key == step_key)
    return list(await tx.execute(query.order_by(message.c.created_at, message.c.id)))


async def claim(tx: AsyncConnection, tenant: str, message_id: str) -> Row[Any] | None:
    """Take a message that went back to pending. None if another attempt has it."""
    taken = (
        update(message)
        .where(message.c.tenant_id == tenant, message.c.id == message_id, message.c.state == "pending")
        .values(
            state="sending", claimed_at=func.now(), attempts=message.c.attempts + 1,
            first_tried_at=func.coalesce(message.c.first_tried_at, func.now()),
        )
        .returning(message)
    )  # fmt: skip
    claimed: Row[Any] | None = (await tx.execute(taken)).first()
    return claimed


async def written_on(
    tx: AsyncConnection, tenant: str, people: list[str], between: tuple[datetime, datetime], but: str
) -> dict[tuple[str, str], int]:
    """How many messages each person was written, by channel, from one instant to before another.

    Those of the step ``but`` are left out, as are those that never went out.
    """
    never = (MessageState.WITHHELD, MessageState.FAILED)
    query = select(message.c.contact_ref, message.c.channel, func.count()).where(
        message.c.tenant_id == tenant, message.c.contact_ref.in_(people),
        message.c.wrote_at >= between[0], message.c.wrote_at < between[1],
        message.c.step_key != but, message.c.state.not_in(never),
    )  # fmt: skip
    counted = await tx.execute(query.group_by(message.c.contact_ref, message.c.channel))
    return {(person, channel): number for person, channel, number in counted}


async def withhold(tx: AsyncConnection, waiting: Row[Any], reason: str) -> None:
    """Never send a message that is pending. One that another attempt has taken is left to it."""
    mine = (message.c.tenant_id == waiting.tenant_id, message.c.id == waiting.id)
    withheld = update(message).where(*mine, message.c.state == MessageState.PENDING)
    values = {"state": MessageState.WITHHELD, "reason": reason, "settled_at": func.now()}
    await tx.execute(withheld.values(values))


async def settle(
    tx: AsyncConnection, tried: Row[Any], state: MessageState, reason: str = "", provider_id: str = ""
) -> None:
    """Move on the attempt ``tried``. A callback that was quicker, or a later attempt, is not overruled."""
    await tx.execute(
        update(message)
        .where(
            message.c.tenant_id == tried.tenant_id,
            message.c.id == tried.id,
            message.c.attempts == tried.attempts,
            message.c.state.in_(["sending", "unknown"]),
        )
        .values(
            state=state, reason=reason, settled_at=func.now(),
            provider_id=func.coalesce(func.nullif(provider_id, ""), message.c.provider_id),
        )
    )  # fmt: skip


async def lost(tx: AsyncConnection, tenant_id: str, patience: timedelta) -> list[Row[Any]]:
    """Messages tried longer ago than ``patience`` (the database's clock) whose reply was not seen.

    Those not asked about for longest come first: many that no provider can tell of keep none waiting.
    """
    query = (
        select(message, tenant.c.zone)
        .join(tenant, tenant.c.id == message.c.tenant_id)
        .where(message.c.tenant_id == tenant_id, message.c.state.in_(["sending", "unknown"]))
        .where(message.c.claimed_at < func.now() - patience)
        .order_by(func.greatest(message.c.claimed_at, message.c.settled_at))
        .limit(500)
    )
    return list(await tx.execute(query))


async def apply_event(tx: AsyncConnection, tenant: str, event: DeliveryEvent) -> Row[Any] | None:
    """Apply a provider's event once, by rank. The message's row if its state moved, else None."""
    row = {
        "tenant_id": tenant, "event_id": event.event_id, "message_id": event.message_id,
        "state": event.state, "reason": event.reason,
    }  # fmt: skip
    new = await tx.execute(
        insert(message_event).values(row).on_conflict_do_nothing().returning(message_event.c.event_id)
    )
    if new.first() is None:
        return None
    rank = case({state.value: rank for state, rank in RANK.items()}, value=message.c.state)
    moved = (
        update(message)
        .where(
            message.c.tenant_id == tenant,
            message.c.id == event.message_id,
            rank < RANK[event.state],
            message.c.state != MessageState.WITHHELD,
        )
        .values(
            state=event.state, reason=event.reason, settled_at=func.now(),
            provider_id=func.coalesce(func.nullif(event.provider_id, ""), message.c.provider_id),
        )
        .returning(message)
    )  # fmt: skip
    changed: Row[Any] | None = (await tx.execute(moved)).first()
    return changed


async def withdraw(tx: AsyncConnection, case_: Case, steps: list[str], reason: str) -> None:
    """Withhold what still waits for these steps: no one wants them any more."""
    await tx.execute(
        update(message)
        .where(
            message.c.tenant_id == case_.tenant,
            message.c.process == case_.process,
            message.c.ref == case_.ref,
            message.c.state == MessageState.PENDING,
            message.c.step_key.in_(steps),
        )
        .values(state=MessageState.WITHHELD, reason=reason, settled_at=func.now())
    )
