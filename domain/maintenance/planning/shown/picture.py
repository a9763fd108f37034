"""Rounds drawn on their ground as SVG: what a page and a picture file have in common.

Colours, dashes and sizes stand as attributes, for print and for programs without style sheets; a style sheet
may give the classes its own. What is in a group of class `fix` keeps its size when a page lets one zoom.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape as escaped
from itertools import pairwise
from math import atan2, degrees, hypot

from domain.maintenance.planning.evaluation import Evaluation, Round, Stop
from domain.maintenance.planning.model import Point, Problem
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.apart import Box, apart, around, free
from domain.maintenance.planning.shown.ground import WIDE, XY, Backdrop, Ground
from domain.maintenance.planning.shown.marks import RADIUS, Mark
from domain.maintenance.planning.shown.told import clock

INK, SOFT, GROUND, GRID, WATER, SHEET = "#16232b", "#53636d", "#eef1ee", "#dfe4e1", "#c9dfe6", "#ffffff"
HOUSE = "M-8.5 9v-9.6l8.5 -8l8.5 8v9.6h-6v-5.4h-5v5.4z"
BEND, BENT = 0.09, 16.0
"""A way bends to its right, so that there and back are two lines."""
SHORTEST = 44.0
"""A way that is shorter has no arrow."""
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML has no room for."""
LETTER = 6.9
BEYOND = 1000
BELOW = (4, -15, 24, -26, 36)
"""Where a name may stand."""


def escape(text: str) -> str:
    return escaped(UNSEEN.sub("", text))


@dataclass(frozen=True)
class Drawn:
    """A problem with its plan, ready to be drawn. ``marks`` by technician."""

    problem: Problem
    evaluation: Evaluation
    names: Names
    ground: Ground
    marks: Mapping[str, Mark]
    backdrop: Backdrop
    locale: str = "fr"

    def rounds(self, day: int | None) -> list[Round]:
        """Of a day or of all, in the order of the technicians."""
        order = {one.id: place for place, one in enumerate(self.problem.technicians)}
        found = [one for one in self.evaluation.rounds if one.stops and day in (None, one.day)]
        return sorted(found, key=lambda one: (one.day, order.get(one.technician, 0)))

    @cached_property
    def hand(self) -> Mapping[str, int]:
        """The number of each technician who has a round."""
        return {id: number for number, id in enumerate(self.marks)}

    def at(self, place: int) -> XY:
        return self.ground.xy(self.problem.places[place])

    def stop(self, stop: Stop) -> XY:
        return self.at(self.problem.visit[stop.visit].place)

    def ends(self, round: Round) -> tuple[int, int]:
        technician = self.problem.technician[round.technician]
        shift = technician.shifts.get(round.day)
        start = technician.start if shift is None or shift.start is None else shift.start
        return start, technician.end


def ground(drawn: Drawn) -> str:
    """Paper, a grid of round kilometres, and waters; more of it than fits, for windows of any shape."""
    high, step = drawn.ground.height, drawn.ground.rule(130)[1]
    beyond = int(BEYOND / step)
    lines = [f"M{n * step:.1f} {-BEYOND}V{high + BEYOND}" for n in range(-beyond, int(WIDE / step) + beyond)]
    lines += [f"M{-BEYOND} {n * step:.1f}H{WIDE + BEYOND}" for n in range(-beyond, int(high / step) + beyond)]
    waters = "".join(
        f'<path class="water" fill="{WATER}" d="{_outline(drawn, one)}"/>' for one in drawn.backdrop.waters
    )
    return (
        f'<rect class="paper" x="{-BEYOND}" y="{-BEYOND}" width="{WIDE + 2 * BEYOND}" '
        f'height="{high + 2 * BEYOND}" fill="{GROUND}"/>'
        f'<path class="grid" d="{"".join(lines)}" stroke="{GRID}" fill="none"/>{waters}'
    )


def _outline(drawn: Drawn, points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in map(drawn.ground.xy, points)) + "Z"


def lines(drawn: Drawn, rounds: Sequence[Round], slim: bool = False) -> str:
    """The ways. ``slim`` leaves out arrows, for a whole week."""
    return "".join(_line(drawn, one, slim) for one in rounds)


