"""A decision of the past taken again under its own revision."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from sqlalchemy import Row

from api.commands import Reading, reads
from api.fields import Shown
from api.platform.rulings import RulingShown, ruling
from database.shared import replays
from database.shared import rules as kept
from database.shared.contacts import Tenant, tenant_of
from domain.access import hidden_from, is_hidden
from domain.errors import Conflict, NotFound
from rules.asking import question
from rules.engine import Book
from rules.errors import BrokenBook, FactsRefused
from rules.replay import Recorded, Replay, recorded, replay, revision
from rules.ruling import Question

router = APIRouter(prefix="/v1/decisions", tags=["Rules"])

Reads = Annotated[Reading, reads("rules:read")]


class Taken(Shown):
    stage: str
    closes: str
    steps: tuple[str, ...]


class ReplayShown(Shown):
    """``same`` says whether the decision comes out as it was recorded; ``differences`` name what does not.

    ``own_steps`` follow from the facts alone: the process wanted them, no book did.
    """

    decision: int
    process: str
    ref: str
    decided_at: datetime
    same: bool
    differences: tuple[str, ...]
    recorded: Taken
    again: Taken
    own_steps: tuple[str, ...]
    rulings: tuple[RulingShown, ...]


@router.get("/{id}/replay")
async def read_replay(here: Reads, id: int) -> ReplayShown:
    """A recorded decision taken again from its own facts under its own revision, years later if need be."""
    row = await replays.decision_of(here.tx, here.tenant, id)
    if is_hidden(row.process, hidden_from(here.who)):
        raise NotFound("decision", str(id))
    past = recorded(dict(row._mapping))
    books = [await revision_of(here, name, hash) for name, hash in past.books]
    put = await _question(here, await tenant_of(here.tx, here.tenant), row)
    try:
        again = await asyncio.to_thread(replay, past, books, put)
    except FactsRefused as refused:
        raise Conflict(f"the decision {id} cannot be taken again: {refused}") from None
    return _replay(row, past, books, again)


async def _question(here: Reading, firm: Tenant, row: Row[Any]) -> Question:
    done = await replays.done_before(here.tx, row)
    prefix = f"{row.process}:{row.ref}"
    return question(prefix, row.decided_at, firm.zone, firm.country, here.parts.holidays, done)


async def revision_of(here: Reading, name: str, hash: str) -> Book:
    text = await kept.any_content(here.tx, here.tenant, name, hash)
    try:
        return await asyncio.to_thread(revision, name, text, here.parts.library.matcher)
    except BrokenBook as broken:
        raise Conflict(f"the revision {name}@{hash} can no longer be read: {broken.errors[0].en}") from None


def _replay(row: Row[Any], past: Recorded, books: list[Book], again: Replay) -> ReplayShown:
    rulings = tuple(ruling(book, said) for book, said in zip(books, again.rulings, strict=True))
    return ReplayShown(
        decision=row.id, process=row.process, ref=row.ref, decided_at=row.decided_at,
        same=not again.differences, differences=again.differences,
        recorded=Taken(stage=past.stage, closes=past.closes, steps=past.steps),
        again=Taken(stage=again.stage, closes=again.closes, steps=again.steps),
        own_steps=again.own, rulings=rulings,
    )  # fmt: skip
