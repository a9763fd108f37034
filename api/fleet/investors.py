"""Contracts with investors: drafted, signed, the bikes they finance, ended."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Paragraph, Price, Ref, Shown, Whole, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import investors
from database.fleet.investors import KnownInvestor
from database.shared.contacts import check_opaque
from domain.fleet.investing import InvestorContract, InvestorKind, Share

router = APIRouter(prefix="/v1/fleet/investor-contracts", tags=["Fleet"])

State = Literal["draft", "active", "completed", "terminated"]
EXAMPLE = {
    "ref": "IC-0001", "investor_ref": "B-0001", "kind": "financing",
    "amount": {"amount": "4500000", "currency": "XAF"}, "revenue_share_bp": 4000, "signed_on": "2026-03-20",
    "ends_on": "2029-03-19", "statement_day": 5, "payout_days": 10,
}  # fmt: skip


class InvestorContractGiven(Given):
    """``revenue_share_bp`` of what the financed part of a bike brings is the investor's: 4000 is 40 %."""

    ref: Ref
    investor_ref: Ref = Field(description="A contact.")
    kind: InvestorKind
    amount: Price
    revenue_share_bp: Whole
    signed_on: Day
    ends_on: Day | None = None
    statement_day: Whole = 5
    payout_days: Whole = 10

    model_config = examples(EXAMPLE)

    def contract(self) -> InvestorContract:
        return InvestorContract(
            self.ref, self.investor_ref, self.kind, self.amount.money, self.revenue_share_bp,
            self.signed_on, self.ends_on, self.statement_day, self.payout_days,
        )  # fmt: skip


class InvestorContractShown(Shown):
    ref: str
    investor_ref: str
    kind: InvestorKind
    amount: Amount
    revenue_share_bp: int
    signed_on: date
    ends_on: date | None
    statement_day: int
    payout_days: int
    state: State
    ended_on: date | None = Field(description="The last day that counts, where it was ended.")
    process: str


class ShareGiven(Given):
    """A part of a bike from a day on, both days included: 5000 is half of it."""

    bike_ref: Ref
    share_bp: Whole
    from_on: Day
    until_on: Day | None = None

    model_config = examples({"bike_ref": "M-0001", "share_bp": 5000, "from_on": "2026-03-20"})


class ShareShown(Shown):
    contract_ref: str
    bike_ref: str
    share_bp: int
    from_on: date
    until_on: date | None


class ShareEndGiven(Given):
    bike_ref: Ref
    last_on: Day

    model_config = examples({"bike_ref": "M-0001", "last_on": "2026-09-30"})


class EndGiven(Given):
    last_on: Day
    reason: Paragraph

    model_config = examples({"last_on": "2026-09-30", "reason": "Bought out."})


class InvestorFile(Shown):
    contract: InvestorContractShown
    shares: list[ShareShown]


Reads = Annotated[Reading, reads("fleet:read", own="investor_contract")]
Writes = Annotated[Command, writes("fleet:write")]


@router.post("", status_code=201, response_model=InvestorContractShown)
async def create_investor_contract(
    given: InvestorContractGiven, command: Writes, draft: bool = False
) -> Response:
    """A signed contract brings its capital, and its months are stated from now on."""
    await check_opaque(command.tx, command.tenant, given.ref, given.investor_ref)
    await investors.create_contract(command.tx, command.tenant, given.contract(), command.now, draft)
    action = "fleet.investor.drafted" if draft else "fleet.investor.signed"
    return await command.reply(await _result(command, action, given.ref), 201)


@router.post("/{ref}/sign", response_model=InvestorContractShown)
async def sign_investor_contract(ref: Ref, command: Writes) -> Response:
    """A draft is signed."""
    before = await _before(command, ref)
    await investors.sign(command.tx, command.tenant, ref, command.now)
    return await command.reply(await _result(command, "fleet.investor.signed", ref, before))


@router.post("/{ref}/shares", status_code=201, response_model=InvestorFile)
async def finance_bike(ref: Ref, given: ShareGiven, command: Writes) -> Response:
    """A part of a bike is financed; no more than the whole of it on any day."""
    share = Share(ref, given.bike_ref, given.share_bp, given.from_on, given.until_on)
    await investors.finance(command.tx, command.tenant, share, command.now)
    made = await _file(command, ref)
    return await command.reply(Result("fleet.investor.financed", thing(ref), made), 201)


@router.post("/{ref}/shares/end", response_model=InvestorFile)
async def end_share(ref: Ref, given: ShareEndGiven, command: Writes) -> Response:
    """The running share of a bike ends with a day."""
    before = (await _file(command, ref)).model_dump(mode="json")
    await investors.end_share(command.tx, command.tenant, ref, given.bike_ref, given.last_on, command.now)
    made = await _file(command, ref)
    return await command.reply(Result("fleet.investor.share_ended", thing(ref), made, before))


@router.post("/{ref}/end", response_model=InvestorContractShown)
async def end_investor_contract(ref: Ref, given: EndGiven, command: Writes) -> Response:
    """Nothing of after that day is shared; what is owed until then is still stated and paid."""
    before = await _before(command, ref)
    await investors.end_contract(
        command.tx, command.tenant, ref, given.last_on, given.reason, command.now
    )  # fmt: skip
    return await command.reply(await _result(command, "fleet.investor.ended", ref, before))


@router.get("")
async def list_investor_contracts(
    here: Reads, state: Literal["", "draft", "active", "completed", "terminated"] = "", investor: str = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[InvestorContractShown]:  # fmt: skip
    """In the order of their references."""
    filters = (state, investor)
    (after,) = begin_after(cursor, filters)
    found = await investors.investor_contracts(
        here.tx, here.tenant, after=after, limit=limit + 1, state=state, investor=investor
    )
    return page(found, limit, shown, lambda known: (known.contract.ref,), filters)


@router.get("/{ref}")
async def read_investor_contract(ref: Ref, here: Reads) -> InvestorFile:
    """A contract with the bikes it finances, or did."""
    return await _file(here, ref)


async def _file(here: Reading, ref: str) -> InvestorFile:
    known = await investors.investor_contract_of(here.tx, here.tenant, ref)
    found = await investors.shares_of(here.tx, here.tenant, contract_ref=ref)
    return InvestorFile(contract=shown(known), shares=[_share(one) for one in found])


async def _before(command: Command, ref: str) -> InvestorContractShown:
    return shown(await investors.investor_contract_of(command.tx, command.tenant, ref))


async def _result(
    command: Command, action: str, ref: str, before: InvestorContractShown | None = None
) -> Result:
    after = await _before(command, ref)
    return Result(action, thing(ref), after, before.model_dump(mode="json") if before else None)


def thing(ref: str) -> str:
    return f"{investors.STATEMENT}:{ref}"


def shown(known: KnownInvestor) -> InvestorContractShown:
    agreed = known.contract
    return InvestorContractShown(
        ref=agreed.ref, investor_ref=agreed.investor_ref, kind=agreed.kind, amount=Amount.of(agreed.amount),
        revenue_share_bp=agreed.revenue_share_bp, signed_on=agreed.signed_on, ends_on=agreed.ends_on,
        statement_day=agreed.statement_day, payout_days=agreed.payout_days, state=known.state,
        ended_on=known.ended_on, process=thing(agreed.ref),
    )  # fmt: skip


def _share(one: Share) -> ShareShown:
    return ShareShown(
        contract_ref=one.contract_ref, bike_ref=one.bike_ref, share_bp=one.share_bp, from_on=one.from_on,
        until_on=one.until_on,
    )  # fmt: skip
