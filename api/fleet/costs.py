"""What bikes, stations, agencies and the fleet cost."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Price, ReasonGiven, Ref, Shown, examples, printable
from api.pages import Cursor, Limit, Page, begin_after, page, spoilt_cursor
from database.fleet import costs
from database.fleet.costs import KnownCost
from domain.fleet.asset import WHOLE_FLEET, Cost, CostKind, CostOf
from domain.fleet.intake import PaidBy

router = APIRouter(prefix="/v1/fleet/costs", tags=["Fleet"])

EXAMPLE = {
    "ref": "F-2026-0412", "kind": "rent", "subject_kind": "station", "subject_ref": "ST-01",
    "incurred_on": "2026-04-01", "amount": {"amount": "120000", "currency": "XAF"}, "channel": "bank",
}  # fmt: skip


class CostGiven(Given):
    """``ref`` is that of the bill: the same cost told twice is one."""

    ref: Ref
    kind: CostKind
    subject_kind: CostOf
    subject_ref: Ref = Field(WHOLE_FLEET, description="The bike, the station or the agency.")
    incurred_on: Day
    amount: Price
    channel: PaidBy = PaidBy.BANK
    note: Annotated[str, Field(max_length=200), AfterValidator(printable)] = Field(
        "", description="About the thing, not about people."
    )

    model_config = examples(EXAMPLE)

    def cost(self) -> Cost:
        return Cost(
            self.ref, self.kind, self.subject_kind, self.subject_ref, self.incurred_on, self.amount.money,
            self.channel, self.note.strip(),
        )  # fmt: skip


class CostShown(Shown):
    ref: str
    kind: CostKind
    subject_kind: CostOf
    subject_ref: str
    incurred_on: date
    amount: Amount
    channel: PaidBy
    note: str
    recorded_at: datetime
    reversed_at: datetime | None
    reversal_reason: str


Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]


@router.post("", status_code=201, response_model=CostShown)
async def record_cost(given: CostGiven, command: Writes) -> Response:
    """A bill: it is posted, and lowers the margin of what it is for."""
    await costs.record_cost(command.tx, command.tenant, given.cost(), command.now)
    made = shown(await costs.cost_of(command.tx, command.tenant, given.ref))
    return await command.reply(Result("fleet.cost.recorded", f"fleet.cost:{given.ref}", made), 201)


@router.post("/{ref}/reverse", response_model=CostShown)
async def reverse_cost(ref: Ref, given: ReasonGiven, command: Writes) -> Response:
    """Take a cost back: the opposite is posted today, and it stays on record."""
    before = shown(await costs.cost_of(command.tx, command.tenant, ref))
    await costs.reverse_cost(command.tx, command.tenant, ref, given.reason, command.now)
    made = shown(await costs.cost_of(command.tx, command.tenant, ref))
    trail = before.model_dump(mode="json")
    return await command.reply(Result("fleet.cost.reversed", f"fleet.cost:{ref}", made, trail))


@router.get("")
async def list_costs(
    here: Reads, subject_kind: CostOf | None = None, subject_ref: str = "", limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[CostShown]:  # fmt: skip
    """By day and reference."""
    filters = (subject_kind or "", subject_ref)
    on, ref = begin_after(cursor, filters, 2)
    found = await costs.costs(
        here.tx, here.tenant, of=subject_kind.value if subject_kind else "", subject_ref=subject_ref,
        after=(_day(on), ref) if ref else None, limit=limit + 1,
    )  # fmt: skip
    return page(found, limit, shown, lambda one: (one.cost.incurred_on.isoformat(), one.cost.ref), filters)


@router.get("/{ref}")
async def read_cost(ref: Ref, here: Reads) -> CostShown:
    """One cost."""
    return shown(await costs.cost_of(here.tx, here.tenant, ref))


def shown(known: KnownCost) -> CostShown:
    one = known.cost
    return CostShown(
        ref=one.ref, kind=one.kind, subject_kind=one.of, subject_ref=one.subject_ref,
        incurred_on=one.incurred_on, amount=Amount.of(one.amount), channel=one.channel, note=one.note,
        recorded_at=known.recorded_at, reversed_at=known.reversed_at, reversal_reason=known.reversal_reason,
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise spoilt_cursor() from None
