"""Keys of the API, made and revoked by people and by other keys."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, Instant, Line, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from database.shared import api_keys, letters
from database.shared.api_keys import KnownKey, read_token
from domain.access import PERMISSIONS
from domain.errors import BadInput, Mistake
from domain.principal import Extent, Principal

router = APIRouter(prefix="/v1/keys", tags=["Keys"])

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", examples=["5e0c2a77b1d4"])]


class KeyGiven(Given):
    """No more than the caller may do themselves. A key without an end is for who revokes it in time."""

    name: Line
    scopes: Annotated[tuple[str, ...], Field(min_length=1, max_length=len(PERMISSIONS))]
    expires_at: Instant | None = None

    model_config = examples(
        {"name": "Comptabilité", "scopes": ["fleet:read"], "expires_at": "2027-01-01T00:00:00+01:00"}
    )


class KeyShown(Shown):
    id: str
    name: str
    scopes: list[str]
    owner: str = Field(description="The person who made it; empty for one made by an operator’s command.")
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class KeyMade(KeyShown):
    key: str | None = Field(description="Shown this once. A repeated request gets null.")


Reads = Annotated[Reading, reads("keys:write")]
Writes = Annotated[Command, writes("keys:write", fresh=True)]


@router.post("", status_code=201, response_model=KeyMade)
async def create_key(given: KeyGiven, command: Writes) -> Response:
    """Make a key. Keep it at once: only its digest is kept here."""
    _check(given, command.who, command.now)
    text = await api_keys.create_key(
        command.tx, command.tenant, given.name, frozenset(given.scopes), given.expires_at, command.who.person
    )
    token = read_token(text)
    assert token is not None, "a key that was just made is readable"
    known = await api_keys.known_key(command.tx, command.tenant, token.id)
    made = KeyMade(**vars(shown(known)), key=text)
    if command.who.person:
        await letters.owe_letter(command.tx, command.tenant, command.who.person, "key_made", command.now)
    result = Result("key.created", f"key:{token.id}", made, None, _trace(known))
    return await command.reply(result, 201, secret="key")


@router.get("")
async def list_keys(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[KeyShown]:
    """Every key, without its secret."""
    (after,) = begin_after(cursor)
    rows = await api_keys.page_of_keys(here.tx, here.tenant, after, limit + 1)
    return page(rows, limit, shown, lambda key: (key.id,))


@router.post("/{id}/revoke", response_model=KeyShown)
async def revoke_key(id: Id, command: Writes) -> Response:
    """End a key at once, and the access tokens that it was exchanged for."""
    before = await api_keys.known_key(command.tx, command.tenant, id)
    await api_keys.revoke_key(command.tx, command.tenant, id, command.now)
    after = await api_keys.known_key(command.tx, command.tenant, id)
    return await command.reply(
        Result("key.revoked", f"key:{id}", shown(after), _trace(before), _trace(after))
    )


def _check(given: KeyGiven, who: Principal, now: datetime) -> None:
    """Raises BadInput."""
    mistakes = [
        Mistake("scopes", f"{scope} is no scope, or more than you may do", "leave it out")
        for scope in given.scopes
        if scope not in (*PERMISSIONS, "*") or who.extent(scope) is not Extent.ALL
    ]
    if given.expires_at is not None and given.expires_at <= now:
        mistakes.append(Mistake("expires_at", "it has passed", "give a moment to come"))
    if mistakes:
        raise BadInput(*mistakes)


def shown(key: KnownKey) -> KeyShown:
    return KeyShown(**{**vars(key), "scopes": sorted(key.scopes)})


def _trace(key: KnownKey) -> dict[str, object]:
    return {"scopes": sorted(key.scopes), "owner": key.owner, "revoked": key.revoked_at is not None}
