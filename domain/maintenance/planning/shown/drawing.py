"""A plan as one picture: a file that any viewer opens and any document takes in."""

from collections.abc import Sequence
from decimal import Decimal

from domain.axis import number
from domain.decision import Bilingual
from domain.maintenance.planning.evaluation import Evaluation, Round
from domain.maintenance.planning.model import Problem
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.ground import Backdrop, ground_of, points_of, towns_of
from domain.maintenance.planning.shown.marks import DARK, LIGHT, Mark, marks
from domain.maintenance.planning.shown.picture import (
    INK,
    SHEET,
    SOFT,
    Drawn,
    dots,
    escape,
    ground,
    houses,
    left_out,
    lines,
    pins,
    towns,
)  # fmt: skip
from domain.maintenance.planning.shown.told import clock, long_day, span, way

TOP, ROW, COLUMN, SIDE = 64, 40, 246, 16
EACH_ROW = 4
MOST_NUMBERS = 140
"""Beyond them stops are dots."""
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"
CROW = Bilingual("trajets à vol d’oiseau", "ways as the crow flies")
ROUNDS = Bilingual("Tournées", "Rounds")


def drawn_of(
    problem: Problem, evaluation: Evaluation, names: Names, backdrop: Backdrop | None = None,
    locale: str = "fr",
) -> Drawn:  # fmt: skip
    """Without a backdrop the towns of the addresses stand for one."""
    return Drawn(
        problem, evaluation, names, ground_of(points_of(problem)), marks(problem, evaluation),
        backdrop or towns_of(problem, names), locale,
    )  # fmt: skip


