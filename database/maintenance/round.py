"""What the process maintenance.round knows of a technician's day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance.tables import service_round, technician, visit
from database.maintenance.watches import ROUND, round_ref
from database.shared import messages
from database.shared.tables import message
from domain.errors import NotFound
from domain.maintenance.planning.codec import round_of
from domain.maintenance.planning.evaluation import Round
from domain.maintenance.planning.intake import VisitState
from domain.maintenance.round import Call, Day, second_of
from domain.maintenance.round_telling import Telling, telling_of

TELLINGS = ("maintenance/round/tomorrow", "maintenance/round/changed", "maintenance/round/emptied")
IN_ROUND = (VisitState.PLANNED, VisitState.STARTED, VisitState.DONE, VisitState.MISSED)


@dataclass(frozen=True)
class KnownRound:
    """``contact_ref``: the technician as a person we write to. ``content``: the visits in their order, and
    when each is planned to begin. ``tellings``: what was written of it to the technician.
    """

    technician: str
    contact_ref: str
    day: Day
    content: tuple[tuple[str, int], ...] = ()
    tellings: tuple[Telling, ...] = ()


async def round_known(tx: AsyncConnection, tenant: str, who: str, on_day: date, zone: str) -> KnownRound:
    """The times are those in force; a round that a later plan has emptied has no visits. Raises NotFound."""
    person = (await tx.execute(
        select(technician.c.contact_ref).where(technician.c.tenant_id == tenant, technician.c.ref == who)
    )).scalar()  # fmt: skip
    if person is None:
        raise NotFound("technician", who)
    times = await _times_of(tx, tenant, who, on_day)
    mine = visit.c
    query = select(visit).where(
        mine.tenant_id == tenant, mine.technician_ref == who, mine.planned_on == on_day,
        mine.state.in_(IN_ROUND),
    )  # fmt: skip
    rows = (await tx.execute(query.order_by(mine.position, mine.planned_begins_s, mine.ref))).all()
    content = tuple((row.ref, row.planned_begins_s) for row in rows)
    tellings = await _tellings(tx, tenant, round_ref(who, on_day))
    return KnownRound(who, person, _day(times, on_day, rows, zone), content, tellings)


async def _tellings(tx: AsyncConnection, tenant: str, ref: str) -> tuple[Telling, ...]:
    """One that cannot go out on any channel counts as come: the next one could not either."""
    mine = message.c
    query = select(mine.step_key, mine.state, mine.reason).where(
        mine.tenant_id == tenant, mine.process == ROUND, mine.ref == ref, mine.template.in_(TELLINGS)
    )
    found: dict[int, list[Any]] = {}
    for row in await tx.execute(query):
        if (number := telling_of(row.step_key)) is not None:
            found.setdefault(number, []).append(row)
    return tuple(_telling(number, rows) for number, rows in found.items())


def _telling(number: int, rows: Sequence[Any]) -> Telling:
    """By SMS and by mail, if the first failed."""
    wanted = [one for one in rows if not messages.is_withdrawn(one)]
    return Telling(number, any(one.state in messages.SERVED for one in wanted), withdrawn=not wanted)


async def _times_of(tx: AsyncConnection, tenant: str, who: str, on_day: date) -> Round | None:
    mine = service_round.c
    found = await tx.execute(
        select(mine.times).where(
            mine.tenant_id == tenant, mine.technician_ref == who, mine.on_day == on_day
        )
    )  # fmt: skip
    times = found.scalar()
    return round_of(times, (on_day,)) if times else None


def _day(times: Round | None, on_day: date, rows: Sequence[Row[Any]], zone: str) -> Day:
    """A round without times, put together by hand, is as long as its visits."""
    calls = tuple(_call(row, _before(times), on_day, zone) for row in rows)
    if times is not None:
        return Day(on_day, times.leaves, times.returns, times.paid, calls)
    leaves = min((one.begins for one in calls), default=0)
    returns = max((one.ends for one in calls), default=0)
    return Day(on_day, leaves, returns, returns - leaves, calls)


def _before(times: Round | None) -> Mapping[str, tuple[int, int]]:
    """Of each visit, the way to it and the break that is taken on the way."""
    if times is None:
        return {}
    rests: dict[int, int] = {}
    for one in times.pauses:
        rests[one.before] = rests.get(one.before, 0) + one.ends - one.begins
    return {
        stop.visit: (stop.arrives - stop.leaves, rests.get(number, 0))
        for number, stop in enumerate(times.stops)
    }


def _call(row: Row[Any], before: Mapping[str, tuple[int, int]], on_day: date, zone: str) -> Call:
    way, pause = before.get(row.ref, (0, 0))
    begins: int = row.planned_begins_s
    ends = row.planned_ends_s if row.planned_ends_s is not None else begins + row.duration_s
    promised = row.promised_s + row.promise_tolerance_s if row.promised_on == on_day else None
    return Call(
        begins, ends, way, pause, promised,
        started=second_of(row.started_at, on_day, zone) if row.started_at else None,
        ended=second_of(row.ended_at, on_day, zone) if row.ended_at else None,
        missed=row.state == VisitState.MISSED,
    )  # fmt: skip
