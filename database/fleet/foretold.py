"""What happened to a contract in a shadow, read as it will be shown: day by day, and in sum."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.charges import OPENING
from database.fleet.queries import CONTRACT, DUNNING, ContractFile, file_of
from database.shared.tables import ledger_entry, ledger_transaction
from database.shared.timeline import Happening, timeline
from domain.calendar import local_date
from domain.case import Case
from domain.gsm7 import sms_parts

Told = dict[str, Any]
CALLS = "collections"
"""The team whose alerts are calls to make."""

SUSPENSION = "suspension"


@dataclass(frozen=True)
class Window:
    """What is read: after an instant, up to a local day; dates are told ``later`` days earlier."""

    at: datetime
    until: date
    zone: str
    later: timedelta = timedelta(0)
    ledger: bool = True

    def holds(self, at: datetime) -> bool:
        return at > self.at and local_date(at, self.zone) <= self.until


async def foretold(tx: AsyncConnection, shadow: str, ref: str, window: Window) -> Told:
    """``days`` in order, each with what happened on it; ``totals``; where the contract ends up."""
    file = await file_of(tx, shadow, ref)
    assert file.standing is not None
    days: dict[date, list[Told]] = defaultdict(list)
    begins = local_date(window.at, window.zone)
    for due in file.dues:
        if begins < due.due_on <= window.until:
            days[due.due_on].append({"kind": "due", "minor": due.amount.minor, "number": due.number})
    for paid in file.payments:
        if paid.reversed_at is None and window.holds(paid.entry.received_at):
            told = {"kind": "payment", "minor": paid.entry.amount.minor}
            on = local_date(paid.entry.received_at, window.zone)
            days[on].append({**told, "at": _clock(paid.entry.received_at, window)})
    for process in (CONTRACT, DUNNING):
        for one in await timeline(tx, Case(shadow, process, ref, window.zone)):
            if window.holds(one.at):
                days[local_date(one.at, window.zone)].append(_told(one, process, window))
    postings = await _postings(tx, shadow) if window.ledger else []
    for on, entry in postings:
        days[on].append(entry)
    listed: list[Told] = [
        {"on": str(on - window.later), "happened": sorted(days[on], key=_hour)}
        for on in sorted(days)
    ]  # fmt: skip
    return {"days": listed, "totals": totals(listed), "ends": _ends(file, window)}


def _hour(told: Told) -> str:
    """What has no hour comes first."""
    return str(told.get("at", ""))


def _told(one: Happening, process: str, window: Window) -> Told:
    details, base = one.details, {"kind": one.kind, "process": process, "at": _clock(one.at, window)}
    match one.kind:
        case "decision":
            reasons = [{"rule": r["rule"], "line": r["line"], "why": r["why"]} for r in details["reasons"]]
            return {
                **base, "what": one.what, "stage": details["stage"], "closes": details["closes"],
                "reasons": reasons, "revision": details["revision"], "steps": details["steps"],
            }  # fmt: skip
        case "message":
            parts = sms_parts(details["text"]) if details["channel"] == "sms" else 1
            return {
                **base, "what": one.what, "channel": details["channel"], "to": details["contact"],
                "state": details["state"], "reason": details["reason"], "subject": details["subject"],
                "text": details["text"], "parts": parts, "step": details["step"],
            }  # fmt: skip
        case "alert":
            return {**base, "what": one.what, "title": details["title"], "step": details["step"]}
        case _:
            return {**base, "what": one.what, "name": details["name"]}


def _clock(at: datetime, window: Window) -> str:
    return at.astimezone(ZoneInfo(window.zone)).strftime("%H:%M")


async def _postings(tx: AsyncConnection, shadow: str) -> list[tuple[date, Told]]:
    """All that a shadow's ledger says was posted in it, but for what it began with."""
    head, line = ledger_transaction.c, ledger_entry.c
    query = (
        select(head.posted_on, head.key, line.account, line.amount_minor.label("minor"))
        .where(head.tenant_id == shadow, line.tenant_id == shadow, line.transaction_id == head.id)
        .where(head.key.not_like(f"{OPENING}%"))
        .order_by(head.id, line.line)
    )
    return [
        (
            row.posted_on,
            {"kind": "posting", "key": row.key, "account": row.account, "minor": row.minor},
        )
        for row in await tx.execute(query)
    ]


def totals(days: list[Told]) -> Told:
    """In messages, calls, suspensions and money."""
    count: Counter[str] = Counter()
    for told in (one for day in days for one in day["happened"]):
        match told["kind"]:
            case "message" if told["state"] not in ("withheld", "failed", "pending"):
                count["messages"] += 1
                count[told["channel"]] += 1
                count["sms_parts"] += told["parts"] if told["channel"] == "sms" else 0
            case "alert":
                count["alerts"] += 1
                count["calls"] += told["what"] == CALLS
                count["suspensions"] += f":{SUSPENSION}:" in told["step"]
            case "due" | "payment":
                count[f"{told['kind']}s"] += 1
                count[f"{told['kind']}_minor"] += told["minor"]
            case "document":
                count["documents"] += 1
    names = ("messages", "sms", "email", "sms_parts", "calls", "suspensions", "alerts", "documents", "dues",
             "due_minor", "payments", "payment_minor")  # fmt: skip
    return {name: count[name] for name in names}


def _ends(file: ContractFile, window: Window) -> Told:
    standing, grace = file.standing, file.contract.terms.grace_days
    assert standing is not None
    return {
        "state": file.known.state,
        "remaining_minor": standing.remaining.minor,
        "arrears_minor": standing.arrears_on(window.until, grace).minor,
        "days_late": standing.days_late(window.until, grace),
        "currency": standing.remaining.currency,
    }
