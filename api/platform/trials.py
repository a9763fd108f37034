"""A book tried before it is published: on the open cases, or on recorded decisions."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Command, Reading, reads, writes
from api.fields import Given, RuleDay, RuleInstant, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from api.platform.rules import IN_FORCE, SHIPPED, Domain, Name, in_force, name_of
from database.shared import outbox, rules, trials
from database.shared.contacts import tenant_of
from database.shared.trials import Plan, Trial
from domain.access import hidden_from
from domain.errors import BadInput, Mistake, NotFound
from rules.errors import BrokenBook
from rules.library import misnamed
from rules.reader import LARGEST

router = APIRouter(prefix="/v1/rules", tags=["Rules"])

PROCESS = "platform.rule_trial"
DRAFT = "draft"

Reads = Annotated[Reading, reads("rules:read")]
Writes = Annotated[Command, writes("rules:write")]
Number = Annotated[int, Path(ge=1, le=2**62)]
Side = Annotated[str, Field(pattern=rf"^([0-9a-f]{{12}}|{SHIPPED}|{IN_FORCE})$")]


class TrialGiven(Given):
    """``new`` is a revision that was sent before, or a text that is kept with the trial alone."""

    kind: Literal["dry_run", "back_test"] = Field(
        description="`dry_run`: every open case, as it was last seen. `back_test`: recorded decisions."
    )
    content: Annotated[str, Field(max_length=LARGEST)] = Field("", description="The new book as YAML.")
    new: Side = Field(SHIPPED, description="The new book when no `content` is given: a revision, or a word.")
    old: Side = Field(IN_FORCE, description="What it is compared with: a revision, or one of the words.")
    begins_on: RuleDay | None = Field(None, description="Of a back-test: the first local day.")
    ends_on: RuleDay | None = Field(None, description="Of a back-test: the last local day.")
    at: RuleInstant | None = Field(
        None, description="Of a dry run: the moment it asks at; now when left out."
    )

    model_config = examples(
        {"kind": "back_test", "new": "5e0c2a91b7d4", "begins_on": "2026-01-01", "ends_on": "2026-03-31"}
    )


class TrialShown(Shown):
    """``done`` counts decisions looked at, of ``total`` at the beginning."""

    id: int
    kind: Literal["dry_run", "back_test"]
    book: str = Field(examples=["fleet/dunning"])
    old_revision: str
    new_revision: str
    at: datetime
    begins_on: date | None
    ends_on: date | None
    state: Literal["running", "done", "stopped", "failed"]
    done: int
    total: int
    problem: str = Field(description="Why it failed.")
    asked_by: str
    created_at: datetime
    updated_at: datetime


class ResultShown(TrialShown):
    result: dict[str, Any] = Field(description="Who changes, what is sent more or less, amounts, months.")


@router.post("/{domain}/{book}/trials", response_model=TrialShown, status_code=202)
async def start_trial(domain: Domain, book: Name, given: TrialGiven, command: Writes) -> Response:
    """It runs by itself; ask for it again to see how far it is. Nothing is sent and nothing decided."""
    name = name_of(command, domain, book)
    _refuse_days(given)
    old = await _side(command, name, given.old)
    new = (
        await _draft(command, name, given.content) if given.content else await _side(command, name, given.new)
    )
    plan = Plan(given.kind, name, old, new, given.at or command.now, given.begins_on, given.ends_on)
    made = await trials.begin(command.tx, command.tenant, command.actor, plan, command.now)
    await owe(command.tx, command.tenant, made, command.now)
    return await command.told(shown(made), 202)


@router.get("/{domain}/{book}/trials")
async def list_trials(
    here: Reads, domain: Domain, book: Name, limit: Limit = 50, cursor: Cursor = ""
) -> Page[TrialShown]:
    """The latest first."""
    name = name_of(here, domain, book)
    (before,) = begin_after(cursor, (name,))
    number = int(before) if before.isdecimal() else 0
    rows = await trials.trials_of(here.tx, here.tenant, name, number, limit + 1)
    return page(rows, limit, shown, lambda one: (str(one.id),), (name,))


@router.get("/{domain}/{book}/trials/{id}")
async def read_trial(here: Reads, domain: Domain, book: Name, id: Number) -> TrialShown:
    """How far it is."""
    return shown(await trial_of(here, domain, book, id))


@router.get("/{domain}/{book}/trials/{id}/result")
async def read_result(here: Reads, domain: Domain, book: Name, id: Number) -> ResultShown:
    """What differs between the two books. 409 until it is done.

    With `.csv` at the end of the address it comes as a table, with `.html` as a page with charts.
    """
    found = await trial_of(here, domain, book, id)
    result = await trials.result_of(here.tx, here.tenant, found.id)
    return ResultShown(**vars(found), result=result)


@router.post("/{domain}/{book}/trials/{id}/stop", response_model=TrialShown)
async def stop_trial(domain: Domain, book: Name, id: Number, command: Writes) -> Response:
    """It keeps what it has counted."""
    found = await trial_of(command, domain, book, id)
    made = await trials.stop(command.tx, command.tenant, command.actor, found.id)
    return await command.told(shown(made))


@router.post("/{domain}/{book}/trials/{id}/resume", response_model=TrialShown, status_code=202)
async def resume_trial(domain: Domain, book: Name, id: Number, command: Writes) -> Response:
    """It goes on where it stopped, and ends as if it had not."""
    found = await trial_of(command, domain, book, id)
    made = await trials.resume(command.tx, command.tenant, command.actor, found.id)
    await owe(command.tx, command.tenant, made, command.now)
    return await command.told(shown(made), 202)


async def trial_of(here: Reading, domain: str, book: str, id: int) -> Trial:
    """Raises NotFound, also for a trial of another book, or on the cases of a business of others."""
    name = name_of(here, domain, book)
    found = await trials.trial_of(here.tx, here.tenant, id)
    if found.book != name or domain in hidden_from(here.who):
        raise NotFound("trial", str(id))
    return found


def shown(trial: Trial) -> TrialShown:
    return TrialShown.model_validate(vars(trial))


def _refuse_days(given: TrialGiven) -> None:
    if given.kind == "dry_run" and (given.begins_on or given.ends_on):
        raise BadInput(Mistake("begins_on", "a dry run asks the open cases", "leave the days out"))
    if given.begins_on and given.ends_on and given.ends_on < given.begins_on:
        raise BadInput(Mistake("ends_on", f"it is before {given.begins_on}", "exchange the two days"))


async def _side(here: Reading, name: str, side: str) -> tuple[str, str]:
    if side in (SHIPPED, IN_FORCE):
        library = here.parts.library
        found = library.book(name) if side == SHIPPED else await in_force(here, name)
        return found.revision, found.content
    content = await rules.any_content(here.tx, here.tenant, name, side)
    return side, content


async def _draft(here: Reading, name: str, content: str) -> tuple[str, str]:
    """Checked as a revision is."""
    read = await asyncio.to_thread(here.parts.library.check, content, f"{name}.yaml")
    if read.name != name:
        raise BrokenBook((misnamed(f"{name}.yaml", read.name, name),))
    return read.revision, content


async def owe(tx: AsyncConnection, tenant: str, made: Trial, now: datetime) -> None:
    """It runs from here on by itself."""
    case = (await tenant_of(tx, tenant)).case(PROCESS, str(made.id))
    await outbox.owe(tx, outbox.START, case, "rules.trial", now, f"{made.state}:{now.isoformat()}")
