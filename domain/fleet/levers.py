"""What would bring a driver into a better class: the book is asked again, with the facts as they would be.

A lever is never promised that the book does not confirm; the cheapest come first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.decision import Bilingual
from domain.fleet.course import Course
from domain.fleet.risk import RANK, Band
from domain.fleet.score import ScoreFacts
from domain.money import Money
from domain.wording import amount

SCORED = tuple[int, Band]
Ask = Callable[[ScoreFacts, int], SCORED]
"""The points and the class of facts, as of a day."""

DAYS = (*range(1, 15), 21, 30, 45, 60, 90)
"""How long it may take; between two of them the first day that is enough is looked for."""
MOST = 3


@dataclass(frozen=True)
class Lever:
    """``pay`` today, of what is late; then pay on time for ``days``: that makes ``points``, of ``band``."""

    pay: Money
    days: int
    points: int
    band: Band
    text: Bilingual

    @property
    def cost(self) -> tuple[int, int]:
        return self.pay.minor, self.days

    def as_record(self) -> dict[str, object]:
        return {
            "pay": {"currency": self.pay.currency, "minor": self.pay.minor}, "days": self.days,
            "points": self.points, "band": self.band.value, "fr": self.text.fr, "en": self.text.en,
        }  # fmt: skip


def levers(course: Course, day: int, now: Band, ask: Ask) -> list[Lever]:
    """None for who is in the best class. Whoever cannot leave the present one within three months is told
    what paying brings in points.
    """
    if now is Band.A:
        return []
    late = course.arrears(day)
    found = [*_paying(course, day, now, ask)] if late else []
    found += _on_time(course, day, late, now, ask)
    found.sort(key=lambda one: (*one.cost, RANK[one.band]))
    kept: list[Lever] = []
    for one in found:
        if all(_is_better(one, other) for other in kept):
            kept.append(one)
    return kept[:MOST] or [*_relieving(course, day, late, now, ask)]


def _relieving(course: Course, day: int, late: int, now: Band, ask: Ask) -> Iterator[Lever]:
    """No better class within three months: what paying all that is late makes of the points."""
    if not late:
        return
    points, band = ask(course.paying(day, late, on_time=False).facts(day), day)
    if band is now and points > ask(course.facts(day), day)[0]:
        money = Money(course.around.currency, late)
        paid = amount(money)
        yield Lever(money, 0, points, band, Bilingual(
            f"Payez les {paid.fr} en retard et votre note monte à {points}.",
            f"Pay the {paid.en} that are late and your score rises to {points}.",
        ))  # fmt: skip


def _is_better(one: Lever, other: Lever) -> bool:
    """``other`` is cheaper: then only a better class makes up for it."""
    return RANK[one.band] < RANK[other.band]


def _paying(course: Course, day: int, now: Band, ask: Ask) -> Iterator[Lever]:
    """The fewest of the late dues whose payment today is enough."""
    got, late = course.received(day), course.arrears(day)
    sums = [owed - got for owed in course.owed if 0 < owed - got <= late]

    def reached(number: int) -> SCORED:
        return ask(course.paying(day, sums[number], on_time=False).facts(day), day)

    low, high = 0, len(sums) - 1
    best = reached(high)
    if RANK[best[1]] >= RANK[now]:
        return
    while low < high:
        middle = (low + high) // 2
        if RANK[reached(middle)[1]] < RANK[now]:
            high = middle
        else:
            low = middle + 1
    for number in sorted({high, len(sums) - 1}):
        points, band = reached(number)
        if RANK[band] < RANK[now]:
            yield _lever(course, sums[number], late, 0, points, band)


def _on_time(course: Course, day: int, late: int, now: Band, ask: Ask) -> Iterator[Lever]:
    """For each better class, the first day on which it is reached by paying on time, after what is late."""
    going = course.paying(day, late, on_time=True)

    def reached(days: int) -> SCORED:
        return ask(going.facts(day + days), day + days)

    known, before = RANK[now], 0
    for days in DAYS:
        if RANK[reached(days)[1]] < known:
            first = _first(before, days, known, reached)
            points, band = reached(first)
            known = RANK[band]
            yield _lever(course, late, late, first, points, band)
            if known and first < days and RANK[reached(days)[1]] < known:
                points, band = reached(days)
                known = RANK[band]
                yield _lever(course, late, late, days, points, band)
        if not known:
            return
        before = days


def _first(low: int, high: int, known: int, reached: Callable[[int], SCORED]) -> int:
    """The first day after ``low`` that is enough, if more days are never worse; else one that is enough."""
    while high - low > 1:
        middle = (low + high) // 2
        if RANK[reached(middle)[1]] < known:
            high = middle
        else:
            low = middle
    return high


def _lever(course: Course, pay: int, late: int, days: int, points: int, band: Band) -> Lever:
    money = Money(course.around.currency, pay)
    text = _said(money, Money(money.currency, late), days, band.value.upper())
    return Lever(money, days, points, band, text)


def _said(pay: Money, late: Money, days: int, band: str) -> Bilingual:
    reached = Bilingual(f"vous êtes en classe {band}.", f"you are in class {band}.")
    fr, en = (f"{days} jour{'s' * (days > 1)} à l’heure", f"{days} day{'s' * (days > 1)} on time")
    if not pay.minor:
        return Bilingual(f"{fr} et {reached.fr}", f"{en} and {reached.en}")
    paid, whole = amount(pay), amount(late)
    if pay != late:
        return Bilingual(
            f"Payez {paid.fr} sur les {whole.fr} en retard et {reached.fr}",
            f"Pay {paid.en} of the {whole.en} that are late and {reached.en}",
        )
    first = Bilingual(f"Payez les {whole.fr} en retard", f"Pay the {whole.en} that are late")
    if not days:
        return Bilingual(f"{first.fr} et {reached.fr}", f"{first.en} and {reached.en}")
    return Bilingual(f"{first.fr}, puis {fr} : {reached.fr}", f"{first.en}, then {en}: {reached.en}")
