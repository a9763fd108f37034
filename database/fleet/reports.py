"""Reports and subscriptions to them: each report is a case of its own, and plans the next one."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.report_tables import report, report_subscription
from database.shared import outbox
from database.shared.contacts import contact_or_none, tenant_of
from database.shared.tables import document
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.report import (
    Format,
    Kind,
    Period,
    Rhythm,
    after,
    falls_due_on,
    period_mistakes,
    period_with,
)

PROCESS = "fleet.report"
AWAITED, MADE, FAILED, DROPPED = "awaited", "made", "failed", "dropped"
MOST_RECIPIENTS = 50
LONGEST_REF = 48
"""A report's reference is its subscription's and the day on which its period begins."""

IsOpen = Callable[[date], bool]


@dataclass(frozen=True)
class Wish:
    """``subject`` is one bike, station…, or empty for all of them; ``recipients`` are contacts."""

    kind: Kind
    subject: str
    formats: tuple[Format, ...]
    locale: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Subscription:
    ref: str
    wish: Wish
    rhythm: Rhythm
    created_at: datetime
    created_by: str
    ended_at: datetime | None


@dataclass(frozen=True)
class Report:
    """``figures`` are the totals of the period, in minor units, once it is made."""

    ref: str
    wish: Wish
    period: Period
    due_on: date
    subscription: str
    state: str
    problem: str
    figures: Mapping[str, Any]
    asked_at: datetime
    asked_by: str
    made_at: datetime | None


async def check(tx: AsyncConnection, tenant: str, wish: Wish) -> None:
    """Raises BadInput for recipients who are not there, and for too many."""
    mistakes = [
        Mistake("recipients", f"no contact has the reference {ref!r}", "name somebody who is known")
        for ref in wish.recipients if await contact_or_none(tx, tenant, ref) is None
    ]  # fmt: skip
    if len(wish.recipients) > MOST_RECIPIENTS:
        mistakes.append(Mistake("recipients", f"more than {MOST_RECIPIENTS}", "name fewer"))
    if mistakes:
        raise BadInput(*mistakes)


async def order(
    tx: AsyncConnection, tenant: str, wish: Wish, period: Period, who: str, now: datetime, today: date
) -> Report:
    """One report, now. Raises BadInput."""
    if mistakes := period_mistakes(wish.kind, period):
        raise BadInput(*mistakes)
    await check(tx, tenant, wish)
    ref = f"r{secrets.token_hex(8)}"
    await _plan(tx, tenant, ref, wish, period, "", today, who, now)
    return await report_of(tx, tenant, ref)


async def subscribe(
    tx: AsyncConnection, tenant: str, ref: str, wish: Wish, rhythm: Rhythm, who: str, now: datetime,
    today: date, is_open: IsOpen,
) -> Subscription:  # fmt: skip
    """From the present period on: its report falls due when it is over. Raises BadInput, Conflict."""
    if wish.kind is Kind.INVESTOR and rhythm is Rhythm.WEEKLY:
        raise BadInput(Mistake("rhythm", "reports by investor are of whole months", "choose monthly"))
    if len(ref) > LONGEST_REF:
        raise BadInput(Mistake("ref", "too long", f"use {LONGEST_REF} characters at most"))
    await check(tx, tenant, wish)
    row = {
        **_wish_row(wish), "tenant_id": tenant, "ref": ref, "rhythm": rhythm.value, "created_at": now,
        "created_by": who,
    }  # fmt: skip
    written = upsert(report_subscription).values(row).on_conflict_do_nothing()
    if (await tx.execute(written.returning(report_subscription.c.ref))).first() is None:
        raise Conflict(f"the subscription {ref} is there already")
    await plan(tx, tenant, await subscription_of(tx, tenant, ref), period_with(rhythm, today), now, is_open)
    return await subscription_of(tx, tenant, ref)


async def plan(
    tx: AsyncConnection, tenant: str, known: Subscription, period: Period, now: datetime, is_open: IsOpen
) -> None:
    """The report of a period, which waits for its day; once."""
    ref = f"{known.ref}.{period.begins_on:%Y%m%d}"
    due_on = falls_due_on(period, is_open)
    await _plan(tx, tenant, ref, known.wish, period, known.ref, due_on, known.created_by, now)


async def plan_next(
    tx: AsyncConnection, tenant: str, done: Report, now: datetime, is_open: IsOpen
) -> None:  # fmt: skip
    """Of a subscription that goes on."""
    if not done.subscription:
        return
    known = await subscription_of(tx, tenant, done.subscription)
    if known.ended_at is None:
        await plan(tx, tenant, known, after(known.rhythm, done.period), now, is_open)


async def end_subscription(
    tx: AsyncConnection, tenant: str, ref: str, who: str, now: datetime
) -> Subscription:
    """The report that is awaited is dropped; those that were made stay. Raises NotFound, Conflict."""
    ended = (
        update(report_subscription)
        .where(_one(report_subscription.c, tenant, ref), report_subscription.c.ended_at.is_(None))
        .values(ended_at=now, ended_by=who)
    )
    if not (await tx.execute(ended)).rowcount:
        await subscription_of(tx, tenant, ref)
        raise Conflict(f"the subscription {ref} has ended already")
    firm = await tenant_of(tx, tenant)
    awaited = select(report.c.ref).where(
        report.c.tenant_id == tenant, report.c.subscription_ref == ref, report.c.state == AWAITED
    )
    for one in (await tx.execute(awaited)).scalars():
        await outbox.owe(
            tx, outbox.RING, firm.case(PROCESS, one), "report.subscription_ended", now, now.isoformat()
        )
    return await subscription_of(tx, tenant, ref)


async def settle(
    tx: AsyncConnection, tenant: str, ref: str, state: str, at: datetime, *, problem: str = "",
    figures: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """How an awaited report ended. False if it had ended before."""
    values = {
        "state": state, "problem": problem[:500], "figures": dict(figures or {}),
        "made_at": at if state == MADE else None,
    }  # fmt: skip
    settled = update(report).where(_one(report.c, tenant, ref), report.c.state == AWAITED).values(values)
    return bool((await tx.execute(settled)).rowcount)


async def report_of(tx: AsyncConnection, tenant: str, ref: str) -> Report:
    """Raises NotFound."""
    row = (await tx.execute(select(report).where(_one(report.c, tenant, ref)))).first()
    if row is None:
        raise NotFound("report", ref)
    return _report(row)


async def reports_of(
    tx: AsyncConnection, tenant: str, *, subscription: str = "", kind: str = "", state: str = "",
    before: tuple[date, str] | None = None, limit: int = 50,
) -> list[Report]:  # fmt: skip
    """The latest day first, beginning before a day and a reference. Empty values do not filter."""
    query = select(report).where(report.c.tenant_id == tenant)
    for column, wanted in (
        (report.c.subscription_ref, subscription), (report.c.report, kind), (report.c.state, state),
    ):  # fmt: skip
        if wanted:
            query = query.where(column == wanted)
    if before:
        query = query.where(tuple_(report.c.due_on, report.c.ref) < tuple_(*before))
    rows = await tx.execute(query.order_by(report.c.due_on.desc(), report.c.ref.desc()).limit(limit))
    return [_report(row) for row in rows]


async def subscription_of(tx: AsyncConnection, tenant: str, ref: str) -> Subscription:
    """Raises NotFound."""
    query = select(report_subscription).where(_one(report_subscription.c, tenant, ref))
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("subscription", ref)
    return _subscription(row)


async def subscriptions_of(
    tx: AsyncConnection, tenant: str, after: str = "", limit: int = 200
) -> list[Subscription]:  # fmt: skip
    """In the order of their references."""
    of = report_subscription.c
    query = select(report_subscription).where(of.tenant_id == tenant, of.ref > after)
    return [_subscription(row) for row in await tx.execute(query.order_by(of.ref).limit(limit))]


def document_key(ref: str, format: str) -> str:
    return f"{PROCESS}:{ref}:{format}"


async def files_of(tx: AsyncConnection, tenant: str, ref: str) -> Sequence[Row[Any]]:
    """The documents of a report that is made, in the order of their keys."""
    mine = (document.c.tenant_id == tenant, document.c.process == PROCESS, document.c.ref == ref)
    return (await tx.execute(select(document).where(*mine).order_by(document.c.key))).all()


async def file_of(tx: AsyncConnection, tenant: str, ref: str, format: str) -> str:
    """Empty when there is none."""
    mine = (document.c.tenant_id == tenant, document.c.key == document_key(ref, format))
    return (await tx.execute(select(document.c.file_id).where(*mine))).scalar() or ""


async def _plan(
    tx: AsyncConnection, tenant: str, ref: str, wish: Wish, period: Period, subscription: str, due_on: date,
    who: str, now: datetime,
) -> None:  # fmt: skip
    row = {
        **_wish_row(wish), "tenant_id": tenant, "ref": ref, "begins_on": period.begins_on,
        "ends_on": period.ends_on, "due_on": due_on, "subscription_ref": subscription or None,
        "state": AWAITED, "figures": {}, "asked_at": now, "asked_by": who,
    }  # fmt: skip
    written = upsert(report).values(row).on_conflict_do_nothing().returning(report.c.ref)
    if (await tx.execute(written)).first() is not None:
        case = (await tenant_of(tx, tenant)).case(PROCESS, ref)
        await outbox.owe(tx, outbox.START, case, "report.asked", now, "report")


def _wish_row(wish: Wish) -> dict[str, Any]:
    return {
        "report": wish.kind.value, "subject": wish.subject, "formats": [one.value for one in wish.formats],
        "locale": wish.locale, "recipients": list(wish.recipients),
    }  # fmt: skip


def _one(columns: Any, tenant: str, ref: str) -> ColumnElement[bool]:
    return (columns.tenant_id == tenant) & (columns.ref == ref)  # type: ignore[no-any-return]


def _wish(row: Row[Any]) -> Wish:
    formats = tuple(Format(one) for one in row.formats)
    return Wish(Kind(row.report), row.subject, formats, row.locale, tuple(row.recipients))


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        row.ref, _wish(row), Rhythm(row.rhythm), row.created_at, row.created_by, row.ended_at
    )  # fmt: skip


def _report(row: Row[Any]) -> Report:
    return Report(
        row.ref, _wish(row), Period(row.begins_on, row.ends_on), row.due_on, row.subscription_ref or "",
        row.state, row.problem, row.figures, row.asked_at, row.asked_by, row.made_at,
    )  # fmt: skip
