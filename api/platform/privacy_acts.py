"""What a request of a person sets in motion."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from api.commands import Reading
from api.platform.contacts import e164
from database.privacy import correction
from database.privacy.erasure import erase
from database.privacy.export import Exporter
from database.privacy.requests import PROCESS
from database.privacy.subject import Subject, hold, subject_of
from database.shared import letters, people, sessions, sign_in
from database.shared.contacts import Contact, contact_of, hold_living, save_contact, tenant_of
from database.shared.people import Person
from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from domain.file import NewFile
from domain.platform.privacy_request import Kind, State
from domain.platform.retention import Category

ANSWERED_BY_WORDS = (Kind.OBJECTION, Kind.CORRECTION, Kind.ACCESS, Kind.PORTABILITY)
"""An erasure is carried out or refused; nobody just says so."""


@dataclass(frozen=True)
class Done:
    answer: str = ""
    result: dict[str, Any] | None = None
    file_id: str | None = None
    state: State = State.DONE


async def export(command: Reading, row: Row[Any]) -> Done:
    """The archive is a sealed file under the person's own key: it goes with them."""
    parts, (subject, _) = command.parts, await _asked_by(command, row)
    firm = (await tenant_of(command.tx, command.tenant)).name
    exporter = Exporter(parts.keyring, parts.files)
    content = await exporter.archive(command.tx, subject, firm, command.now)
    new = NewFile(
        f"{row.id}.zip", "application/zip", content, PROCESS, row.id, Category.EXPORT, command.actor.who,
        command.now, subject.key,
    )  # fmt: skip
    kept = await parts.files.keep(command.tx, command.tenant, new)
    return Done(result={"bytes": kept.size}, file_id=kept.id)


async def erase_all(command: Reading, row: Row[Any]) -> Done:
    parts, (subject, today) = command.parts, await _asked_by(command, row)
    done = await erase(command.tx, parts.keyring, parts.files, subject, command.now, today)
    kept = [{**vars(one), "until": one.until.isoformat()} for one in done.kept]
    return Done(result={"rows": dict(done.rows), "keys": done.keys, "files": done.files, "kept": kept})


async def correct_all(command: Reading, row: Row[Any], values: dict[str, str]) -> Done:
    if not values:
        raise BadInput(Mistake("full_name", "nothing to correct", "give what is to be corrected"))
    subject, _ = await _asked_by(command, row)
    await hold(command.tx, subject)
    for ref in subject.contacts:
        await _correct_contact(command, ref, values)
    for id in subject.persons:
        await _correct_person(command, id, values)
    return Done(result={"corrected": sorted(values)})


async def _correct_contact(command: Reading, ref: str, values: dict[str, str]) -> None:
    before = await contact_of(command.tx, command.tenant, ref)
    await hold_living(command.tx, command.tenant, ref)
    given = dict(values)
    if "phone" in given:
        country = (await tenant_of(command.tx, command.tenant)).country
        given["phone"] = e164(given["phone"], country)
    after = Contact(**{**vars(before), **given})
    await save_contact(command.tx, command.tenant, after)
    await correction.correct(command.tx, command.tenant, before, after)


async def _correct_person(command: Reading, id: str, values: dict[str, str]) -> None:
    """Whoever reads the old address is signed out, and an invitation that went there goes to the new one."""
    before: Person = await people.person_of(command.tx, command.tenant, id)
    given = {name: values[name] for name in ("full_name", "email", "locale") if name in values}
    if given:
        after = await people.correct(command.tx, command.tenant, id, **given)
        if after.email.lower() != before.email.lower():
            await sessions.revoke_all(command.tx, command.tenant, id, command.now)
            await sign_in.withdraw_tickets(command.tx, command.tenant, id, ("invitation",), command.now)
            if after.state == people.INVITED:
                await letters.owe_letter(command.tx, command.tenant, id, "invitation", command.now)


async def _asked_by(command: Reading, row: Row[Any]) -> tuple[Subject, date]:
    today = local_date(command.now, (await tenant_of(command.tx, command.tenant)).zone)
    subject = await subject_of(
        command.tx, command.tenant, today, row.contact_ref or "", row.person_id or ""
    )  # fmt: skip
    return subject, today
