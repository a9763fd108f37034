"""Agencies: opened, corrected, closed, and how their months went."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Line, Ref, Shown, Whole, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import agency, opening, places
from database.fleet.places import KnownAgency
from database.shared.contacts import check_opaque, tenant_of
from domain.calendar import local_date
from domain.fleet.agency import AgencyMonth
from domain.fleet.asset import Agency
from domain.fleet.shares import percent

router = APIRouter(prefix="/v1/fleet/agencies", tags=["Fleet"])

EXAMPLE = {"name": "Akwa", "opened_on": "2026-01-05", "manager_ref": "G-0001", "new_target": 12}


class AgencyGiven(Given):
    """``new_target``: contracts to be signed in a month."""

    name: Line
    opened_on: Day
    manager_ref: Ref | None = Field(None, description="A contact, who hears of the agency's months.")
    new_target: Whole | None = None

    model_config = examples(EXAMPLE)

    def agency(self, ref: str) -> Agency:
        return Agency(ref, self.name, self.opened_on, self.manager_ref, self.new_target)


class NewAgencyGiven(AgencyGiven):
    ref: Ref

    model_config = examples({"ref": "AG-01", **EXAMPLE})


class ClosingGiven(Given):
    """The last day. The month it lies in is still judged."""

    closed_on: Day

    model_config = examples({"closed_on": "2026-12-31"})


class ContractsGiven(Given):
    contracts: list[Ref] = Field(min_length=1, max_length=1000)

    model_config = examples({"contracts": ["C-0001", "C-0002"]})


class AgencyShown(Shown):
    ref: str
    name: str
    manager_ref: str | None
    opened_on: date
    closed_on: date | None
    new_target: int | None
    process: str = Field(description="The case that follows it.")


class AttachedShown(Shown):
    agency_ref: str
    attached: int = Field(description="How many belonged elsewhere before.")


class AgencyMonthShown(Shown):
    """Shares in percent, null where there is nothing to compare with. Of the ``contracts`` running at the
    month's end, ``late`` were past their grace; ``ended_early`` were terminated in it."""

    month_on: date
    due: Amount
    collected: Amount
    collected_percent: Decimal | None
    contracts: int
    late: int
    late_percent: Decimal | None
    ended_early: int
    new: int
    new_target: int | None
    new_percent: Decimal | None


Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]


@router.post("", status_code=201, response_model=AgencyShown)
async def open_agency(given: NewAgencyGiven, command: Writes) -> Response:
    """Its months are followed from now on: alerts, and mails to its manager."""
    await check_opaque(command.tx, command.tenant, given.ref, *_people(given))
    await opening.open_agency(command.tx, command.tenant, given.agency(given.ref), command.now)
    return await command.reply(await _result(command, "opened", given.ref), 201)


@router.put("/{ref}", response_model=AgencyShown)
async def correct_agency(ref: Ref, given: AgencyGiven, command: Writes) -> Response:
    """Another name, manager, target or day of opening."""
    before = shown(await places.agency_of(command.tx, command.tenant, ref))
    await check_opaque(command.tx, command.tenant, ref, *_people(given))
    await opening.correct_agency(command.tx, command.tenant, given.agency(ref), command.now)
    return await command.reply(await _result(command, "corrected", ref, before))


@router.post("/{ref}/close", response_model=AgencyShown)
async def close_agency(ref: Ref, given: ClosingGiven, command: Writes) -> Response:
    """Nothing is deleted; its last month is still judged."""
    before = shown(await places.agency_of(command.tx, command.tenant, ref))
    await opening.close_agency(command.tx, command.tenant, ref, given.closed_on, command.now)
    return await command.reply(await _result(command, "closed", ref, before))


@router.post("/{ref}/contracts", response_model=AttachedShown)
async def attach_contracts(ref: Ref, given: ContractsGiven, command: Writes) -> Response:
    """They belong to the agency from now on. New contracts come to that of their bike by themselves."""
    many = await opening.attach_contracts(command.tx, command.tenant, ref, given.contracts)
    made = AttachedShown(agency_ref=ref, attached=many)
    after = {"attached": many, "contracts": sorted(given.contracts)}
    return await command.reply(Result("fleet.agency.contracts", f"fleet.agency:{ref}", made, after=after))


@router.get("")
async def list_agencies(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[AgencyShown]:
    """In the order of their references, closed ones included."""
    (after,) = begin_after(cursor)
    found = await places.agencies(here.tx, here.tenant, after, limit + 1)
    return page(found, limit, shown, lambda known: (known.agency.ref,))


@router.get("/{ref}")
async def read_agency(ref: Ref, here: Reads) -> AgencyShown:
    """One agency."""
    return shown(await places.agency_of(here.tx, here.tenant, ref))


@router.get("/{ref}/months")
async def read_agency_months(
    ref: Ref, here: Reads, count: Annotated[int, Query(ge=1, le=60)] = 13
) -> list[AgencyMonthShown]:
    """The latest months, the oldest first, and the present one so far."""
    today = local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)
    found = await agency.months_of_agency(here.tx, here.tenant, ref, today.replace(day=1), count)
    return [month_shown(one) for one in found]


def month_shown(one: AgencyMonth) -> AgencyMonthShown:
    return AgencyMonthShown(
        month_on=one.month_on, due=Amount.of(one.due), collected=Amount.of(one.collected),
        collected_percent=one.collected_percent, contracts=one.contracts, late=one.late,
        late_percent=percent(one.late, one.contracts), ended_early=one.ended_early, new=one.new,
        new_target=one.new_target, new_percent=percent(one.new, one.new_target) if one.new_target else None,
    )  # fmt: skip


def shown(known: KnownAgency) -> AgencyShown:
    one = known.agency
    return AgencyShown(
        ref=one.ref, name=one.name, manager_ref=one.manager_ref, opened_on=one.opened_on,
        closed_on=known.closed_on, new_target=one.new_target, process=f"{places.AGENCY}:{one.ref}",
    )  # fmt: skip


def _people(given: AgencyGiven) -> list[str]:
    return [given.manager_ref] if given.manager_ref else []


async def _result(command: Command, what: str, ref: str, before: AgencyShown | None = None) -> Result:
    known = shown(await places.agency_of(command.tx, command.tenant, ref))
    trail = before.model_dump(mode="json") if before else None
    return Result(f"fleet.agency.{what}", f"fleet.agency:{ref}", known, trail)
