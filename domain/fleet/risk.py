"""The facts of the rule book fleet/risk: a driver's class now, against the class of three months before, and
what the person said who looked at the driver.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import BadInput, Mistake

QUARTER = timedelta(days=90)


class Band(StrEnum):
    """A class of the rule book fleet/score, best first."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"
    E = "e"


class Looked(StrEnum):
    """How far the review of a driver at risk is, of this entry into the class; then what a person decided."""

    NONE = "none"
    OPEN = "open"
    KEEP = "keep"
    """Nothing is to be done."""
    PLAN = "plan"
    """Payments are to be arranged anew with the driver."""
    RECOVER = "recover"
    """The bike is to be taken back."""


RANK = {band: rank for rank, band in enumerate(Band)}


@dataclass(frozen=True)
class Scored:
    """A score that was given; ``on`` is its local date."""

    on: date
    points: int
    band: Band


@dataclass(frozen=True)
class RiskFacts:
    """``classes_lost`` is below 0 when the driver rose. ``moved_on`` is the day since which the driver has
    been in the present class: a class gives its alerts once. ``running``: a contract of the driver is;
    ``review_days`` are those since the review was opened.
    """

    class_now: Band
    class_before: Band | None
    classes_lost: int
    points_change: int
    days_late: int
    history_days: int
    moved_on: date
    running: bool = True
    review: Looked = Looked.NONE
    review_days: int = 0

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def risk_facts(scores: Sequence[Scored], *, day: date, days_late: int, signed_on: date) -> RiskFacts:
    """The class before is that of the last score three months before ``day`` or earlier; a younger driver is
    compared with the first score. Raises BadInput when there is no score yet.
    """
    known = sorted((one for one in scores if one.on <= day), key=lambda one: one.on)
    if not known:
        raise BadInput(Mistake("scores", f"none up to {day}", "give the driver a score first"))
    seen = Seen(known[-1], _before(known, day), _moved_on(known))
    return facts_of(seen, day=day, days_late=days_late, signed_on=signed_on)


@dataclass(frozen=True)
class Seen:
    """What counts of a driver's scores: the last, that of three months before, the entry into the class."""

    last: Scored
    before: Scored | None
    moved_on: date


def facts_of(seen: Seen, *, day: date, days_late: int, signed_on: date) -> RiskFacts:
    now, before = seen.last, seen.before
    return RiskFacts(
        class_now=now.band,
        class_before=before.band if before else None,
        classes_lost=RANK[now.band] - RANK[before.band] if before else 0,
        points_change=now.points - before.points if before else 0,
        days_late=days_late,
        history_days=max((day - signed_on).days, 0),
        moved_on=seen.moved_on,
    )


def _before(known: Sequence[Scored], day: date) -> Scored | None:
    """None for a driver with one score."""
    if len(known) == 1:
        return None
    old = [one for one in known if one.on <= day - QUARTER]
    return old[-1] if old else known[0]


def _moved_on(known: Sequence[Scored]) -> date:
    since = known[-1]
    for one in reversed(known):
        if one.band != since.band:
            break
        since = one
    return since.on
