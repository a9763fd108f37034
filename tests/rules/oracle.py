"""What the definition of the language says about patterns, written plainly and slowly."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from domain.event import Event
from rules.matches import Pattern


def holds(pattern: Pattern, events: Sequence[Event], today: date) -> bool:
    """``events`` in the order of their days."""
    since = today - timedelta(days=pattern.within)
    counted = [event for event in events if since < event.on <= today]
    if pattern.at_least:
        return len([event for event in counted if event.kind in pattern.kinds]) >= pattern.at_least
    for places in combinations(range(len(counted)), len(pattern.kinds)):
        if tuple(counted[place].kind for place in places) != pattern.kinds:
            continue
        last, after = counted[places[-1]], counted[places[-1] + 1 :]
        old_enough = last.on + timedelta(days=pattern.after) <= today
        if old_enough and not any(event.kind in pattern.without for event in after):
            return True
    return False
