"""Rounds in force, for planners and for the technicians who drive them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.commands import Reading, reads
from api.fields import Day, Ref, Shown
from api.maintenance.planning_fields import ReadsPlanning
from api.maintenance.planning_shapes import RoundShown, round_shown
from api.maintenance.planning_views import Locale, sent
from database.maintenance import naming, rounds, technicians, visits
from database.shared import ownership
from domain.errors import BadInput, Mistake
from domain.maintenance.planning.codec import round_of
from domain.maintenance.planning.evaluation import Cost, Evaluation, Round
from domain.maintenance.planning.horizon import Horizon, Wish, problem_of
from domain.maintenance.planning.intake import KnownVisit, VisitState, Worker
from domain.maintenance.planning.shown.ical import calendar

router = APIRouter(prefix="/v1/planning", tags=["Planning"])

MOST_DAYS = 62


class RoundsShown(Shown):
    """``stops`` in their order, cancelled visits left out."""

    items: list[RoundShown]


ReadsOwn = Annotated[Reading, reads("planning:read", own="technician")]
Since = Annotated[Day, Query(description="The first day.")]
Until = Annotated[Day, Query(description=f"The last day, of {MOST_DAYS} at most.")]


@router.get("/rounds")
async def list_rounds(here: ReadsPlanning, since: Since, until: Until) -> RoundsShown:
    """In the order of days and technicians."""
    days = days_of(since, until)
    return RoundsShown(items=[round_shown(one, days) for one in (await _in_force(here, days))[0]])


@router.get("/technicians/{ref}/rounds")
async def list_own_rounds(ref: Ref, here: ReadsOwn, since: Since, until: Until) -> RoundsShown:
    """Of one technician."""
    days = days_of(since, until)
    await technicians.technician_of(here.tx, here.tenant, ref)
    return RoundsShown(items=[round_shown(one, days) for one in (await _in_force(here, days, ref))[0]])


@router.get("/technicians/{ref}/calendar.ics", response_class=Response, responses=sent("text/calendar"))
async def read_own_calendar(
    ref: Ref, here: ReadsOwn, since: Since, until: Until, locale: Locale = "fr"
) -> Response:
    """Rounds in force as a calendar (RFC 5545); a visit that is moved keeps its entry."""
    days = days_of(since, until)
    worker = await technicians.technician_of(here.tx, here.tenant, ref)
    found, there = await _in_force(here, days, ref)
    await ownership.narrow(here.tx, "")  # the customers to whom they drive
    told = await _calendar(here, worker, found, there, days, locale)
    return Response(told, media_type="text/calendar; charset=utf-8")


async def _calendar(
    here: Reading, worker: Worker, found: Sequence[Round], there: Sequence[KnownVisit], days: Sequence[date],
    locale: str,
) -> str:  # fmt: skip
    kept = tuple(one for one in there if one.standing.state is not VisitState.MISSED)
    problem = problem_of(Horizon(Wish(days[0], len(days)), (worker,), kept))
    driven = (
        replace(one, stops=tuple(stop for stop in one.stops if stop.visit in problem.visit)) for one in found
    )
    names = await naming.names_of(here.tx, here.tenant, [worker.ref], problem.visit.keys())
    evaluation = Evaluation(Cost(), tuple(driven))
    return calendar(problem, evaluation, names, here.now, worker.ref, locale, host=here.tenant)


async def _in_force(
    here: Reading, days: Sequence[date], technician: str | None = None
) -> tuple[list[Round], list[KnownVisit]]:
    """What was cancelled or went to somebody else since is not told any more."""
    chosen = None if technician is None else [technician]
    found = await rounds.in_force(here.tx, here.tenant, days[0], days[-1], chosen)
    there = await visits.in_rounds(here.tx, here.tenant, days[0], days[-1], chosen)
    place = {one.ref: (one.standing.technician, one.standing.on) for one in there}
    told = []
    for one in found:
        times = round_of(one.times, days)
        stops = tuple(stop for stop in times.stops if place.get(stop.visit) == (one.technician, one.on))
        told.append(replace(times, stops=stops))
    return told, there


def days_of(since: date, until: date) -> tuple[date, ...]:
    """Raises BadInput."""
    count = (until - since).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise BadInput(Mistake("until", f"these are {count} days", f"give 1 to {MOST_DAYS} days"))
    return tuple(since + timedelta(days=one) for one in range(count))
