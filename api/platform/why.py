"""Why something was sent, and why something was not."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api import processes
from api.commands import Reading, reads
from api.fields import Day, Shown
from api.platform.rule_shapes import Words, words
from api.why import Asked, asked_about, books_of, lexicon_of, why_not
from domain.calendar import local_date
from domain.case import Case
from domain.explanation import why
from rules.finding import Place

router = APIRouter(prefix="/v1/cases", tags=["Processes"])

Reads = Annotated[Reading, reads("processes:read")]
On = Annotated[Day | None, Query(description="A local day; today when left out.")]
Message = Annotated[
    str,
    Query(min_length=1, max_length=200, description="A template or a rule.", examples=["fleet/dunning/firm"]),
]


class Explained(Shown):
    case: str
    on: date
    sentences: list[Words]


class RulePlace(Shown):
    book: str
    revision: str
    rule: str
    line: int


class NotSent(Shown):
    """``cause`` is a word for programs, ``sent`` among them; ``rules`` are those that send the message."""

    case: str
    on: date
    message: str
    cause: str
    sentences: list[Words]
    rules: list[RulePlace]


@router.get("/{id}/why")
async def read_why(here: Reads, id: str, on: On = None) -> Explained:
    """What was decided on a day, by which rules and from which facts, what was done, and what comes next."""
    case = await processes.case_of(here, id)
    day = _day(here, case, on)
    asked = await _asked(here, case, day)
    said = why(asked.past, day, lexicon_of(await books_of(asked)))
    return Explained(case=id, on=day, sentences=[words(one) for one in said])


@router.get("/{id}/why-not")
async def read_why_not(here: Reads, id: str, message: Message, on: On = None) -> NotSent:
    """Why a message was not sent on a day, or will not be; when it was sent, when and how."""
    case = await processes.case_of(here, id)
    day = _day(here, case, on)
    found = await why_not(await _asked(here, case, day), message)
    return NotSent(
        case=id, on=day, message=message, cause=found.cause,
        sentences=[words(one) for one in found.sentences], rules=[_place(one) for one in found.places],
    )  # fmt: skip


async def _asked(here: Reading, case: Case, day: date) -> Asked:
    return await asked_about(here.tx, here.parts.library, here.parts.holidays, case, day)


def _day(here: Reading, case: Case, on: date | None) -> date:
    return on or local_date(here.now, case.zone)


def _place(one: Place) -> RulePlace:
    return RulePlace(book=one.book.name, revision=one.book.revision, rule=one.rule, line=one.line)
