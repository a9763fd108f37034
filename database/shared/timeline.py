"""What happened in a case, in order: decisions that changed something, messages, alerts, documents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.tables import alert, decision, document, message
from domain.case import Case


@dataclass(frozen=True)
class Happening:
    """``kind`` is decision, message, alert or document; ``at`` is the process's own time (UTC)."""

    at: datetime
    kind: str
    what: str
    details: dict[str, Any]


async def timeline(tx: AsyncConnection, case: Case) -> list[Happening]:
    """All of a case's life. Of reviews, those that changed its stage or did something are told."""
    told = [*await _decisions(tx, case), *await _messages(tx, case), *await _alerts(tx, case)]
    told += await _documents(tx, case)
    return sorted(told, key=lambda happening: happening.at)


async def _decisions(tx: AsyncConnection, case: Case) -> list[Happening]:
    query = select(decision).where(
        decision.c.tenant_id == case.tenant, decision.c.process == case.process, decision.c.ref == case.ref
    )
    told: list[Happening] = []
    before = None
    for row in await tx.execute(query.order_by(decision.c.decided_at, decision.c.id)):
        stands = (row.stage, row.closes)
        if stands != before or row.steps:
            told.append(
                Happening(
                    row.decided_at, "decision", row.closes or row.stage,
                    {
                        "id": row.id, "stage": row.stage, "closes": row.closes, "book": row.book,
                        "revision": row.revision,
                        "facts": row.facts, "reasons": row.reasons, "near": row.near,
                        "steps": [step["key"] for step in row.steps], "review_at": row.review_at,
                    },
                )
            )  # fmt: skip
        before = stands
    return told


async def _messages(tx: AsyncConnection, case: Case) -> list[Happening]:
    query = select(message).where(
        message.c.tenant_id == case.tenant, message.c.process == case.process, message.c.ref == case.ref
    )
    return [
        Happening(
            row.wrote_at, "message", row.template,
            {
                "id": row.id, "channel": row.channel, "contact": row.contact_ref, "state": row.state,
                "reason": row.reason, "step": row.step_key, "subject": row.subject, "text": row.text,
                "provider_id": row.provider_id, "locale": row.locale, "settled_at": row.settled_at,
            },
        )
        for row in await tx.execute(query.order_by(message.c.wrote_at, message.c.id))
    ]  # fmt: skip


async def _alerts(tx: AsyncConnection, case: Case) -> list[Happening]:
    query = select(alert).where(
        alert.c.tenant_id == case.tenant, alert.c.process == case.process, alert.c.ref == case.ref
    )
    return [
        Happening(
            row.raised_at, "alert", row.team,
            {"id": row.id, "title": row.title, "step": row.key, "closed_at": row.closed_at,
            "taken_by": row.taken_by, "closed_by": row.closed_by, "note": row.note},
        )
        for row in await tx.execute(query.order_by(alert.c.raised_at, alert.c.id))
    ]  # fmt: skip


async def _documents(tx: AsyncConnection, case: Case) -> list[Happening]:
    query = select(document).where(
        document.c.tenant_id == case.tenant, document.c.process == case.process, document.c.ref == case.ref
    )
    return [
        Happening(
            row.issued_at, "document", row.template,
            {"id": row.id, "name": row.name, "sha256": row.sha256, "step": row.key},
        )
        for row in await tx.execute(query.order_by(document.c.issued_at, document.c.id))
    ]  # fmt: skip
