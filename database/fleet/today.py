"""What a fleet has before it on a day: what falls due, what came in, and what waits for a person."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.cash_tables import kept_aside, statement_line
from database.fleet.kept_aside import OPEN
from database.fleet.score_tables import driver_class
from database.fleet.tables import due, fleet_contract, payment
from database.shared.contacts import Tenant
from domain.calendar import at_local
from domain.fleet.contract import DRAFT
from domain.money import Money

WEEK = timedelta(days=7)
WAITING = ("unmatched", "double")


@dataclass(frozen=True)
class Today:
    """``fallen`` are drivers who came to be at risk within a week."""

    due: Money
    came_in: Money
    drafts: int
    kept_aside: int
    unmatched: int
    fallen: int


async def has_fleet(tx: AsyncConnection, tenant: str) -> bool:
    query = select(fleet_contract.c.ref).where(fleet_contract.c.tenant_id == tenant).limit(1)
    return (await tx.execute(query)).first() is not None


async def today_of(tx: AsyncConnection, home: Tenant, day: date) -> Today:
    first, next_day = (at_local(one, time(0), home.zone) for one in (day, day + timedelta(days=1)))
    came = payment.c
    asked = {
        "due": select(func.sum(due.c.amount_minor)).where(
            due.c.tenant_id == home.id, due.c.due_on == day
        ),
        "came_in": select(func.sum(came.amount_minor)).where(
            came.tenant_id == home.id, came.received_at >= first, came.received_at < next_day,
            came.reversed_at.is_(None),
        ),
        "drafts": select(func.count()).where(
            fleet_contract.c.tenant_id == home.id, fleet_contract.c.state == DRAFT
        ),
        "kept_aside": select(func.count()).where(
            kept_aside.c.tenant_id == home.id, kept_aside.c.state == OPEN
        ),
        "unmatched": select(func.count()).where(
            statement_line.c.tenant_id == home.id, statement_line.c.state.in_(WAITING)
        ),
        "fallen": select(func.count()).where(
            driver_class.c.tenant_id == home.id, driver_class.c.outcome == "at_risk",
            driver_class.c.outcome_since_on > day - WEEK,
        ),
    }  # fmt: skip
    query = select(*(one.scalar_subquery().label(name) for name, one in asked.items()))
    row = (await tx.execute(query)).one()
    return Today(
        Money(home.currency, int(row.due or 0)), Money(home.currency, int(row.came_in or 0)), row.drafts,
        row.kept_aside, row.unmatched, row.fallen,
    )  # fmt: skip
