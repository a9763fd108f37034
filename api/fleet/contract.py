"""Contracts with drivers: drafted, signed, read, promised to be paid, terminated."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Price, ReasonGiven, Ref, Shown, examples
from api.fleet.driving import mine_since
from api.fleet.terms import ContractGiven, ContractShown, shown
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import contract as contracts
from database.fleet import dunning, queries
from database.fleet.queries import ContractFile
from database.shared.contacts import check_opaque
from domain.calendar import local_date
from domain.fleet.ending import End, EndKind
from domain.fleet.schedule import DueKind

router = APIRouter(prefix="/v1/fleet/contracts", tags=["Fleet"])


class DueShown(Shown):
    number: int = Field(description="0 is the down payment.")
    due_on: date
    kind: DueKind
    amount: Amount
    paid: Amount
    paid_on: date | None


class StandingShown(Shown):
    """As of today, on the tenant's calendar."""

    total: Amount
    allocated: Amount
    overpayment: Amount
    remaining: Amount
    arrears: Amount
    days_late: int
    next_due_on: date | None


class FileShown(Shown):
    contract: ContractShown
    standing: StandingShown | None = Field(description="A draft has none.")
    schedule: list[DueShown]


class EndGiven(ReasonGiven):
    """``default``: the bike is taken back. Without the bike's value and the charges that are not earned, all
    that is left stays owed, unless ``still_owed`` is less: the rest is written off."""

    kind: Literal["agreement", "default", "theft"] = "agreement"
    bike_value: Amount | None = None
    still_owed: Amount | None = None

    model_config = examples(
        {"reason": "Ninety days without a payment.", "kind": "default",
         "bike_value": {"amount": "180000", "currency": "XAF"}}
    )  # fmt: skip

    def end(self) -> End:
        value, owed = self.bike_value, self.still_owed
        return End(EndKind(self.kind), value.money if value else None, owed.money if owed else None)


class PromiseGiven(Given):
    amount: Price
    until_on: Day

    model_config = examples(
        {"amount": {"amount": "15000", "currency": "XAF"}, "until_on": "2026-04-15"}
    )  # fmt: skip


class PromiseShown(Shown):
    contract_ref: str
    amount: Amount
    until_on: date
    promised_at: datetime
    is_new: bool


Reads = Annotated[Reading, reads("fleet:read", own="contract")]
Writes = Annotated[Command, writes("fleet:write")]


async def write_signed(command: Command, given: ContractGiven) -> Result:
    """What an event does as the route does."""
    tx, tenant, at = command.tx, command.tenant, command.now
    await check_opaque(tx, tenant, given.ref, given.driver_ref)
    await contracts.create_signed(tx, tenant, given.contract(), at, command.parts.holidays)
    return await _result(command, "fleet.contract.signed", given.ref)


@router.post("", status_code=201, response_model=ContractShown)
async def create_contract(
    given: ContractGiven, command: Writes, draft: bool = False
) -> Response:  # fmt: skip
    """A signed contract gets its schedule and is watched from now on; a draft waits for its signature."""
    if not draft:
        return await command.reply(await write_signed(command, given), 201)
    await check_opaque(command.tx, command.tenant, given.ref, given.driver_ref)
    await contracts.create_draft(command.tx, command.tenant, given.contract(), command.parts.holidays)
    return await command.reply(await _result(command, "fleet.contract.drafted", given.ref), 201)


@router.post("/{ref}/sign", response_model=ContractShown)
async def sign_contract(ref: Ref, command: Writes) -> Response:
    """A draft is signed."""
    before = await _before(command, ref)
    await contracts.sign(command.tx, command.tenant, ref, command.now, command.parts.holidays)
    return await command.reply(await _result(command, "fleet.contract.signed", ref, before))


@router.post("/{ref}/terminate", response_model=ContractShown)
async def terminate_contract(ref: Ref, given: EndGiven, command: Writes) -> Response:
    """End a contract before it is paid; nobody is reminded any more."""
    before = await _before(command, ref)
    await contracts.terminate(
        command.tx, command.tenant, ref, given.reason, command.now, given.end(), command.actor.who
    )
    return await command.reply(await _result(command, "fleet.contract.terminated", ref, before))


@router.post("/{ref}/promises", status_code=201, response_model=PromiseShown)
async def promise_payment(ref: Ref, given: PromiseGiven, command: Writes) -> Response:
    """The driver promises to pay; the next step of dunning waits until that day."""
    new = await dunning.promise(
        command.tx, command.tenant, ref, given.until_on, given.amount.money, command.now, command.actor.who
    )
    made = PromiseShown(
        contract_ref=ref, amount=given.amount, until_on=given.until_on, promised_at=command.now, is_new=new
    )
    return await command.reply(Result("fleet.payment.promised", f"fleet.dunning:{ref}", made), 201)


@router.get("")
async def list_contracts(
    here: Reads, state: Literal["", "draft", "active", "completed", "terminated"] = "", driver: str = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[ContractShown]:  # fmt: skip
    """In the order of their references."""
    filters = (state, driver)
    (after,) = begin_after(cursor, filters)
    found = await queries.contracts(
        here.tx, here.tenant, after=after, limit=limit + 1, state=state, driver=driver
    )
    return page(found, limit, shown, lambda known: (known.contract.ref,), filters)


@router.get("/{ref}")
async def read_contract(ref: Ref, here: Reads) -> FileShown:
    """A contract with its schedule and where it stands."""
    file = await queries.file_of(here.tx, here.tenant, ref)
    case = await queries.case_of(here.tx, here.tenant, queries.CONTRACT, ref)
    return FileShown(
        contract=shown(file.known), standing=_standing(file, local_date(here.now, case.zone)),
        schedule=_schedule(file, await mine_since(here, ref)),
    )  # fmt: skip


def _standing(file: ContractFile, today: date) -> StandingShown | None:
    where, grace = file.standing, file.contract.terms.grace_days
    if where is None:
        return None
    coming = where.next_due_after(today)
    return StandingShown(
        total=Amount.of(where.total), allocated=Amount.of(where.allocated),
        overpayment=Amount.of(where.overpayment), remaining=Amount.of(where.remaining),
        arrears=Amount.of(where.arrears_on(today, grace)), days_late=where.days_late(today, grace),
        next_due_on=coming.due_on if coming else None,
    )  # fmt: skip


def _schedule(file: ContractFile, since: date) -> list[DueShown]:
    """On which day somebody else has paid is theirs."""
    if file.standing is None:
        return []
    return [
        DueShown(
            number=one.due.number, due_on=one.due.due_on, kind=one.due.kind, amount=Amount.of(one.due.amount),
            paid=Amount.of(one.paid), paid_on=one.paid_on if one.paid_on and one.paid_on >= since else None,
        )
        for one in file.standing.settlements
    ]  # fmt: skip


async def _before(command: Command, ref: str) -> dict[str, object]:
    known = await queries.contract_of(command.tx, command.tenant, ref)
    return {"state": known.state}


async def _result(
    command: Command, action: str, ref: str, before: dict[str, object] | None = None
) -> Result:  # fmt: skip
    known = await queries.contract_of(command.tx, command.tenant, ref)
    return Result(action, f"fleet.contract:{ref}", shown(known), before)
