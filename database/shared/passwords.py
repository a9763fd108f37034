"""Passwords: Argon2id (RFC 9106, the second recommended choice: 64 MiB), hashed beside the event loop."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from database.shared.contacts import tenant_of
from database.shared.people import Person
from database.shared.sign_in_tables import person_password
from domain.errors import BadInput
from domain.sign_in import LONGEST, password_mistakes

Made = TypeVar("Made")

HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


@dataclass
class Lane:
    """Each hash takes 64 MiB and a core: attempts wait for each other instead of taking the machine.

    Not without end: who comes when ``room`` are there already is told so at once.
    """

    beside: ThreadPoolExecutor
    room: int
    there: int = 0

    async def run(self, work: Callable[[], Made]) -> Made:
        """Raises Crowded."""
        if self.there >= self.room:
            raise Crowded
        self.there += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.beside, work)
        finally:
            self.there -= 1


class Crowded(Exception):
    """Too many have their passwords looked at just now."""


STRANGERS = Lane(ThreadPoolExecutor(2, "argon2"), 24)
KNOWN = Lane(ThreadPoolExecutor(1, "argon2-known"), 1000)
"""Of people in browsers and sessions of theirs: a flood of strangers does not keep them waiting."""


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this password")


@cache
def _common() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])


def is_common(password: str) -> bool:
    """In the lists, by itself or with digits and signs around it; or nothing but digits and signs."""
    lower = password.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower)
    return not core or lower in _common() or core in _common()


async def set_password(
    tx: AsyncConnection, tenant: str, who: Person, password: str, now: datetime,
    is_stolen: Callable[[str], bool] | None = None, ends_at: datetime | None = None,
) -> None:  # fmt: skip
    """``ends_at`` of one that somebody else made. Raises BadInput."""
    home = await tenant_of(tx, tenant)
    about = (who.full_name, who.email, home.id, home.name)
    stolen = bool(is_stolen and is_stolen(password))
    if mistakes := password_mistakes(password, is_common(password), about, stolen):
        raise BadInput(*mistakes)
    made = await KNOWN.run(lambda: HASHER.hash(_bytes(password)))
    row = {"tenant_id": tenant, "person_id": who.id, "hash": made, "set_at": now, "ends_at": ends_at}
    written = insert(person_password).values(row)
    again = written.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"], set_={"hash": made, "set_at": now, "ends_at": ends_at}
    )
    await tx.execute(again)


async def hash_of(tx: AsyncConnection, tenant: str, person_id: str, now: datetime) -> str:
    """Empty when the person has no password, or one that has ended."""
    mine = (person_password.c.tenant_id == tenant) & (person_password.c.person_id == person_id)
    good = person_password.c.ends_at.is_(None) | (person_password.c.ends_at > now)
    return (await tx.execute(select(person_password.c.hash).where(mine, good))).scalar_one_or_none() or ""


async def forget_password(tx: AsyncConnection, tenant: str, person_id: str) -> None:
    mine = (person_password.c.tenant_id == tenant) & (person_password.c.person_id == person_id)
    await tx.execute(delete(person_password).where(mine))


async def is_password(kept: str, password: str, lane: Lane = STRANGERS) -> bool:
    """With an empty ``kept`` it takes as long, and is false. Raises Crowded.

    Hold no transaction meanwhile.
    """
    right = await lane.run(lambda: _verify(kept or _nobodys(), _bytes(password)))
    return right and bool(kept)


def _verify(kept: str, password: bytes) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password[:LONGEST].encode("utf-8", "surrogatepass")
