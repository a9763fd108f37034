"""What a tenant publishes: at once or from a day on, approved by a second person, rolled back in one step."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Command, Reading, reads, writes
from api.fields import Given, Paragraph, ReasonGiven, RuleDay, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from api.platform import rule_shapes as shapes
from api.platform.rule_shapes import PublicationShown
from api.platform.rules import Domain, Name, name_of
from database.shared import publications, rules
from database.shared.publications import Proposal

router = APIRouter(prefix="/v1/rules", tags=["Rules"])

Reads = Annotated[Reading, reads("rules:read")]
Writes = Annotated[Command, writes("rules:write", fresh=True)]
Approves = Annotated[Command, writes("rules:approve", fresh=True)]
Book = Annotated[str, Query(max_length=81, pattern=r"^[a-z0-9_/]*$", examples=["fleet/dunning"])]


class PublicationGiven(Given):
    revision: Annotated[str, Field(pattern=r"^([0-9a-f]{12})?$")] = Field(
        description="One that was sent before. Empty: back to the shipped book."
    )
    effective_on: RuleDay | None = Field(None, description="A local day; today when left out.")
    note: Paragraph = Field("No note.", description="Why; it stays on record.")

    model_config = examples(
        {"revision": "5e0c2a91b7d4", "effective_on": "2026-04-01", "note": "Two days more before the notice."}
    )


@router.get("/publications")
async def list_publications(
    here: Reads, book: Book = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[PublicationShown]:
    """The latest first; of one book, or of all."""
    (before,) = begin_after(cursor, (book,))
    number = int(before) if before.isdecimal() else 0
    rows = await publications.publications_of(here.tx, here.tenant, book, number, limit + 1)
    return page(rows, limit, shapes.publication, lambda one: (str(one.id),), (book,))


@router.post(
    "/{domain}/{book}/publications", response_model=PublicationShown, status_code=201, responses=shapes.BROKEN
)
async def publish(domain: Domain, book: Name, given: PublicationGiven, command: Writes) -> Response:
    """In force from its day on, everywhere at the next decision; open cases that use the book look again.

    Where the tenant asks for a second person it is proposed, and waits for the approval. It is checked anew.
    """
    name = name_of(command, domain, book)
    if given.revision:
        text = await rules.revision_content(command.tx, command.tenant, name, given.revision)
        await asyncio.to_thread(command.parts.library.check, text, f"{name}@{given.revision}.yaml")
    proposal = Proposal(name, given.revision, given.effective_on, given.note)
    made = await publications.propose(command.tx, command.tenant, command.actor, proposal, command.now)
    return await command.told(shapes.publication(made), 201)


@router.post("/publications/{id}/approve", response_model=PublicationShown)
async def approve(id: int, command: Approves) -> Response:
    """By another person than who proposed it, where the tenant asks for that. Keys of nobody are one person.

    What is approved after its day comes into force on the day of the approval.
    """
    made = await publications.approve(command.tx, command.tenant, command.actor, id, command.now)
    return await command.told(shapes.publication(made))


@router.post("/publications/{id}/reject", response_model=PublicationShown)
async def reject(id: int, given: ReasonGiven, command: Approves) -> Response:
    """It never comes into force."""
    made = await publications.reject(command.tx, command.tenant, command.actor, id, given.reason, command.now)
    return await command.told(shapes.publication(made))


@router.post("/{domain}/{book}/rollback", response_model=PublicationShown)
async def roll_back(domain: Domain, book: Name, given: ReasonGiven, command: Writes) -> Response:
    """At once to what was in force before the present publication, in the end to the shipped book.

    No second person is asked: what it goes back to was approved when it was published.
    """
    name = name_of(command, domain, book)
    made = await publications.roll_back(
        command.tx, command.tenant, command.actor, name, given.reason, command.now
    )
    return await command.told(shapes.publication(made))
