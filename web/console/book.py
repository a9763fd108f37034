"""One rule book: what is in force, what was written, tried and published, and what comes into force when."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from api.books import TenantBooks, books_of
from database.shared import publications, rules, trials
from database.shared.audit_search import names_of
from database.shared.publications import Proposal
from domain.errors import BadInput, Conflict, Mistake
from domain.publication import Publication
from rules.diff import changes, text_diff
from rules.engine import Book
from rules.errors import BrokenBook
from rules.example_outcomes import Outcome, outcomes
from rules.fitness import EARLIEST, LATEST
from web.console.visit import Visit, goes_to, refused, text_of

FEW = 20
IN_FORCE, SHIPPED = "in_force", "shipped"


@dataclass(frozen=True)
class Line:
    """Of a comparison; ``sign`` is ``+``, ``-``, ``@`` or a space."""

    sign: str
    text: str


def name_in(visit: Visit) -> str:
    """Raises NotFound."""
    asked = f"{visit.path('domain')}/{visit.path('book')}"
    return visit.desk.parts.library.book(asked).name


async def book(visit: Visit) -> Response:
    name = name_in(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        mine = await books_of(tx, visit.tenant.id, visit.desk.parts.library, visit.moments.now)
        found, text = await mine.book(name), await text_in_force(mine, name)
        problems = await mine.problems(name)
        published = await publications.publications_of(tx, visit.tenant.id, name, 0, FEW)
        written = await rules.revisions_of(tx, visit.tenant.id, name, None, FEW)
        tried = await trials.trials_of(tx, visit.tenant.id, name, 0, FEW)
        who = [*(one.proposed_by for one in published), *(one.author for one in written)]
        names = await names_of(tx, visit.tenant.id, [*who, *(one.decided_by for one in published)])
    return visit.page(
        "book.html.j2", book=found, text=text, problems=problems, published=published, revisions=written,
        trials=tried, names=names, own=found.revision != visit.desk.parts.library.book(name).revision,
        examples=await asyncio.to_thread(examples_of, found), pending=_pending(published, mine.today),
        in_force=_in_force(published, mine.today), saved=visit.asked("saved"),
    )  # fmt: skip


async def text_in_force(mine: TenantBooks, name: str) -> str:
    return (await mine.book(name)).content


def examples_of(found: Book) -> list[Outcome]:
    return outcomes(f"{found.name}.yaml", found)


def _pending(published: list[Publication], today: date) -> list[Publication]:
    return [
        one for one in published
        if one.state == "proposed" or (one.state == "approved" and one.effective_on > today)
    ]  # fmt: skip


def _in_force(published: list[Publication], today: date) -> Publication | None:
    reached = [one for one in published if one.state == "approved" and one.effective_on <= today]
    return max(reached, key=lambda one: (one.effective_on, one.id), default=None)


async def side(tx: AsyncConnection, visit: Visit, name: str, given: str) -> tuple[str, str]:
    """Revision and text of what is in force, of the shipped book, or of any revision. Raises NotFound."""
    library = visit.desk.parts.library
    if given == SHIPPED:
        return library.book(name).revision, library.book(name).content
    if given in (IN_FORCE, ""):
        found = await (await books_of(tx, visit.tenant.id, library, visit.moments.now)).book(name)
        return found.revision, found.content
    return given, await rules.any_content(tx, visit.tenant.id, name, given)


async def compare(visit: Visit) -> Response:
    """Two revisions of a book, rule by rule and line by line. Raises NotFound."""
    name = name_in(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        before = await side(tx, visit, name, visit.asked("before"))
        after = await side(tx, visit, name, visit.asked("after") or SHIPPED)
    return visit.page(
        "book_diff.html.j2", book=visit.desk.parts.library.book(name), before=before[0], after=after[0],
        changes=differences(before[1], after[1]), lines=lines_of(before, after),
    )  # fmt: skip


def differences(before: str, after: str) -> list[Any]:
    """Empty when one of them cannot be read: the lines tell."""
    try:
        return list(changes(before, after))
    except BrokenBook:
        return []


def lines_of(before: tuple[str, str], after: tuple[str, str]) -> list[Line]:
    told = text_diff(before[1], after[1], (before[0], after[0])).splitlines()[2:]
    return [Line(line[0] if line else " ", line[1:] if line[:1] in "+- " else line) for line in told]


async def publish(visit: Visit) -> Response:
    """From a day on. It is checked anew."""
    name, form = name_in(visit), await visit.request.form()
    revision, note = text_of(form, "revision"), text_of(form, "note")
    on = day_in(text_of(form, "effective_on"), "effective_on")
    async with visit.database.tenant(visit.tenant.id) as tx:
        if revision:
            text = await rules.revision_content(tx, visit.tenant.id, name, revision)
            try:
                await asyncio.to_thread(visit.desk.parts.library.check, text, f"{name}@{revision}.yaml")
            except BrokenBook as broken:
                return refused(visit.request, 422, "refused.input", problem=broken)
        proposal = Proposal(name, revision, on, note or visit.words("books.no_note"))
        await publications.propose(tx, visit.tenant.id, visit.actor, proposal, visit.moments.now)
    return goes_to(f"/books/{name}")


async def answer(visit: Visit) -> Response:
    """A second person approves or rejects what is proposed."""
    name, form = name_in(visit), await visit.request.form()
    id, verdict, reason = visit.number("id"), visit.path("verdict"), text_of(form, "reason")
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            if verdict == "approve":
                await publications.approve(tx, visit.tenant.id, visit.actor, id, visit.moments.now)
            else:
                if not reason:
                    return refused(visit.request, 422, "refused.note")
                await publications.reject(tx, visit.tenant.id, visit.actor, id, reason, visit.moments.now)
        except Conflict as wrong:
            return refused(visit.request, 409, "refused.input", problem=wrong)
    return goes_to(f"/books/{name}")


async def roll_back(visit: Visit) -> Response:
    name, reason = name_in(visit), text_of(await visit.request.form(), "reason")
    if not reason:
        return refused(visit.request, 422, "refused.note")
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            await publications.roll_back(tx, visit.tenant.id, visit.actor, name, reason, visit.moments.now)
        except Conflict as wrong:
            return refused(visit.request, 409, "refused.input", problem=wrong)
    return goes_to(f"/books/{name}")


def day_in(text: str, field: str) -> date | None:
    """Raises BadInput."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.max
    if day and not EARLIEST <= day <= LATEST:
        raise BadInput(Mistake(field, f"{text} is no day", "write it as 2026-03-20"))
    return day
