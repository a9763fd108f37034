"""A rule book tried from the console: on the open cases, or on what was recorded. Nothing is sent."""

from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from api.platform.trials import owe
from database.shared import trials
from database.shared.trials import BACK_TEST, DONE, DRY_RUN, RUNNING, Plan, Trial
from domain.errors import BadInput, Conflict, Mistake, NotFound
from web.console.book import IN_FORCE, day_in, name_in, side
from web.console.visit import Visit, goes_to, refused, text_of
from web.trials.page import About, TrialPage
from web.trials.sheet import sheet

EVERY = 3
"""Seconds after which the page of a running trial asks for itself again."""


@dataclass(frozen=True)
class Progress:
    done: int
    total: int

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.total, 100) if self.total else 0


async def begin(visit: Visit) -> Response:
    """Raises BadInput."""
    name, form = name_in(visit), await visit.request.form()
    kind = BACK_TEST if text_of(form, "kind") == BACK_TEST else DRY_RUN
    begins, ends = (day_in(text_of(form, field), field) for field in ("begins_on", "ends_on"))
    if kind == DRY_RUN:
        begins = ends = None
    if begins and ends and ends < begins:
        raise BadInput(Mistake("ends_on", f"it is before {begins}", "exchange the two days"))
    async with visit.database.tenant(visit.tenant.id) as tx:
        old = await side(tx, visit, name, IN_FORCE)
        new = await side(tx, visit, name, text_of(form, "revision"))
        plan = Plan(kind, name, old, new, visit.moments.now, begins, ends)
        made = await trials.begin(tx, visit.tenant.id, visit.actor, plan, visit.moments.now)
        await owe(tx, visit.tenant.id, made, visit.moments.now)
    return goes_to(f"/books/{name}/trials/{made.id}")


async def show(visit: Visit) -> Response:
    """How far it is; when it is done, what came of it."""
    name, found = name_in(visit), await _trial(visit)
    result = None
    if found.state == DONE:
        async with visit.database.tenant(visit.tenant.id) as tx:
            result = await trials.result_of(tx, visit.tenant.id, found.id)
    return visit.page(
        "book_trial.html.j2", book=visit.desk.parts.library.book(name), trial=found, result=result,
        progress=Progress(found.done, found.total), refresh=EVERY if found.state == RUNNING else 0,
    )  # fmt: skip


async def result(visit: Visit) -> Response:
    """As a page with charts, whole in itself, or as a table; with the headers of that page."""
    found = await _trial(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            told = await trials.result_of(tx, visit.tenant.id, found.id)
        except Conflict as wrong:
            return refused(visit.request, 409, "refused.input", problem=wrong)
    if visit.path("form") == "csv":
        name = f"{found.book.replace('/', '-')}-{found.id}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(sheet(told), media_type="text/csv; charset=utf-8", headers=headers)
    page = TrialPage(visit.desk.parts.api.templates)
    title = visit.desk.parts.library.book(found.book).title
    about = About(
        title, found.book, found.kind, found.old_revision, found.new_revision,
        visit.moments.day_of(found.at), visit.tenant.name, found.begins_on, found.ends_on,
    )  # fmt: skip
    return HTMLResponse(page.render(about, told), headers=page.headers)


async def turn(visit: Visit) -> Response:
    """Stop it, or let it go on where it stopped."""
    name, found = name_in(visit), await _trial(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            if visit.path("turn") == "stop":
                await trials.stop(tx, visit.tenant.id, visit.actor, found.id)
            else:
                made = await trials.resume(tx, visit.tenant.id, visit.actor, found.id)
                await owe(tx, visit.tenant.id, made, visit.moments.now)
        except Conflict as wrong:
            return refused(visit.request, 409, "refused.input", problem=wrong)
    return goes_to(f"/books/{name}/trials/{found.id}")


async def _trial(visit: Visit) -> Trial:
    """Raises NotFound, also for a trial of another book, or on the cases of a business of others."""
    name = name_in(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await trials.trial_of(tx, visit.tenant.id, visit.number("id"))
    if found.book != name or name.partition("/")[0] in visit.hidden:
        raise NotFound("trial", str(found.id))
    return found
