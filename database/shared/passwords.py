"""Passwords: Argon2id (RFC 9106, the second recommended choice: 64 MiB), hashed beside the event loop."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from database.shared.people import Person
from database.shared.sign_in_tables import person_password
from domain.errors import BadInput
from domain.sign_in import LONGEST, password_mistakes

HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
BESIDE = ThreadPoolExecutor(2, "argon2")
"""Each takes 64 MiB and a core: a flood of attempts waits instead of taking the machine."""


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


async def set_password(tx: AsyncConnection, tenant: str, who: Person, password: str, now: datetime) -> None:
    """Raises BadInput."""
    if mistakes := password_mistakes(password, is_common(password), (who.full_name, who.email)):
        raise BadInput(*mistakes)
    made = await asyncio.get_running_loop().run_in_executor(BESIDE, HASHER.hash, _bytes(password))
    row = {"tenant_id": tenant, "person_id": who.id, "hash": made, "set_at": now}
    written = insert(person_password).values(row)
    again = written.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"], set_={"hash": made, "set_at": now}
    )
    await tx.execute(again)


async def hash_of(tx: AsyncConnection, tenant: str, person_id: str) -> str:
    """Empty when the person has no password."""
    mine = (person_password.c.tenant_id == tenant) & (person_password.c.person_id == person_id)
    return (await tx.execute(select(person_password.c.hash).where(mine))).scalar_one_or_none() or ""


async def forget_password(tx: AsyncConnection, tenant: str, person_id: str) -> None:
    mine = (person_password.c.tenant_id == tenant) & (person_password.c.person_id == person_id)
    await tx.execute(delete(person_password).where(mine))


async def is_password(kept: str, password: str) -> bool:
    """With an empty ``kept`` it takes as long, and is false. Hold no transaction meanwhile."""
    loop, given = asyncio.get_running_loop(), _bytes(password)
    right = await loop.run_in_executor(BESIDE, lambda: _verify(kept or _nobodys(), given))
    return right and bool(kept)


def _verify(kept: str, password: bytes) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password[:LONGEST].encode("utf-8", "surrogatepass")
