"""The Idempotency-Key of a command: its first answer is kept with what it wrote, and given again."""

import hashlib
import re
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.problems import Refused
from database.shared import idempotency
from database.shared.idempotency import Claim, Kept
from domain.errors import BadInput, Mistake

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
BOUNDARY = re.compile(r"^multipart/form-data\s*;.*boundary=\"?([^\";,\s]{8,70})", re.IGNORECASE)


class Replayed(Exception):
    """The command was carried out before; this was its answer."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def key_of(request: Request) -> str:
    """Empty when the client gave none. Raises BadInput."""
    key = request.headers.get(HEADER, "")
    if key and not KEY.fullmatch(key):
        mend = "use 1 to 255 visible ASCII characters, such as a UUID"
        raise BadInput(Mistake(HEADER, "not readable as a key", mend))
    return key


async def fingerprint_of(request: Request, who: str) -> str:
    """The caller is part of it: nobody gets an answer that another was given.

    The boundary of a form is not: a client draws a new one for each attempt.
    """
    parts = [who, request.method, request.url.path, request.url.query]
    body = await request.body()
    if boundary := BOUNDARY.search(request.headers.get("content-type", "")):
        body = body.replace(boundary.group(1).encode("latin-1"), b"")
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + body).hexdigest()


async def first_time(tx: AsyncConnection, tenant: str, key: str, fingerprint: str) -> None:
    """Goes on only for a key not used before. Raises Replayed, and Refused for another request's key."""
    found = await idempotency.claim(tx, tenant, key)
    if found is Claim.UNDER_WAY:
        detail = "The first request with this key is still being carried out; send it again in a moment."
        raise Refused("conflict", detail, {"Retry-After": "1"})
    if isinstance(found, Kept):
        if found.fingerprint != fingerprint:
            raise Refused("idempotency-key-reused", "Use a new key for a new request, the old one to repeat.")
        raise Replayed(found.status, found.body)
