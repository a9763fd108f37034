"""One row per message under its key, committed before a provider is called.

A row is claimed (``sending``) by one attempt; only an answer of the provider, a look-up or a callback
moves it on. States never go back, except to ``pending`` when the provider certainly did not take it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.backups import Gap
from database.shared.tables import message, message_event, tenant
from domain.case import Case
from domain.message import RANK, DeliveryEvent, MessageState

SERVED = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.WITHHELD)
"""The person has the message, or cannot be given it."""
OVERTAKEN, UNWANTED = "overtaken", "never taken, and no longer wanted"
"""Why what still waited was taken back."""


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


async def write(
    tx: AsyncConnection, draft: Draft, withheld: str = "", gap: Gap | None = None
) -> Row[Any] | None:
    """Write a message once per step, person and channel, claimed for a first attempt; one kept for later is
    written anew.

    ``withheld`` says why it will never be sent. The row to attempt; None if there is nothing to attempt.
    With a ``gap`` it may have gone out before the database was restored: it is unknown, to be asked about.
    """
    state = MessageState.WITHHELD if withheld else MessageState.SENDING
    row = {**_row(draft), "reason": withheld, "state": state}
    if not withheld:
        row |= {"claimed_at": func.now(), "first_tried_at": func.now(), "attempts": 1}
    if gap and not withheld:
        tried = {"first_tried_at": gap.taken_at, "claimed_at": gap.restored_at}
        row |= {**tried, "state": MessageState.UNKNOWN, "reason": "asked about after a restore"}
    made = insert(message).values(row)
    again = {name: made.excluded[name] for name in row if name not in ("tenant_id", "id", "key")}
    made = made.on_conflict_do_update(index_elements=["tenant_id", "key"], set_=again, where=and_(*_DEFERRED))
    written: Row[Any] | None = (await tx.execute(made.returning(message))).first()
    return None if withheld else written


async def defer(tx: AsyncConnection, draft: Draft, until: datetime, full: str) -> None:
    """Keep a message for later: its person has had enough, ``full``. Its words are written anew then."""
    row = {
        **_row(draft), "state": MessageState.PENDING, "reason": f"enough messages: {full}",
        "deferred_at": draft.wrote_at, "deferred_until": until, "deferred_for": full,
    }  # fmt: skip
    kept = insert(message).values(row)
    later = {"deferred_until": until, "deferred_for": full, "reason": row["reason"]}
    key = ["tenant_id", "key"]
    await tx.execute(kept.on_conflict_do_update(index_elements=key, set_=later, where=and_(*_DEFERRED)))


async def forget(tx: AsyncConnection, deferred: Row[Any]) -> None:
    """A message kept for later that goes out on another channel."""
    mine = (message.c.tenant_id == deferred.tenant_id, message.c.id == deferred.id)
    await tx.execute(delete(message).where(*mine, *_DEFERRED))


def is_deferred(row: Row[Any]) -> bool:
    return bool(row.state == MessageState.PENDING and not row.attempts)


_DEFERRED = (message.c.state == MessageState.PENDING, message.c.attempts == 0)


def _row(draft: Draft) -> dict[str, Any]:
    return {
        "tenant_id": draft.case.tenant, "id": draft.id, "process": draft.case.process, "ref": draft.case.ref,
        "key": f"{draft.step_key}:{draft.contact_ref}:{draft.channel}", "step_key": draft.step_key,
        "contact_ref": draft.contact_ref, "channel": draft.channel, "address": draft.address,
        "template": draft.template, "locale": draft.locale, "subject": draft.subject, "text": draft.text,
        "html": draft.html, "wrote_at": draft.wrote_at,
    }  # fmt: skip


async def of_step(tx: AsyncConnection, case_: Case, step_key: str) -> list[Row[Any]]:
    query = select(message).where(message.c.tenant_id == case_.tenant, message.c.step_key == step_key)
    return list(await tx.execute(query.order_by(message.c.created_at, message.c.id)))


async def claim(tx: AsyncConnection, tenant: str, message_id: str) -> Row[Any] | None:
    """Take a message that went back to pending. None if another attempt has it, or it is kept for later."""
    taken = (
        update(message)
        .where(message.c.tenant_id == tenant, message.c.id == message_id)
        .where(message.c.state == MessageState.PENDING, message.c.attempts > 0)
        .values(
            state="sending", claimed_at=func.now(), attempts=message.c.attempts + 1,
            first_tried_at=func.coalesce(message.c.first_tried_at, func.now()),
        )
        .returning(message)
    )  # fmt: skip
    claimed: Row[Any] | None = (await tx.execute(taken)).first()
    return claimed


async def had(
    tx: AsyncConnection, tenant: str, people: list[str], since: datetime, but: str
) -> dict[tuple[str, str], list[datetime]]:
    """When each person was written to, by channel. Those of the step ``but`` are left out, as are those that
    never went out.
    """
    never = (MessageState.WITHHELD, MessageState.FAILED)
    query = select(message.c.contact_ref, message.c.channel, message.c.wrote_at).where(
        message.c.tenant_id == tenant, message.c.contact_ref.in_(people), message.c.wrote_at >= since,
        message.c.step_key != but, message.c.state.not_in(never), message.c.attempts > 0,
    )  # fmt: skip
    moments = defaultdict(list)
    for person, channel, at in await tx.execute(query):
        moments[person, channel].append(at)
    return moments


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


async def known_to(tx: AsyncConnection, row: Row[Any]) -> frozenset[str]:
    """The provider's ids of what went to the address of a message."""
    mine = (message.c.tenant_id == row.tenant_id, message.c.address == row.address)
    return frozenset((await tx.execute(select(message.c.provider_id).where(*mine))).scalars()) - {""}


def is_doubted(row: Row[Any]) -> bool:
    """Written after a restore, and perhaps sent before it."""
    return bool(row.first_tried_at and row.first_tried_at < row.created_at)


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


def is_withdrawn(row: Row[Any]) -> bool:
    """Nobody wanted it any more before it went out; ``row`` has its state and reason."""
    return row.state == MessageState.WITHHELD and (row.reason or "").startswith((OVERTAKEN, UNWANTED))


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
