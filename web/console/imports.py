"""A file on its way in: how far it is, what became of its rows, and those that wait to be corrected."""

from starlette.responses import Response

from api.downloads import download
from database.fleet import intake, kept_aside
from database.fleet.intake import Intake
from database.fleet.intake_list import KINDS, STATES, TONES
from database.fleet.kept_aside import KeptAside, Replaying
from database.shared import audit
from database.shared.audit_search import names_of
from domain.errors import Conflict, Mistake, NotFound
from domain.fleet.columns import COLUMNS
from web.console.acts import say
from web.console.visit import Visit, goes_to, refused, text_of

FEW, MANY = 50, 200
"""Rows that are shown, and rows that one press of the button tries again; the next press tries the next."""


async def one(visit: Visit) -> Response:
    tenant = visit.tenant.id
    async with visit.database.tenant(tenant) as tx:
        found = await intake.intake_of(tx, tenant, visit.path("id"))
        waiting = await kept_aside.of_file(tx, tenant, found.kind, found.sha256, limit=FEW)
        count = await kept_aside.count_of_file(tx, tenant, found.kind, found.sha256)
        names = await names_of(tx, tenant, [found.asked_by])
    return visit.page(
        "import.html.j2", found=found, kind=KINDS[found.kind], state=STATES[found.state],
        tone=TONES[found.state], names=names, waiting=[(row, what_is_wrong(visit, row)) for row in waiting],
        count=count, wrong=[_said(visit, one) for one in found.mistakes],
        entered=_number(visit.asked("entered")), after=_number(visit.asked("after")),
    )  # fmt: skip


def what_is_wrong(visit: Visit, row: KeptAside) -> str:
    return " ".join(_said(visit, one) for one in row.mistakes)


def _said(visit: Visit, wrong: Mistake) -> str:
    told = say(visit, wrong.problem, wrong.mend)
    place = visit.words.of("column", wrong.field)
    return (
        told if wrong.field in ("file", "row", "reference", "") else visit.words.spaced(f"{place} : {told}")
    )


def _number(text: str) -> int | None:
    """As the address says it after the button: how many rows went in, which line was tried last."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


async def stop(visit: Visit) -> Response:
    id = visit.path("id")
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            await intake.stop(tx, visit.tenant.id, visit.actor, id)
        except Conflict:
            return refused(visit.request, 409, "refused.order")
    return goes_to(f"/imports/{id}")


async def replay(visit: Visit) -> Response:
    """Enter what is right by now: perhaps the contract was not there yet when the file came."""
    tenant, api = visit.tenant.id, visit.desk.parts.api
    after = _number(text_of(await visit.request.form(), "after")) or 0
    async with visit.database.tenant(tenant) as tx:
        found = await intake.intake_of(tx, tenant, visit.path("id"))
        here = Replaying(tx, tenant, visit.moments.now, api.fleet_files, api.holidays)
        of = (tx, tenant, found.kind, found.sha256)
        waiting = await kept_aside.of_file(*of, after=after, limit=MANY)
        made = await kept_aside.replay_all(here, waiting, visit.who.who)
        await _note(visit, here, found, made)
        more = waiting and await kept_aside.of_file(*of, after=waiting[-1].line, limit=1)
    next_ = f"&after={waiting[-1].line}" if more else ""
    return goes_to(f"/imports/{found.id}?entered={len(made)}{next_}")


async def _note(visit: Visit, here: Replaying, found: Intake, made: list[KeptAside]) -> None:
    for row in made:
        await audit.write(
            here.tx, here.tenant, visit.actor, "fleet.kept_aside.replayed", f"fleet.kept_aside:{row.id}",
            after={"source": row.source, "result_ref": row.result_ref, "import": found.id},
        )  # fmt: skip


async def template(visit: Visit) -> Response:
    """An empty file with the columns, to be filled."""
    kind = visit.path("kind")
    if kind not in COLUMNS:
        raise NotFound("template", kind)
    first = ",".join(COLUMNS[kind].all)
    name = f"{KINDS[kind].to(visit.words.locale)}.csv"
    return download(name, "text/csv; charset=utf-8", f"{first}\r\n".encode())
