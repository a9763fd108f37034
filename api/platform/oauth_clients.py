"""Programs in which people of a tenant may sign in: on telephones, in browsers, on desks."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, Line, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from database.shared import oauth
from database.shared.oauth import Client
from domain.access import PERMISSIONS
from domain.errors import BadInput, Mistake

router = APIRouter(prefix="/v1/oauth-clients", tags=["OAuth"])

Id = Annotated[str, Field(max_length=60, examples=["motos-douala.5e0c2a77b1d49f03"])]
Uri = Annotated[str, Field(max_length=500)]
Scope = Annotated[str, Field(max_length=40)]


class ClientGiven(Given):
    """``redirect_uris``: https, a loopback address, or a scheme of the program's own.

    In a person's name it may what they may and ``scopes`` say.
    """

    name: Line
    redirect_uris: Annotated[tuple[Uri, ...], Field(min_length=1, max_length=10)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(PERMISSIONS))] = ("*",)

    model_config = examples(
        {
            "name": "Tournées", "redirect_uris": ["com.example.tournees:/signed-in"],
            "scopes": ["maintenance:read", "files:write"],
        }
    )  # fmt: skip


class ClientShown(Shown):
    id: str
    name: str
    redirect_uris: list[str]
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


Reads = Annotated[Reading, reads("keys:write")]
Writes = Annotated[Command, writes("keys:write", fresh=True)]


@router.post("", status_code=201, response_model=ClientShown)
async def create_client(given: ClientGiven, command: Writes) -> Response:
    """Let a program ask people to sign in. It keeps no secret: PKCE proves it."""
    unknown = sorted(set(given.scopes) - {*PERMISSIONS, "*"})
    if unknown:
        raise BadInput(Mistake("scopes", f"no scope is called {unknown[0]}", "choose among docs/access.md"))
    made = await oauth.create_client(
        command.tx, command.tenant, given.name, given.redirect_uris, given.scopes
    )  # fmt: skip
    return await command.reply(Result("oauth_client.created", f"client:{made.id}", shown(made)), 201)


@router.get("")
async def list_clients(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[ClientShown]:
    """Every program, the revoked ones too."""
    (after,) = begin_after(cursor)
    rows = await oauth.page_of_clients(here.tx, here.tenant, after, limit + 1)
    return page(rows, limit, shown, lambda client: (client.id,))


@router.post("/{id}/revoke", response_model=ClientShown)
async def revoke_client(id: Id, command: Writes) -> Response:
    """Sign everybody out of a program, for good."""
    before = await oauth.revoke_client(command.tx, command.tenant, id, command.now)
    after = replace(before, revoked_at=command.now)
    return await command.reply(Result("oauth_client.revoked", f"client:{id}", shown(after)))


def shown(client: Client) -> ClientShown:
    return ClientShown(
        **{**vars(client), "redirect_uris": list(client.redirect_uris), "scopes": sorted(client.scopes)}
    )
