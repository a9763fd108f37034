"""The result of a trial as a page and as a sheet, for whoever holds a key that reads rules."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from api.commands import Reading
from api.platform.rules import Domain, Name
from api.platform.trials import Number, Reads, trial_of
from database.shared import trials
from database.shared.contacts import tenant_of
from database.shared.trials import Trial
from domain.calendar import local_date
from web.trials.page import About, TrialPage
from web.trials.sheet import sheet


def trial_pages(templates: Path) -> APIRouter:
    router = APIRouter(prefix="/v1/rules", tags=["Rules"])
    page = TrialPage(templates)

    @router.get("/{domain}/{book}/trials/{id}/result.csv", response_class=Response)
    async def read_result_as_table(here: Reads, domain: Domain, book: Name, id: Number) -> Response:
        """As a table for spreadsheets. 409 until the trial is done."""
        found = await trial_of(here, domain, book, id)
        result = await trials.result_of(here.tx, here.tenant, found.id)
        name = f"{found.book.replace('/', '-')}-{found.id}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(sheet(result), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/{domain}/{book}/trials/{id}/result.html", response_class=HTMLResponse)
    async def read_result_as_page(here: Reads, domain: Domain, book: Name, id: Number) -> HTMLResponse:
        """As a page with charts, whole in itself, to be sent or printed. 409 until the trial is done."""
        found = await trial_of(here, domain, book, id)
        result = await trials.result_of(here.tx, here.tenant, found.id)
        return HTMLResponse(page.render(await _about(here, found), result), headers=page.headers)

    return router


async def _about(here: Reading, trial: Trial) -> About:
    firm = await tenant_of(here.tx, here.tenant)
    return About(
        title=here.parts.library.book(trial.book).title, book=trial.book, kind=trial.kind,
        old=trial.old_revision, new=trial.new_revision, on=local_date(trial.at, firm.zone), tenant=firm.name,
        begins_on=trial.begins_on, ends_on=trial.ends_on,
    )  # fmt: skip
