"""Answers that come at the same moment, or while a term is being ended."""

import asyncio
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import insert

from database.maintenance import renewal
from database.maintenance.renewal import Term
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.tables import tenant
from domain.case import Case
from domain.errors import Conflict
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Answer, Level
from domain.money import Money

AT = datetime(2031, 6, 1, 9, tzinfo=UTC)
TERM, ENDS_ON = "K-1.20311231", date(2031, 12, 31)


@pytest.fixture
async def firm(database: Database, owner: Database) -> str:
    name = f"lifts-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    begins, price = date(2031, 1, 1), Money("EUR", 480_00)
    async with database.tenant(name) as tx:
        await save_contact(tx, name, Contact("CL-1", "Claire", "c@example.org", None, "fr"))
        contract = ServiceContract("K-1", "CL-1", Level.GOLD, begins, ENDS_ON, 30, True, price)
        await renewal.sign(tx, name, contract, AT)
    return name


async def give(database: Database, firm: str, answer: Answer, ref: str = TERM) -> Answer | Conflict:
    try:
        async with database.tenant(firm) as tx:
            return (await renewal.answer(tx, firm, ref, answer, "link:CL-1", AT)).answer
    except Conflict as late:
        return late


async def end(database: Database, firm: str, outcome: str) -> Term:
    async with database.tenant(firm) as tx:
        await renewal.end_term(tx, Case(firm, renewal.PROCESS, TERM, "Europe/Paris"), outcome, AT)
    async with database.tenant(firm) as tx:
        return await renewal.term_of(tx, firm, "K-1")


async def test_a_button_pressed_many_times_answers_once(database: Database, firm: str) -> None:
    given = await asyncio.gather(*(give(database, firm, Answer.RENEWED) for _ in range(5)))
    assert set(given) == {Answer.RENEWED}


async def test_of_two_different_answers_at_once_one_is_too_late(database: Database, firm: str) -> None:
    answers = (Answer.RENEWED, Answer.REFUSED) * 3
    given = await asyncio.gather(*(give(database, firm, answer) for answer in answers))
    assert len([one for one in given if isinstance(one, Conflict)]) == 3


@pytest.mark.parametrize(
    ("answer", "outcome", "state", "year"),
    [(Answer.REFUSED, "renewed_tacitly", "refused", 2031), (Answer.RENEWED, "lapsed", "active", 2032)],
)
async def test_an_answer_given_while_the_term_is_ended_prevails(
    database: Database, firm: str, answer: Answer, outcome: str, state: str, year: int
) -> None:
    """The review had not seen it yet when it concluded."""
    await give(database, firm, answer)
    term = await end(database, firm, outcome)
    assert (term.state, term.contract.ends_on.year) == (state, year)


async def test_a_link_of_a_term_that_is_over_answers_for_no_other(database: Database, firm: str) -> None:
    await end(database, firm, "renewed_tacitly")
    assert isinstance(await give(database, firm, Answer.REFUSED), Conflict)
