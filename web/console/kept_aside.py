"""What came in and cannot be right: shown with its mistakes, corrected and entered, or dismissed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.fleet import intake, kept_aside
from database.fleet.cash_lists import SOURCES
from database.fleet.kept_aside import OPEN, KeptAside, Replaying, mistakes_of
from database.shared import audit
from database.shared.audit_search import names_of
from domain.errors import Conflict, DomainError, Mistake
from web.console.acts import say
from web.console.visit import Visit, goes_to, refused, text_of

TONES = {"open": "late", "replayed": "good", "dismissed": "off"}
PREFIX = "given."
LONGEST = 2000


async def one(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await kept_aside.kept_of(tx, visit.tenant.id, visit.path("id"))
        names = await names_of(tx, visit.tenant.id, [found.by])
        place = await _place_of(tx, found, visit.tenant.id)
    return _page(visit, found, _fields(found), found.mistakes, names, place)


@dataclass(frozen=True)
class Place:
    """Where it stood: the import of its file, and what of it waits after this line, or before."""

    intake: str = ""
    next: str = ""
    left: int = 0


NOWHERE = Place()


async def _place_of(tx: AsyncConnection, found: KeptAside, tenant: str) -> Place:
    if not found.line:
        return NOWHERE
    of = (tx, tenant, found.source, found.file)
    after = await kept_aside.of_file(*of, after=found.line, limit=1) or await kept_aside.of_file(*of, limit=1)
    others = [one.id for one in after if one.id != found.id]
    left = await kept_aside.count_of_file(*of) - (found.state == OPEN)
    return Place(await intake.latest_of(*of), others[0] if others else "", left)


def _fields(found: KeptAside) -> Mapping[str, str]:
    """A row that could not even be parted has no values: all its columns are there to be filled."""
    columns = kept_aside.columns_of(found.source)
    if not found.given:
        return dict.fromkeys(columns, "")
    known = [name for name in columns if name in found.given]
    return {name: found.given[name] for name in (*known, *(sorted(found.given.keys() - {*known})))}


def _page(
    visit: Visit, found: KeptAside, given: Mapping[str, str], mistakes: Sequence[Mistake],
    names: Mapping[str, str], place: Place = NOWHERE, status: int = 200,
) -> Response:  # fmt: skip
    said: dict[str, str] = {}
    for wrong in mistakes:
        beside = wrong.field if wrong.field in given else ""
        told = say(visit, wrong.problem, wrong.mend)
        if not beside and wrong.field not in ("", "row", "reference"):
            told = visit.words.spaced(f"{visit.words.of('column', wrong.field)} : {told}")
        said[beside] = f"{said[beside]} {told}" if beside in said else told
    answer = visit.page(
        "kept_aside.html.j2", found=found, given=given, wrong=said, source=SOURCES[found.source],
        tone=TONES[found.state], is_open=found.state == OPEN, names=names, place=place,
    )  # fmt: skip
    answer.status_code = status
    return answer


async def replay(visit: Visit) -> Response:
    """With what was typed. What is still wrong is said again, and nothing is entered."""
    id, form = visit.path("id"), await visit.request.form()
    api = visit.desk.parts.api
    typed = {
        name.removeprefix(PREFIX): value.replace("\x00", "")[:LONGEST]
        for name, value in form.items()
        if name.startswith(PREFIX) and isinstance(value, str)
    }
    try:
        async with visit.database.tenant(visit.tenant.id) as tx:
            here = Replaying(tx, visit.tenant.id, visit.moments.now, api.fleet_files, api.holidays)
            made = await kept_aside.correct_and_replay(here, id, typed, visit.who.who)
            await audit.write(
                tx, visit.tenant.id, visit.actor, "fleet.kept_aside.replayed", f"fleet.kept_aside:{id}",
                after={"source": made.source, "result_ref": made.result_ref},
            )  # fmt: skip
    except DomainError as wrong:
        return await _still_wrong(visit, id, typed, wrong)
    return goes_to(f"/kept-aside/{id}")


async def _still_wrong(visit: Visit, id: str, typed: Mapping[str, str], wrong: DomainError) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await kept_aside.kept_of(tx, visit.tenant.id, id)
        place = await _place_of(tx, found, visit.tenant.id)
    if found.state != OPEN:
        return refused(visit.request, 409, "refused.kept_aside")
    known = {name: typed.get(name, value) for name, value in _fields(found).items()}
    return _page(visit, found, known, mistakes_of(wrong), {}, place, 422)


async def dismiss(visit: Visit) -> Response:
    id, reason = visit.path("id"), text_of(await visit.request.form(), "reason")
    if not reason:
        return refused(visit.request, 422, "refused.reason")
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            made = await kept_aside.dismiss(tx, visit.tenant.id, id, reason, visit.moments.now, visit.who.who)
        except Conflict:
            return refused(visit.request, 409, "refused.kept_aside")
        await audit.write(
            tx, visit.tenant.id, visit.actor, "fleet.kept_aside.dismissed", f"fleet.kept_aside:{id}",
            after={"source": made.source, "reason": reason},
        )  # fmt: skip
    return goes_to("/kept-aside?state=open")
