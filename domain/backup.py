"""When a backup is due, when the last one is too old, and which ones may go."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

EVERY = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)
LATE_AFTER = timedelta(hours=26)
"""A day, one try that failed, and the time that the next one takes."""

KEPT_FOR = timedelta(days=30)
LONGEST_RUN = timedelta(hours=3)
"""A backup that began longer ago and has not ended was interrupted."""


class Destroyed(Protocol):
    """The keys that were destroyed, by tenant and id, kept where no restore brings them back; and who was
    erased, by tenant and reference.
    """

    def add(self, keys: Iterable[tuple[str, str]]) -> int: ...

    def add_people(self, people: Iterable[tuple[str, str]]) -> int: ...


def due_at(last_good: datetime | None, last_tried: datetime | None, daily: time, now: datetime) -> datetime:
    """When to begin the next one; not after ``now`` means at once. ``daily`` is UTC.

    One that was missed is made up for at once; one that failed is tried again within the hour.
    """
    if last_good is None:
        due = now
    else:
        due = datetime.combine(last_good.astimezone(UTC).date(), daily, UTC)
        # One made by hand an hour before would do; one made earlier would leave the next day late.
        while due < last_good + TRY_AGAIN:
            due += EVERY
    failed = last_tried is not None and (last_good is None or last_tried > last_good)
    return max(due, last_tried + TRY_AGAIN) if failed and last_tried else due


def is_late(last_good: datetime | None, platform_since: datetime | None, now: datetime) -> bool:
    """``platform_since``: when there was first something to lose; nothing while there is nothing."""
    since = last_good or platform_since
    return since is not None and now - since > LATE_AFTER


def expired(archives: Mapping[str, datetime], now: datetime) -> list[str]:
    """The names of those older than the days they are kept, by when they were taken.

    The newest one never goes: when backups have failed for a month, it is all there is.
    """
    newest = max(archives, key=lambda name: archives[name], default="")
    return sorted(name for name, at in archives.items() if now - at > KEPT_FOR and name != newest)
