"""How many refusals of one caller are worth a line of the trail: each once an hour, and not without end."""

from collections import OrderedDict
from datetime import datetime

MOST = 20
"""Different things of one caller within an hour; whoever reaches that is looking for what is not theirs."""
MOST_CALLERS = 2000
"""Remembered at once; of whom nothing was refused for longest is forgotten first."""


class Refusals:
    """What one process has written down, hour by hour."""

    def __init__(self) -> None:
        self._noted: OrderedDict[tuple[str, str], tuple[str, set[str]]] = OrderedDict()

    def is_news(self, tenant: str, who: str, what: str, now: datetime) -> bool:
        things = self._things(tenant, who, now)
        return what not in things and len(things) < MOST

    def note(self, tenant: str, who: str, what: str, now: datetime) -> bool:
        """True when it is the last one of this hour that is written down."""
        things = self._things(tenant, who, now)
        things.add(what)
        self._noted[tenant, who] = (_hour(now), things)
        self._noted.move_to_end((tenant, who))
        if len(self._noted) > MOST_CALLERS:
            self._noted.popitem(last=False)
        return len(things) == MOST

    def _things(self, tenant: str, who: str, now: datetime) -> set[str]:
        hour, things = self._noted.get((tenant, who), ("", set()))
        return things if hour == _hour(now) else set()


def _hour(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H}"
