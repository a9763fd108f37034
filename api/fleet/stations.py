"""Swap stations: opened, corrected, closed; their months and their ranking."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Line, Price, Ref, Shown, Whole, examples
from api.fleet.agencies import ClosingGiven
from api.fleet.ranking import ranking_of
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import opening, places, station
from database.fleet.places import KnownStation
from database.fleet.ranking import Ranked
from database.shared.contacts import check_opaque, tenant_of
from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from domain.fleet.asset import MonthOfStation, Station
from domain.fleet.shares import percent
from domain.fleet.station import StationMonth

router = APIRouter(prefix="/v1/fleet", tags=["Fleet"])

EXAMPLE = {
    "name": "Bonabéri", "opened_on": "2026-01-05", "swap_price": {"amount": "1500", "currency": "XAF"},
    "capacity_a_day": 80, "open_minutes_a_day": 840, "agency_ref": "AG-01", "manager_ref": "G-0002",
}  # fmt: skip


class StationGiven(Given):
    """``capacity_a_day``: the swaps that batteries and chargers allow; 0 where nobody knows."""

    name: Line
    opened_on: Day
    swap_price: Amount
    capacity_a_day: Whole = 0
    open_minutes_a_day: Whole = 0
    agency_ref: Ref | None = None
    manager_ref: Ref | None = Field(None, description="A contact, who hears of the station's months.")

    model_config = examples(EXAMPLE)

    def station(self, ref: str) -> Station:
        return Station(
            ref, self.name, self.opened_on, self.swap_price.money, self.capacity_a_day,
            self.open_minutes_a_day, self.agency_ref, self.manager_ref,
        )  # fmt: skip


class NewStationGiven(StationGiven):
    ref: Ref

    model_config = examples({"ref": "ST-01", **EXAMPLE})


class MonthGiven(Given):
    """What is planned of a month, and counted beside its swaps. It replaces what was said before."""

    target: Price | None = Field(None, description="Takings to be reached.")
    refused: Whole = Field(0, description="Drivers who left without a charged battery.")
    open_minutes: Whole | None = Field(None, description="As measured; null where nobody did.")

    model_config = examples({"target": {"amount": "3000000", "currency": "XAF"}, "refused": 12})


class StationShown(Shown):
    ref: str
    name: str
    agency_ref: str | None
    manager_ref: str | None
    opened_on: date
    closed_on: date | None
    swap_price: Amount
    capacity_a_day: int
    open_minutes_a_day: int
    process: str = Field(description="The case that follows it.")


class ToldMonth(Shown):
    station_ref: str
    month_on: date
    target: Amount | None
    refused: int
    open_minutes: int | None


class MonthShown(Shown):
    """Shares in percent, null where there is nothing to compare with."""

    month_on: date
    revenue: Amount
    costs: Amount
    margin: Amount
    swaps: int
    refused: int
    target: Amount | None
    target_percent: Decimal | None
    margin_percent: Decimal | None
    used_percent: Decimal | None


class Why(Shown):
    rule: str
    fr: str
    en: str


class RankedShown(Shown):
    place: int = Field(description="From 1, the most profitable; of equal merit they share one.")
    station_ref: str
    name: str
    points: int
    outcome: str
    reasons: list[Why]
    month: MonthShown


class RankingShown(Shown):
    month_on: date
    stations: list[RankedShown]


Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]
Month = Annotated[
    str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description="2026-03; the last one that is over.")
]
InPath = Annotated[Day, Field(description="The first day of the month.", examples=["2026-03-01"])]


@router.post("/stations", status_code=201, response_model=StationShown)
async def open_station(given: NewStationGiven, command: Writes) -> Response:
    """Its months are followed from now on: alerts, and mails to its manager."""
    await check_opaque(command.tx, command.tenant, given.ref, *_people(given))
    await opening.open_station(command.tx, command.tenant, given.station(given.ref), command.now)
    return await command.reply(await _result(command, "opened", given.ref), 201)


@router.put("/stations/{ref}", response_model=StationShown)
async def correct_station(ref: Ref, given: StationGiven, command: Writes) -> Response:
    """Swaps that are recorded keep the price that was paid."""
    before = shown(await places.station_of(command.tx, command.tenant, ref))
    await check_opaque(command.tx, command.tenant, ref, *_people(given))
    await opening.correct_station(command.tx, command.tenant, given.station(ref), command.now)
    return await command.reply(await _result(command, "corrected", ref, before))


@router.post("/stations/{ref}/close", response_model=StationShown)
async def close_station(ref: Ref, given: ClosingGiven, command: Writes) -> Response:
    """Its last month is still judged; swaps of before its last day are still taken in."""
    before = shown(await places.station_of(command.tx, command.tenant, ref))
    await opening.close_station(command.tx, command.tenant, ref, given.closed_on, command.now)
    return await command.reply(await _result(command, "closed", ref, before))


@router.put("/stations/{ref}/months/{month_on}", response_model=ToldMonth)
async def tell_month(ref: Ref, month_on: InPath, given: MonthGiven, command: Writes) -> Response:
    """The target of a month, drivers turned away, minutes open."""
    target = given.target.money if given.target else None
    told = MonthOfStation(ref, month_on, target, given.refused, given.open_minutes)
    before = _told(await places.month_of_station(command.tx, command.tenant, ref, month_on))
    await opening.set_month(command.tx, command.tenant, told, command.now)
    made = _told(told)
    thing = f"fleet.station:{ref}"
    return await command.reply(
        Result("fleet.station.month_told", thing, made, before.model_dump(mode="json"))
    )  # fmt: skip


@router.get("/stations")
async def list_stations(
    here: Reads, agency: str = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[StationShown]:
    """In the order of their references, closed ones included."""
    (after,) = begin_after(cursor, (agency,))
    found = await places.stations(here.tx, here.tenant, after, limit + 1, agency)
    return page(found, limit, shown, lambda known: (known.station.ref,), (agency,))


@router.get("/stations/{ref}")
async def read_station(ref: Ref, here: Reads) -> StationShown:
    """One station."""
    return shown(await places.station_of(here.tx, here.tenant, ref))


@router.get("/stations/{ref}/months")
async def read_months(
    ref: Ref, here: Reads, count: Annotated[int, Query(ge=1, le=60)] = 13
) -> list[MonthShown]:  # fmt: skip
    """The latest months, the oldest first, and the present one so far."""
    today = local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)
    found = await station.months_of_station(here.tx, here.tenant, ref, today.replace(day=1), count)
    return [month_shown(one) for one in found]


@router.get("/station-ranking")
async def rank_stations(here: Reads, month: Month = "") -> RankingShown:
    """From the most to the least profitable, with the points and the reasons of the rule book."""
    today = local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)
    month_on = month_before(today) if not month else date.fromisoformat(f"{month}-01")
    if month_on > today:
        raise BadInput(Mistake("month", "it has not begun", "give one that is over, or the present one"))
    parts = here.parts
    found = await ranking_of(here.tx, here.tenant, month_on, here.now, parts.library, parts.holidays)
    return RankingShown(month_on=month_on, stations=[ranked_shown(one) for one in found])


def month_before(day: date) -> date:
    first = day.replace(day=1)
    return first.replace(year=first.year - 1, month=12) if first.month == 1 else first.replace(
        month=first.month - 1
    )  # fmt: skip


def ranked_shown(one: Ranked) -> RankedShown:
    known = one.contender.known.station
    return RankedShown(
        place=one.place, station_ref=known.ref, name=known.name, points=one.judged.points,
        outcome=one.judged.outcome, month=month_shown(one.contender.month),
        reasons=[Why(rule=why.rule, fr=why.why.fr, en=why.why.en) for why in one.judged.reasons],
    )  # fmt: skip


def month_shown(one: StationMonth) -> MonthShown:
    margin = one.revenue - one.costs
    return MonthShown(
        month_on=one.month_on, revenue=Amount.of(one.revenue), costs=Amount.of(one.costs),
        margin=Amount.of(margin), swaps=one.swaps, refused=one.refused,
        target=Amount.of(one.target) if one.target else None, target_percent=one.target_percent,
        margin_percent=percent(margin.minor, one.revenue.minor) if one.revenue.minor > 0 else None,
        used_percent=percent(one.swaps, one.capacity),
    )  # fmt: skip


def shown(known: KnownStation) -> StationShown:
    given = {name: value for name, value in vars(known.station).items() if name != "swap_price"}
    return StationShown(
        **given, swap_price=Amount.of(known.station.swap_price), closed_on=known.closed_on,
        process=f"{places.STATION}:{known.station.ref}",
    )  # fmt: skip


def _told(one: MonthOfStation) -> ToldMonth:
    return ToldMonth(
        station_ref=one.station_ref, month_on=one.month_on, refused=one.refused,
        target=Amount.of(one.target) if one.target else None, open_minutes=one.open_minutes,
    )  # fmt: skip


def _people(given: StationGiven) -> list[str]:
    return [given.manager_ref] if given.manager_ref else []


async def _result(command: Command, what: str, ref: str, before: StationShown | None = None) -> Result:
    known = shown(await places.station_of(command.tx, command.tenant, ref))
    trail = before.model_dump(mode="json") if before else None
    return Result(f"fleet.station.{what}", f"fleet.station:{ref}", known, trail)
