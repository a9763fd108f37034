"""A plan beside another one of the same problem: by hand, or the one in force before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from domain.decision import Bilingual
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.naive import naive
from domain.maintenance.planning.shown.told import span, way
from domain.money import Money
from domain.wording import NO_BREAK
from domain.wording import amount as money


@dataclass(frozen=True)
class Figures:
    """Ways in metres, times in seconds, ``cost`` in minor units. ``kept`` of the ``promised`` visits are
    planned as it was promised. ``spread``: between the most and the fewest paid hours of who has a shift.
    """

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

    def values(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Row:
    """``change`` is empty where the other has none of it."""

    id: str
    label: Bilingual
    here: Bilingual
    there: Bilingual
    change: Bilingual


LABELS = {
    "planned": Bilingual("Visites planifiées", "Visits planned"),
    "unplanned": Bilingual("Visites sans place", "Visits without a place"),
    "metres": Bilingual("Distance", "Distance"),
    "worked": Bilingual("Heures payées", "Paid hours"),
    "overtime": Bilingual("Heures supplémentaires", "Overtime"),
    "rounds": Bilingual("Tournées", "Rounds"),
    "kept": Bilingual("Rendez-vous tenus", "Promised times kept"),
    "spread": Bilingual("Écart entre techniciens", "Spread between technicians"),
    "cost": Bilingual("Coût", "Cost"),
}
TIMES = frozenset({"worked", "overtime", "spread"})


def figures(problem: Problem, evaluation: Evaluation) -> Figures:
    promised = [one.id for one in problem.visits if one.promise is not None]
    broken = {*evaluation.moved, *evaluation.unplanned}
    paid = evaluation.paid.values()
    return Figures(
        planned=len(evaluation.stops),
        unplanned=len(evaluation.unplanned),
        metres=evaluation.metres,
        worked=evaluation.worked,
        overtime=evaluation.overtime,
        rounds=len(evaluation.rounds),
        promised=len(promised),
        kept=sum(one not in broken for one in promised),
        spread=max(paid, default=0) - min(paid, default=0),
        cost=evaluation.cost.total,
    )


def by_hand(problem: Problem) -> Figures:
    return figures(problem, evaluate(problem, naive(problem)))


def by_plan(problem: Problem, before: Plan) -> Figures:
    """Of what there is still to do: a visit, a technician or a day that is no more is not counted."""
    return figures(problem, evaluate(problem, still(problem, before)))


def still(problem: Problem, before: Plan) -> Plan:
    routes = (
        replace(route, visits=tuple(one for one in route.visits if one in problem.visit))
        for route in before.routes
        if route.technician in problem.technician and 0 <= route.day < len(problem.days)
    )
    return Plan(tuple(one for one in routes if one.visits))


def compared(problem: Problem, evaluation: Evaluation, before: Plan | None = None) -> dict[str, Figures]:
    """`plan`, `naive` and, where there was one, `previous`."""
    found = {"plan": figures(problem, evaluation), "naive": by_hand(problem)}
    return found if before is None else found | {"previous": by_plan(problem, before)}


def rows(here: Figures, there: Figures, currency: str) -> list[Row]:
    """What people compare, in words, with the count of visits first."""
    mine, other = here.values(), there.values()
    return [
        Row(id, label, _said(id, mine, currency), _said(id, other, currency), _change(mine[id], other[id]))
        for id, label in LABELS.items()
        if id != "kept" or here.promised
    ]


def _said(id: str, values: Mapping[str, int], currency: str) -> Bilingual:
    value = values[id]
    if id == "cost":
        return money(Money(currency, value))
    if id == "metres":
        return Bilingual(way(value, "fr"), way(value, "en"))
    if id in TIMES:
        return Bilingual(span(value, "fr"), span(value, "en"))
    if id == "kept":
        return Bilingual(f"{value} sur {values['promised']}", f"{value} of {values['promised']}")
    return Bilingual(str(value), str(value))


def _change(here: int, there: int) -> Bilingual:
    """−31 % · −31%, to the nearest whole."""
    if not there:
        return Bilingual("", "")
    percent = (200 * abs(here - there) + there) // (2 * there)
    sign = "" if not percent else "−" if here < there else "+"
    return Bilingual(f"{sign}{percent}{NO_BREAK}%", f"{sign}{percent}%")
