"""What would become of a contract, and what a draft book would have done to many."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, reads, writes
from api.fields import Given, Ref, Shown, examples, printable
from api.pages import Cursor, Limit, Page, begin_at, page
from database.fleet import foreseeing
from database.fleet.foreseeing import LARGEST_SAMPLE, Books
from database.shared import foresights
from database.shared.foresights import Foresight
from database.shared.rules import any_content
from domain.fleet.foresight import Assumption, Kind
from rules.library import Library

router = APIRouter(prefix="/v1/foresights", tags=["Foresight"])

Text = Annotated[str, Field(max_length=200_000)]
Name = Annotated[str, Field(max_length=80), AfterValidator(printable)]


class PaymentGiven(Given):
    on: date
    amount_minor: int = Field(gt=0, le=10**15)


class AssumptionGiven(Given):
    """What the driver pays from now on. ``as_so_far`` draws from their own past with ``seed``; ``payments``
    go with ``given``.
    """

    kind: Literal["as_so_far", "perfect", "stops", "given"] = "as_so_far"
    seed: int = Field(1, ge=0, le=2**31)
    payments: list[PaymentGiven] = Field([], max_length=1200)


class BooksGiven(Given):
    drafts: list[Text] = Field([], max_length=5, description="Texts of rule books that are not in force.")
    revisions: dict[Name, Name] = Field({}, max_length=5, description="Kept revisions, by their books.")


class ForesightGiven(BooksGiven):
    """One contract from now on. With drafts or revisions it is lived twice, side by side."""

    contract: Ref
    assumption: AssumptionGiven = AssumptionGiven()
    until_on: date | None = None

    model_config = examples({"contract": "C-0042", "assumption": {"kind": "stops"}})


class PortfolioGiven(BooksGiven):
    """A past period lived again by a sample, once under the books in force and once under the drafts."""

    begins_on: date | None = None
    until_on: date | None = None
    sample: int = Field(30, ge=1, le=LARGEST_SAMPLE)
    seed: int = Field(1, ge=0, le=2**31)

    model_config = examples(
        {
            "begins_on": "2026-07-01",
            "until_on": "2026-09-30",
            "sample": 30,
            "revisions": {"fleet/dunning": "5e0c2a91b7d4"},
        }
    )


class ForesightShown(Shown):
    """``done`` of ``total`` steps were lived; the total is 0 until it is known."""

    id: str
    kind: Literal["contract", "portfolio"]
    contract: str
    assumption: dict[str, Any]
    books: list[str] = Field(description="Books of which a draft is put beside the present one.")
    begins_on: date
    until_on: date
    sample: int
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    done: int
    total: int
    percent: int
    problem: str = Field(description="Why it failed.")
    asked_by: str
    created_at: datetime
    updated_at: datetime


class ForesightRead(ForesightShown):
    """``result`` is what was foretold, once it is done. Names of people are left out of its messages."""

    result: dict[str, Any] | None


Reads = Annotated[Reading, reads("fleet:read")]
Writes = Annotated[Command, writes("fleet:write")]


@router.post("", response_model=ForesightShown, status_code=202)
async def start_foresight(given: ForesightGiven, command: Writes) -> Response:
    """It is lived by itself; ask for it again to see how far it is. The contract itself is not touched."""
    said = given.assumption
    payments = tuple((one.on, one.amount_minor) for one in said.payments)
    assumption = Assumption(Kind(said.kind), said.seed, payments)
    books = await books_of(command, command.parts.library, given.drafts, given.revisions)
    wish = await foreseeing.of_contract(
        command.tx, command.tenant, given.contract, assumption, books, command.now, given.until_on
    )
    made = await foresights.begin(command.tx, command.tenant, command.actor, wish, command.now)
    return await command.told(shown(made), 202)


@router.post("/portfolio", response_model=ForesightShown, status_code=202)
async def start_portfolio(given: PortfolioGiven, command: Writes) -> Response:
    """What the drafts would have done: messages, calls, suspensions and money, beside what was done."""
    books = await books_of(command, command.parts.library, given.drafts, given.revisions)
    wish = await foreseeing.of_portfolio(
        command.tx, command.tenant, books, command.now, given.begins_on, given.until_on, given.sample,
        given.seed,
    )  # fmt: skip
    made = await foresights.begin(command.tx, command.tenant, command.actor, wish, command.now)
    return await command.told(shown(made), 202)


@router.get("")
async def list_foresights(
    here: Reads, limit: Limit = 50, cursor: Cursor = "",
    contract: Annotated[Ref | None, Query()] = None,
) -> Page[ForesightShown]:  # fmt: skip
    """The latest first, of one contract or of all."""
    found = await foresights.foresights_of(here.tx, here.tenant, contract or "", begin_at(cursor), limit + 1)
    return page(found, limit, shown, lambda one: (one.created_at.isoformat(), one.id))


@router.get("/{ref}")
async def read_foresight(ref: Ref, here: Reads) -> ForesightRead:
    """How far it is, and what was foretold."""
    found = await foresights.foresight_of(here.tx, here.tenant, ref)
    return ForesightRead(**vars(shown(found)), result=dict(found.result) if found.result else None)


@router.post("/{ref}/stop", response_model=ForesightShown)
async def stop_foresight(ref: Ref, command: Writes) -> Response:
    """Nothing of it is kept."""
    made = await foresights.stop(command.tx, command.tenant, command.actor, ref)
    return await command.told(shown(made))


async def books_of(
    here: Reading, library: Library, drafts: Sequence[str], revisions: Mapping[str, str]
) -> Books:
    """Checked as they would be for a publication. Raises BrokenBook, NotFound."""
    kept = [await any_content(here.tx, here.tenant, book, one) for book, one in revisions.items()]
    texts = {}
    for text in (*drafts, *kept):
        read = await asyncio.to_thread(library.check, text)
        texts[read.name] = text
    return Books(texts)


def shown(found: Foresight) -> ForesightShown:
    wish = found.wish
    return ForesightShown.model_validate(
        {
            "id": found.id, "kind": wish.kind, "contract": wish.contract, "assumption": dict(wish.assumption),
            "books": sorted(wish.books), "begins_on": wish.begins_on, "until_on": wish.until_on,
            "sample": wish.sample, "state": found.state, "done": found.done, "total": found.total,
            "percent": found.percent, "problem": found.problem, "asked_by": found.asked_by,
            "created_at": found.created_at, "updated_at": found.updated_at,
        }
    )  # fmt: skip
