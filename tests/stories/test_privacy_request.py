"""A person's request about their data, told day by day."""

from datetime import date

from database.privacy import requests
from database.privacy.requests import PROCESS, Asked
from database.privacy.subject import subject_of
from domain.platform.privacy_request import Kind, State
from tests.stories.telling import Story, Telling

RECEIVED = "alert privacy: Répondre à une demande sur des données personnelles"


async def asked(telling: Telling) -> tuple[Story, str]:
    """Received on the last of January: due on the last of February, which is a Sunday in 2032."""
    story = await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")
    await story.person("C-1", full_name="Claire Martin")
    async with story.fact("2032-01-30 10:00") as (tx, at):
        subject = await subject_of(tx, story.tenant, at.date(), "C-1")
        given = Asked(Kind.ACCESS, date(2032, 1, 31), "", "test")
        made = await requests.record(tx, subject, given, at)
    return story, made.id


async def test_nobody_forgets_a_request(telling: Telling) -> None:
    story, id = await asked(telling)
    await story.until("2032-03-15 12:00")
    assert await story.told(PROCESS, id) == [
        f"2032-01-30 10:00 {RECEIVED}",
        "2032-02-20 09:00 alert privacy: Une semaine pour répondre à une demande sur des données",
        "2032-02-27 09:00 alert privacy: Dernier jour pour répondre à une demande sur des données",
        "2032-03-01 09:00 alert operations: Demande sur des données hors délai",
    ]


async def test_an_answer_ends_the_watch(telling: Telling) -> None:
    story, id = await asked(telling)
    async with story.fact("2032-02-10 15:00") as (tx, at):
        row = await requests.open_request(tx, story.tenant, id)
        await requests.settle(tx, row, State.DONE, "test", at, "Envoyé.")
    await story.until("2032-03-15 12:00")
    assert await story.told(PROCESS, id) == [
        f"2032-01-30 10:00 {RECEIVED}", "2032-02-10 15:00 closed: answered",
    ]  # fmt: skip
