"""The rounds of a plan for other programs: a calendar, a map, a table, a picture."""

import asyncio
import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api.commands import Reading
from api.fields import Day, Ref
from api.maintenance.planning_fields import ReadsPlanning
from api.maintenance.planning_opened import Opened, opened
from database.maintenance import naming
from domain.errors import BadInput, Mistake, NotFound
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.drawing import drawn_of, svg
from domain.maintenance.planning.shown.geojson import geojson
from domain.maintenance.planning.shown.ical import calendar
from domain.maintenance.planning.shown.tables import stop_table
from domain.spreadsheet import csv_lines
from domain.table import head, plain

router = APIRouter(prefix="/v1/planning/plans", tags=["Planning"])

Locale = Annotated[Literal["fr", "en"], Query()]


def sent(media_type: str) -> dict[int | str, Any]:
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}, "description": "The rounds."}}


@router.get("/{ref}/calendar.ics", response_class=Response, responses=sent("text/calendar"))
async def read_calendar(
    ref: Ref, here: ReadsPlanning, technician: Annotated[Ref | None, Query()] = None, locale: Locale = "fr"
) -> Response:
    """iCalendar (RFC 5545), of all technicians or of one with the breaks."""
    found, names = await drawn(here, ref)
    if technician is not None and technician not in found.problem.technician:
        raise NotFound("technician of the plan", technician)
    told = calendar(
        found.problem, found.evaluation, names, here.now, technician, locale, host=here.tenant
    )  # fmt: skip
    return Response(told, media_type="text/calendar; charset=utf-8")


@router.get("/{ref}/routes.geojson", response_class=Response, responses=sent("application/geo+json"))
async def read_routes(ref: Ref, here: ReadsPlanning) -> Response:
    """GeoJSON (RFC 7946): a line for each round, a point for each stop and each visit without a place."""
    found, names = await drawn(here, ref)
    told = json.dumps(geojson(found.problem, found.evaluation, names), ensure_ascii=False)
    return Response(told, media_type="application/geo+json")


@router.get("/{ref}/map.svg", response_class=Response, responses=sent("image/svg+xml"))
async def read_picture(
    ref: Ref, here: ReadsPlanning, on: Annotated[Day | None, Query()] = None, locale: Locale = "fr"
) -> Response:
    """A picture of one day, or of all; it loads nothing."""
    found, names = await drawn(here, ref)
    day = _day(found, on)
    told = await asyncio.to_thread(
        lambda: svg(drawn_of(found.problem, found.evaluation, names, locale=locale), day)
    )
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(told, media_type="image/svg+xml", headers=headers)


@router.get("/{ref}/table.csv", response_class=Response, responses=sent("text/csv"))
async def read_table(ref: Ref, here: ReadsPlanning, locale: Locale = "fr") -> Response:
    """A line for each stop; visits without a place at the end."""
    found, names = await drawn(here, ref)
    table = stop_table(found.problem, found.evaluation, names)
    lines = [
        [plain(column, value, locale, names.zone) for column, value in zip(table.columns, row, strict=True)]
        async for row in table.rows
    ]
    told = "".join(csv_lines([head(table, locale), *lines]))
    headers = {"Content-Disposition": 'attachment; filename="rounds.csv"'}
    return Response(told, media_type="text/csv; charset=utf-8", headers=headers)


async def drawn(here: Reading, ref: str) -> tuple[Opened, Names]:
    """With what people call everything in it."""
    found = await opened(here, ref)
    problem = found.problem
    names = await naming.names_of(here.tx, here.tenant, problem.technician.keys(), problem.visit.keys())
    return found, names


def _day(found: Opened, on: date | None) -> int | None:
    days = found.problem.days
    if on is not None and on not in days:
        mend = f"give one from {days[0]} to {days[-1]}"
        raise BadInput(Mistake("on", "it is none of the days of this plan", mend))
    return None if on is None else days.index(on)
