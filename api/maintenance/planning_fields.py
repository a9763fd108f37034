"""The kinds of values that planning takes and shows."""

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StrictInt, WithJsonSchema

from api.commands import Command, Reading, reads, writes
from api.fields import Amount, Given, Line, Shown, examples, wrong
from api.maintenance.planning_tools import Tools
from database.shared.contacts import tenant_of
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.maintenance.planning import moments
from domain.maintenance.planning.model import DAY, Point
from domain.maintenance.planning.pricing import DEAREST
from domain.money import Money

TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$|^24:00$"


def _clock(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        raise wrong("it is a number", 'give hours and minutes, such as "08:30"')
    read = moments.read(value) if isinstance(value, str) else None
    if read is None or not 0 <= read <= DAY:
        raise wrong("it is no time of a day", 'give hours and minutes, such as "08:30"')
    return read


def _lasting(seconds: int) -> int:
    if seconds <= 0:
        raise wrong("it lasts no time", 'give hours and minutes, such as "00:45"')
    return seconds


Clock = Annotated[
    int, BeforeValidator(_clock), PlainSerializer(moments.written, return_type=str),
    WithJsonSchema({"type": "string", "pattern": TIME, "examples": ["08:30"]}),
]  # fmt: skip
"""Hours and minutes of a local day, or how long something lasts."""
Lasting = Annotated[Clock, AfterValidator(_lasting)]
Moment = Annotated[
    int, PlainSerializer(moments.written, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["17:20"], "description": "25:30: next night."}),
]  # fmt: skip
"""A moment that is shown: it may lie in the night after the day."""
Name = Annotated[Line, Field(min_length=1, max_length=60)]
Level = Annotated[StrictInt, Field(ge=0, le=1000)]
Latitude = Annotated[float, Field(ge=-85, le=85, examples=[45.8992])]
Longitude = Annotated[float, Field(ge=-180, le=180, examples=[6.1294])]
Named = Annotated[dict[Name, Level], Field(max_length=50)]

FARTHEST_DAYS = 731

ReadsPlanning = Annotated[Reading, reads("planning:read")]
WritesPlanning = Annotated[Command, writes("planning:write")]


class PlaceGiven(Given):
    """WGS 84, in degrees."""

    latitude: Latitude
    longitude: Longitude

    model_config = examples({"latitude": 45.8992, "longitude": 6.1294})

    @property
    def point(self) -> Point:
        return Point(round(self.latitude, 6), round(self.longitude, 6))

    @classmethod
    def of(cls, point: Point) -> "PlaceGiven":
        return cls(latitude=point.latitude, longitude=point.longitude)


class Said(Shown):
    fr: str
    en: str

    @classmethod
    def of(cls, said: Bilingual) -> "Said":
        return cls(fr=said.fr, en=said.en)


def tools_of(here: Reading) -> Tools:
    return here.parts.planning


async def check_land(here: Reading, **places: PlaceGiven | None) -> None:
    """Raises BadInput for what lies at sea: most often latitude and longitude changed their places."""
    land = tools_of(here).land
    given = {name: place for name, place in places.items() if place is not None}
    dry = await asyncio.to_thread(lambda: {name: land.holds(place.point) for name, place in given.items()})
    mend = "check it: is the longitude where the latitude should be, or a sign missing?"
    mistakes = [Mistake(name, "this place is at sea", mend) for name, holds in dry.items() if not holds]
    if mistakes:
        raise BadInput(*mistakes)


def refuse_far(field: str, day: date, today: date) -> None:
    """Raises BadInput."""
    latest = today + timedelta(days=FARTHEST_DAYS)
    if day > latest:
        raise BadInput(Mistake(field, "it is more than two years ahead", f"give {latest} or earlier"))


async def minor_units(here: Reading, **amounts: Amount | None) -> dict[str, int]:
    """In the tenant's currency; nothing given is 0. Raises BadInput."""
    currency = (await tenant_of(here.tx, here.tenant)).currency
    mistakes, found = [], {}
    for name, amount in amounts.items():
        money = amount.money if amount else Money(currency, 0)
        if money.currency != currency:
            mistakes.append(Mistake(name, f"it is in {money.currency}", f"give it in {currency}"))
        elif money.minor < 0:
            mistakes.append(Mistake(name, "it is below 0", "give an amount of 0 or more"))
        elif money.minor > DEAREST:
            most = Amount.of(Money(currency, DEAREST)).amount
            mistakes.append(Mistake(name, "it is beyond reckoning", f"give {most} at most"))
        found[name] = money.minor
    if mistakes:
        raise BadInput(*mistakes)
    return found


def untold(shown: Shown, *places: str) -> dict[str, Any]:
    """As the trail keeps it: where people live and are visited stays out of what can never be changed."""
    told = shown.model_dump(mode="json")
    return {name: value for name, value in told.items() if name not in places}
