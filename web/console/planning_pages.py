"""The pages of visits, rounds and plans, each with the permission that it asks for."""

from starlette.routing import Route

from database.maintenance.lists import PLANS, TECHNICIANS, VISITS
from web.console import lists, plan, planned, planning, planning_moves, slots
from web.console.acts import routes_of
from web.console.planning_acts import PLANNING_ACTS
from web.console.planning_forms import ENTRY_ACTS
from web.console.routes import form, page


def routes() -> list[Route]:
    return [
        page("/planning", planning.board, "planning:read"),
        page("/planning/move", planning_moves.page, "planning:write"),
        form("/planning/try", planning_moves.attempt, "planning:write"),
        form("/planning/move", planning_moves.move, "planning:write"),
        *(page(f"/{one.name}", lists.page_of(one), one.permission) for one in (VISITS, TECHNICIANS, PLANS)),
        page("/visits/{ref}", planned.one_visit, "planning:read"),
        page("/technicians/{ref}", planned.one_technician, "planning:read"),
        page("/plans/{id}", plan.one, "planning:read"),
        page("/plans/{id}/{name}", plan.file, "planning:read"),
        page("/slots", slots.page, "planning:read"),
        form("/slots/hold", slots.hold, "planning:write"),
        form("/slots/{id}/confirm", slots.confirm, "planning:write"),
        form("/slots/{id}/release", slots.release, "planning:write"),
        form("/plans/{id}/accept", plan.accept, "planning:write"),
        *routes_of((*PLANNING_ACTS, *ENTRY_ACTS)),
    ]