def _line(drawn: Drawn, round: Round, slim: bool) -> str:
    mark = drawn.marks[round.technician]
    start, end = drawn.ends(round)
    passed = [drawn.at(start), *(drawn.stop(one) for one in round.stops), drawn.at(end)]
    path, arrows = f"M{passed[0][0]} {passed[0][1]}", ""
    for a, b in pairwise(passed):
        bend = _bend(a, b)
        path += f"Q{bend[0]} {bend[1]} {b[0]} {b[1]}"
        if not slim and hypot(b[0] - a[0], b[1] - a[1]) > SHORTEST:
            arrows += _arrow(a, bend, b, mark)
    dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
    width = 1.8 if slim else 2.6
    return (
        f'<g class="round c{mark.colour}" data-hand="{drawn.hand[round.technician]}">'
        f'<path class="casing" d="{path}" fill="none" stroke="{GROUND}" stroke-width="{width + 2.6}"/>'
        f'<path class="line" d="{path}" fill="none" stroke="{mark.light}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round"{dash}/>{arrows}</g>'
    )


def _bend(a: XY, b: XY) -> XY:
    """The control point of the curve between both."""
    x, y = b[0] - a[0], b[1] - a[1]
    far = hypot(x, y) or 1.0
    by = min(far * BEND * 2, BENT * 2)
    return round((a[0] + b[0]) / 2 - y / far * by, 1), round((a[1] + b[1]) / 2 + x / far * by, 1)


def _arrow(a: XY, bend: XY, b: XY, mark: Mark) -> str:
    middle = round((a[0] + 2 * bend[0] + b[0]) / 4, 1), round((a[1] + 2 * bend[1] + b[1]) / 4, 1)
    turned = degrees(atan2(b[1] - a[1], b[0] - a[0]))
    return placed(
        "way",
        middle,
        f'<path class="arrow" transform="rotate({turned:.0f})" d="M-4.6 -5.2L5.8 0L-4.6 5.2z" '
        f'fill="{mark.light}" stroke="{GROUND}" stroke-width="1.2"/>',
    )


def placed(kind: str, at: XY, inner: str, hand: int | None = None) -> str:
    """What keeps its size wherever it stands. ``hand`` is the number of its technician."""
    whose = "" if hand is None else f' data-hand="{hand}"'
    return f'<g class="{kind}"{whose} transform="translate({at[0]} {at[1]})"><g class="fix">{inner}</g></g>'


def pins(drawn: Drawn, day: int | None, rounds: Sequence[Round], linked: bool = False) -> str:
    """Numbered stops in their order. ``linked``: each leads to its line on the page."""
    found = [(place, one, n) for place, one in enumerate(rounds) for n in range(len(one.stops))]
    at = [drawn.stop(one.stops[n]) for _, one, n in found]
    homes = {drawn.at(place) for one in rounds for place in drawn.ends(one)}
    offsets = apart(at, 2 * RADIUS + 1.5, sorted(homes))
    return "".join(
        _pin(drawn, f"s-{'w' if day is None else day}-{place}-{n}" if linked else "", one, n, xy, by)
        for (place, one, n), xy, by in zip(found, at, offsets, strict=True)
    )


def _pin(drawn: Drawn, to: str, round: Round, n: int, at: XY, by: XY) -> str:
    mark, leader = drawn.marks[round.technician], ""
    if by != (0.0, 0.0):
        leader = (
            f'<path class="leader" d="M0 0L{by[0]} {by[1]}" stroke="{mark.light}" stroke-width="1.4"/>'
            f'<circle class="spot" r="2.6" fill="{mark.light}"/>'
        )
    shape = (
        f"<title>{escape(told(drawn, round, round.stops[n]))}</title>"
        f'<path class="shape" d="{mark.path}" fill="{mark.light}" stroke="{SHEET}" stroke-width="1.6"/>'
        f'<text class="number" y="4" text-anchor="middle" font-size="11" font-weight="700" '
        f'fill="{SHEET}">{n + 1}</text>'
    )
    inner = f'<a href="#{to}" data-stop="{to}">{shape}</a>' if to else shape
    pin = f'<g class="pin" transform="translate({by[0]} {by[1]})">{inner}</g>'
    return placed(f"stop c{mark.colour}", at, leader + pin, drawn.hand[round.technician])


