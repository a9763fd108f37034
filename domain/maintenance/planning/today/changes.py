"""What changes between two plans, in words: the customers who have to be told first."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from domain.decision import Bilingual
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.told import clock, long_day, span
from domain.wording import NO_BREAK

SAME = 60
"""Seconds that nobody notices."""


class Turn(StrEnum):
    """In the order of their weight."""

    DROPPED = "dropped"
    OTHER_DAY = "other_day"
    HANDED_OVER = "handed_over"
    LATER = "later"
    EARLIER = "earlier"
    PLANNED = "planned"


@dataclass(frozen=True)
class Appointment:
    """Who comes, and when."""

    technician: str
    on: date
    begins: int


@dataclass(frozen=True)
class Change:
    """``before`` is missing for a visit that is new, ``after`` for one that is dropped. ``broken``: not what
    the customer was told.
    """

    turn: Turn
    visit: str
    before: Appointment | None
    after: Appointment | None
    words: Bilingual
    broken: bool = False


def appointment_value(one: Appointment) -> dict[str, Any]:
    return {"technician": one.technician, "on": one.on.isoformat(), "begins": one.begins}


def appointment_from(value: Mapping[str, Any]) -> Appointment:
    return Appointment(value["technician"], date.fromisoformat(value["on"]), value["begins"])


def appointments(days: tuple[date, ...], evaluation: Evaluation) -> dict[str, Appointment]:
    return {
        id: Appointment(round.technician, days[round.day], stop.begins)
        for id, (round, stop) in evaluation.stops.items()
    }


def changes(
    before: Mapping[str, Appointment],
    after: Mapping[str, Appointment],
    names: Names | None = None,
    moved: Container[str] = (),
) -> list[Change]:
    """The gravest first, what breaks a promise before what does not. ``moved``: whose promise is not kept."""
    found = []
    for id in dict.fromkeys([*before, *after]):
        was, now = before.get(id), after.get(id)
        turn = _turn(was, now)
        if turn is not None:
            words = _words(turn, id, was, now, names or Names())
            found.append(Change(turn, id, was, now, words, turn is Turn.DROPPED or id in moved))
    weight = list(Turn)
    return sorted(found, key=lambda one: (not one.broken, weight.index(one.turn), _moment(one), one.visit))


def alike(one: Appointment | None, other: Appointment | None) -> bool:
    """Nobody would notice."""
    return _turn(one, other) is None


def _turn(was: Appointment | None, now: Appointment | None) -> Turn | None:
    if was is None or now is None:
        return Turn.DROPPED if was else Turn.PLANNED if now else None
    if was.on != now.on:
        return Turn.OTHER_DAY
    if was.technician != now.technician:
        return Turn.HANDED_OVER
    if abs(now.begins - was.begins) < SAME:
        return None
    return Turn.LATER if now.begins > was.begins else Turn.EARLIER


def _moment(change: Change) -> tuple[date, int]:
    at = change.after or change.before
    return (at.on, at.begins) if at else (date.min, 0)


def _words(
    turn: Turn, visit: str, was: Appointment | None, now: Appointment | None, names: Names
) -> Bilingual:
    if was and now:
        said = _moved(turn, was, now, names)
    elif was:
        at = _at(was)
        who = names.technician(was.technician)
        said = Bilingual(f"n’est plus prévue {at.fr}, par {who}", f"no longer planned {at.en}, by {who}")
    else:
        at = _at(now) if now else Bilingual("", "")
        who = names.technician(now.technician) if now else ""
        said = Bilingual(f"nouvelle, {at.fr}, par {who}", f"new, {at.en}, by {who}")
    return Bilingual(f"{names.line(visit)}{NO_BREAK}: {said.fr}", f"{names.line(visit)}: {said.en}")


def _moved(turn: Turn, was: Appointment, now: Appointment, names: Names) -> Bilingual:
    who, before = names.technician(now.technician), names.technician(was.technician)
    ago, to = _at(was), _at(now)
    if turn is Turn.OTHER_DAY:
        return Bilingual(f"{to.fr} au lieu de {ago.fr}, par {who}", f"{to.en} instead of {ago.en}, by {who}")
    apart = abs(now.begins - was.begins)
    instead = Bilingual(
        f"{to.fr} au lieu de {clock(was.begins, 'fr')}",
        f"{to.en} instead of {clock(was.begins, 'en')}",
    )
    if turn is Turn.HANDED_OVER:
        when = instead if apart >= SAME else to
        return Bilingual(
            f"{when.fr}, par {who} à la place de {before}", f"{when.en}, by {who} in place of {before}"
        )
    french, english = ("plus tard", "later") if turn is Turn.LATER else ("plus tôt", "earlier")
    return Bilingual(
        f"{span(apart, 'fr')} {french}, {instead.fr}, par {who}",
        f"{span(apart, 'en')} {english}, {instead.en}, by {who}",
    )


def _at(one: Appointment) -> Bilingual:
    day = long_day(one.on, year=False)
    return Bilingual(f"{day.fr} à {clock(one.begins, 'fr')}", f"{day.en} at {clock(one.begins, 'en')}")
