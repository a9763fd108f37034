"""What was put in force while a plan was made, and would be undone by it: told before anybody accepts it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import Conflict
from domain.maintenance.planning.intake import KnownVisit, Standing, VisitState
from domain.maintenance.planning.today.changes import (
    Appointment,
    alike,
    appointment_from,
    appointment_value,
)

MOST_TOLD = 5
Places = Mapping[str, Appointment]


class Overtaken(Conflict):
    """Rounds of the plan have changed since it was laid out."""

    slug = "plan-overtaken"

    def __init__(self, changes: Collection["Overtaking"], technicians: Collection[str]) -> None:
        super().__init__(f"the rounds of {', '.join(_few(technicians))} have changed since the plan was made")
        self.changes = tuple(changes)
        self.technicians = tuple(technicians)


@dataclass(frozen=True)
class Overtaking:
    """``before`` is where the visit stood when the plan was laid out, ``now`` where it stands; nothing is
    nowhere. ``technicians`` of the plan are those whose acceptance would undo that.
    """

    visit: str
    before: Appointment | None
    now: Appointment | None
    technicians: tuple[str, ...]


def stood(visits: Iterable[KnownVisit]) -> dict[str, Any]:
    """Where visits stand, as it is kept with a plan."""
    found = ((one.ref, place_of(one.standing)) for one in visits)
    return {ref: appointment_value(place) for ref, place in found if place is not None}


def stood_from(value: Mapping[str, Any]) -> dict[str, Appointment]:
    return {ref: appointment_from(one) for ref, one in value.items()}


def place_of(at: Standing) -> Appointment | None:
    """What was cancelled or waits is nowhere."""
    if at.state is VisitState.CANCELLED or at.technician is None or at.on is None or at.begins is None:
        return None
    return Appointment(at.technician, at.on, at.begins)


def overtaken(before: Places, now: Mapping[str, Standing], plan: Places, scope: Collection[str]) -> None:
    """Raises Overtaken. ``now``: of the visits that the plan gives to who is in ``scope``, and of those that
    stand in their rounds. What the plan itself has brought about is no change.
    """
    found = []
    for visit, standing in now.items():
        was, there, wanted = before.get(visit), place_of(standing), plan.get(visit)
        if alike(there, was) or alike(there, wanted):
            continue
        whose = {one.technician for one in (there, wanted) if one is not None} & set(scope)
        found.append(Overtaking(visit, was, there, tuple(sorted(whose or scope))))
    if found:
        found.sort(key=lambda one: one.visit)
        raise Overtaken(found, sorted({who for one in found for who in one.technicians}))


def _few(names: Collection[str]) -> list[str]:
    ordered = sorted(names)
    more = len(ordered) - MOST_TOLD
    return [*ordered[:MOST_TOLD], *([f"{more} more"] if more > 0 else [])]
