"""What changes in a signed contract: bike, driver, terms, dates, fees; what stood before stays readable."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.commands import Command, Reading, Result, asks, reads, writes
from api.downloads import download
from api.fields import Amount, Day, Given, Paragraph, Price, Ref, Shown, Whole, examples
from api.fleet.driving import mine_since, sees_all
from api.fleet.terms import ChargeGiven
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import amending, assigning, queries
from database.fleet import changes as kept
from database.fleet.changes import Act
from database.shared.contacts import check_opaque, contact_of, tenant_of
from domain.errors import NotFound
from domain.fleet.change import Change, Offer
from domain.fleet.change import total as total_of
from domain.fleet.paper import AGREEMENT, AMENDMENT, SIGNED, agreement, amendment
from domain.fleet.schedule import Due, DueKind, schedule
from domain.fleet.terms import Frequency, HolidayRule
from domain.money import Money

router = APIRouter(prefix="/v1/fleet/contracts", tags=["Fleet"])

Reads = Annotated[Reading, reads("fleet:read", own="contract")]
Asks = Annotated[Reading, asks("fleet:write")]
Writes = Annotated[Command, writes("fleet:write")]
Number = Annotated[int, Path(ge=1, le=100_000)]
PDF = "application/pdf"


class BikeGiven(Given):
    """``on``: the first day of the new bike, today when left out."""

    bike_ref: Ref
    reason: Paragraph
    on: Day | None = None

    model_config = examples({"bike_ref": "M-0107", "reason": "Battery mount broken, bike in repair."})


class DriverGiven(Given):
    driver_ref: Ref
    reason: Paragraph
    on: Day | None = None

    model_config = examples({"driver_ref": "D-0107", "reason": "The brother takes the contract over."})


class OfferGiven(Given):
    """New terms for what remains, arrears included. ``charge`` takes the place of the fees and the interest
    that had not fallen due."""

    instalments: Whole = Field(ge=1)
    frequency: Frequency
    first_due_on: Day
    every_days: Whole = Field(0, ge=0)
    rest_days: frozenset[Whole] = frozenset()
    holiday_rule: HolidayRule = HolidayRule.KEEP
    charge: ChargeGiven | None = None
    rounding: Whole = Field(1, ge=1, description="The step of an instalment, in minor units.")
    reason: Paragraph

    model_config = examples(
        {"instalments": 40, "frequency": "weekly", "first_due_on": "2026-05-04", "reason": "Hospital."}
    )

    def offer(self) -> Offer:
        charge = self.charge.charge() if self.charge else None
        return Offer(
            self.instalments, self.frequency, self.first_due_on, self.every_days, self.rest_days,
            self.holiday_rule, charge, self.rounding,
        )  # fmt: skip


class DatesGiven(Given):
    """``first_due_on``: the new date of the oldest due that is open."""

    first_due_on: Day
    reason: Paragraph

    model_config = examples({"first_due_on": "2026-05-04", "reason": "Two weeks in hospital."})


class FeeGiven(Given):
    amount: Price
    due_on: Day
    reason: Paragraph

    model_config = examples(
        {"amount": {"amount": "5000", "currency": "XAF"}, "due_on": "2026-05-04", "reason": "Lost key."}
    )  # fmt: skip


class PlannedShown(Shown):
    number: int = Field(description="0 is the down payment.")
    due_on: date
    amount: Amount
    kind: DueKind


class ChangeShown(Shown):
    """``before`` and ``after`` hold references, dates and amounts in minor units."""

    contract_ref: str
    number: int
    kind: str = Field(examples=["renegotiated"])
    changed_on: date
    at: datetime
    by: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


class ChangeFile(Shown):
    change: ChangeShown
    schedule_before: list[PlannedShown] = Field(description="Empty where the schedule did not change.")
    schedule_after: list[PlannedShown]


class OfferShown(Shown):
    """What a renegotiation would come to; nothing is written."""

    total_before: Amount
    total_after: Amount
    difference: Amount = Field(description="Of charges: what is paid for the principal stays the same.")
    schedule: list[PlannedShown]


@router.get("/{ref}/changes")
async def list_changes(ref: Ref, here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[ChangeShown]:
    """Every change since the signature, in their order; to a driver, since they took the contract over."""
    (after,) = begin_after(cursor, (ref,))
    since = await mine_since(here, ref)
    made = [one for one in await kept.changes_of(here.tx, here.tenant, ref) if one.changed_on >= since]
    found = [_as_told(here, one) for one in made if _place(one) > after]
    return page(found[: limit + 1], limit, shown, lambda one: (_place(one),), (ref,))


@router.get("/{ref}/changes/{number}")
async def read_change(ref: Ref, number: Number, here: Reads) -> ChangeFile:
    """One change, with the schedule as it stood before and after."""
    found = await _seen(here, ref, number)
    before = await kept.schedule_before(here.tx, here.tenant, ref, number)
    after = await kept.schedule_after(here.tx, here.tenant, ref, number)
    return ChangeFile(change=shown(found), schedule_before=planned(before), schedule_after=planned(after))


@router.post("/{ref}/bike", response_model=ChangeShown)
async def swap_bike(ref: Ref, given: BikeGiven, command: Writes) -> Response:
    """The contract goes on with another bike; what is paid from that day on is earned by it."""
    act = _act(command, given.reason, given.on)
    return await _changed(
        command, await assigning.swap_bike(command.tx, command.tenant, ref, given.bike_ref, act)
    )


@router.post("/{ref}/driver", response_model=ChangeShown)
async def change_driver(ref: Ref, given: DriverGiven, command: Writes) -> Response:
    """Another driver takes the contract over, with all that is owed, and gets its messages from now on."""
    await check_opaque(command.tx, command.tenant, ref, given.driver_ref)
    act = _act(command, given.reason, given.on)
    return await _changed(
        command, await assigning.change_driver(command.tx, command.tenant, ref, given.driver_ref, act)
    )


@router.post("/{ref}/renegotiation", response_model=ChangeShown)
async def renegotiate_contract(ref: Ref, given: OfferGiven, command: Writes) -> Response:
    """What remains, arrears included, is paid by new terms; the old schedule is kept."""
    act, holidays = _act(command, given.reason), command.parts.holidays
    made = await amending.renegotiate(command.tx, command.tenant, ref, given.offer(), act, holidays)
    return await _changed(command, made)


@router.post("/{ref}/renegotiation/preview")
async def preview_renegotiation(ref: Ref, given: OfferGiven, here: Asks) -> OfferShown:
    """The schedule that new terms would give."""
    opened = await kept.opened(here.tx, here.tenant, ref, here.now)
    made = amending.renegotiation(opened, given.offer(), here.parts.holidays)
    before = opened.standing.total
    after = Money(before.currency, total_of(made.dues))
    return OfferShown(
        total_before=Amount.of(before), total_after=Amount.of(after), difference=Amount.of(after - before),
        schedule=planned(made.dues),
    )  # fmt: skip


@router.post("/{ref}/dates", response_model=ChangeShown)
async def move_dates(ref: Ref, given: DatesGiven, command: Writes) -> Response:
    """Re-age: the open dues keep their amounts and get new dates, in the rhythm of the contract."""
    act, holidays = _act(command, given.reason), command.parts.holidays
    made = await amending.reage(command.tx, command.tenant, ref, given.first_due_on, act, holidays)
    return await _changed(command, made)


@router.post("/{ref}/fees", status_code=201, response_model=ChangeShown)
async def add_fee(ref: Ref, given: FeeGiven, command: Writes) -> Response:
    """One more due."""
    act = _act(command, given.reason)
    made = await amending.add_fee(
        command.tx, command.tenant, ref, given.amount.money, given.due_on, act
    )  # fmt: skip
    return await _changed(command, made, 201)


@router.get("/{ref}/agreement", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def print_agreement(ref: Ref, here: Reads) -> Response:
    """The agreement as it was signed, or as a draft to be signed (PDF, in the driver's language)."""
    known = await queries.contract_of(here.tx, here.tenant, ref)
    signed = (await assigning.signed_as(here.tx, here.tenant, [ref])).get(ref, {})
    bike, driver = (signed.get(name, getattr(known.contract, name)) for name in ("bike_ref", "driver_ref"))
    if driver != here.who.contact and not sees_all(here):  # whoever signed it drove before
        raise NotFound("agreement", ref)
    contract = replace(known.contract, bike_ref=bike, driver_ref=driver)
    home = await tenant_of(here.tx, here.tenant)
    plan = schedule(contract.terms, lambda year: here.parts.holidays.of(home.country, year))
    data = agreement(contract, plan, known.state == "draft")
    return await _printed(here, AGREEMENT, data, contract.driver_ref, f"agreement-{ref}.pdf", ref)


@router.get(
    "/{ref}/changes/{number}/amendment", response_class=Response, responses={200: {"content": {PDF: {}}}}
)
async def print_amendment(ref: Ref, number: Number, here: Reads) -> Response:
    """What the driver signs for a change of bike, driver, terms or dates (PDF)."""
    found = await _seen(here, ref, number)
    if found.kind not in SIGNED:
        raise NotFound("amendment", f"{ref}:{number}")
    contract = (await queries.contract_of(here.tx, here.tenant, ref)).contract
    data = amendment(contract, found, await kept.schedule_after(here.tx, here.tenant, ref, number))
    name = f"amendment-{ref}-{number}.pdf"
    return await _printed(here, AMENDMENT, data, contract.driver_ref, name, ref)


async def _printed(
    here: Reading, template: str, data: dict[str, Any], driver: str, name: str, ref: str
) -> Response:
    """The words are put in at the last moment: names are in no history."""
    home = await tenant_of(here.tx, here.tenant)
    person = await contact_of(here.tx, here.tenant, driver)
    words = {**data, "sender": home.name, "name": person.full_name, "ref": ref}
    return download(name, PDF, await here.parts.typesetter.render(template, words, person.locale))


async def _seen(here: Reading, ref: str, number: int) -> Change:
    """Raises NotFound, of a change of before the reader took the contract over as well."""
    found = await kept.change_of(here.tx, here.tenant, ref, number)
    if found.changed_on < await mine_since(here, ref):
        raise NotFound("change", f"{ref}:{number}")
    return _as_told(here, found)


def _as_told(here: Reading, made: Change) -> Change:
    """A driver reads what was changed; who did it and why stays in the file, and so does who drove before."""
    if sees_all(here):
        return made
    before = {name: value for name, value in made.before.items() if name != "driver_ref"}
    return replace(made, by="", reason="", before=before)


def _place(change: Change) -> str:
    return f"{change.number:06}"


def _act(command: Command, reason: str, on: date | None = None) -> Act:
    return Act(command.now, command.actor.who, reason, on)


async def _changed(command: Command, made: Change, status: int = 200) -> Response:
    thing = f"fleet.contract:{made.contract_ref}"
    told = Result(f"fleet.contract.{made.kind}", thing, shown(made), dict(made.before))
    return await command.reply(told, status)


def shown(made: Change) -> ChangeShown:
    return ChangeShown(**{**vars(made), "before": dict(made.before), "after": dict(made.after)})


def planned(dues: Sequence[Due]) -> list[PlannedShown]:
    return [
        PlannedShown(number=one.number, due_on=one.due_on, amount=Amount.of(one.amount), kind=one.kind)
        for one in dues
    ]
