"""The events of the rule book fleet/misses."""

from datetime import date, timedelta

from domain.event import Event
from domain.fleet.payments import Standing

MISSED = "missed"


def missed_events(standing: Standing, *, day: date, grace_days: int) -> tuple[Event, ...]:
    """A due is missed on the day after its grace, if it was not paid in full before that day."""
    events = []
    for one in standing.settlements:
        late_on = one.due.due_on + timedelta(days=grace_days + 1)
        in_time = one.paid_on is not None and one.paid_on < late_on
        if late_on <= day and not in_time:
            events.append(Event(MISSED, late_on, f"due-{one.due.number}"))
    return tuple(events)
