"""Hours at which nobody is written to."""

from datetime import datetime, time, timedelta

from domain.calendar import at_local, local_date


def quiet_until(at: datetime, zone: str, begins_at: time, ends_at: time) -> datetime | None:
    """The end (UTC) of the quiet hours if ``at`` lies in them; they may span midnight."""
    day = local_date(at, zone)
    begins, ends = at_local(day, begins_at, zone), at_local(day, ends_at, zone)
    if begins <= ends:
        return ends if begins <= at < ends else None
    if at < ends:
        return ends
    return at_local(day + timedelta(days=1), ends_at, zone) if at >= begins else None
