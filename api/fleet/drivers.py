"""How reliable drivers are: scores with reasons and levers, what changed, and the reviews people hold."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Given, Line, Ref, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page, spoilt_cursor
from database.fleet import risk, scores
from database.fleet.risk import Review
from database.fleet.scores import HALF_YEAR, Change, Driver, Group, Order
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.decision import Bilingual
from domain.fleet.risk import Band, Looked
from domain.money import Money

router = APIRouter(prefix="/v1/fleet/drivers", tags=["Fleet"])

Outcome = Literal["reliable", "ordinary", "watch", "at_risk"]


class Said(Shown):
    fr: str
    en: str


class LeverShown(Shown):
    """Pay this today, then every due on its day for so many days: the book then says this class."""

    pay: Amount
    days: int
    points: int
    band: Band
    says: Said


class ReasonShown(Shown):
    rule: str
    points: int = Field(description="0 for the sentence of the class itself.")
    says: Said


class WeekShown(Shown):
    points: int
    band: Band
    outcome: Outcome


class DriverShown(Shown):
    """As of the last night. Who lost their last contract has `left_on`."""

    ref: str
    contract_ref: str = Field(description="Of several running contracts, the one that is paid worst.")
    scored_on: date
    points: int
    band: Band
    since_on: date
    outcome: Outcome
    outcome_since_on: date
    rule: str
    why: Said
    week_ago: WeekShown | None
    change: Change
    days_late: int
    arrears: Amount
    lever: LeverShown | None = Field(description="The cheapest way to a better class.")
    left_on: date | None


class PointShown(Shown):
    """It held until the next."""

    on: date
    points: int
    band: Band
    outcome: Outcome


class ReviewShown(Shown):
    driver_ref: str
    opened_on: date
    rule: str
    points: int
    band: Band
    answer_by_on: date
    verdict: Looked
    note: str
    decided_by: str
    decided_at: datetime | None


class ScoreShown(Shown):
    driver: DriverShown
    reasons: list[ReasonShown]
    levers: list[LeverShown]
    facts: dict[str, Any] = Field(description="What the book was told, by the names of its facts.")
    revision: str
    history: list[PointShown] = Field(description="Of half a year.")
    review: ReviewShown | None


class GroupShown(Shown):
    """A list of drivers, and who came and went since last week: fifty of each at most."""

    outcome: Outcome
    drivers: int
    week_ago: int
    joined: list[DriverShown]
    left: list[DriverShown]


class GroupsShown(Shown):
    groups: list[GroupShown]


class ReviewsShown(Shown):
    items: list[ReviewShown]


class ReviewGiven(Given):
    verdict: Literal["keep", "plan", "recover"] = Field(
        description="Nothing is to be done; payments are to be arranged anew; the bike is to be taken back."
    )
    note: Line = ""

    model_config = examples({"verdict": "plan", "note": "Accident on 3 March, back on the road."})


Reads = Annotated[Reading, reads("fleet:read", own="contact")]
ReadsAll = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]


@router.get("")
async def list_drivers(
    here: Reads,
    outcome: Literal["", "reliable", "ordinary", "watch", "at_risk"] = "",
    band: Literal["", "a", "b", "c", "d", "e"] = "",
    change: Annotated[
        Literal["", "better", "same", "worse", "new"], Query(description="Against a week ago.")
    ] = "",
    order: Order = Order.WORST,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[DriverShown]:
    """Those with a running contract, by points."""
    filters = (outcome, band, change, order.value)
    place, ref = begin_after(cursor, filters, 2)
    found = await scores.drivers(
        here.tx, here.tenant, outcome=outcome, band=band, change=Change(change) if change else None,
        order=order, after=(_whole(place), ref) if cursor else None, limit=limit + 1,
    )  # fmt: skip
    return page(found, limit, lambda one: shown(one[1]), lambda one: (str(one[0]), one[1].ref), filters)


@router.get("/changes")
async def list_class_changes(here: ReadsAll) -> GroupsShown:
    """Reliable drivers and drivers at risk: how many, and what changed since last week."""
    return GroupsShown(groups=[_group(one) for one in await scores.groups(here.tx, here.tenant)])


@router.get("/reviews")
async def list_reviews(here: ReadsAll, limit: Limit = 50) -> ReviewsShown:
    """The open ones; those that wait longest first."""
    found = await risk.open_reviews(here.tx, here.tenant, limit=limit)
    return ReviewsShown(items=[_review(one) for one in found])


@router.get("/{ref}/score")
async def read_score(ref: Ref, here: Reads) -> ScoreShown:
    """A driver's score with its reasons, the ways to a better class, and its course."""
    driver = await scores.driver_of(here.tx, here.tenant, ref)
    today = local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)
    history = await scores.history_of(here.tx, here.tenant, ref, today - HALF_YEAR)
    review = await risk.latest_review(here.tx, here.tenant, ref)
    return ScoreShown(
        driver=shown(driver), reasons=[_reason(one) for one in driver.reasons],
        levers=[_lever(one) for one in driver.levers], facts=dict(driver.facts), revision=driver.revision,
        history=[
            PointShown(on=one.on, points=one.points, band=one.band, outcome=one.outcome)
            for one in history
        ],
        review=_review(review) if review else None,
    )  # fmt: skip


