"""Bikes and batteries: what they are, what they cost, where they are."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Ref, Shown, Whole, examples, printable
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import vehicles
from database.fleet.vehicles import KnownBattery
from domain.errors import BadInput, Mistake
from domain.fleet.asset import Battery, BatteryState, Bike, BikeState, Purchase

router = APIRouter(prefix="/v1/fleet", tags=["Fleet"])

Short = Annotated[str, Field(max_length=40), AfterValidator(printable)]
BOUGHT = {"bought_on": "2026-01-02", "cost": {"amount": "950000", "currency": "XAF"}}


class BoughtGiven(Given):
    """Both or none. Once told, a purchase is posted and stays."""

    bought_on: Day | None = None
    cost: Amount | None = None

    def purchase(self) -> Purchase | None:
        if (self.bought_on is None) != (self.cost is None):
            missing = "cost" if self.cost is None else "bought_on"
            raise BadInput(Mistake(missing, "one half of a purchase", "give the day and the cost, or none"))
        return Purchase(self.bought_on, self.cost.money) if self.bought_on and self.cost else None


class BikeGiven(BoughtGiven):
    model: Short = ""
    plate: Short = ""
    state: BikeState = BikeState.IN_STOCK
    agency_ref: Ref | None = None

    model_config = examples({"model": "E-Boda 2", "plate": "LT 482 KM", "state": "in_use", **BOUGHT})


class BatteryGiven(BoughtGiven):
    """On a bike, at a station, or neither where nobody knows. Later swaps move it."""

    state: BatteryState = BatteryState.IN_USE
    bike_ref: Ref | None = None
    station_ref: Ref | None = None
    cycles_before: Whole = Field(0, description="Run before it was entered here.")

    model_config = examples({"station_ref": "ST-01", **BOUGHT})


class BikeShown(Shown):
    ref: str
    model: str
    plate: str
    state: BikeState
    agency_ref: str | None
    bought_on: date | None
    cost: Amount | None


class BatteryShown(Shown):
    ref: str
    state: BatteryState
    bike_ref: str | None
    station_ref: str | None
    placed_at: datetime | None = Field(description="Since when it is there.")
    cycles: int
    bought_on: date | None
    cost: Amount | None


Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]


@router.put("/bikes/{ref}", response_model=BikeShown)
async def write_bike(ref: Ref, given: BikeGiven, command: Writes) -> Response:
    """Enter a bike, or say what is known of one now. A contract enters its bike by itself."""
    wanted = Bike(ref, given.model, given.plate, given.state, given.purchase(), given.agency_ref)
    known = (await vehicles.bikes_named(command.tx, command.tenant, [ref])).get(ref)
    await vehicles.save_bike(command.tx, command.tenant, wanted, command.now)
    before = bike_shown(known).model_dump(mode="json") if known else None
    result = Result("fleet.bike.saved", f"fleet.bike:{ref}", bike_shown(wanted), before)
    return await command.reply(result)


@router.get("/bikes")
async def list_bikes(
    here: Reads, agency: str = "", state: BikeState | None = None, limit: Limit = 50, cursor: Cursor = ""
) -> Page[BikeShown]:  # fmt: skip
    """In the order of their references."""
    filters = (agency, state or "")
    (after,) = begin_after(cursor, filters)
    found = await vehicles.bikes(
        here.tx, here.tenant, after, limit + 1, agency_ref=agency, state=state.value if state else ""
    )  # fmt: skip
    return page(found, limit, bike_shown, lambda one: (one.ref,), filters)


@router.get("/bikes/{ref}")
async def read_bike(ref: Ref, here: Reads) -> BikeShown:
    """One bike."""
    return bike_shown(await vehicles.bike_of(here.tx, here.tenant, ref))


@router.put("/batteries/{ref}", response_model=BatteryShown)
async def write_battery(ref: Ref, given: BatteryGiven, command: Writes) -> Response:
    """Enter a battery, or say what is known of one now: a count of stock, a repair, a loss."""
    wanted = Battery(
        ref, given.state, given.bike_ref, given.station_ref, given.purchase(), given.cycles_before
    )
    known = (await vehicles.batteries_named(command.tx, command.tenant, [ref])).get(ref)
    await vehicles.save_battery(command.tx, command.tenant, wanted, command.now)
    made = battery_shown(await vehicles.battery_of(command.tx, command.tenant, ref))
    before = battery_shown(known).model_dump(mode="json") if known else None
    result = Result("fleet.battery.saved", f"fleet.battery:{ref}", made, before)
    return await command.reply(result)


@router.get("/batteries")
async def list_batteries(
    here: Reads, station: str = "", bike: str = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[BatteryShown]:
    """In the order of their references."""
    filters = (station, bike)
    (after,) = begin_after(cursor, filters)
    found = await vehicles.batteries(
        here.tx, here.tenant, after, limit + 1, station_ref=station, bike_ref=bike
    )
    return page(found, limit, battery_shown, lambda one: (one.battery.ref,), filters)


@router.get("/batteries/{ref}")
async def read_battery(ref: Ref, here: Reads) -> BatteryShown:
    """Where a battery is and how many cycles it ran."""
    return battery_shown(await vehicles.battery_of(here.tx, here.tenant, ref))


def bike_shown(one: Bike) -> BikeShown:
    bought = one.purchase
    return BikeShown(
        ref=one.ref, model=one.model, plate=one.plate, state=one.state, agency_ref=one.agency_ref,
        bought_on=bought.on if bought else None, cost=Amount.of(bought.cost) if bought else None,
    )  # fmt: skip


def battery_shown(known: KnownBattery) -> BatteryShown:
    one, bought = known.battery, known.battery.purchase
    return BatteryShown(
        ref=one.ref, state=one.state, bike_ref=one.bike_ref, station_ref=one.station_ref,
        placed_at=known.placed_at, cycles=known.cycles, bought_on=bought.on if bought else None,
        cost=Amount.of(bought.cost) if bought else None,
    )  # fmt: skip
