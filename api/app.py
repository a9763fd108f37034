"""The API, put together from its parts."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.types import Lifespan

from api.errors import answer_problems
from api.fleet import (
    agencies,
    agents,
    bikes,
    changes,
    contract,
    costs,
    drivers,
    figures,
    imports,
    intake,
    investor_statements,
    investors,
    kept_aside,
    mobile_money,
    payments,
    portal,
    reports,
    settlements,
    statements,
    stations,
    swap_devices,
    swaps,
)
from api.idempotency import REPLAYED, Replayed
from api.internships import deliverable
from api.maintenance import (
    planning_acts,
    planning_comparison,
    planning_events,
    planning_moves,
    planning_plans,
    planning_replans,
    planning_rounds,
    planning_slots,
    planning_technicians,
    planning_views,
    planning_visits,
    proof,
    renewal,
)
from api.measures import Measures
from api.middleware import BodyLimit, Envelope
from api.parts import Parts
from api.platform import (
    alerts,
    audit,
    cases,
    contacts,
    events,
    explanations,
    exports,
    files,
    foresights,
    health,
    keys,
    oauth,
    oauth_clients,
    people,
    privacy,
    privacy_holds,
    publications,
    replays,
    rules,
    settings,
    trials,
    webhook_endpoints,
    webhooks,
    why,
)
from api.training import fund_call, projects

ROUTERS = (
    investors.router, investor_statements.router, figures.router, changes.router, settlements.router,
    cases.router, contacts.router, contract.router, payments.router, imports.router, portal.router,
    intake.router,
    agents.router, agents.deposits, statements.router, kept_aside.router,
    projects.router, fund_call.router, renewal.router, proof.router, deliverable.router, rules.router,
    publications.router, explanations.router, replays.router, trials.router, why.router, events.router,
    webhooks.router, mobile_money.router, audit.router, health.router, keys.router, people.router,
    oauth.router, oauth_clients.router, privacy.router, privacy_holds.router, files.router,
    agencies.router, stations.router, bikes.router, swaps.router, costs.router, swap_devices.router,
    webhook_endpoints.router, settings.router, alerts.router, exports.router, reports.router, drivers.router,
    foresights.router, planning_technicians.router, planning_visits.router,
    planning_acts.router, planning_acts.links, planning_plans.router,
    planning_moves.router, planning_comparison.router, planning_events.router,
    planning_views.router, planning_rounds.router, planning_slots.router, planning_replans.router,
)  # fmt: skip

ABOUT = """Obligations with a due date, watched until they are met.

Every command may carry an `Idempotency-Key`: the same key with the same request gives the first answer again.
Whatever is not a success is a problem document (RFC 9457) that names what to mend.
Amounts are decimal texts in major units with their currency; days are local to the tenant.
"""


def create_app(
    parts: Parts, pages: Sequence[APIRouter] = (), lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
    """``pages`` are the routes that people open in a browser."""
    app = FastAPI(
        title="Échéance", version="1", description=ABOUT, lifespan=lifespan, docs_url=None, redoc_url=None,
        generate_unique_id_function=operation_name,
    )  # fmt: skip
    app.state.parts = parts
    app.state.measures = Measures()
    for router in (*ROUTERS, *pages):
        app.include_router(router, responses=PROBLEM)
    answer_problems(app)
    app.add_exception_handler(Replayed, on_replay)
    app.add_middleware(BodyLimit)
    app.add_middleware(Envelope, measures=app.state.measures)
    return app


def operation_name(route: APIRoute) -> str:
    """What generated clients call it: `fleet_sign_contract`."""
    return f"{str(route.tags[0]).lower()}_{route.name}" if route.tags else route.name


async def on_replay(_: Request, again: Exception) -> Response:
    assert isinstance(again, Replayed)
    return JSONResponse(again.body, again.status, headers={REPLAYED: "true"})


_EXAMPLE = {
    "type": "https://echeance.example/problems/bad-input",
    "title": "Something in the request is wrong",
    "title_fr": "La requête contient une erreur",
    "status": 422,
    "detail": "amount: XAF has 0 digits after the point; round to 0 digits.",
    "request_id": "5e0c2a",
    "errors": [
        {"field": "amount", "problem": "XAF has 0 digits after the point", "mend": "round to 0 digits"}
    ],
}
PROBLEM: dict[int | str, dict[str, Any]] = {
    status: {
        "description": "A problem (RFC 9457).",
        "content": {"application/problem+json": {"example": _EXAMPLE}},
    }
    for status in ("4XX", "5XX")
}