def told(drawn: Drawn, round: Round, stop: Stop) -> str:
    """`8 h 30, Entretien de chaudière, Agathe Perrillat · Loïc Fillion`"""
    who = drawn.names.technician(round.technician)
    return f"{clock(stop.begins, drawn.locale)}, {drawn.names.line(stop.visit)} · {who}"


def dots(drawn: Drawn, rounds: Sequence[Round]) -> str:
    """Stops of a whole week, without numbers."""
    return "".join(_dot(drawn, one, stop) for one in rounds for stop in one.stops)


def _dot(drawn: Drawn, round: Round, stop: Stop) -> str:
    mark = drawn.marks[round.technician]
    return placed(
        f"stop c{mark.colour}",
        drawn.stop(stop),
        f'<path class="shape" transform="scale(.5)" d="{mark.path}" fill="{mark.light}" stroke="{SHEET}" '
        f'stroke-width="2.4"><title>{escape(told(drawn, round, stop))}</title></path>',
        drawn.hand[round.technician],
    )


def left_out(drawn: Drawn) -> str:
    """What has no place in any round."""
    return "".join(
        placed(
            "lost",
            drawn.at(drawn.problem.visit[visit].place),
            f'<circle r="9" fill="{SHEET}" stroke="{INK}" stroke-width="1.8" stroke-dasharray="3 2.4"/>'
            f'<text y="4.2" text-anchor="middle" font-size="12" font-weight="700" fill="{INK}">?</text>'
            f"<title>{escape(drawn.names.line(visit))}</title>",
        )
        for visit in drawn.evaluation.unplanned
    )


def houses(drawn: Drawn, rounds: Sequence[Round]) -> str:
    """Where the rounds begin and end: in the technician's colour, or in ink where several do."""
    whose: dict[XY, set[str]] = defaultdict(set)
    for one in rounds:
        for place in drawn.ends(one):
            whose[drawn.at(place)].add(one.technician)
    return "".join(_house(drawn, at, sorted(who)) for at, who in sorted(whose.items()))


def _house(drawn: Drawn, at: XY, who: Sequence[str]) -> str:
    mark = drawn.marks[who[0]] if len(who) == 1 else None
    called = ", ".join(drawn.names.technician(one) for one in who)
    return placed(
        f"house c{mark.colour}" if mark else "house shared",
        at,
        f'<path class="shape" d="{HOUSE}" fill="{mark.light if mark else INK}" stroke="{SHEET}" '
        f'stroke-width="1.6" stroke-linejoin="round"><title>{escape(called)}</title></path>',
    )


def towns(drawn: Drawn, rounds: Sequence[Round], spare: bool = False) -> str:
    """Names of places, where they hide no stop and no other name, the heaviest first.

    ``spare``: the others too, unseen, for a page that finds room for them when one zooms.
    """
    taken: list[Box] = [around(drawn.stop(stop), RADIUS + 1) for one in rounds for stop in one.stops]
    taken += [around(drawn.at(place), 9) for one in rounds for place in drawn.ends(one)]
    made = []
    for name, point, weight in sorted(drawn.backdrop.towns, key=lambda one: (-one[2], one[0])):
        at = drawn.ground.xy(point)
        below = _room(drawn, name, at, taken)
        if below is not None or spare:
            made.append(_town(name, at, below, weight))
    return "".join(made)


def _room(drawn: Drawn, name: str, at: XY, taken: list[Box]) -> float | None:
    """How far below its place the name stands; it is taken then."""
    (x, y), half = at, LETTER * len(name) / 2
    if not (drawn.ground.inside((x - half, y)) and drawn.ground.inside((x + half, y))):
        return None
    for below in BELOW:
        box = (x - half, y + below - 12, x + half, y + below + 4)
        if free(box, taken):
            taken.append(box)
            return below
    return None


def _town(name: str, at: XY, below: float | None, weight: int) -> str:
    hidden = ' visibility="hidden"' if below is None else ""
    size = 13.5 if weight > 4 else 12
    return placed(
        "town",
        at,
        f'<text y="{below or BELOW[0]}"{hidden} text-anchor="middle" font-size="{size}" '
        f'fill="{SOFT}" stroke="{GROUND}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">'
        f"{escape(name)}</text>",
    )
