"""Swaps that a station's own device tells of: signed, in any order, as often as it likes, and never lost."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.bodies import json_of, read
from api.commands import actor_of, parts_of
from api.fields import Amount, Given, Instant, Ref, Shown, Whole, examples
from api.fleet.mobile_money import verify
from api.fleet.swaps import MOST, SwapGiven, Took, take
from api.parts import Parts
from database.fleet.kept_aside import keep_aside
from database.fleet.places import station_of
from database.shared import audit
from database.shared.contacts import tenants
from domain.case import REFERENCE
from domain.errors import BadInput, Mistake, NotFound
from domain.fleet.swap import SwapPaidBy

router = APIRouter(prefix="/webhooks/swaps", tags=["Webhooks"])

LONGEST = 64
EVENT = {
    "event_id": "000417", "bike_ref": "M-C-1", "battery_in": "B-0007", "battery_out": "B-0012",
    "charge_in": 11, "charge_out": 98, "swapped_at": "2026-04-02T06:12:00+01:00",
    "channel": "mobile_money",
}  # fmt: skip


class SwapEvent(Given):
    """``event_id`` is the device's own number: the same event told twice is one."""

    event_id: Ref
    bike_ref: Ref
    battery_in: Ref
    battery_out: Ref
    swapped_at: Instant
    channel: SwapPaidBy = SwapPaidBy.INCLUDED
    price: Amount | None = None
    driver_ref: Ref | None = None
    charge_in: Annotated[Whole, Field(ge=0, le=100)] | None = None
    charge_out: Annotated[Whole, Field(ge=0, le=100)] | None = None

    model_config = examples(EVENT)

    def swap(self, station: str) -> SwapGiven:
        told = {name: getattr(self, name) for name in type(self).model_fields if name != "event_id"}
        ref = ref_of(station, self.event_id)
        return SwapGiven(ref=ref, station_ref=station, source=f"device:{station}", **told)


class EventsGiven(Given):
    """What a device kept while it was out of reach comes at once."""

    events: list[dict[str, Any]] = Field(min_length=1, max_length=MOST)

    model_config = examples({"events": [EVENT]})


class TookEvents(Shown):
    """Of each event in its order. What cannot be right is kept aside for a person: it is not sent again."""

    events: list[Took]


OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": EventsGiven.model_json_schema()}},
    },
    "parameters": [
        {"name": "X-Signature", "in": "header", "required": True, "schema": {"type": "string"},
         "example": "t=1775106720,v1=5f0c2a77b1d49f03"}
    ],
}  # fmt: skip


@router.post("/{tenant}/{station}", response_model=TookEvents, openapi_extra=OPENAPI)
async def receive_swaps(
    tenant: str, station: str, request: Request, parts: Annotated[Parts, Depends(parts_of)]
) -> Response:
    """`v1` is the HMAC-SHA256 of `<t>.<body>` with the station's own secret, in hexadecimal."""
    body, now = await request.body(), parts.clock()
    secret = secret_of(parts.mobile_money_secret, tenant, station)
    verify(body, request.headers.get("x-signature", ""), secret, now)
    async with parts.database.anyone() as tx:
        if tenant not in await tenants(tx):
            raise NotFound("tenant", tenant[:40])
    given = read(EventsGiven, json_of(body)).events
    actor = actor_of(request, f"device:{station}")
    async with parts.database.tenant(tenant) as tx:
        await station_of(tx, tenant, station)
        swaps, odd = _readable(given, station)
        took = iter(await take(tx, tenant, list(swaps.values()), now, f"device:{station}"))
        answer = [
            next(took) if number in swaps else await _keep_odd(tx, tenant, station, event, odd[number], now)
            for number, event in enumerate(given)
        ]
        counts = {
            outcome: sum(one.outcome == outcome for one in answer)
            for outcome in ("recorded", "duplicate", "kept_aside")
        }
        thing = f"fleet.station:{station}"
        await audit.write(tx, tenant, actor, "fleet.swaps.told", thing, after=counts)
    shown = TookEvents(events=answer)
    return JSONResponse(shown.model_dump(mode="json"), 202 if counts["kept_aside"] else 200)


def secret_of(master: str, tenant: str, station: str) -> str:
    """Each station has its own: a device that is stolen speaks for one place alone."""
    named = f"swap-station:{tenant}:{station}".encode()
    return hmac.new(master.encode(), named, hashlib.sha256).hexdigest()


def ref_of(station: str, event_id: str) -> str:
    """Devices count for themselves: the station's name parts their numbers."""
    ref = f"{station}.{event_id}"
    return ref if len(ref) <= LONGEST else f"W-{hashlib.sha256(ref.encode()).hexdigest()[:40]}"


def _readable(
    given: Sequence[dict[str, Any]], station: str
) -> tuple[dict[int, SwapGiven], dict[int, Sequence[Mistake]]]:
    """By their place in what was sent."""
    swaps: dict[int, SwapGiven] = {}
    odd: dict[int, Sequence[Mistake]] = {}
    for number, event in enumerate(given):
        try:
            swaps[number] = read(SwapEvent, event).swap(station)
        except BadInput as wrong:
            odd[number] = wrong.mistakes
    return swaps, odd


async def _keep_odd(
    tx: AsyncConnection, tenant: str, station: str, event: dict[str, Any], mistakes: Sequence[Mistake],
    now: Any,
) -> Took:  # fmt: skip
    """Under the names that a row of a file has, so that it is corrected and replayed as one."""
    told = str(event.get("event_id", ""))
    values = {name: value for name, value in event.items() if name not in OTHER_NAMES and value is not None}
    values |= _price(event.get("price"))
    known = ref_of(station, told) if REFERENCE.fullmatch(told) else ""
    digest = hashlib.sha256(json.dumps(event, sort_keys=True, default=str).encode()).hexdigest()
    id = await keep_aside(
        tx, tenant, "swaps", f"device:{station}:{digest}",
        {"swap_ref": known, "station_ref": station, **values}, mistakes, now, known,
    )  # fmt: skip
    because = "; ".join(f"{one.field}: {one.problem}" for one in mistakes)
    return Took(ref=known, outcome="kept_aside", because=because, kept_aside=id)


OTHER_NAMES = ("event_id", "price")


def _price(given: Any) -> dict[str, str]:
    """What cannot be read stays as it came, for a person to mend."""
    if given is None:
        return {}
    try:
        money = read(Amount, given).money
    except BadInput:
        return {"price_minor": json.dumps(given, default=str)}
    return {"price_minor": str(money.minor), "currency": money.currency}
