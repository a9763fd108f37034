"""Battery swaps: recorded one by one or many at once, listed, struck."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Given, Instant, Line, ReasonGiven, Ref, Shown, Whole, examples
from api.pages import Cursor, Limit, Page, begin_at, page
from database.fleet import swaps
from database.fleet.kept_aside import entered_elsewhere, keep_aside, mistakes_of
from database.fleet.swaps import KnownSwap
from domain.errors import BadInput, DomainError
from domain.fleet.swap import SwapEntry, SwapPaidBy

router = APIRouter(prefix="/v1/fleet/swaps", tags=["Fleet"])

MOST = 500
EXAMPLE = {
    "ref": "W-000001", "station_ref": "ST-01", "bike_ref": "M-C-1", "battery_in": "B-0007",
    "battery_out": "B-0012", "charge_in": 11, "charge_out": 98, "swapped_at": "2026-04-02T06:12:00+01:00",
    "channel": "mobile_money",
}  # fmt: skip


class SwapGiven(Given):
    """``battery_in`` comes back empty, ``battery_out`` leaves charged. No price: the station’s."""

    ref: Ref = Field(description="The station's own: the same swap told twice is one.")
    station_ref: Ref
    bike_ref: Ref
    battery_in: Ref
    battery_out: Ref
    swapped_at: Instant
    channel: SwapPaidBy = SwapPaidBy.INCLUDED
    price: Amount | None = None
    driver_ref: Ref | None = None
    charge_in: Annotated[Whole, Field(ge=0, le=100)] | None = Field(None, description="Percent.")
    charge_out: Annotated[Whole, Field(ge=0, le=100)] | None = Field(None, description="Percent.")
    source: Line = Field("api", description="Who reports it.")

    model_config = examples(EXAMPLE)

    def entry(self) -> SwapEntry:
        given = {name: getattr(self, name) for name in type(self).model_fields if name != "price"}
        return SwapEntry(**given, price=self.price.money if self.price else None)


class SwapsGiven(Given):
    swaps: list[SwapGiven] = Field(min_length=1, max_length=MOST)

    model_config = examples({"swaps": [EXAMPLE]})


class SwapShown(Shown):
    ref: str
    station_ref: str
    bike_ref: str
    driver_ref: str | None
    battery_in: str
    battery_out: str
    charge_in: int | None
    charge_out: int | None
    swapped_at: datetime
    recorded_at: datetime
    price: Amount
    channel: SwapPaidBy
    source: str
    voided_at: datetime | None
    void_reason: str


class Took(Shown):
    ref: str
    outcome: Literal["recorded", "duplicate", "kept_aside"]
    because: str = Field("", description="Why it is kept aside.")
    kept_aside: str = Field("", description="Where a person corrects it.")


class TookAll(Shown):
    """Of each in the order in which they were given; one that cannot be right holds up no other."""

    recorded: int
    duplicates: int
    kept_aside: int
    swaps: list[Took]


Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]


@router.post("", status_code=201, response_model=SwapShown)
async def record_swap(given: SwapGiven, command: Writes) -> Response:
    """A battery was changed. In whatever order swaps come in, batteries are where the latest says."""
    await swaps.record_swap(command.tx, command.tenant, given.entry(), command.now)
    made = shown(await swaps.swap_of(command.tx, command.tenant, given.ref))
    return await command.reply(Result("fleet.swap.recorded", f"fleet.station:{made.station_ref}", made), 201)


@router.post("/batch", response_model=TookAll)
async def record_many(given: SwapsGiven, command: Writes) -> Response:
    """Many at once. What cannot be right is kept aside with its reason, to be corrected and replayed."""
    took = await take(command.tx, command.tenant, given.swaps, command.now)
    made = TookAll(
        recorded=sum(one.outcome == "recorded" for one in took),
        duplicates=sum(one.outcome == "duplicate" for one in took),
        kept_aside=sum(one.outcome == "kept_aside" for one in took), swaps=took,
    )  # fmt: skip
    after = made.model_dump(mode="json", exclude={"swaps"})
    return await command.reply(Result("fleet.swaps.recorded", "fleet.swaps", made, after=after))


async def take(
    tx: AsyncConnection, tenant: str, given: Sequence[SwapGiven], now: datetime, origin: str = "api"
) -> list[Took]:
    """Each for itself; those that agree with the domain are written together."""
    entries = [_entry(one) for one in given]
    sound = [one for one in entries if isinstance(one, SwapEntry)]
    written = iter(await swaps.record_swaps(tx, tenant, sound, now))
    took: list[Took] = []
    for one, entry in zip(given, entries, strict=True):
        outcome = next(written) if isinstance(entry, SwapEntry) else entry
        if isinstance(outcome, DomainError):
            took.append(await _keep(tx, tenant, one, outcome, now, origin))
        else:
            took.append(Took(ref=one.ref, outcome="recorded" if outcome else "duplicate"))
    fresh = [one.ref for one in took if one.outcome == "recorded"]
    if fresh:
        await entered_elsewhere(tx, tenant, ("swaps",), fresh, now)
    return took


def _entry(given: SwapGiven) -> SwapEntry | DomainError:
    try:
        return given.entry()
    except BadInput as wrong:
        return wrong


async def _keep(
    tx: AsyncConnection, tenant: str, given: SwapGiven, wrong: DomainError, now: datetime, origin: str
) -> Took:
    key = f"{origin}:{given.ref}:{given.swapped_at.isoformat()}"
    id = await keep_aside(tx, tenant, "swaps", key, as_row(given), mistakes_of(wrong), now, given.ref)
    return Took(ref=given.ref, outcome="kept_aside", because=str(wrong), kept_aside=id)


def as_row(given: SwapGiven) -> dict[str, str]:
    """As a row of a file has it: so it is corrected and replayed."""
    values = given.model_dump(mode="json", exclude={"price", "ref", "source"})
    row = {"swap_ref": given.ref, **{name: "" if v is None else str(v) for name, v in values.items()}}
    if given.price is not None:
        row |= {"price_minor": str(given.price.money.minor), "currency": given.price.currency}
    return row


@router.get("")
async def list_swaps(
    here: Reads, station: str = "", bike: str = "", battery: str = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[SwapShown]:
    """In the order in which they were made, struck ones included."""
    filters = (station, bike, battery)
    found = await swaps.swaps(
        here.tx, here.tenant, station=station, bike=bike, battery=battery,
        after=begin_at(cursor, filters), limit=limit + 1,
    )  # fmt: skip
    return page(found, limit, shown, lambda one: (one.entry.swapped_at.isoformat(), one.entry.ref), filters)


@router.get("/{ref}")
async def read_swap(ref: Ref, here: Reads) -> SwapShown:
    """One swap."""
    return shown(await swaps.swap_of(here.tx, here.tenant, ref))


@router.post("/{ref}/void", response_model=SwapShown)
async def void_swap(ref: Ref, given: ReasonGiven, command: Writes) -> Response:
    """It was not made: it counts no more, what was paid is posted back today, batteries go back."""
    before = shown(await swaps.swap_of(command.tx, command.tenant, ref))
    await swaps.void_swap(command.tx, command.tenant, ref, given.reason, command.now)
    made = shown(await swaps.swap_of(command.tx, command.tenant, ref))
    thing = f"fleet.station:{made.station_ref}"
    return await command.reply(Result("fleet.swap.voided", thing, made, before.model_dump(mode="json")))


def shown(known: KnownSwap) -> SwapShown:
    given = {name: value for name, value in vars(known.entry).items() if name != "price"}
    assert known.entry.price is not None
    return SwapShown(
        **given, price=Amount.of(known.entry.price), recorded_at=known.recorded_at,
        voided_at=known.voided_at, void_reason=known.void_reason,
    )  # fmt: skip
