"""Maintenance contracts, and what customers answer about their renewal."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Price, Ref, Shown, Whole, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from database.maintenance import renewal
from database.maintenance.renewal import Term
from database.shared.contacts import check_opaque
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import LONGEST_NOTICE_DAYS, Answer, Level

router = APIRouter(prefix="/v1/maintenance/contracts", tags=["Maintenance"])

EXAMPLE = {
    "ref": "K-0001", "customer_ref": "CL-0001", "level": "silver", "starts_on": "2026-03-01",
    "ends_on": "2027-02-28", "notice_days": 30, "tacit": True,
    "amount": {"amount": "480.00", "currency": "EUR"},
}  # fmt: skip


class ServiceContractGiven(Given):
    """``amount`` is the price of a year; ``tacit`` contracts go on unless the customer refuses in time."""

    ref: Ref
    customer_ref: Ref
    level: Level
    starts_on: Day
    ends_on: Day
    notice_days: Whole = Field(0, ge=0, le=LONGEST_NOTICE_DAYS)
    tacit: bool = Field(False, strict=True)
    amount: Price

    model_config = examples(EXAMPLE)

    @property
    def contract(self) -> ServiceContract:
        return ServiceContract(
            self.ref, self.customer_ref, self.level, self.starts_on, self.ends_on, self.notice_days,
            self.tacit, self.amount.money,
        )  # fmt: skip


class RenewalAnswerGiven(Given):
    answer: Literal["renewed", "refused"]

    model_config = examples({"answer": "renewed"})


class RenewalAnswerOf(RenewalAnswerGiven):
    contract_ref: Ref

    model_config = examples({"contract_ref": "K-0001", "answer": "renewed"})


class ServiceContractShown(Shown):
    ref: str
    customer_ref: str
    level: Level
    starts_on: date
    ends_on: date
    notice_days: int
    tacit: bool
    amount: Amount
    state: str
    answer: Answer
    decide_by: date = Field(description="The last day on which the customer may refuse.")
    process: str = Field(examples=["maintenance.renewal:K-0001.20270228"])


Reads = Annotated[Reading, reads("maintenance:read", own="service_contract")]
Writes = Annotated[Command, writes("maintenance:write")]


async def write_contract(command: Command, given: ServiceContractGiven) -> Result:
    """What an event does as the route does."""
    await check_opaque(command.tx, command.tenant, given.ref, given.customer_ref)
    await renewal.sign(command.tx, command.tenant, given.contract, command.now)
    term = await renewal.term_of(command.tx, command.tenant, given.ref)
    return Result("maintenance.contract.signed", thing(given.ref), shown(term))


async def write_answer(command: Command, given: RenewalAnswerOf) -> Result:
    before = shown(await renewal.term_of(command.tx, command.tenant, given.contract_ref))
    by, answer = command.actor.who, Answer(given.answer)
    term = await renewal.answer(command.tx, command.tenant, given.contract_ref, answer, by, command.now)
    return Result(
        "maintenance.renewal.answered", thing(before.ref), shown(term), before.model_dump(mode="json")
    )


@router.post("", status_code=201, response_model=ServiceContractShown)
async def sign_contract(given: ServiceContractGiven, command: Writes) -> Response:
    """Enter a signed contract; its end is watched from now on."""
    return await command.reply(await write_contract(command, given), 201)


@router.post("/{ref}/answer", response_model=ServiceContractShown)
async def answer_renewal(ref: Ref, given: RenewalAnswerGiven, command: Writes) -> Response:
    """What the customer said about the present term; it is said once."""
    given_for = RenewalAnswerOf(contract_ref=ref, answer=given.answer)
    return await command.reply(await write_answer(command, given_for))


@router.get("")
async def list_contracts(
    here: Reads, state: Literal["", "active", "refused", "lapsed"] = "", customer: str = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[ServiceContractShown]:  # fmt: skip
    """In the order of their references."""
    filters = (state, customer)
    (after,) = begin_after(cursor, filters)
    terms = await renewal.terms(
        here.tx, here.tenant, after=after, limit=limit + 1, state=state, customer=customer
    )
    return page(terms, limit, shown, lambda term: (term.contract.ref,), filters)


@router.get("/{ref}")
async def read_contract(ref: Ref, here: Reads) -> ServiceContractShown:
    """A contract in its present term."""
    return shown(await renewal.term_of(here.tx, here.tenant, ref))


def shown(term: Term) -> ServiceContractShown:
    contract = term.contract
    return ServiceContractShown(
        ref=contract.ref, customer_ref=contract.customer_ref, level=contract.level,
        starts_on=contract.starts_on, ends_on=contract.ends_on, notice_days=contract.notice_days,
        tacit=contract.tacit, amount=Amount.of(contract.amount), state=term.state, answer=term.answer,
        decide_by=term.facts.decide_by, process=f"{renewal.PROCESS}:{contract.term_ref}",
    )  # fmt: skip


def thing(ref: str) -> str:
    return f"maintenance.contract:{ref}"
