"""Plans that were accepted: the rounds they put in force, and those that stood before."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.maintenance import fitting, plans, rounds, technicians, visits
from database.maintenance.plans import KnownPlan
from database.maintenance.rounds import InForce, Placing
from database.maintenance.slots import take_turns
from database.maintenance.tables import plan_acceptance
from database.shared.audit import Actor
from domain.errors import Conflict, NotFound
from domain.maintenance.planning.codec import round_value
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.intake import BEGUN, KnownVisit
from domain.maintenance.planning.model import Problem
from domain.maintenance.planning.overtaking import Overtaken, overtaken
from domain.maintenance.planning.today.changes import appointments

mine = plan_acceptance.c


@dataclass(frozen=True)
class Acceptance:
    id: str
    plan: str
    technicians: tuple[str, ...]
    before: Mapping[str, Any]
    accepted_at: datetime
    accepted_by: str
    undone_at: datetime | None
    undone_by: str | None


async def accept(
    tx: AsyncConnection, tenant: str, actor: Actor, plan: KnownPlan, problem: Problem, evaluation: Evaluation,
    chosen: Collection[str], now: datetime, despite: bool = False,
) -> Acceptance:  # fmt: skip
    """The rounds of these technicians, or of all, are in force from now on.

    Raises Conflict that names what changed since the plan was made, and NotFound for somebody not in it;
    Overtaken where it would undo what was put in force meanwhile, unless that is wanted ``despite`` it.
    """
    await take_turns(tx, tenant)
    scope, days = _scope(problem, chosen), problem.days
    given = rounds.placings(evaluation, days, scope)
    standing = await visits.in_rounds(tx, tenant, days[0], days[-1], scope)
    known = await visits.visits_named(tx, tenant, [one.visit for one in given])
    away = await technicians.absences(tx, tenant, days[0], days[-1], scope)
    working = {one.ref for one in await technicians.workforce(tx, tenant)}
    elsewhere = evaluation.stops.keys() - {one.visit for one in given}
    fitting.check(plan, problem, given, known, standing, away, working, elsewhere)
    if not despite:
        await _compare(tx, tenant, plan, evaluation, scope, (*standing, *known.values()))
    touched = {one.ref: one for one in (*standing, *known.values())}
    old = await rounds.in_force(tx, tenant, days[0], days[-1], scope)
    if same := await _there_already(tx, tenant, plan, scope, given, known, old):
        return same
    before = {
        "visits": [rounds.placing_value(one) for one in touched.values()],
        "rounds": [rounds.round_row(one) for one in old], "given": [one.value for one in given],
    }  # fmt: skip
    id = await _written(tx, tenant, actor, plan, scope, before, now)
    still = {one.ref for one in touched.values() if one.standing.state in BEGUN}
    await rounds.place(
        tx, tenant, touched.keys() - still, [one for one in given if one.visit not in still]
    )  # fmt: skip
    told = {
        (one.technician, days[one.day]): round_value(one, days)
        for one in evaluation.rounds if one.technician in scope and one.stops
    }  # fmt: skip
    await rounds.put_in_force(tx, tenant, scope, days, told, id, now)
    await rounds.watch(tx, tenant, touched.values(), given, "plan.accepted", now)
    return await acceptance_of(tx, tenant, id)


async def since(
    tx: AsyncConnection, tenant: str, plan: KnownPlan, evaluation: Evaluation
) -> Overtaken | None:
    """What accepting the whole plan would undo, as it is now."""
    days = plan.wish.dates
    scope = {one.technician for one in evaluation.rounds}
    standing = await visits.in_rounds(tx, tenant, days[0], days[-1], scope)
    known = await visits.visits_named(tx, tenant, evaluation.stops.keys())
    try:
        await _compare(tx, tenant, plan, evaluation, scope, (*standing, *known.values()))
    except Overtaken as found:
        return found
    return None


async def _compare(
    tx: AsyncConnection, tenant: str, plan: KnownPlan, evaluation: Evaluation, scope: Collection[str],
    there: Iterable[KnownVisit],
) -> None:  # fmt: skip
    """With what stood when the plan was laid out. Raises Overtaken."""
    before = await plans.stood_in(tx, tenant, plan.id)
    wanted = appointments(plan.wish.dates, evaluation)
    overtaken(before, {one.ref: one.standing for one in there}, wanted, scope)


async def _there_already(
    tx: AsyncConnection, tenant: str, plan: KnownPlan, scope: Collection[str], given: Sequence[Placing],
    known: Mapping[str, KnownVisit], old: Sequence[InForce],
) -> Acceptance | None:  # fmt: skip
    """The acceptance of the same once before, of which nothing has changed: one undo takes it back."""
    last = next(iter((await acceptances_of(tx, tenant, [plan.id])).get(plan.id, ())), None)
    if last is None or last.undone_at is not None or set(last.technicians) != set(scope):
        return None
    same = list(last.before["given"]) == [one.value for one in given]
    placed = all(Placing.standing(known[one.visit]) == one for one in given)
    return last if same and placed and all(one.acceptance == last.id for one in old) else None


async def _written(
    tx: AsyncConnection, tenant: str, actor: Actor, plan: KnownPlan, scope: Collection[str],
    before: Mapping[str, Any], now: datetime,
) -> str:  # fmt: skip
    id = f"a{secrets.token_hex(8)}"
    row = {
        "tenant_id": tenant, "id": id, "plan_id": plan.id, "technician_refs": sorted(scope),
        "before": dict(before), "accepted_at": now, "accepted_by": actor.who,
    }  # fmt: skip
    await tx.execute(insert(plan_acceptance).values(row))
    return id


def _scope(problem: Problem, chosen: Collection[str]) -> set[str]:
    everybody = set(problem.technician)
    if missing := set(chosen) - everybody:
        raise NotFound("technician of the plan", min(missing))
    return set(chosen) or everybody


async def undo(tx: AsyncConnection, tenant: str, actor: Actor, plan: str, now: datetime) -> Acceptance:
    """The last acceptance of a plan; the rounds of before are in force again. Raises Conflict."""
    await take_turns(tx, tenant)
    query = select(plan_acceptance).where(
        mine.tenant_id == tenant, mine.plan_id == plan, mine.undone_at.is_(None)
    )
    row = (await tx.execute(query.order_by(mine.accepted_at.desc(), mine.id.desc()).limit(1))).first()
    if row is None:
        raise Conflict(f"nothing of the plan {plan} is in force")
    known = _acceptance(row)
    given = [Placing.of(one) for one in known.before["given"]]
    old = known.before["visits"]
    touched = await visits.visits_named(tx, tenant, {one["ref"] for one in old})
    await rounds.refuse_later(tx, tenant, known.id, given)
    begun = fitting.check_undo(given, old, touched)
    back = [one for one in old if one["ref"] not in begun]
    await rounds.place(tx, tenant, [one["ref"] for one in back], rounds.placed_before(back))
    await rounds.bring_back(tx, tenant, known.id, known.before["rounds"], now)
    await rounds.watch(tx, tenant, touched.values(), rounds.placed_before(old), "plan.undone", now)
    undone = update(plan_acceptance).where(mine.tenant_id == tenant, mine.id == known.id)
    await tx.execute(undone.values(undone_at=now, undone_by=actor.who))
    return await acceptance_of(tx, tenant, known.id)


async def acceptance_of(tx: AsyncConnection, tenant: str, id: str) -> Acceptance:
    """Raises NotFound."""
    query = select(plan_acceptance).where(mine.tenant_id == tenant, mine.id == id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("acceptance", id)
    return _acceptance(row)


async def acceptances_of(
    tx: AsyncConnection, tenant: str, plans: Sequence[str]
) -> dict[str, list[Acceptance]]:
    """By plan, the latest first."""
    query = select(plan_acceptance).where(mine.tenant_id == tenant, mine.plan_id.in_(list(plans)))
    found: dict[str, list[Acceptance]] = {}
    for row in await tx.execute(query.order_by(mine.accepted_at.desc(), mine.id.desc())):
        found.setdefault(row.plan_id, []).append(_acceptance(row))
    return found


def _acceptance(row: Row[Any]) -> Acceptance:
    return Acceptance(
        row.id, row.plan_id, tuple(row.technician_refs), row.before, row.accepted_at, row.accepted_by,
        row.undone_at, row.undone_by,
    )  # fmt: skip