@router.post("/{ref}/review", response_model=ReviewShown)
async def answer_review(ref: Ref, given: ReviewGiven, command: Writes) -> Response:
    """Say what is to be done about a driver whose review is open."""
    tx, tenant = command.tx, command.tenant
    made = await risk.answer_review(
        tx, tenant, ref, Looked(given.verdict), given.note, command.actor.who, command.now
    )
    after = {"verdict": made.verdict.value, "rule": made.rule}
    return await command.reply(
        Result("fleet.driver.reviewed", f"fleet.risk:{ref}", _review(made), after=after)
    )  # fmt: skip


def shown(driver: Driver) -> DriverShown:
    week = driver.week
    return DriverShown(
        ref=driver.ref, contract_ref=driver.contract_ref, scored_on=driver.scored_on, points=driver.points,
        band=driver.band, since_on=driver.since_on, outcome=driver.outcome,
        outcome_since_on=driver.outcome_since_on, rule=driver.rule, why=_said(driver.why),
        week_ago=WeekShown(points=week.points, band=week.band, outcome=week.outcome)
        if week else None,
        change=driver.change, days_late=driver.days_late, arrears=Amount.of(driver.arrears),
        lever=_lever(driver.levers[0]) if driver.levers else None, left_on=driver.left_on,
    )  # fmt: skip


def _said(words: Bilingual) -> Said:
    return Said(fr=words.fr, en=words.en)


def _lever(record: Any) -> LeverShown:
    pay = Amount.of(Money(record["pay"]["currency"], record["pay"]["minor"]))
    return LeverShown(
        pay=pay, days=record["days"], points=record["points"], band=Band(record["band"]),
        says=Said(fr=record["fr"], en=record["en"]),
    )  # fmt: skip


def _reason(record: Any) -> ReasonShown:
    return ReasonShown(
        rule=record["rule"], points=int(record["effect"] or 0), says=Said(**record["why"])
    )  # fmt: skip


def _review(one: Review) -> ReviewShown:
    return ReviewShown(
        driver_ref=one.driver_ref, opened_on=one.opened_on, rule=one.rule, points=one.points, band=one.band,
        answer_by_on=one.answer_by_on, verdict=one.verdict, note=one.note, decided_by=one.decided_by,
        decided_at=one.decided_at,
    )  # fmt: skip


def _group(one: Group) -> GroupShown:
    return GroupShown(
        outcome=one.outcome, drivers=one.drivers, week_ago=one.week_ago,
        joined=[shown(driver) for driver in one.joined], left=[shown(driver) for driver in one.left],
    )  # fmt: skip


def _whole(place: str) -> int:
    try:
        return int(place)
    except ValueError:
        raise spoilt_cursor() from None
