"""Letters to people who sign in, on the real engine, by the provider's twin."""

import re
from datetime import datetime

from sqlalchemy import select

from database.shared import letters, people, sign_in
from database.shared.people import Invited, Person
from database.shared.sign_in_tables import letter, sign_in_ticket
from domain.case import Case
from tests.stories.telling import Story, Telling

LINK = re.compile(r"https://echeance\.example/console/enter/(?P<tenant>[a-z0-9-]+)\.(?P<secret>[\w-]{43})")


async def told(telling: Telling) -> Story:
    return await telling.begin("duret", zone="Europe/Paris", country="FR", currency="EUR")


async def invited(story: Story, state: str = people.INVITED, local: str = "2032-03-01 09:00") -> Person:
    async with story.fact(local) as (tx, _):
        who = Invited(f"paul-{story.tenant}@example.org", "Paul Étoa", frozenset({"operator"}))
        return await people.invite(tx, story.tenant, who, "test", state)


async def owed(story: Story, person: Person, kind: str, local: str) -> str:
    async with story.fact(local) as (tx, at):
        return await letters.owe_letter(tx, story.tenant, person.id, kind, at)


async def mails(story: Story, person: Person) -> list[str]:
    return [one["text"] for one in await story.telling.twin.messages(to=person.email)]


async def states(story: Story) -> list[tuple[str, str, int]]:
    async with story.telling.database.tenant(story.tenant) as tx:
        rows = await tx.execute(select(letter).order_by(letter.c.created_at))
        return [(row.kind, row.state, row.attempts) for row in rows]


async def takes(story: Story, secret: str, at: datetime) -> bool:
    async with story.telling.database.tenant(story.tenant) as tx:
        return (
            await sign_in.take_ticket(tx, story.tenant, secret, ("invitation", "magic_link"), at) is not None
        )


async def test_an_invitation_carries_a_link_that_is_good_once_and_kept_nowhere(telling: Telling) -> None:
    story = await told(telling)
    paul = await invited(story)
    id = await owed(story, paul, "invitation", "2032-03-01 10:00")
    assert await states(story) == [("invitation", "sent", 1)]
    [mail] = await mails(story, paul)
    link = LINK.search(mail)
    assert link is not None
    assert link["tenant"] == story.tenant
    async with telling.database.tenant(story.tenant) as tx:
        rows = [*await tx.execute(select(sign_in_ticket)), *await tx.execute(select(letter))]
    assert link["secret"] not in repr(rows)
    case = Case(story.tenant, "platform.letter", id, story.zone)
    handle = telling.simulation.client.get_workflow_handle(case.workflow_id)
    assert link["secret"] not in (await handle.fetch_history()).to_json()
    assert await takes(story, link["secret"], story.instant("2032-03-07 10:00"))
    assert not await takes(story, link["secret"], story.instant("2032-03-07 10:00"))


async def test_a_link_is_worthless_after_a_quarter_of_an_hour_or_when_a_newer_one_is_out(
    telling: Telling,
) -> None:
    story = await told(telling)
    paul = await invited(story, people.ACTIVE)
    for minute in ("10:00", "10:05"):
        await owed(story, paul, "magic_link", f"2032-03-01 {minute}")
    secrets = [match["secret"] for text in await mails(story, paul) if (match := LINK.search(text))]
    at = story.instant("2032-03-01 10:07")
    taken = [await takes(story, secret, at) for secret in secrets]
    assert sorted(taken) == [False, True]
    await owed(story, paul, "magic_link", "2032-03-01 11:00")
    new = [LINK.search(text) for text in await mails(story, paul)]
    [last] = {match["secret"] for match in new if match} - set(secrets)
    assert not await takes(story, last, story.instant("2032-03-01 11:16"))


async def test_a_silent_provider_is_tried_again_until_the_link_is_not_worth_it(telling: Telling) -> None:
    story = await told(telling)
    paul = await invited(story, people.ACTIVE)
    await telling.twin.order(channel="email", plan=["429", "429", "429"])
    await owed(story, paul, "magic_link", "2032-03-01 10:00")
    await story.until("2032-03-01 10:10")
    assert await states(story) == [("magic_link", "sent", 4)]
    assert len(await mails(story, paul)) == 1


async def test_who_was_suspended_meanwhile_gets_nothing(telling: Telling) -> None:
    story = await told(telling)
    paul = await invited(story, people.SUSPENDED)
    await owed(story, paul, "new_sign_in", "2032-03-01 10:00")
    assert await states(story) == [("new_sign_in", "withdrawn", 0)]
    assert await mails(story, paul) == []
