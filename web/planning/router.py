"""The map of a plan as a page, for whoever may read plans; it can be saved and sent as it is."""

import asyncio
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from api.fields import Ref
from api.maintenance.planning_fields import ReadsPlanning
from api.maintenance.planning_views import Locale, drawn
from domain.maintenance.planning.shown.drawing import drawn_of
from domain.wording import at_moment
from web.planning.page import MapPage, reasons_in


def map_pages(templates: Path) -> APIRouter:
    router = APIRouter(prefix="/v1/planning/plans", tags=["Planning"])
    page = MapPage(templates)

    @router.get("/{ref}/map.html", response_class=HTMLResponse)
    async def read_map(ref: Ref, here: ReadsPlanning, locale: Locale = "fr") -> HTMLResponse:
        """The rounds on a map, day by day, whole in one file: it loads nothing from anywhere."""
        found, names = await drawn(here, ref)
        note = f"Échéance, {at_moment(here.now, names.zone).to(locale)}"
        shown = drawn_of(found.problem, found.evaluation, names, locale=locale)
        told = await asyncio.to_thread(page.render, shown, reasons_in(found.plan.result), note)
        return HTMLResponse(told, headers=page.headers)

    return router
