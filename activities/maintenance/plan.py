"""Rounds are searched for, as long as was asked; a worker that is lost costs what it found in a second."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from temporalio import activity

from activities.maintenance.search import Search, Tell, accompanied
from database.maintenance import horizons, plans
from database.maintenance.plans import Best, KnownPlan
from database.session import Database
from database.shared.audit import Actor
from database.shared.jobs import STOPPED
from domain.case import Case
from domain.errors import BadInput, NotFound
from domain.maintenance.planning import codec
from domain.maintenance.planning.checking import check
from domain.maintenance.planning.comparison import compared
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.faults.trouble import Trouble
from domain.maintenance.planning.horizon import Horizon, in_force, problem_of
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.overtaking import stood
from domain.maintenance.planning.roads import Land, Roads, RoadsDown, with_roads
from domain.maintenance.planning.solving import PlannerGone, Planning
from domain.maintenance.planning.why import reasons_said
from domain.maintenance.planning.why.reasons import Reasons
from domain.ports import Holidays

QUEUE = "planner"
"""Of its own: a search keeps a processor busy, and nothing else waits for it."""
ATTEMPTS = 5
"""After so many a planner that dies each time is not started again; its best so far is what there is."""

HOPELESS = 12
"""Some minutes of attempts: a fault of ours that is there every time leaves no plan open for ever."""
OURS = "something went wrong on our side, and each time again; it has been noted"


@dataclass(frozen=True)
class Laid:
    """``problem`` is what is searched, from ``start`` on: all that was asked but what can be planned by
    nobody, which ``troubles`` name and ``whole`` still has. ``before``: the rounds in force."""

    whole: Problem
    problem: Problem
    start: Plan
    before: Plan | None = None
    troubles: Sequence[Trouble] = ()


@dataclass(frozen=True)
class Plans:
    database: Database
    holidays: Holidays
    roads: Roads
    land: Land
    planning: Planning

    @activity.defn(name="maintenance.plan.run")
    async def run(self, case: Case) -> str:
        """The state in which it ends. One that a worker left behind goes on from its best so far."""
        last = activity.info().attempt >= ATTEMPTS
        try:
            ended = await self.go_on(case.tenant, case.ref, activity.heartbeat, last)
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details and details.cancel_requested:
                await self._halt(case.tenant, case.ref)
            raise
        except Exception:
            if activity.info().attempt >= HOPELESS:
                async with self.database.tenant(case.tenant) as tx:
                    await plans.fail(tx, case.tenant, case.ref, OURS)
            raise
        return ended.state

    async def go_on(self, tenant: str, id: str, tell: Tell, last: bool = False) -> KnownPlan:
        """Until its time is used or somebody stops it. Raises NotFound; PlannerGone and RoadsDown
        unless it is the ``last`` attempt."""
        found = await self._known(tenant, id)
        if found.is_open or _unfinished(found):
            try:
                await self._go_on(tenant, found, tell, last)
            except (BadInput, NotFound, PlannerGone, RoadsDown) as wrong:
                if isinstance(wrong, PlannerGone | RoadsDown) and not last:
                    raise
                async with self.database.tenant(tenant) as tx:
                    await plans.fail(tx, tenant, id, str(wrong))
        return await self._known(tenant, id)

    async def _go_on(self, tenant: str, found: KnownPlan, tell: Tell, last: bool) -> None:
        async def alive() -> None:
            tell(found.share)

        laid = await accompanied(self._laid_out(tenant, found), alive)
        if laid is None:
            return
        search = Search(self.database, tenant, found, laid.problem, tell, solver=found.solver)
        plan = laid.start
        if found.is_open and search.worth_while:
            plan = await self._searched(search, laid, last)
        await accompanied(self._conclude(search, laid, plan), alive)

    async def _searched(self, search: Search, laid: Laid, last: bool) -> Plan:
        running = self.planning.plan(laid.problem, search.limits, laid.start, search.hear, search.stop)
        try:
            return await accompanied(running, search.keep)
        except (PlannerGone, asyncio.CancelledError) as end:
            await search.keep()
            if isinstance(end, PlannerGone) and last and search.best_known:
                return search.last or laid.start
            raise

    async def _laid_out(self, tenant: str, found: KnownPlan) -> Laid | None:
        """As it was when the search began; anew when nothing was found yet. Nothing once it was stopped.

        Raises BadInput, NotFound, RoadsDown.
        """
        stored = await self._stored(tenant, found) if found.routes else None
        if stored is None:
            return await self._anew(tenant, found)
        try:
            before = in_force(await self._horizon(tenant, found), stored)
        except (BadInput, NotFound):  # somebody or something that was asked for is gone meanwhile
            before = None
        return await self._sound(stored, codec.plan_of(found.routes, stored.days), before)

    async def _anew(self, tenant: str, found: KnownPlan) -> Laid | None:
        horizon = await self._horizon(tenant, found)
        asked = problem_of(horizon)
        kept = codec.problem_value(asked, roads=False)
        async with self.database.tenant(tenant) as tx:
            if not await plans.keep_problem(tx, tenant, found.id, kept, stood(horizon.visits)):
                return None
        before = in_force(horizon, asked)
        return await self._sound(asked, before, before)

    async def _stored(self, tenant: str, found: KnownPlan) -> Problem | None:
        async with self.database.tenant(tenant) as tx:
            stored = await plans.problem_in(tx, tenant, found.id)
        return None if stored is None else codec.problem_of(stored)

    async def _horizon(self, tenant: str, found: KnownPlan) -> Horizon:
        async with self.database.tenant(tenant) as tx:
            return await horizons.horizon_of(tx, tenant, found.wish, found.created_at, self.holidays)

    async def _sound(self, asked: Problem, start: Plan, before: Plan | None) -> Laid:
        """The visits that stay are planned as if the others had not been asked for. Raises RoadsDown."""
        checked, troubles = await asyncio.to_thread(check, asked, self.land)
        problem, more = await asyncio.to_thread(check, await with_roads(checked, self.roads))
        nowhere = (problem.visit.get(one.id, replace(one, place=0)) for one in asked.visits)
        routes = (replace(one, visits=tuple(filter(problem.visit.get, one.visits))) for one in start.routes)
        return Laid(
            replace(problem, visits=tuple(nowhere)), problem, Plan(tuple(filter(_any_visit, routes))),
            before, [*troubles, *(one for one in more if one not in troubles)],
        )  # fmt: skip

    async def _conclude(self, search: Search, laid: Laid, plan: Plan) -> None:
        """Priced anew, whatever the search said of it."""
        told, result = await asyncio.to_thread(findings, laid, plan)
        routes = codec.plan_value(plan, laid.whole.days)
        best = Best(routes, told.cost.total, len(told.unplanned), search.solver, 1.0)
        async with self.database.tenant(search.tenant) as tx:
            await plans.finish(tx, search.tenant, search.found.id, best, result)

    async def _halt(self, tenant: str, id: str) -> None:
        """Operations ended the process: the best so far is kept, as when a person stops the plan."""
        found = await self._known(tenant, id)
        if found.is_open:
            async with self.database.tenant(tenant) as tx:
                await plans.stop(tx, tenant, Actor("operations"), id)
            await self.go_on(tenant, id, lambda _: None)

    async def _known(self, tenant: str, id: str) -> KnownPlan:
        async with self.database.tenant(tenant) as tx:
            return await plans.plan_of(tx, tenant, id)


def _any_visit(route: Route) -> bool:
    return bool(route.visits)


def findings(laid: Laid, plan: Plan) -> tuple[Evaluation, dict[str, Any]]:
    """What the plan is worth, why visits have no place, how it compares, what of the question was mended.

    Nobody is named in it but by a reference.
    """
    told, sound = evaluate(laid.whole, plan), evaluate(laid.problem, plan)
    reasons, beside = Reasons(laid.problem, plan, sound).all(), compared(laid.problem, sound, laid.before)
    return told, {
        "evaluation": codec.evaluation_value(told, laid.whole.days),
        "reasons": reasons_said.values(laid.problem, reasons),
        "comparison": {name: one.values() for name, one in beside.items()},
        "troubles": [one.value for one in laid.troubles],
    }


def _unfinished(found: KnownPlan) -> bool:
    """Stopped, with a best that nobody has worked out yet."""
    return found.state == STOPPED and found.result is None and found.routes is not None
