"""What is wrong with a route whatever the hour: who comes, and on which day."""

from collections import Counter

from domain.maintenance.planning.evaluation import Fault, Violation
from domain.maintenance.planning.model import Problem, Route, Technician, Visit


def standing_faults(problem: Problem, route: Route) -> list[Violation]:
    technician = problem.technician[route.technician]
    found = []
    if route.day not in technician.shifts:
        found.append(Violation(Fault.NOT_WORKING, None, technician.id, route.day))
    for id in route.visits:
        found += visit_faults(technician, problem.visit[id], route.day)
    return [*found, *_parts(problem, technician, route)]


def visit_faults(technician: Technician, visit: Visit, day: int) -> list[Violation]:
    """Why this technician cannot do this visit on this day, be the round ever so empty."""
    found = [
        Violation(Fault.SKILL, visit.id, technician.id, day, about=skill)
        for skill, level in visit.skills.items()
        if skill not in technician.skills or technician.skills[skill] < level
    ]
    if visit.zone is not None and technician.zones and visit.zone not in technician.zones:
        found.append(Violation(Fault.ZONE, visit.id, technician.id, day, about=visit.zone))
    if visit.pin is not None:
        if visit.pin.day not in (None, day):
            found.append(Violation(Fault.PINNED_DAY, visit.id, technician.id, day))
        if visit.pin.technician not in (None, technician.id):
            about = visit.pin.technician or ""
            found.append(Violation(Fault.PINNED_TECHNICIAN, visit.id, technician.id, day, about=about))
    return found


def _parts(problem: Problem, technician: Technician, route: Route) -> list[Violation]:
    if technician.parts is None:
        return []
    needed: Counter[str] = Counter()
    for id in route.visits:
        needed.update(problem.visit[id].parts)
    return [
        Violation(Fault.PARTS, None, technician.id, route.day, many - technician.parts.get(part, 0), part)
        for part, many in sorted(needed.items())
        if many > technician.parts.get(part, 0)
    ]
