"""A plan beside another one: what a person would do by hand, what stood before, or another plan."""

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.commands import Reading
from api.fields import Ref, Shown
from api.maintenance.planning_fields import ReadsPlanning, Said
from api.maintenance.planning_laid import laid_out
from api.maintenance.planning_opened import Opened, opened
from database.maintenance import visits
from database.shared.contacts import tenant_of
from domain.errors import BadInput, Mistake
from domain.maintenance.planning.comparison import Figures, Row, by_hand, by_plan, figures, rows
from domain.maintenance.planning.horizon import Horizon, in_force
from domain.maintenance.planning.model import Plan, Problem

router = APIRouter(prefix="/v1/planning/plans", tags=["Planning"])

NAIVE, PREVIOUS = "naive", "previous"


class FiguresShown(Shown):
    """Metres, seconds, minor units."""

    planned: int
    unplanned: int
    metres: int
    worked: int
    overtime: int
    rounds: int
    promised: int
    kept: int
    spread: int
    cost: int


class RowShown(Shown):
    id: str
    label: Said
    here: Said
    there: Said
    change: Said


class ComparisonShown(Shown):
    """``plan`` beside ``other``, in figures and in words."""

    other: str = Field(description="naive, previous, or the other plan’s id.")
    plan: FiguresShown
    beside: FiguresShown
    rows: list[RowShown]


With = Annotated[
    Ref, Query(alias="with", description="`naive`: by hand. `previous`: the rounds in force. Or a plan’s id.")
]


@router.get("/{ref}/comparison")
async def compare_plan(ref: Ref, here: ReadsPlanning, other: With = NAIVE) -> ComparisonShown:
    """Kilometres, hours, overtime, promised times, fairness. Of another plan only what is in this one too."""
    found = await opened(here, ref)
    problem = (await laid_out(here, found.problem)).problem
    mine = figures(problem, found.evaluation)
    if other == NAIVE:
        theirs = await asyncio.to_thread(by_hand, problem)
    else:
        theirs = await asyncio.to_thread(by_plan, problem, await _other(here, found, problem, other))
    currency = (await tenant_of(here.tx, here.tenant)).currency
    return ComparisonShown(
        other=other, plan=_figures(mine), beside=_figures(theirs),
        rows=[_row(one) for one in rows(mine, theirs, currency)],
    )  # fmt: skip


async def _other(here: Reading, found: Opened, problem: Problem, other: str) -> Plan:
    """Raises NotFound, Conflict, BadInput."""
    if other == PREVIOUS:
        days = problem.days
        there = await visits.in_rounds(here.tx, here.tenant, days[0], days[-1], problem.technician.keys())
        return in_force(Horizon(found.plan.wish, (), tuple(there)), problem)
    beside = await opened(here, other)
    shared = {index: problem.days.index(day) for index, day in enumerate(beside.problem.days)
              if day in problem.days}  # fmt: skip
    if not shared:
        raise BadInput(Mistake("with", "it is of other days", "compare plans of the same days"))
    routes = (one for one in beside.rounds.routes if one.day in shared)
    return Plan(tuple(replace(one, day=shared[one.day]) for one in routes))


def _figures(one: Figures) -> FiguresShown:
    return FiguresShown(**one.values())


def _row(one: Row) -> RowShown:
    return RowShown(
        id=one.id, label=Said.of(one.label), here=Said.of(one.here), there=Said.of(one.there),
        change=Said.of(one.change),
    )  # fmt: skip
