"""The pages of visits, rounds and plans, each with the permission that it asks for."""

from starlette.routing import Route

from web.console import planning
from web.console.routes import page


def routes() -> list[Route]:
    return [page("/planning", planning.board, "planning:read")]
