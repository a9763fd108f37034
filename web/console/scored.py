"""A driver's score as pages show it: its class, why, what would raise it, and how it came to be."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.fleet import risk, scores
from database.fleet.scores import Driver, Group, Point
from database.shared.contacts import contact_of
from domain.chart import Chart, Series, figure
from domain.errors import NotFound
from web.console.acts import link_to
from web.console.layout import (
    Deed,
    Detail,
    Drawing,
    Entry,
    Grid,
    Heading,
    Lines,
    Number,
    Section,
)
from web.console.visit import BASE, Visit

HALF_YEAR = timedelta(days=183)
BANDS = {"a": "good", "b": "good", "c": "plain", "d": "near", "e": "late"}
OUTCOMES = {"reliable": "good", "ordinary": "plain", "watch": "near", "at_risk": "late"}


@dataclass(frozen=True)
class Scored:
    """Empty for who was never scored."""

    tags: list[Entry] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    main: list[Section] = field(default_factory=list)
    side: list[Section] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)


async def score_of(visit: Visit, tx: AsyncConnection, ref: str) -> Scored:
    try:
        found = await scores.driver_of(tx, visit.tenant.id, ref)
    except NotFound:
        return Scored()
    history = await scores.history_of(tx, visit.tenant.id, ref, visit.moments.today - HALF_YEAR)
    review = await risk.latest_review(tx, visit.tenant.id, ref)
    is_open = review is not None and review.decided_at is None and visit.may("fleet:write")
    return Scored(
        tags_of(visit, found),
        [_points(visit, found)],
        [_reasons(visit, found), *_trend(visit, history)],
        [_levers(visit, found)],
        [Deed(visit.words("driver.review"), link_to("review", driver=ref))] if is_open else [],
    )


def tags_of(visit: Visit, found: Driver) -> list[Entry]:
    band, words = found.band.value, visit.words
    return [
        Entry(words("driver.class", band=band.upper()), tone=BANDS.get(band, "plain")),
        Entry(words.of("outcome", found.outcome), tone=OUTCOMES.get(found.outcome, "plain")),
    ]


def _points(visit: Visit, found: Driver) -> Number:
    words, change = visit.words, found.points_change
    hint = "" if change is None else words("driver.since_week", change=_signed(change))
    return Number(words("driver.points"), str(found.points), hint=hint)


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−") if number else "0"


def _reasons(visit: Visit, found: Driver) -> Grid:
    words = visit.words
    heads = (Heading(words("driver.reason")), Heading(words("driver.effect"), True))
    rows = [
        [Entry(visit.said(one["why"])), Entry(_signed(int(one["effect"])) if one["effect"] else "")]
        for one in found.reasons
    ]
    return Grid("reasons", words("driver.reasons"), heads, rows, note=visit.said(vars(found.why)))


def _levers(visit: Visit, found: Driver) -> Lines:
    rows = [Entry(visit.said(one)) for one in found.levers]
    return Lines("levers", visit.words("driver.levers"), rows, visit.words("driver.no_levers"))


def _trend(visit: Visit, history: list[Point]) -> list[Section]:
    if len(history) < 2:
        return []
    words = visit.words
    chart = Chart(
        words("driver.trend"), tuple(one.on for one in history),
        (Series(words("driver.points"), tuple(one.points for one in history), True),),
        words("driver.points").lower(), words.locale,
    )  # fmt: skip
    return [Drawing(figure(chart))]


async def changes(visit: Visit) -> Response:
    """Reliable drivers and drivers at risk, and who came and went since last week."""
    words = visit.words
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await scores.groups(tx, visit.tenant.id)
        named = {one.ref for group in found for one in (*group.joined, *group.left)}
        people = {ref: (await contact_of(tx, visit.tenant.id, ref)).full_name for ref in sorted(named)}
    return visit.page(
        "detail.html.j2",
        page=Detail(
            words("changes.title"), (words("nav.drivers"), f"{BASE}/drivers"), lead=words("changes.lead"),
            numbers=[_count(visit, one) for one in found],
            main=[part for one in found for part in _moved(visit, one, people)],
        ),
    )  # fmt: skip


def _count(visit: Visit, one: Group) -> Number:
    change = one.drivers - one.week_ago
    return Number(
        visit.words.of("outcome", one.outcome), visit.count(one.drivers),
        f"{BASE}/drivers?outcome={one.outcome}", visit.words("driver.since_week", change=_signed(change)),
        one.outcome == "at_risk" and change > 0,
    )  # fmt: skip


def _moved(visit: Visit, one: Group, people: dict[str, str]) -> list[Section]:
    words, name = visit.words, visit.words.of("outcome", one.outcome)
    heads = (
        Heading(words("driver.one")), Heading(words("driver.points"), True),
        Heading(words("driver.week"), True), Heading(words("driver.why"), narrow_out=True),
    )  # fmt: skip
    return [
        Grid(f"{way}-{one.outcome}", words(f"changes.{way}", outcome=name), heads,
             [_driver(visit, driver, people) for driver in rows])
        for way, rows in (("joined", one.joined), ("left", one.left))
        if rows
    ]  # fmt: skip


def _driver(visit: Visit, one: Driver, people: dict[str, str]) -> list[Entry]:
    change = "" if one.points_change is None else _signed(one.points_change)
    return [
        Entry(people[one.ref], f"{BASE}/drivers/{one.ref}"),
        Entry(str(one.points)),
        Entry(change),
        Entry(visit.said(vars(one.why))),
    ]
