"""A visit that has a day by which it is due: whether it has a place in a round, and in time."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.maintenance.planning.intake import VisitState


@dataclass(frozen=True)
class SchedulingFacts:
    """The facts of the rule book. ``placed``: in a round that is still to come, or under way."""

    due_on: date | None
    state: VisitState
    placed: bool
    planned_on: date | None = None

    @property
    def after_due(self) -> bool:
        """The place comes too late."""
        late = self.planned_on is not None and self.due_on is not None and self.planned_on > self.due_on
        return self.placed and late

    @property
    def look_on(self) -> date | None:
        """The morning after the planned day: who has not been there by then has no place any more."""
        if self.state is not VisitState.PLANNED or self.planned_on is None:
            return None
        return self.planned_on + timedelta(days=1)

    def as_facts(self) -> dict[str, object]:
        return {
            "due_on": self.due_on,
            "state": self.state.value,
            "placed": self.placed,
            "planned_on": self.planned_on,
            "after_due": self.after_due,
        }


def scheduling_facts(
    due_on: date | None, state: VisitState, planned_on: date | None, *, day: date
) -> SchedulingFacts:
    """``planned_on`` is kept of a visit that was missed, and counts for nothing then."""
    to_come = state is VisitState.PLANNED and planned_on is not None and planned_on >= day
    placed = to_come or state in (VisitState.STARTED, VisitState.DONE)
    return SchedulingFacts(due_on, state, placed, planned_on if placed else None)
