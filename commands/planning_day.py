"""Questions about a plan that stands: when a visit fits in best, and what is left of a day."""

from pathlib import Path
from typing import Any

from commands.planning_told import money
from commands.planning_work import Outcome, document, outcome
from commands.words import Voice
from domain.maintenance.planning.model import Plan, Route
from domain.maintenance.planning.shown.told import clock, long_day, way
from domain.maintenance.planning.solving import Limits
from domain.maintenance.planning.today.replanning import rest_of_day
from domain.maintenance.planning.values.events import happened_of

SLOTS = (
    ("jour", "day"), ("annoncé", "told"), ("technicien", "technician"), ("coût", "cost"), ("km", "km"),
)  # fmt: skip
MOST = 12
EACH_DAY = 4


def without(plan: Plan, visit: str) -> Plan:
    left = ((one, tuple(id for id in one.visits if id != visit)) for one in plan.routes)
    return Plan(tuple(Route(one.technician, one.day, visits) for one, visits in left if visits))


def slots_of(voice: Voice, made: Outcome, visit: str) -> None:
    """The cheapest slots of a visit that is not planned."""
    # numpy is loaded only where it reckons: the other commands start quickly.
    from adapters.planning.slots import Board

    found = Board(made.problem, made.plan).slots(visit, MOST, EACH_DAY)
    rows: list[list[Any]] = []
    for one in found:
        day = long_day(made.problem.days[one.day], year=False).to(voice.lang)
        told = f"{clock(one.told.opens, voice.lang)} – {clock(one.told.closes, voice.lang)}"
        who, cost = made.names.technician(one.technician), money(made, one.cost).to(voice.lang)
        rows.append([day, told, who, cost, way(one.metres, voice.lang)])
    line = made.names.line(visit)
    if not rows:
        voice.problem(f"{line} : aucun créneau possible", f"{line}: there is no slot")
    voice.table(SLOTS, rows, line)


def replanned(voice: Voice, made: Outcome, path: Path, limits: Limits) -> Outcome:
    """The plan with the rest of a day as it has to be now; what changes is said. Raises BadInput."""
    from adapters.planning.repair import Repair

    said = happened_of(document(path), made.problem)
    rest = rest_of_day(made.problem, made.plan, said.day, said.now, said.events, said.actual)
    after = Repair().solve(rest.problem, limits, rest.plan)
    changes = rest.changes(after, made.names)
    for one in changes:
        voice.say(one.words.fr, one.words.en)
    if not changes:
        voice.say("rien ne change pour personne", "nothing changes for anybody")
    return outcome(made.work, rest.merged(after), made.plan)
