"""Who did what, when, from where, and what changed.

Every row is sealed into the tenant's chain when its transaction commits (`database/shared/audit_chain.py`).
"""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.keys import Keyring
from database.shared.sealing import DataKey, Unopenable, open_with
from database.shared.tables import audit
from database.shared.trail_words import State, seal_words


@dataclass(frozen=True)
class Actor:
    """Where a command comes from. ``who`` is ``key:<id>``, ``person:<id>``, ``link:<process>:<ref>``…

    Of a person, ``owner`` is what `of_person` gives: address and browser are kept sealed under that key, and
    are gone with it. With an ``owner`` and no ``keyring`` they are not kept at all.
    """

    who: str
    ip: str = ""
    agent: str = ""
    request_id: str = ""
    owner: str = ""
    keyring: Keyring | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Origin:
    """``erased``: it was sealed, and the key is gone."""

    ip: str = ""
    agent: str = ""
    erased: bool = False


async def write(
    tx: AsyncConnection, tenant: str, actor: Actor, action: str, thing: str,
    before: State = None, after: State = None,
) -> None:  # fmt: skip
    """What people wrote is sealed: `database/shared/trail_words.py`."""
    before, after = await seal_words(tx, actor.keyring, tenant, thing, (before, after))
    row = {
        "tenant_id": tenant, "who": actor.who, "action": action, "object": thing, "before": before,
        "after": after, "request_id": actor.request_id,
        **({"ip": "", "agent": ""} if actor.owner else {"ip": actor.ip, "agent": actor.agent}),
        "origin": await _sealed_origin(tx, tenant, actor),
    }  # fmt: skip
    # Inline: it asks for no number back, which who is narrowed to their own may not see.
    await tx.execute(insert(audit).inline().values(row))


async def _sealed_origin(tx: AsyncConnection, tenant: str, actor: Actor) -> bytes | None:
    if not actor.owner or actor.keyring is None or not (actor.ip or actor.agent):
        return None
    plain = json.dumps([actor.ip, actor.agent], ensure_ascii=False).encode()
    return await actor.keyring.seal(tx, tenant, actor.owner, plain, _about(actor.request_id))


def origin_in(key: DataKey | None, tenant: str, row: Any) -> Origin:
    """Of a row of the trail whose origin was sealed under this key; None: the key was destroyed."""
    if key is None:
        return Origin(erased=True)
    try:
        plain = open_with(key, bytes(row.origin), f"{tenant}:{_about(row.request_id)}")
    except Unopenable:
        return Origin(erased=True)
    ip, agent = json.loads(plain)
    return Origin(ip, agent)


def _about(request_id: str) -> str:
    """A row's number is not known before it is written; the request's is."""
    return f"audit origin:{request_id}"
