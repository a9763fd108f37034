"""Whether an accepted plan, or what stood before it, still fits what happened meanwhile."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from database.maintenance.plans import KnownPlan
from database.maintenance.rounds import Placing
from domain.errors import Conflict
from domain.maintenance.planning.intake import BEGUN, OPEN, Absence, KnownVisit, VisitState
from domain.maintenance.planning.model import Problem

MOST_TOLD = 5
AGAIN = "plan again, or accept without these technicians"


def check(
    plan: KnownPlan, problem: Problem, given: Sequence[Placing], known: Mapping[str, KnownVisit],
    standing: Iterable[KnownVisit], away: Iterable[Absence], working: Collection[str],
    elsewhere: Collection[str],
) -> None:  # fmt: skip
    """``elsewhere`` are visits that the plan gives to technicians who are not accepted. Raises Conflict."""
    said = [text for one in given if (text := _of_visit(plan, one, known.get(one.visit)))]
    placed = {one.visit for one in given}
    for one in standing:
        if one.standing.state is not VisitState.MISSED:
            said += _of_standing(problem, one, placed, elsewhere)
    placed_now = {one.ref: (one.standing.technician, one.standing.on) for one in known.values()}
    # Who falls ill at noon keeps the morning: only what is new for them stands against it.
    busy = {
        (one.technician, one.on) for one in given
        if placed_now.get(one.visit) != (one.technician, one.on)
    }  # fmt: skip
    said += [f"{ref} has left" for ref in sorted({one for one, _ in busy} - set(working))]
    said += [
        f"{one.technician} is away from {one.begins_on} to {one.ends_on}"
        for one in away
        if any(who == one.technician and one.begins_on <= on <= one.ends_on for who, on in busy)
    ]
    _refuse(said, AGAIN)


def _of_visit(plan: KnownPlan, given: Placing, known: KnownVisit | None) -> str:
    if known is None:
        return f"the visit {given.visit} is gone"
    at = known.standing
    if at.state in BEGUN:
        same = (at.technician, at.on) == (given.technician, given.on)
        return "" if same else f"the visit {given.visit} has begun in another round"
    if at.state not in OPEN:
        return f"the visit {given.visit} is {at.state}"
    return f"the visit {given.visit} was changed" if known.updated_at > plan.created_at else ""


def _of_standing(
    problem: Problem, one: KnownVisit, placed: Collection[str], elsewhere: Collection[str]
) -> list[str]:
    if one.ref in placed:
        return []
    if one.standing.state in BEGUN:
        return [f"the visit {one.ref} has begun, and the plan leaves it out"]
    if one.ref not in problem.visit:
        return [f"the visit {one.ref} came into these rounds"]
    if one.ref in elsewhere:
        return [f"the visit {one.ref} goes to a technician who is not accepted with them"]
    return []


def check_undo(
    given: Iterable[Placing], before: Iterable[Mapping[str, Any]], now: Mapping[str, KnownVisit]
) -> set[str]:
    """Which visits stay as they are, because they have begun or are over. Raises Conflict."""
    place = {one["ref"]: (one["technician"], one["on"]) for one in before}
    said = []
    for one in given:
        at = now[one.visit].standing
        moved = (at.technician, at.on) != (one.technician, one.on)
        if at.state in BEGUN and place[one.visit] != (one.technician, one.on.isoformat()):
            said.append(f"the visit {one.visit} has begun")
        elif at.state is VisitState.PLANNED and moved:
            said.append(f"the visit {one.visit} was moved since")
    _refuse(said, "what has changed since cannot be brought back; plan again")
    return {ref for ref, one in now.items() if one.standing.state not in OPEN}


def _refuse(said: Sequence[str], mend: str) -> None:
    if said:
        more = f", and {len(said) - MOST_TOLD} more" if len(said) > MOST_TOLD else ""
        raise Conflict(f"{'; '.join(said[:MOST_TOLD])}{more}: {mend}")
