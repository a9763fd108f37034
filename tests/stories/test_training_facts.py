"""Facts of the training business: written once, refused with a sentence when they cannot be."""

from dataclasses import replace
from datetime import date

import pytest

from database.shared import ledger
from database.training import clients, fund_call, projects, sessions
from domain.errors import BadInput, Conflict, NotFound
from domain.money import Money
from domain.training.client import Client
from domain.training.fund_call_answer import Answer
from domain.training.project import Session, Training
from tests.stories.telling import Story, Telling
from tests.stories.test_fund_call import begun, eur

DAY = date(2031, 9, 15)
LINES = (
    Training(1, "Sécurité", "Forma", eur(1_000), 2000),
    Training(2, "Anglais", "Lingua", Money("EUR", 333_33), 0),
    Training(3, "Accueil", "Maison", eur(0), 0),
)
SESSION = Session("S-1", DAY, "Lyon", LINES)


async def balances(story: Story) -> dict[str, int]:
    accounts = (projects.COSTS, sessions.VAT, sessions.PROVIDERS)
    async with story.telling.database.tenant(story.tenant) as tx:
        found = [await ledger.balance(tx, story.tenant, one, "P-1", "EUR") for one in accounts]
    return {account: money.minor for account, money in zip(accounts, found, strict=True)}


async def test_a_session_is_posted_training_by_training_and_taken_back_likewise(telling: Telling) -> None:
    story = await begun(telling)
    async with story.fact("2031-09-10 11:00") as (tx, at):
        assert await sessions.record_session(tx, story.tenant, "P-1", SESSION, at)
        assert not await sessions.record_session(tx, story.tenant, "P-1", SESSION, at)
    assert await balances(story) == {
        "training_costs": 1_333_33, "input_vat": 200_00, "provider_payable": -1_533_33,
    }  # fmt: skip
    async with story.fact("2031-09-11 11:00") as (tx, at):
        assert await sessions.cancel_training(tx, story.tenant, "S-1", 1, "formateur malade", at)
        assert await sessions.cancel_training(tx, story.tenant, "S-1", 3, "formateur malade", at)
        assert not await sessions.cancel_training(tx, story.tenant, "S-1", 1, "formateur malade", at)
        where = await projects.position_of(tx, story.tenant, "P-1")
        assert (await sessions.session_of(tx, story.tenant, "S-1")).cancelled == {1, 3}
    assert await balances(story) == {
        "training_costs": 333_33,
        "input_vat": 0,
        "provider_payable": -333_33,
    }
    assert (where.consumed, where.left) == (Money("EUR", 333_33), Money("EUR", 9_666_67))


async def test_what_is_known_already_is_said(telling: Telling) -> None:
    story = await begun(telling)
    tenant = story.tenant
    async with telling.database.tenant(tenant) as tx:
        at = story.instant("2031-09-10 11:00")
        client = await clients.client_of(tx, tenant, "CL-1")
        known = (await projects.project_of(tx, tenant, "P-1")).project
        assert not await clients.create_client(tx, tenant, client)
        assert not await projects.create_project(tx, tenant, known, at)
        await sessions.record_session(tx, tenant, "P-1", SESSION, at)
        with pytest.raises(Conflict, match="the SIREN 732829320 is that of the client CL-1 already"):
            await clients.create_client(tx, tenant, replace(client, ref="CL-2"))
        with pytest.raises(Conflict, match="the client CL-1 exists already with other details"):
            await clients.create_client(tx, tenant, replace(client, name="Autre"))
        with pytest.raises(Conflict, match="the project P-1 exists already with other details"):
            await projects.create_project(tx, tenant, replace(known, recipients=()), at)
        with pytest.raises(Conflict, match="the session S-1 exists already with other details"):
            await sessions.record_session(tx, tenant, "P-1", replace(SESSION, place="Paris"), at)


async def test_what_is_unknown_is_named(telling: Telling) -> None:
    story = await begun(telling)
    tenant = story.tenant
    async with telling.database.tenant(tenant) as tx:
        at = story.instant("2031-09-10 11:00")
        known = (await projects.project_of(tx, tenant, "P-1")).project
        with pytest.raises(NotFound, match="contact"):
            await clients.create_client(tx, tenant, Client("CL-2", "B", "552100554", "", "", "C-9"))
        with pytest.raises(NotFound, match="training client"):
            await projects.create_project(tx, tenant, replace(known, ref="P-2", client_ref="CL-9"), at)
        with pytest.raises(NotFound, match="project"):
            await sessions.record_session(tx, tenant, "P-9", SESSION, at)
        with pytest.raises(NotFound, match="session"):
            await sessions.cancel_training(tx, tenant, "S-9", 1, "erreur", at)
        with pytest.raises(NotFound, match="fund call"):
            await fund_call.answer_call(tx, tenant, "P-1", None, Answer.APPROVED, None, "link:C-1", at)
        wrong = Session("S-2", DAY, "", (Training(1, "X", "Y", Money("XAF", 5), 0),))
        with pytest.raises(BadInput, match="XAF is not the project's"):
            await sessions.record_session(tx, tenant, "P-1", wrong, at)
        with pytest.raises(BadInput, match=r"amount: 0\.00 is out of range"):
            await fund_call.request_call(tx, tenant, "P-1", eur(0), "", "key:1", at)


async def test_a_closed_project_takes_nothing_more(telling: Telling) -> None:
    story = await begun(telling)
    async with story.fact("2031-09-10 11:00") as (tx, at):
        await sessions.record_session(tx, story.tenant, "P-1", SESSION, at)
        assert await projects.close_project(tx, story.tenant, "P-1", at)
        assert not await projects.close_project(tx, story.tenant, "P-1", at)
    sentence = "the project P-1 was closed on 2031-09-10"
    with pytest.raises(Conflict, match=sentence):
        async with story.fact("2031-09-11 11:00") as (tx, at):
            await sessions.record_session(tx, story.tenant, "P-1", replace(SESSION, ref="S-2"), at)
    with pytest.raises(Conflict, match=sentence):
        async with story.fact("2031-09-12 11:00") as (tx, at):
            await sessions.cancel_training(tx, story.tenant, "S-1", 1, "annulée", at)
    with pytest.raises(Conflict, match=sentence):
        async with story.fact("2031-09-13 11:00") as (tx, at):
            await fund_call.request_call(tx, story.tenant, "P-1", eur(100), "", "key:1", at)
    assert await balances(story) == {
        "training_costs": 1_333_33, "input_vat": 200_00, "provider_payable": -1_533_33,
    }  # fmt: skip
