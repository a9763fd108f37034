"""Rounds as a calendar (RFC 5545) that a telephone takes in: a visit keeps its entry when it is moved.

Instants are in UTC, so that no description of a time zone is needed.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from domain.decision import Bilingual
from domain.maintenance.planning.evaluation import Evaluation, Round, Stop
from domain.maintenance.planning.model import Problem
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.told import clock, local

LONGEST = 75
"""Octets of a line, without its end."""
BREAK = re.compile(r"\r\n|\r|\n")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
PAUSE = Bilingual("Pause", "Break")
TOURS = Bilingual("Tournées", "Rounds")


def calendar(
    problem: Problem, evaluation: Evaluation, names: Names, stamp: datetime, technician: str | None = None,
    locale: str = "fr", sequence: int = 0, host: str = "echeance",
) -> str:  # fmt: skip
    """Of all technicians, or of one with the breaks. ``stamp`` is aware: when it was made.

    ``sequence`` rises with each plan that is put in force; ``host`` keeps the entries of two firms apart.
    """
    title = names.technician(technician) if technician else names.title or TOURS.to(locale)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Echeance//Rounds//FR", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{text(title)}", f"X-WR-TIMEZONE:{names.zone}",
    ]  # fmt: skip
    shared = [f"DTSTAMP:{utc(stamp)}", f"SEQUENCE:{sequence}"]
    for round in evaluation.rounds:
        if technician in (None, round.technician):
            for event in _events(problem, round, names, locale, host, technician is not None):
                lines += ["BEGIN:VEVENT", *shared, *event, "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _events(
    problem: Problem, round: Round, names: Names, locale: str, host: str, own: bool
) -> Iterator[list[str]]:
    day = problem.days[round.day]
    for stop in round.stops:
        yield _visit(problem, round, stop, names, locale, host)
    for number, pause in enumerate(round.pauses if own else ()):
        begins, ends = (local(day, at, names.zone) for at in (pause.begins, pause.ends))
        uid = f"{round.technician}-{day:%Y%m%d}-break-{number}"
        yield [*_when(uid, host, begins, ends), f"SUMMARY:{PAUSE.to(locale)}", "TRANSP:TRANSPARENT"]


def _visit(problem: Problem, round: Round, stop: Stop, names: Names, locale: str, host: str) -> list[str]:
    day, called = problem.days[round.day], names.visit(stop.visit)
    point = problem.places[problem.visit[stop.visit].place]
    begins, ends = (local(day, at, names.zone) for at in (stop.begins, stop.ends))
    who = names.technician(round.technician)
    return [
        *_when(f"visit-{stop.visit}", host, begins, ends),
        f"SUMMARY:{text(names.line(stop.visit))}",
        *([f"LOCATION:{text(called.address)}"] if called.address else []),
        f"GEO:{point.latitude:.6f};{point.longitude:.6f}",
        f"DESCRIPTION:{text(_told(stop, who, locale))}",
        f"CATEGORIES:{text(who)}",
        "STATUS:CONFIRMED",
    ]


def _told(stop: Stop, who: str, locale: str) -> str:
    arrives, ends = clock(stop.arrives, locale), clock(stop.ends, locale)
    french, english = f"arrivée à {arrives}, fin à {ends}", f"arrives at {arrives}, ends at {ends}"
    return f"{who}, {Bilingual(french, english).to(locale)}\n{stop.visit}"


def _when(uid: str, host: str, begins: datetime, ends: datetime) -> list[str]:
    return [f"UID:{text(uid)}@{host}", f"DTSTART:{utc(begins)}", f"DTEND:{utc(ends)}"]


def utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text(value: str) -> str:
    """A value of type TEXT: signs with a meaning are escaped, others that no calendar takes go."""
    plain = BREAK.sub("\n", value)
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return CONTROL.sub("", plain.replace("\n", "\\n"))


def folded(line: str) -> str:
    """Broken after 75 octets at most, never within a character."""
    parts, part, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LONGEST:
            parts.append(part)
            part, size = "", 1  # the space that continues it counts
        part += sign
        size += octets
    return "\r\n ".join([*parts, part])
