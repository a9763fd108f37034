"""The events of the rule book fleet/escalation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.event import Event
from domain.fleet.dunning import Promise, is_broken
from domain.fleet.payments import Standing


@dataclass(frozen=True)
class Reminder:
    """A firm reminder that went out; ``on`` is its local date."""

    ref: str
    on: date


def escalation_events(
    standing: Standing,
    promises: Sequence[Promise],
    reminders: Sequence[Reminder],
    *,
    day: date,
    grace_days: int = 0,
) -> tuple[Event, ...]:
    """Until the end of ``day``. Of one day, reminders come first: what the driver did then answers them.

    What was paid before the first reminder or promise answers nothing, and is left out.
    """
    events = [Event("reminded", one.on, one.ref) for one in reminders]
    for number, promise in enumerate(promises, 1):
        events.append(Event("promised", promise.promised_on, f"promise-{number}"))
        if is_broken(promise, standing, day, grace_days):
            events.append(Event("broken", promise.until + timedelta(days=1), f"promise-{number}-broken"))
    first = min((event.on for event in events), default=None)
    if first:
        paid = enumerate(standing.receipts, 1)
        events += [Event("paid", one.on, f"receipt-{number}") for number, one in paid if one.on >= first]
    return tuple(event for event in events if event.on <= day)