def svg(drawn: Drawn, day: int | None = None) -> str:
    """Of one day with numbered stops, or of all days. With its legend; dark where the reader's screen is."""
    rounds = drawn.rounds(day)
    key = _legend(drawn, rounds)
    foot = drawn.ground.height + TOP
    height = foot + 36 + ROW * -(-len(key) // EACH_ROW)
    title = heading(drawn, day)
    many = day is None or sum(len(one.stops) for one in rounds) > MOST_NUMBERS
    stops = dots(drawn, rounds) if many else pins(drawn, day, rounds)
    places = "".join(
        f'<g transform="translate({SIDE + COLUMN * column} {foot + 54 + ROW * row})">{one}</g>'
        for row, column, one in ((*divmod(n, EACH_ROW), one) for n, one in enumerate(key))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 {height}" width="1000" height="{height}" '
        f'role="img" aria-label="{escape(title)}" font-family="{FONT}"><title>{escape(title)}</title>'
        f'<style>{_night()}</style><rect class="sheet" width="1000" height="{height}" fill="{SHEET}"/>'
        f"{_text(SIDE, 30, title, 21, INK, 700)}{_text(SIDE, 51, summary(drawn, rounds), 13.5)}"
        f'<svg y="{TOP}" width="1000" height="{drawn.ground.height}">{ground(drawn)}'
        f"{lines(drawn, rounds, many)}{towns(drawn, rounds)}{houses(drawn, rounds)}{stops}"
        f"{left_out(drawn)}</svg>{_rule(drawn, foot)}{places}</svg>\n"
    )


def heading(drawn: Drawn, day: int | None) -> str:
    """`Tournées du lundi 23 novembre 2026`"""
    days, french = drawn.problem.days, drawn.locale == "fr"
    first, last = (days[0], days[-1]) if day is None else (days[day], days[day])
    if first == last:
        said = long_day(first).to(drawn.locale)
        return f"Tournées du {said}" if french else f"Rounds of {said}"
    begin = long_day(first, first.year != last.year).to(drawn.locale)
    end = long_day(last).to(drawn.locale)
    return f"Tournées du {begin} au {end}" if french else f"Rounds from {begin} to {end}"


def summary(drawn: Drawn, rounds: Sequence[Round]) -> str:
    """`42 visites · 6 techniciens · 512 km · 61 h`"""
    french, locale = drawn.locale == "fr", drawn.locale
    visits, people = sum(len(one.stops) for one in rounds), len({one.technician for one in rounds})
    several = visits != 1, people != 1
    words = ("visite", "technicien") if french else ("visit", "technician")
    parts = [
        *(
            f"{number(Decimal(n), locale)} {word}{'s' * s}"
            for n, word, s in zip((visits, people), words, several, strict=True)
        ),
        way(sum(one.metres for one in rounds), locale),
        span(sum(one.paid for one in rounds), locale),
    ]
    if over := sum(one.overtime for one in rounds):
        parts.append(f"{span(over, locale)} {'supplémentaires' if french else 'of overtime'}")
    if drawn.names.title:
        parts.insert(0, drawn.names.title)
    return " · ".join(parts)


def _legend(drawn: Drawn, rounds: Sequence[Round]) -> list[str]:
    """Each technician with the mark, and on one day with the hours."""
    by: dict[str, list[Round]] = {}
    for one in rounds:
        by.setdefault(one.technician, []).append(one)
    return [_key(drawn, drawn.marks[who], who, found) for who, found in by.items()]


def _key(drawn: Drawn, mark: Mark, who: str, rounds: Sequence[Round]) -> str:
    told = way(sum(one.metres for one in rounds), drawn.locale)
    if len(rounds) == 1:
        first = rounds[0]
        told = f"{clock(first.leaves, drawn.locale)} – {clock(first.returns, drawn.locale)}, {told}"
    name = drawn.names.technician(who)
    dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
    return (
        f'<g class="c{mark.colour}"><path class="line" d="M0 -5h34" stroke="{mark.light}" stroke-width="2.6"'
        f'{dash}/><path class="shape" transform="translate(17 -5) scale(.8)" d="{mark.path}" '
        f'fill="{mark.light}" stroke="{SHEET}" stroke-width="1.6"/></g>'
        f"{_text(42, -7, name, 13.5, INK, 600)}{_text(42, 8, told, 12)}"
    )


def _text(x: float, y: float, words: str, size: float, ink: str = SOFT, weight: int = 400) -> str:
    kind = "soft" if ink == SOFT else "ink"
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    return (
        f'<text class="{kind}" x="{x}" y="{y}" font-size="{size}" fill="{ink}"{heavy}>{escape(words)}</text>'
    )


def _rule(drawn: Drawn, foot: int) -> str:
    metres, long = drawn.ground.rule()
    told = f"{rule_of(metres, drawn.locale)} · {CROW.to(drawn.locale)}"
    path = f"M{SIDE} {foot + 10}v5h{long}v-5"
    line = f'<path class="rule" d="{path}" fill="none" stroke="{SOFT}" stroke-width="1.4"/>'
    return line + _text(SIDE + long + 8, foot + 18, told, 12)


def rule_of(metres: int, locale: str) -> str:
    """`5 km`, `500 m`"""
    whole = metres % 1000 == 0
    return f"{number(Decimal(metres // 1000 if whole else metres), locale)}\u00a0{'km' if whole else 'm'}"


def _night() -> str:
    """The colours of a dark screen; attributes hold those of paper."""
    rounds = "".join(
        f".c{n} .line,.c{n} .leader{{stroke:{dark}}}.c{n} .shape,.c{n} .arrow,.c{n} .spot{{fill:{dark}}}"
        for n, dark in enumerate(DARK[: len(LIGHT)])
    )
    return (
        "@media (prefers-color-scheme:dark){.sheet{fill:#182227}.paper{fill:#1d292f}.grid{stroke:#26343b}"
        ".water{fill:#1b3a48}.ink{fill:#e4ebee}.soft{fill:#9fb0b9}.rule{stroke:#9fb0b9}.casing{stroke:#1d292f}"
        ".arrow{stroke:#1d292f}.town text{fill:#9fb0b9;stroke:#1d292f}.shape{stroke:#182227}"
        ".shared .shape{fill:#e4ebee}.number{fill:#0b1417}.lost circle{fill:#182227;stroke:#e4ebee}"
        f".lost text{{fill:#e4ebee}}{rounds}}}"
    )
