"""What the page of a plan shows, in words and in small drawings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from domain.axis import number
from domain.decision import Bilingual
from domain.maintenance.planning.evaluation import Round, Stop
from domain.maintenance.planning.model import HOUR, Visit
from domain.maintenance.planning.shown.drawing import rule_of
from domain.maintenance.planning.shown.marks import Mark
from domain.maintenance.planning.shown.picture import (
    Drawn,
    dots,
    ground,
    houses,
    left_out,
    lines,
    pins,
    told,
    towns,
)  # fmt: skip
from domain.maintenance.planning.shown.told import clock, fault, long_day, span, way
from domain.money import DIGITS, Money
from domain.wording import amount

LONG_DAY = 12 * HOUR
WORTH_TELLING = 600
BAR = 20
HATCH = 14


@dataclass(frozen=True)
class Figure:
    value: str
    label: Bilingual
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A visit, or a break without an ``order``. ``way`` leads to it."""

    id: str
    order: int
    times: str
    what: str
    who: str = ""
    address: str = ""
    way: str = ""
    badges: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Card:
    hand: int
    who: str
    mark: Mark
    told: str
    bar: Markup
    lines: Sequence[Line]
    back: str
    over: str


@dataclass(frozen=True)
class Sheet:
    """``index`` is None for the whole week."""

    index: int | None
    on: date | None
    title: str
    stops: int
    figures: Sequence[Figure]
    map: Markup
    cards: Sequence[Card]


