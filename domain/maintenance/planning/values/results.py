"""Plans and what they are worth, in JSON. Days are dates there, so that a plan can be read by itself."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from domain.maintenance.planning.evaluation import Cost, Evaluation, Fault, Pause, Round, Stop, Violation
from domain.maintenance.planning.model import Plan, Route
from domain.maintenance.planning.moments import written
from domain.maintenance.planning.values.given import Given, whole

COSTS = tuple(one.name for one in fields(Cost))
FAULTS = tuple(one.value for one in Fault)


def plan_value(plan: Plan, days: Sequence[date]) -> dict[str, Any]:
    return {"routes": [_route_value(one, days) for one in plan.routes]}


def plan_of(value: Any, days: Sequence[date]) -> Plan:
    """Raises BadInput. A round with its times may stand for a route, so an evaluation is a plan, too."""
    given = whole(value, "plan")
    listed = given.objects("routes" if "routes" in given else "rounds")
    plan = Plan(tuple(_route(one, days) for one in listed))
    given.settle()
    return plan


def evaluation_value(evaluation: Evaluation, days: Sequence[date]) -> dict[str, Any]:
    return {
        "cost": vars(evaluation.cost) | {"total": evaluation.cost.total},
        "rounds": [round_value(one, days) for one in evaluation.rounds],
        "violations": [_violation_value(one, days) for one in evaluation.violations],
        "unplanned": list(evaluation.unplanned),
        "moved": list(evaluation.moved),
        "paid": {technician: written(seconds) for technician, seconds in evaluation.paid.items()},
    }


def evaluation_of(value: Any, days: Sequence[date]) -> Evaluation:
    """Raises BadInput."""
    given = whole(value, "evaluation")
    costs = given.object("cost") or Given({}, "cost", given.mistakes)
    paid = given.object("paid") or Given({}, "paid", given.mistakes)
    evaluation = Evaluation(
        Cost(**{name: costs.integer(name, 0) for name in COSTS}),
        tuple(_round(one, days) for one in given.objects("rounds")),
        tuple(_violation(one, days) for one in given.objects("violations")),
        given.texts("unplanned"), given.texts("moved"), {name: paid.moment(name) for name in paid.value},
    )  # fmt: skip
    given.settle()
    return evaluation


def round_value(one: Round, days: Sequence[date]) -> dict[str, Any]:
    return {
        "technician": one.technician, "day": days[one.day].isoformat(), "leaves": written(one.leaves),
        "returns": written(one.returns), "paid": written(one.paid), "overtime": written(one.overtime),
        "metres": one.metres, "driving": written(one.driving),
        "stops": [_stop_value(stop) for stop in one.stops],
        "pauses": [
            {"begins": written(each.begins), "ends": written(each.ends), "before": each.before}
            for each in one.pauses
        ],
    }  # fmt: skip


def round_of(value: Any, days: Sequence[date]) -> Round:
    """Raises BadInput."""
    given = whole(value, "round")
    read = _round(given, days)
    given.settle()
    return read


def _route_value(one: Route, days: Sequence[date]) -> dict[str, Any]:
    return {"technician": one.technician, "day": days[one.day].isoformat(), "visits": list(one.visits)}


def _route(given: Given, days: Sequence[date]) -> Route:
    stops = given.objects("stops")
    visits = tuple(one.text("visit") for one in stops) if stops else given.texts("visits")
    return Route(given.text("technician"), _day(given, days), visits)


def _day(given: Given, days: Sequence[date]) -> int:
    known = len(given.mistakes)
    day = given.day("day")
    if day in days:
        return days.index(day)
    if len(given.mistakes) == known:
        given.wrong("day", f"{day} is none of the days", "give one of the days that are planned")
    return 0


def _stop_value(one: Stop) -> dict[str, Any]:
    return {
        "visit": one.visit, "leaves": written(one.leaves), "arrives": written(one.arrives),
        "begins": written(one.begins), "ends": written(one.ends), "metres": one.metres,
        "late": written(one.late), "later": written(one.later), "earlier": written(one.earlier),
    }  # fmt: skip


def _stop(given: Given) -> Stop:
    moment = given.moment
    return Stop(
        given.text("visit"), moment("leaves"), moment("arrives"), moment("begins"), moment("ends"),
        given.integer("metres"), moment("late", 0), moment("later", 0), moment("earlier", 0),
    )  # fmt: skip


def _round(given: Given, days: Sequence[date]) -> Round:
    moment = given.moment
    return Round(
        given.text("technician"), _day(given, days), moment("leaves"), moment("returns"), moment("paid"),
        moment("overtime"), given.integer("metres"), moment("driving"),
        tuple(_stop(one) for one in given.objects("stops")),
        tuple(
            Pause(one.moment("begins"), one.moment("ends"), one.integer("before"))
            for one in given.objects("pauses")
        ),
    )  # fmt: skip


def _violation_value(one: Violation, days: Sequence[date]) -> dict[str, Any]:
    told = {
        "fault": one.fault.value, "visit": one.visit, "technician": one.technician,
        "day": None if one.day is None else days[one.day].isoformat(), "about": one.about or None,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None} | {"amount": one.amount}


def _violation(given: Given, days: Sequence[date]) -> Violation:
    fault = given.text("fault")
    if fault not in FAULTS:
        given.wrong("fault", "there is no such fault", f"known are {', '.join(FAULTS)}")
    return Violation(
        Fault(fault) if fault in FAULTS else Fault.UNPLANNED,
        given.text("visit") if "visit" in given else None,
        given.text("technician") if "technician" in given else None,
        _day(given, days) if "day" in given else None, given.integer("amount", 0),
        given.text("about") if "about" in given else "",
    )  # fmt: skip
