"""What a tenant sets for itself."""

from dataclasses import asdict, replace
from datetime import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field, StrictBool

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, Line, Shown, Whole, examples
from database.shared import settings
from database.shared.settings import LONGEST_TRAIL, MOST_MESSAGES, SHORTEST_TRAIL, Settings
from domain.errors import BadInput, Mistake

router = APIRouter(prefix="/v1/settings", tags=["Settings"])

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["20:00"])]
Count = Annotated[Whole, Field(ge=1, le=MOST_MESSAGES)]


class SettingsGiven(Given):
    """What is left out stays as it is."""

    name: Line | None = None
    locale: Literal["fr", "en"] | None = None
    quiet_from: Clock | None = Field(None, description="Nobody is written to from here, local time, …")
    quiet_until: Clock | None = Field(None, description="… until here. The same time twice: no quiet hours.")
    sms_a_day: Count | None = Field(None, description="To one person.")
    sms_a_week: Count | None = None
    email_a_day: Count | None = None
    email_a_week: Count | None = None
    rules_need_approval: StrictBool | None = Field(None, description="A second person approves rule books.")
    second_factor: Literal["off", "staff", "all"] | None = Field(None, description="Who must have one.")
    audit_days: Annotated[Whole, Field(ge=SHORTEST_TRAIL, le=LONGEST_TRAIL)] | None = Field(
        None, description="How long the trail keeps its contents."
    )

    model_config = examples({"quiet_from": "19:30", "second_factor": "all"})


class SettingsShown(Shown):
    name: str
    locale: str
    quiet_from: str
    quiet_until: str
    sms_a_day: int
    sms_a_week: int
    email_a_day: int
    email_a_week: int
    rules_need_approval: bool
    second_factor: str
    audit_days: int


Reads = Annotated[Reading, reads("settings:read")]
Writes = Annotated[Command, writes("settings:write", fresh=True)]


@router.get("")
async def read_settings(here: Reads) -> SettingsShown:
    """The tenant's settings."""
    return shown(await settings.settings_of(here.tx, here.tenant))


@router.patch("", response_model=SettingsShown)
async def change_settings(given: SettingsGiven, command: Writes) -> Response:
    """Change some; they hold from the next decision, message and sign-in on."""
    named: dict[str, Any] = given.model_dump(exclude_none=True)
    if not named:
        raise BadInput(Mistake("settings", "none was given", "name one, such as quiet_from"))
    wanted = {name: time.fromisoformat(value) for name, value in named.items() if name in CLOCKS}
    present = await settings.settings_of(command.tx, command.tenant, hold=True)
    before, after = await settings.change(command.tx, command.tenant, replace(present, **{**named, **wanted}))
    old, new = settings.differences(before, after)
    return await command.reply(Result("settings.changed", "settings", shown(after), old, new))


CLOCKS = ("quiet_from", "quiet_until")


def shown(known: Settings) -> SettingsShown:
    clocks = {name: getattr(known, name).isoformat("minutes") for name in CLOCKS}
    return SettingsShown(**{**asdict(known), **clocks})