class Sheets:
    """Of one plan in one language."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.locale = drawn.locale
        busy = [one for one in drawn.evaluation.rounds if one.stops]
        begins = min((one.leaves for one in busy), default=8 * HOUR)
        ends = max((one.returns for one in busy), default=18 * HOUR)
        self._step = 2 if ends - begins <= LONG_DAY else 4
        self._first = begins // HOUR // self._step * self._step
        self._last = -(-ends // (self._step * HOUR)) * self._step

    def all(self) -> list[Sheet]:
        """The week first, if there is more than a day."""
        days = range(len(self.drawn.problem.days))
        return [self.sheet(one) for one in ([None, *days] if len(days) > 1 else days)]

    def sheet(self, index: int | None) -> Sheet:
        rounds = self.drawn.rounds(index)
        on = None if index is None else self.drawn.problem.days[index]
        title = self.say("Toute la période", "The whole period") if on is None else self._day(on)
        cards = [] if index is None else [self._card(index, n, one) for n, one in enumerate(rounds)]
        stops = 0 if index is None else sum(len(one.stops) for one in rounds)
        return Sheet(index, on, title, stops, self._figures(rounds), self._map(index, rounds), cards)

    def say(self, fr: str, en: str) -> str:
        return Bilingual(fr, en).to(self.locale)

    def _day(self, on: date) -> str:
        said = long_day(on).to(self.locale)
        return said[0].upper() + said[1:]

    def _map(self, index: int | None, rounds: Sequence[Round]) -> Markup:
        drawn, week = self.drawn, index is None
        stops = dots(drawn, rounds) if week else pins(drawn, index, rounds, linked=True)
        lost = left_out(drawn) if week or len(drawn.problem.days) == 1 else ""
        return Markup(
            ground(drawn) + lines(drawn, rounds, week) + towns(drawn, rounds, spare=True)
            + houses(drawn, rounds) + stops + lost
        )  # fmt: skip

    def _figures(self, rounds: Sequence[Round]) -> list[Figure]:
        planned = [stop for one in rounds for stop in one.stops]
        promised = [stop for stop in planned if self.drawn.problem.visit[stop.visit].promise]
        kept = sum(stop.visit not in self.drawn.evaluation.moved for stop in promised)
        over = sum(one.overtime for one in rounds)
        found = [
            Figure(self._number(len(planned)), Bilingual("visites", "visits")),
            Figure(way(sum(one.metres for one in rounds), self.locale), Bilingual("de route", "of road")),
            Figure(
                span(sum(one.paid for one in rounds), self.locale),
                Bilingual("de travail", "of work"),
                self.say(f"dont {span(over, 'fr')} sup.", f"{span(over, 'en')} overtime") if over else "",
            ),
        ]
        if promised:
            label = Bilingual("heures promises tenues", "promised times kept")
            found.append(Figure(f"{kept}\u202f/\u202f{len(promised)}", label))
        return found

    def cost(self) -> Figure | None:
        currency = self.drawn.problem.currency
        if currency not in DIGITS:
            return None
        total = Money(currency, self.drawn.evaluation.cost.total)
        return Figure(amount(total).to(self.locale), Bilingual("coût du plan", "cost of the plan"))

    def _number(self, value: int) -> str:
        return number(Decimal(value), self.locale)

    def _card(self, index: int, place: int, round: Round) -> Card:
        mark, locale = self.drawn.marks[round.technician], self.locale
        visits = self.say("visite", "visit") + ("s" if len(round.stops) > 1 else "")
        parts = (
            f"{clock(round.leaves, locale)} – {clock(round.returns, locale)}",
            f"{len(round.stops)}\u00a0{visits}", way(round.metres, locale),
        )  # fmt: skip
        home = way(max(round.metres - sum(one.metres for one in round.stops), 0), locale)
        back = f"{clock(round.returns, locale)} · {home}"
        over = span(round.overtime, locale) if round.overtime else ""
        lines = list(self._lines(index, place, round))
        who = self.drawn.names.technician(round.technician)
        return Card(
            self.drawn.hand[round.technician],
            who,
            mark,
            " · ".join(parts),
            self._bar(round),
            lines,
            back,
            over,
        )

    def _lines(self, index: int, place: int, round: Round) -> Iterator[Line]:
        """Visits and breaks in the order of the day."""
        for n, stop in enumerate(round.stops):
            yield from self._pauses(round, n)
            yield self._line(f"s-{index}-{place}-{n}", n + 1, stop)
        yield from self._pauses(round, len(round.stops))

    def _pauses(self, round: Round, before: int) -> Iterator[Line]:
        for pause in round.pauses:
            if max(pause.before, 0) == before:
                yield Line("", 0, self._times(pause.begins, pause.ends), self.say("Pause", "Break"))

    def _line(self, id: str, order: int, stop: Stop) -> Line:
        called, visit = self.drawn.names.visit(stop.visit), self.drawn.problem.visit[stop.visit]
        driven = span(max(stop.arrives - stop.leaves, 0), self.locale)
        return Line(
            id, order, self._times(stop.begins, stop.ends), called.what or called.who or stop.visit,
            called.who if called.what else "", called.address, f"{way(stop.metres, self.locale)} · {driven}",
            tuple(self._badges(visit, stop)),
        )  # fmt: skip

    def _badges(self, visit: Visit, stop: Stop) -> Iterator[tuple[str, str]]:
        """A kind for the colour, and the words."""
        if stop.late:
            late = span(stop.late, self.locale)
            yield "late", self.say(f"{late} après l’heure promise", f"{late} after the promised time")
        elif visit.promise and stop.visit not in self.drawn.evaluation.moved:
            yield "good", f"{self.say('promis', 'promised')} {clock(visit.promise.at, self.locale)}"
        elif visit.promise:
            yield "late", self.say("promesse déplacée", "promise moved")
        if visit.pin:
            yield "plain", self.say("imposé", "fixed")
        if stop.later >= WORTH_TELLING:
            room = span(stop.later // 60 * 60, self.locale)
            yield "plain", self.say(f"marge {room}", f"{room} to spare")

    def _times(self, begins: int, ends: int) -> str:
        return f"{clock(begins, self.locale)} – {clock(ends, self.locale)}"

    def _x(self, seconds: int) -> float:
        return round((seconds / 60) - self._first * 60, 1)

    def _bar(self, round: Round) -> Markup:
        """The day from left to right: a line on the road, blocks at work, a frame for a break."""
        wide, middle = (self._last - self._first) * 60, BAR / 2
        x, end = self._x(round.leaves), self._x(round.returns)
        ticks = "".join(
            f"M{(hour - self._first) * 60} 0V{BAR}" for hour in range(self._first, self._last + 1, self._step)
        )
        parts = [
            Markup('<path class="ticks" d="{}"/><path class="span" d="M{} {}H{}"/>').format(
                ticks, x, middle, end
            )
        ]
        for stop in round.stops:
            box = self._box("work", stop.begins, stop.ends)
            parts.append(box.format(told(self.drawn, round, stop)))
        for pause in round.pauses:
            times = self._times(pause.begins, pause.ends)
            parts.append(
                self._box("rest", pause.begins, pause.ends).format(f"{self.say('Pause', 'Break')} {times}")
            )
        inside = Markup("").join(parts)
        return Markup(
            '<svg class="bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
        ).format(wide, BAR, inside)

    def _box(self, kind: str, begins: int, ends: int) -> Markup:
        x, wide = self._x(begins), max(round((ends - begins) / 60, 1), 2)
        top = (BAR - HATCH) / 2
        place = f'x="{x}" y="{top}" width="{wide}" height="{HATCH}"'
        return Markup(f'<rect class="{kind}" {place}><title>{{}}</title></rect>')

    def hours(self) -> list[str]:
        """The scale above the bars, evenly apart."""
        words = "{}\u00a0h" if self.locale == "fr" else "{}:00"
        return [words.format(hour % 24) for hour in range(self._first, self._last + 1, self._step)]

    def weeks(self) -> list[tuple[int, str, Mark, list[Markup | None]]]:
        """Each technician's rounds by day: visits, kilometres, and the bar of the day."""
        found: dict[str, list[Markup | None]] = {}
        for one in self.drawn.rounds(None):
            days = found.setdefault(one.technician, [None] * len(self.drawn.problem.days))
            days[one.day] = self._cell(one)
        order = {one.id: place for place, one in enumerate(self.drawn.problem.technicians)}
        return [
            (self.drawn.hand[id], self.drawn.names.technician(id), self.drawn.marks[id], found[id])
            for id in sorted(found, key=order.__getitem__)
        ]

    def _cell(self, round: Round) -> Markup:
        over = Markup(' <span class="over">+{}</span>').format(span(round.overtime, self.locale))
        return Markup("<strong>{}</strong> <span>{}</span>{}{}").format(
            len(round.stops), way(round.metres, self.locale), over if round.overtime else "", self._bar(round)
        )

    def left_out(self, reasons: Mapping[str, Sequence[Bilingual]]) -> list[tuple[str, str, list[str]]]:
        """Visits without a place: what, where, and why."""
        return [
            (
                self.drawn.names.line(one), self.drawn.names.visit(one).address,
                [why.to(self.locale) for why in reasons.get(one, ())],
            )
            for one in self.drawn.evaluation.unplanned
        ]  # fmt: skip

    def faults(self) -> list[str]:
        return [fault(one, self.drawn.names).to(self.locale) for one in self.drawn.evaluation.hard]

    def rule(self) -> tuple[float, str]:
        metres, long = self.drawn.ground.rule()
        return long, rule_of(metres, self.locale)
