"""The fleet on the first page: what falls due today, what is late, what waits for somebody."""

from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.portfolio import portfolio
from database.fleet.today import Today, has_fleet, today_of
from web.console.layout import Number
from web.console.visit import BASE, Visit


async def fleet_today(visit: Visit, tx: AsyncConnection) -> list[Number]:
    """Nothing for who may not see it, or who has none."""
    if not visit.may("fleet:read") or not await has_fleet(tx, visit.tenant.id):
        return []
    day, words = visit.moments.today, visit.words
    now = await today_of(tx, visit.tenant, day)
    stand = await portfolio(tx, visit.tenant.id, day)
    late = sum(one.contracts for one in stand.buckets if one.bucket.first)
    return [
        Number(words("today.came_in"), visit.money(now.came_in),
               f"{BASE}/payments?from={day}&until={day}", words("today.due", due=visit.money(now.due))),
        Number(words("today.arrears"), visit.money(stand.arrears),
               f"{BASE}/contracts?state=active&late=1&order=-days_late",
               words.many("finance.late", late, visit.count(late)), stand.arrears.minor > 0),
        *_waiting(visit, now),
    ]  # fmt: skip


def _waiting(visit: Visit, now: Today) -> list[Number]:
    """Only what is there."""
    words = visit.words
    asked = (
        ("today.drafts", now.drafts, "/contracts?state=draft", "fleet:read"),
        ("today.kept_aside", now.kept_aside, "/kept-aside?state=open", "imports:write"),
        ("today.unmatched", now.unmatched, "/reconciliation?state=unmatched", "fleet:read"),
        ("today.fallen", now.fallen, "/drivers?outcome=at_risk&order=points", "fleet:read"),
    )
    return [
        Number(words(key), visit.count(many), BASE + path)
        for key, many, path, permission in asked
        if many and visit.may(permission)
    ]
