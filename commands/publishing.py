"""`echeance rules publish | rollback | list`: the life of a tenant's books, from a terminal."""

from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.durable.client import DurableRules
from commands.arguments import DayInReach, Note
from commands.books import shipped_library, text_of
from commands.operator import in_folder, operator, settings_for, with_tenant
from commands.words import Voice, as_json, in_language
from database.shared import publications
from database.shared import rules as kept
from database.shared.contacts import tenant_of
from database.shared.publications import Proposal
from domain.calendar import local_date
from domain.publication import PROPOSED, Publication
from rules.engine import Book
from rules.library import Library

for_tenant = click.option("--tenant", required=True)


@click.command()
@in_folder
@for_tenant
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--on", type=DayInReach(["%Y-%m-%d"]), help="The local day from which it holds; today when left out."
)
@click.option("--note", type=Note(), default="", help="What changes and why; it stays on record.")
@in_language
@as_json
def publish(
    data: Path, tenant: str, file: Path, on: datetime | None, note: str, lang: str, machine: bool
) -> None:
    """Check FILE, keep it as a revision of TENANT and publish it, or propose it where two persons decide."""
    voice, now = Voice(lang, machine), datetime.now(UTC)
    with closing(DurableRules()) as engine:
        library: Library = voice.mend_or_fail(lambda: shipped_library(engine))
        book: Book = voice.mend_or_fail(lambda: library.check(text_of(file), file.as_posix()))

    async def do(tx: AsyncConnection) -> Publication:
        draft = kept.Draft(book.name, book.revision, book.content, book.version, note)
        await tenant_of(tx, tenant)
        await kept.add_revision(tx, tenant, operator(), draft, now)
        proposal = Proposal(book.name, book.revision, on.date() if on else None, note)
        return await publications.propose(tx, tenant, operator(), proposal, now)

    made = voice.mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))
    voice.data(vars(made))
    _tell(voice, made)


@click.command()
@in_folder
@for_tenant
@click.argument("book")
@click.option("--reason", type=Note(needed=True), required=True, help="Why; it stays on record.")
@in_language
@as_json
def rollback(data: Path, tenant: str, book: str, reason: str, lang: str, machine: bool) -> None:
    """Take the publication in force of BOOK back, at once."""
    voice, now = Voice(lang, machine), datetime.now(UTC)
    made = voice.mend_or_fail(
        lambda: with_tenant(
            settings_for(data),
            tenant,
            lambda tx: publications.roll_back(tx, tenant, operator(), book, reason, now),
        )
    )
    voice.data(vars(made))
    _tell(voice, made)


def _tell(voice: Voice, made: Publication) -> None:
    named = made.revision or voice.of("le livre livré", "the shipped book")
    if made.state == PROPOSED:
        voice.say(
            f"{made.book} : {named} proposé pour le {made.effective_on} (publication {made.id}) ; une autre "
            "personne doit l’approuver",
            f"{made.book}: {named} proposed for {made.effective_on} (publication {made.id}); another person "
            "has to approve it",
            "yellow",
        )
        return
    voice.say(
        f"{made.book} : {named} en vigueur à partir du {made.effective_on} (publication {made.id})",
        f"{made.book}: {named} in force from {made.effective_on} on (publication {made.id})",
        "green",
    )


@click.command("list")
@in_folder
@click.option("--tenant", default="", help="Whose books; the shipped ones when left out.")
@click.argument("book", default="")
@in_language
@as_json
def list_books(data: Path, tenant: str, book: str, lang: str, machine: bool) -> None:
    """The books in force and what is to come; of one BOOK, its revisions and publications."""
    voice = Voice(lang, machine)
    library: Library = voice.mend_or_fail(shipped_library)
    if not tenant:
        _books(voice, library, {}, [])
        return
    today, versions, pending, revisions, published = voice.mend_or_fail(
        lambda: with_tenant(settings_for(data), tenant, partial(_look, tenant=tenant, book=book))
    )
    if not book:
        _books(voice, library, versions, pending)
        return
    voice.mend_or_fail(lambda: library.book(book))
    voice.data(
        {
            "on": today,
            "revisions": [vars(one) for one in revisions],
            "publications": [vars(one) for one in published],
        }
    )
    voice.table(
        [
            ("révision", "revision"),
            ("version", "version"),
            ("auteur", "author"),
            ("reçue", "received"),
            ("note", "note"),
        ],
        [
            (one.revision, one.version, one.author, f"{one.created_at:%Y-%m-%d}", one.note)
            for one in revisions
        ],
    )
    _publications(voice, published)


async def _look(tx: AsyncConnection, tenant: str, book: str) -> tuple[date, Any, Any, Any, Any]:
    today = local_date(datetime.now(UTC), (await tenant_of(tx, tenant)).zone)
    versions, pending = await kept.in_force(tx, tenant, today), await publications.pending(tx, tenant, today)
    if not book:
        return today, versions, pending, [], []
    revisions = await kept.revisions_of(tx, tenant, book)
    return today, versions, pending, revisions, await publications.publications_of(tx, tenant, book)


def _books(voice: Voice, library: Library, versions: kept.Versions, pending: list[Publication]) -> None:
    rows = []
    for one in library.books():
        own = next(iter(versions.get(one.name, ())), None)
        rows.append((one, own.revision if own and own.revision else ""))
    voice.data(
        {
            "books": [
                {
                    "name": one.name,
                    "policy": one.policy,
                    "title": vars(one.title),
                    "shipped": one.revision,
                    "own": own,
                }
                for one, own in rows
            ],
            "pending": [vars(one) for one in pending],
        }
    )
    voice.table(
        [
            ("livre", "book"),
            ("titre", "title"),
            ("sorte", "kind"),
            ("en vigueur", "in force"),
            ("de qui", "whose"),
        ],
        [
            (
                one.name,
                one.title.to(voice.lang),
                one.policy,
                own or one.revision,
                voice.of("le vôtre", "your own") if own else voice.of("livré", "shipped"),
            )
            for one, own in rows
        ],
    )
    _publications(voice, pending)


def _publications(voice: Voice, found: list[Publication]) -> None:
    states = {
        "proposed": ("proposée", "proposed"),
        "approved": ("approuvée", "approved"),
        "rejected": ("refusée", "rejected"),
    }
    voice.table(
        [
            ("publication", "publication"),
            ("livre", "book"),
            ("révision", "revision"),
            ("dès le", "from"),
            ("état", "state"),
            ("par", "by"),
            ("note", "note"),
        ],
        [
            (
                one.id,
                one.book,
                one.revision or voice.of("livré", "shipped"),
                one.effective_on,
                voice.of(*states[one.state]),
                one.decided_by or one.proposed_by,
                one.note,
            )
            for one in found
        ],
    )
