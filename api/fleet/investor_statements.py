"""What investors are told and paid: statements, the figures of an investment, payouts."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Price, ReasonGiven, Ref, Shown, examples
from api.fleet.figure_shapes import ExpectedShown, MonthGiven, Said, expected_shown, fraction, said
from api.fleet.investors import Reads, thing
from api.pages import Cursor, Limit, Page, begin_after, page, spoilt_cursor
from database.fleet import investors, payouts, statements
from database.fleet.investments import Performance, performance
from database.fleet.payouts import KnownPayout
from database.fleet.statements import Line, Statement
from database.shared import effects, ownership
from database.shared.contacts import tenant_of
from domain.calendar import local_date
from domain.fleet.intake import PaidBy
from domain.fleet.investing import Payout, PayoutKind

router = APIRouter(prefix="/v1/fleet", tags=["Fleet"])

OF_CONTRACT = "/investor-contracts/{ref}"
EXAMPLE = {
    "ref": "V-0001", "contract_ref": "IC-0001", "kind": "share",
    "amount": {"amount": "125000", "currency": "XAF"}, "paid_on": "2026-04-15", "channel": "bank",
}  # fmt: skip


class LineShown(Shown):
    """``earlier`` is the part of ``collected`` that belongs to months stated before."""

    bike_ref: str
    share_bp: int
    collected: Amount
    earlier: Amount
    share: Amount


class StatementShown(Shown):
    """``payable`` = ``before`` + ``share`` - ``paid``."""

    contract_ref: str
    month_on: date
    bikes: int
    collected: Amount
    share: Amount
    before: Amount
    paid: Amount
    payable: Amount
    due_on: date
    closed_at: datetime


class StatementFile(Shown):
    statement: StatementShown
    lines: list[LineShown]
    file_id: str = Field(description="Its PDF, under /v1/files; empty until it is issued.")


class LateShown(Shown):
    bucket: str
    contracts: int
    arrears: Amount


class PerformanceShown(Shown):
    """Yields and ``paid_back`` are fractions: 0.125 is 12.5 %; null where no rate is defined."""

    contract_ref: str
    on: date
    invested: Amount
    collected: Amount
    earned: Amount
    paid: Amount
    returned: Amount
    owed: Amount
    accruing: Amount
    yield_to_date: str | None
    expected_yield: str | None
    paid_back: str | None
    paid_back_on: date | None
    expected_pay_back_on: date | None
    expected: list[ExpectedShown]
    late: list[LateShown]
    method: Said = Field(description="How the forecast is made.")
    yield_method: Said


class PayoutGiven(Given):
    """Money paid to an investor: of their ``share``, or ``capital`` given back. No more than is owed."""

    ref: Ref
    contract_ref: Ref
    kind: PayoutKind = PayoutKind.SHARE
    amount: Price
    paid_on: Day
    channel: PaidBy = PaidBy.BANK

    model_config = examples(EXAMPLE)

    def payout(self) -> Payout:
        return Payout(self.ref, self.contract_ref, self.kind, self.amount.money, self.paid_on, self.channel)


class PayoutShown(Shown):
    ref: str
    contract_ref: str
    kind: PayoutKind
    amount: Amount
    paid_on: date
    channel: PaidBy
    recorded_at: datetime
    reversed_at: datetime | None
    reversal_reason: str


ReadsPayout = Annotated[Reading, reads("fleet:read", own="payout")]
Writes = Annotated[Command, writes("fleet:write")]


@router.get(f"{OF_CONTRACT}/statements")
async def list_statements(
    ref: Ref, here: Reads, limit: Limit = 50, cursor: Cursor = ""
) -> Page[StatementShown]:  # fmt: skip
    """The latest first."""
    (before,) = begin_after(cursor, (ref,))
    await investors.investor_contract_of(here.tx, here.tenant, ref)
    found = await statements.statements_of(
        here.tx, here.tenant, ref, before=_day(before) if before else date.max, limit=limit + 1
    )
    return page(found, limit, statement_shown, lambda one: (one.month_on.isoformat(),), (ref,))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise spoilt_cursor() from None


@router.get(f"{OF_CONTRACT}/statements/{{month}}")
async def read_statement(ref: Ref, month: MonthGiven, here: Reads) -> StatementFile:
    """A month (`2026-03`) with each bike, and its document."""
    await investors.investor_contract_of(here.tx, here.tenant, ref)
    found, lines = await statements.statement_of(here.tx, here.tenant, ref, month)
    await ownership.narrow(here.tx, "")  # it is theirs; the record of documents is nobody's own
    document = await effects.document_of(here.tx, here.tenant, found.document)
    return StatementFile(
        statement=statement_shown(found), lines=[line_shown(one) for one in lines],
        file_id=document.file_id if document else "",
    )  # fmt: skip


@router.get(f"{OF_CONTRACT}/performance")
async def read_performance(ref: Ref, here: Reads) -> PerformanceShown:
    """What was put in, earned and paid, yield and pay-back, and what the coming months should bring."""
    known = await investors.investor_contract_of(here.tx, here.tenant, ref)
    await ownership.narrow(here.tx, "")  # sums over what drivers owe, of whom nothing is shown
    today = local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)
    return performance_shown(await performance(here.tx, here.tenant, known, today))


@router.post("/payouts", status_code=201, response_model=PayoutShown)
async def pay_out(given: PayoutGiven, command: Writes) -> Response:
    """An investor was paid; the same payout told twice is one."""
    await payouts.pay_out(command.tx, command.tenant, given.payout(), command.now, command.actor.who)
    known = payout_shown(await payouts.payout_of(command.tx, command.tenant, given.ref))
    return await command.reply(Result("fleet.payout.recorded", thing(given.contract_ref), known), 201)


@router.post("/payouts/{ref}/reverse", response_model=PayoutShown)
async def reverse_payout(ref: Ref, given: ReasonGiven, command: Writes) -> Response:
    """It did not arrive, or was a slip: it is owed again."""
    before = payout_shown(await payouts.payout_of(command.tx, command.tenant, ref))
    await payouts.reverse_payout(command.tx, command.tenant, ref, given.reason, command.now)
    known = payout_shown(await payouts.payout_of(command.tx, command.tenant, ref))
    result = Result("fleet.payout.reversed", thing(known.contract_ref), known, before.model_dump(mode="json"))
    return await command.reply(result)


@router.get("/payouts")
async def list_payouts(
    here: Reads, contract: Annotated[str, Query(max_length=64)] = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[PayoutShown]:
    """In the order of their references."""
    (after,) = begin_after(cursor, (contract,))
    found = await payouts.payouts_of(
        here.tx, here.tenant, contract_ref=contract, after=after, limit=limit + 1
    )  # fmt: skip
    return page(found, limit, payout_shown, lambda known: (known.payout.ref,), (contract,))


@router.get("/payouts/{ref}")
async def read_payout(ref: Ref, here: ReadsPayout) -> PayoutShown:
    """One payout."""
    return payout_shown(await payouts.payout_of(here.tx, here.tenant, ref))


def statement_shown(one: Statement) -> StatementShown:
    return StatementShown(
        contract_ref=one.contract_ref, month_on=one.month_on, bikes=one.bikes,
        collected=Amount.of(one.collected), share=Amount.of(one.share), before=Amount.of(one.before),
        paid=Amount.of(one.paid), payable=Amount.of(one.payable), due_on=one.due_on, closed_at=one.closed_at,
    )  # fmt: skip


def line_shown(one: Line) -> LineShown:
    return LineShown(
        bike_ref=one.bike_ref, share_bp=one.share_bp, collected=Amount.of(one.collected),
        earlier=Amount.of(one.earlier), share=Amount.of(one.share),
    )  # fmt: skip


def performance_shown(found: Performance) -> PerformanceShown:
    names = ("invested", "collected", "earned", "paid", "returned", "owed", "accruing")
    amounts = {name: Amount.of(getattr(found, name)) for name in names}
    late = [LateShown(bucket=one.bucket, contracts=one.contracts, arrears=Amount.of(one.arrears))
            for one in found.late]  # fmt: skip
    return PerformanceShown(
        contract_ref=found.contract_ref, on=found.on, yield_to_date=fraction(found.yield_to_date),
        expected_yield=fraction(found.expected_yield), paid_back=fraction(found.paid_back),
        paid_back_on=found.paid_back_on, expected_pay_back_on=found.expected_pay_back_on,
        expected=[expected_shown(one) for one in found.expected], late=late, method=said(found.method),
        yield_method=said(found.yield_method), **amounts,
    )  # fmt: skip


def payout_shown(known: KnownPayout) -> PayoutShown:
    one = known.payout
    return PayoutShown(
        ref=one.ref, contract_ref=one.contract_ref, kind=one.kind, amount=Amount.of(one.amount),
        paid_on=one.paid_on, channel=one.channel, recorded_at=known.recorded_at,
        reversed_at=known.reversed_at, reversal_reason=known.reversal_reason,
    )  # fmt: skip
