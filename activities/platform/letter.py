"""Writes a letter and hands it to the provider of mail. Its link is made here, and kept nowhere."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity

from database.session import Database
from database.shared import letters, people, sign_in
from database.shared.contacts import Tenant, tenant_of
from database.shared.letters import FAILED, OWED, SENT, WITHDRAWN, Letter
from database.shared.people import ACTIVE, INVITED, Person
from domain.effects import Done
from domain.message import Answer, Channel, Envelope, Verdict
from domain.platform.letter import ACCOUNT, PAGES, WITH_LINK, Posting, is_too_late
from domain.ports import Provider, Writer

AGAIN = timedelta(minutes=1)
CALMLY = timedelta(minutes=15)


@dataclass(frozen=True)
class Draft:
    letter: Letter
    person: Person
    tenant: Tenant
    link: str


@dataclass(frozen=True)
class Letters:
    """``base`` is the public address under which people reach the console."""

    database: Database
    mail: Provider
    writer: Writer
    base: str

    @activity.defn(name="platform.letter.send")
    async def send(self, posting: Posting) -> Done:
        """``note`` is how the letter ended, once it has. A link that may not have arrived is sent anew, and
        makes the one before worthless.
        """
        draft = await self._draft(posting)
        if isinstance(draft, Done):
            return draft
        envelope = await asyncio.to_thread(self._envelope, posting, draft)
        answer = await self.mail.send(envelope)
        return await self._believe(posting, draft.letter.kind, answer)

    async def _draft(self, posting: Posting) -> Draft | Done:
        case, at = posting.case, posting.at
        async with self.database.tenant(case.tenant) as tx:
            letter = await letters.letter_of(tx, case)
            if letter.state != OWED:
                return Done(note=letter.state)
            person = await people.person_of(tx, case.tenant, letter.person)
            if person.state not in (INVITED, ACTIVE) or is_too_late(letter.kind, letter.created_at, at):
                await letters.settle(tx, case, WITHDRAWN, at, "too late, or for nobody any more")
                return Done(note=WITHDRAWN)
            await letters.attempt(tx, case)
            link = ""
            if letter.kind in WITH_LINK:
                await sign_in.withdraw_tickets(tx, case.tenant, person.id, (letter.kind,), at)
                secret = await sign_in.issue_ticket(tx, case.tenant, person.id, letter.kind, at)
                link = f"{self.base.rstrip('/')}/console/enter/{case.tenant}.{secret}"
            return Draft(letter, person, await tenant_of(tx, case.tenant), link)

    def _envelope(self, posting: Posting, draft: Draft) -> Envelope:
        data: dict[str, Any] = {
            **draft.letter.data, "name": draft.person.full_name, "sender": draft.tenant.name,
            "workspace": draft.tenant.id,
            "link": draft.link or self.base.rstrip("/") + PAGES.get(draft.letter.kind, ACCOUNT),
        }  # fmt: skip
        template = f"platform/letter/{draft.letter.kind}"
        text = self.writer.write(template, Channel.EMAIL, draft.person.locale, data)
        number = draft.letter.attempts + 1
        return Envelope(
            message_id=f"{posting.case.tenant}.{posting.case.ref}-{number}", to=draft.person.email,
            text=text.text, subject=text.subject, html=text.html,
        )  # fmt: skip

    async def _believe(self, posting: Posting, kind: str, answer: Answer) -> Done:
        """A notice whose fate is unknown may have arrived, and is not sent twice."""
        unknown = answer.verdict is Verdict.UNKNOWN
        if answer.verdict is Verdict.ACCEPTED or (unknown and kind not in WITH_LINK):
            return await self._settle(posting, SENT, "" if not unknown else "the reply was lost")
        if answer.verdict in (Verdict.REFUSED, Verdict.OPTED_OUT):
            return await self._settle(posting, FAILED, answer.code)
        wait = CALMLY if answer.verdict is Verdict.BLOCKED else AGAIN
        return Done(self._later(posting.at, answer, wait), str(answer.verdict))

    def _later(self, at: datetime, answer: Answer, wait: timedelta) -> datetime:
        return at + max(wait, timedelta(seconds=answer.retry_after or 0))

    async def _settle(self, posting: Posting, state: str, reason: str) -> Done:
        async with self.database.tenant(posting.case.tenant) as tx:
            await letters.settle(tx, posting.case, state, posting.at, reason)
        return Done(note=state)
