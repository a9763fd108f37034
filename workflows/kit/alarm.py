"""Wait until a date, or sooner when rung."""

from datetime import datetime, timedelta

from temporalio import workflow


class Alarm:
    """Rings are only wake-ups: one that comes during a review starts another review, and several are one."""

    def __init__(self) -> None:
        self._rung = False

    @property
    def rung(self) -> bool:
        return self._rung

    def ring(self) -> None:
        self._rung = True

    def silence(self) -> None:
        """Call before reading the facts, so that a fact written meanwhile is not slept over."""
        self._rung = False

    async def wait_until(self, when: datetime | None) -> None:
        """``when`` is UTC; None waits until rung. A time that has passed returns at once."""
        if when is None:
            await workflow.wait_condition(lambda: self._rung)
            return
        left = when - workflow.now()
        if left <= timedelta(0):
            return
        try:
            await workflow.wait_condition(lambda: self._rung, timeout=left)
        except TimeoutError:
            return
