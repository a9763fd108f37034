"""The pages of the fleet, each with the permission that it asks for."""

from starlette.routing import Route

from database.fleet.lists import CONTRACTS, DRIVERS, PAYMENTS
from database.listings import LISTINGS
from web.console import contract, exports, finance, ledger, lists
from web.console.acts import routes_of
from web.console.fleet_acts import ACTS
from web.console.routes import form, page


def routes() -> list[Route]:
    return [
        page("/contracts", lists.page_of(CONTRACTS), "fleet:read"),
        page("/drivers", lists.page_of(DRIVERS), "fleet:read"),
        page("/payments", lists.page_of(PAYMENTS), "fleet:read"),
        page("/contracts/{ref}", contract.contract, "fleet:read"),
        page("/contracts/{ref}/schedule", contract.schedule, "fleet:read"),
        page("/contracts/{ref}/story", contract.story, "fleet:read"),
        page("/finance", finance.finance, "fleet:read"),
        page("/ledger", ledger.ledger, "fleet:read"),
        page("/exports", exports.listed, "reports:read"),
        page("/exports/{id}", exports.one, "reports:read"),
        page("/exports/{id}/content", exports.content, "reports:read"),
        form("/exports/{id}/stop", exports.stop, "reports:write"),
        *_views(),
        *routes_of(ACTS),
    ]


def _views() -> list[Route]:
    """Every list can be kept under a name and taken away as a file."""
    made = []
    for one in LISTINGS.values():
        path = f"/{one.name}/views"
        made.append(form(path, lists.saver_of(one), one.permission))
        made.append(form(path + "/{view}/remove", lists.remover_of(one), one.permission))
        made.append(form(f"/{one.name}/export", exports.starter_of(one), "reports:write"))
    return made
