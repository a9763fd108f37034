"""The pages of the fleet, each with the permission that it asks for."""

from starlette.routing import Route

from database.fleet.asset_lists import AGENCIES, BATTERIES, BIKES, COSTS, STATIONS, SWAPS
from database.fleet.cash_lists import AGENTS, DEPOSITS, KEPT, LINES
from database.fleet.intake_list import INTAKES
from database.fleet.investor_lists import INVESTORS, STATEMENTS
from database.fleet.lists import CONTRACTS, DRIVERS, PAYMENTS
from web.console import (
    assets,
    cash,
    changed,
    contract,
    driver,
    exports,
    finance,
    foresight,
    imports,
    investor,
    kept_aside,
    ledger,
    lists,
    payment,
    ranking,
    reports,
    scored,
    search,
)
from web.console.acts import routes_of
from web.console.asset_acts import ASSET_ACTS
from web.console.cash_acts import CASH_ACTS
from web.console.change_acts import CHANGE_ACTS
from web.console.fleet_acts import ACTS
from web.console.import_acts import IMPORT_ACTS
from web.console.investor_acts import INVESTOR_ACTS
from web.console.report_acts import REPORT_ACTS
from web.console.routes import form, page
from web.console.sign_acts import SIGN_ACTS

PLAIN = (
    CONTRACTS, DRIVERS, PAYMENTS, BIKES, BATTERIES, STATIONS, AGENCIES, SWAPS, COSTS, INVESTORS, STATEMENTS,
    AGENTS, DEPOSITS, LINES, KEPT, INTAKES,
)  # fmt: skip
"""Lists whose pages need nothing else."""


EVERY_ACT = (
    *ACTS, *SIGN_ACTS, *CHANGE_ACTS, *CASH_ACTS, *ASSET_ACTS, *INVESTOR_ACTS, *REPORT_ACTS,
    *IMPORT_ACTS,
)  # fmt: skip


def routes() -> list[Route]:
    return [
        *(page(f"/{one.name}", lists.page_of(one), one.permission) for one in PLAIN),
        page("/contracts/{ref}", contract.contract, "fleet:read"),
        page("/contracts/{ref}/schedule", contract.schedule, "fleet:read"),
        page("/contracts/{ref}/story", contract.story, "fleet:read"),
        page("/contracts/{ref}/changes", changed.changes, "fleet:read"),
        page("/contracts/{ref}/changes/{number:int}", changed.change, "fleet:read"),
        page("/agents/{ref}", cash.agent, "fleet:read"),
        page("/reconciliation/{statement}/{line:int}", cash.line, "fleet:read"),
        page("/drivers/changes", scored.changes, "fleet:read"),
        page("/drivers/{ref}", driver.driver, "fleet:read"),
        page("/payments/{ref}", payment.payment, "fleet:read"),
        page("/bikes/{ref}", assets.one_bike, "fleet:read"),
        page("/stations/ranking", ranking.ranking, "fleet:read"),
        page("/stations/{ref}", assets.one_station, "fleet:read"),
        page("/agencies/{ref}", assets.one_agency, "fleet:read"),
        page("/investors/{ref}", investor.investor, "fleet:read"),
        page("/imports/{kind}/template", imports.template, "imports:write"),
        page("/imports/{id}", imports.one, "imports:write"),
        form("/imports/{id}/stop", imports.stop, "imports:write"),
        form("/imports/{id}/replay", imports.replay, "imports:write"),
        page("/kept-aside/{id}", kept_aside.one, "imports:write"),
        form("/kept-aside/{id}/replay", kept_aside.replay, "imports:write"),
        form("/kept-aside/{id}/dismiss", kept_aside.dismiss, "imports:write"),
        page("/foresight", foresight.listed, "fleet:read"),
        page("/foresight/new", foresight.ask, "fleet:write"),
        form("/foresight", foresight.start, "fleet:write"),
        page("/foresight/{id}", foresight.one, "fleet:read"),
        form("/foresight/{id}/stop", foresight.stop, "fleet:write"),
        page("/search", search.search, "processes:read"),
        page("/finance", finance.finance, "fleet:read"),
        page("/ledger", ledger.ledger, "fleet:read"),
        *_files(),
        *routes_of(EVERY_ACT),
    ]


def _files() -> list[Route]:
    """What is kept of lists, and taken away of them; reports."""
    return [
        page("/exports", exports.listed, "reports:read"),
        page("/exports/{id}", exports.one, "reports:read"),
        page("/exports/{id}/content", exports.content, "reports:read"),
        form("/exports/{id}/stop", exports.stop, "reports:write"),
        *_of_every_list(),
        page("/reports", reports.listed, "reports:read"),
        page("/report-subscriptions", reports.subscriptions, "reports:read"),
        page("/reports/{ref}", reports.one, "reports:read"),
        page("/reports/{ref}/files/{format}", reports.content, "reports:read"),
    ]


def _of_every_list() -> list[Route]:
    """Kept under a name, taken away as a file."""
    return [
        form("/lists/{list}/views", lists.save, "fleet:read"),
        form("/lists/{list}/views/{view}/remove", lists.remove, "fleet:read"),
        form("/lists/{list}/export", exports.start, "reports:write"),
    ]
