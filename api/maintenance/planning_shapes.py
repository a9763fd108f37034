"""What planning answers: rounds with their times, what they cost, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.fields import Amount, Shown
from api.maintenance.planning_fields import Moment, Said
from database.maintenance.acceptances import Acceptance
from database.maintenance.plans import KnownPlan
from domain.maintenance.planning.evaluation import Cost, Evaluation, Fault, Round, Violation
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.told import fault
from domain.maintenance.planning.today.changes import Appointment
from domain.money import Money


class StopShown(Shown):
    """``leaves`` and ``metres`` are of the way to it. ``later``: how much later it could begin with nothing
    broken; ``earlier``: how much sooner, without a wait on the way.
    """

    visit_ref: str
    leaves: Moment
    arrives: Moment
    begins: Moment
    ends: Moment
    metres: int
    late: Moment
    later: Moment
    earlier: Moment


class AppointmentShown(Shown):
    technician_ref: str
    on: date
    begins: Moment


class PauseShown(Shown):
    """``before``: how many visits are done by then; -1 is before leaving."""

    begins: Moment
    ends: Moment
    before: int


class RoundShown(Shown):
    technician_ref: str
    on: date
    leaves: Moment
    returns: Moment
    paid: Moment
    overtime: Moment
    driving: Moment
    metres: int
    stops: list[StopShown]
    pauses: list[PauseShown]


class ViolationShown(Shown):
    """``amount``: by how many seconds, or pieces. ``about``: the skill, part, zone or other visit."""

    fault: Fault
    visit_ref: str | None
    technician_ref: str | None
    on: date | None
    amount: int
    about: str
    words: Said


class CostShown(Shown):
    total: Amount
    ways: Amount
    labour: Amount
    overtime: Amount
    days: Amount
    late: Amount
    moved: Amount
    urgency: Amount
    not_preferred: Amount
    unplanned: Amount
    uneven: Amount


class EvaluationShown(Shown):
    """``feasible``: nothing makes it impossible; visits without a place only make it incomplete."""

    feasible: bool
    cost: CostShown
    metres: int
    worked: Moment
    overtime: Moment
    rounds: list[RoundShown]
    violations: list[ViolationShown]
    unplanned: list[str]
    moved: list[str]


class AcceptanceShown(Shown):
    id: str
    technicians: list[str]
    accepted_at: datetime
    accepted_by: str
    undone_at: datetime | None
    undone_by: str | None


class PlanShown(Shown):
    """``cost`` and ``unplanned`` are of the best so far. ``visits`` and ``technicians`` are those that were
    named; none: all.
    """

    id: str
    kind: Literal["horizon", "replan"]
    state: Literal["waiting", "running", "ready", "failed", "stopped"]
    percent: int
    first_on: date
    days: int
    visits: list[str]
    technicians: list[str]
    seconds: float
    seed: int
    cost: Amount | None
    unplanned: int | None
    solver: str
    trouble: str = Field(description="Why it failed.")
    asked_by: str
    created_at: datetime
    updated_at: datetime
    acceptances: list[AcceptanceShown] = Field(description="The latest first.")


class PlanRead(PlanShown):
    """``result`` has what else is told: why visits have no place, what of the question was mended."""

    evaluation: EvaluationShown | None
    result: dict[str, Any]


def plan_shown(plan: KnownPlan, currency: str, accepted: Sequence[Acceptance] = ()) -> PlanShown:
    return PlanShown.model_validate(plan_values(plan, currency, accepted))


def plan_values(plan: KnownPlan, currency: str, accepted: Sequence[Acceptance] = ()) -> dict[str, Any]:
    wish = plan.wish
    return {
        "id": plan.id, "kind": plan.kind, "state": plan.state, "percent": plan.percent,
        "first_on": wish.first_on, "days": wish.days, "visits": list(wish.visits),
        "technicians": list(wish.technicians), "seconds": wish.seconds, "seed": wish.seed,
        "cost": None if plan.cost is None else Amount.of(Money(currency, plan.cost)),
        "unplanned": plan.unplanned, "solver": plan.solver, "trouble": plan.trouble,
        "asked_by": plan.asked_by, "created_at": plan.created_at, "updated_at": plan.updated_at,
        "acceptances": [acceptance_shown(one) for one in accepted],
    }  # fmt: skip


def acceptance_shown(one: Acceptance) -> AcceptanceShown:
    return AcceptanceShown(
        id=one.id, technicians=list(one.technicians), accepted_at=one.accepted_at,
        accepted_by=one.accepted_by, undone_at=one.undone_at, undone_by=one.undone_by,
    )  # fmt: skip


def evaluation_shown(
    evaluation: Evaluation, days: Sequence[date], names: Names, currency: str
) -> EvaluationShown:
    return EvaluationShown(
        feasible=evaluation.feasible, cost=cost_shown(evaluation.cost, currency), metres=evaluation.metres,
        worked=evaluation.worked, overtime=evaluation.overtime,
        rounds=[round_shown(one, days) for one in evaluation.rounds if one.stops],
        violations=[violation_shown(one, days, names) for one in evaluation.violations],
        unplanned=list(evaluation.unplanned), moved=list(evaluation.moved),
    )  # fmt: skip


def cost_shown(cost: Cost, currency: str) -> CostShown:
    parts = {one.name: Amount.of(Money(currency, getattr(cost, one.name))) for one in fields(cost)}
    return CostShown(total=Amount.of(Money(currency, cost.total)), **parts)


def round_shown(one: Round, days: Sequence[date]) -> RoundShown:
    stops = [
        StopShown(
            visit_ref=stop.visit, **{name: value for name, value in vars(stop).items() if name != "visit"}
        )
        for stop in one.stops
    ]
    return RoundShown(
        technician_ref=one.technician, on=days[one.day], leaves=one.leaves, returns=one.returns,
        paid=one.paid, overtime=one.overtime, driving=one.driving, metres=one.metres, stops=stops,
        pauses=[PauseShown(**vars(each)) for each in one.pauses],
    )  # fmt: skip


def violation_shown(one: Violation, days: Sequence[date], names: Names) -> ViolationShown:
    return ViolationShown(
        fault=one.fault, visit_ref=one.visit, technician_ref=one.technician,
        on=None if one.day is None else days[one.day], amount=one.amount, about=one.about,
        words=Said.of(fault(one, names)),
    )  # fmt: skip


def rest_of(result: Mapping[str, Any] | None) -> dict[str, Any]:
    """What stands beside the evaluation."""
    return {name: value for name, value in (result or {}).items() if name != "evaluation"}


def appointment_shown(one: Appointment | None) -> AppointmentShown | None:
    if one is None:
        return None
    return AppointmentShown(technician_ref=one.technician, on=one.on, begins=one.begins)
