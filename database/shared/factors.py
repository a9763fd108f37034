"""The second factor: codes by time (RFC 6238) and codes for the day on which the telephone is lost."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as put
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.keys import Keyring, of_person
from database.shared.passkeys import passkeys_of
from database.shared.sign_in_tables import person_totp, recovery_code
from domain.errors import BadInput, Mistake

STEP = 30
DRIFT = 1
"""Steps by which the clock of a telephone may be off, on either side (RFC 6238, 5.2)."""

CODES = 10


@dataclass(frozen=True)
class Factors:
    """What a person can show beside a password."""

    totp: bool
    recovery_codes_left: int
    passkeys: int = 0

    @property
    def any(self) -> bool:
        return self.totp or self.passkeys > 0


async def factors_of(tx: AsyncConnection, tenant: str, person_id: str) -> Factors:
    mine = (person_totp.c.tenant_id == tenant) & (person_totp.c.person_id == person_id)
    confirmed = (await tx.execute(select(person_totp.c.confirmed_at).where(mine))).scalar_one_or_none()
    own = (recovery_code.c.tenant_id == tenant) & (recovery_code.c.person_id == person_id)
    left = (await tx.execute(select(recovery_code).where(own, recovery_code.c.used_at.is_(None)))).all()
    keys = len(await passkeys_of(tx, tenant, person_id))
    return Factors(confirmed is not None, len(left) if confirmed or keys else 0, keys)


async def begin_totp(
    tx: AsyncConnection, tenant: str, person_id: str, keyring: Keyring, now: datetime
) -> str:
    """A new secret (base32), not in use until a code of it was shown. One in use stays until then."""
    secret = pyotp.random_base32()
    if (await factors_of(tx, tenant, person_id)).totp:
        raise BadInput(Mistake("totp", "there is one already", "take it away first"))
    sealed = await keyring.seal(tx, tenant, of_person(person_id), secret.encode(), f"totp:{person_id}")
    row = {"tenant_id": tenant, "person_id": person_id, "secret": sealed, "begun_at": now, "last_step": 0}
    written = put(person_totp).values(row)
    new = {"secret": sealed, "begun_at": now, "confirmed_at": None, "last_step": 0}
    await tx.execute(written.on_conflict_do_update(index_elements=["tenant_id", "person_id"], set_=new))
    return secret


async def begun_secret(tx: AsyncConnection, tenant: str, person_id: str, keyring: Keyring) -> str:
    """Of an enrolment that waits for its first code; empty when none does."""
    mine = (person_totp.c.tenant_id == tenant) & (person_totp.c.person_id == person_id)
    row = (await tx.execute(select(person_totp).where(mine))).first()
    if row is None or row.confirmed_at is not None:
        return ""
    opened = await keyring.open(tx, tenant, bytes(row.secret), f"totp:{person_id}")
    return opened.decode()


async def confirm_totp(
    tx: AsyncConnection, tenant: str, person_id: str, code: str, keyring: Keyring, now: datetime
) -> list[str]:
    """The recovery codes, shown this once. Raises BadInput for a wrong code."""
    if not await _take(tx, tenant, person_id, code, keyring, now, confirmed=False):
        mend = "wait for the next one, and see that the telephone’s clock is right"
        raise BadInput(Mistake("code", "it is not the code of this moment", mend))
    mine = (person_totp.c.tenant_id == tenant) & (person_totp.c.person_id == person_id)
    await tx.execute(update(person_totp).where(mine).values(confirmed_at=now))
    return await new_recovery_codes(tx, tenant, person_id)


async def take_totp(
    tx: AsyncConnection, tenant: str, person_id: str, code: str, keyring: Keyring, now: datetime
) -> bool:
    """Whether it is the code of this moment and was not shown before."""
    return await _take(tx, tenant, person_id, code, keyring, now, confirmed=True)


async def remove_totp(tx: AsyncConnection, tenant: str, person_id: str) -> None:
    mine = (person_totp.c.tenant_id == tenant) & (person_totp.c.person_id == person_id)
    await tx.execute(delete(person_totp).where(mine))
    await let_codes_go(tx, tenant, person_id)


async def let_codes_go(tx: AsyncConnection, tenant: str, person_id: str) -> None:
    """With the last factor go the codes that stand in for it."""
    if not (await factors_of(tx, tenant, person_id)).any:
        mine = (recovery_code.c.tenant_id == tenant) & (recovery_code.c.person_id == person_id)
        await tx.execute(delete(recovery_code).where(mine))


async def new_recovery_codes(tx: AsyncConnection, tenant: str, person_id: str) -> list[str]:
    """They take the place of those before."""
    mine = (recovery_code.c.tenant_id == tenant) & (recovery_code.c.person_id == person_id)
    await tx.execute(delete(recovery_code).where(mine))
    codes = [_recovery_code() for _ in range(CODES)]
    rows = [{"tenant_id": tenant, "person_id": person_id, "digest": _digest(code)} for code in codes]
    await tx.execute(insert(recovery_code), rows)
    return codes


async def take_recovery_code(
    tx: AsyncConnection, tenant: str, person_id: str, code: str, now: datetime
) -> bool:
    """Each is good once."""
    mine = (recovery_code.c.tenant_id == tenant) & (recovery_code.c.person_id == person_id)
    unused = recovery_code.c.used_at.is_(None) & (recovery_code.c.digest == _digest(code))
    return (await tx.execute(update(recovery_code).where(mine, unused).values(used_at=now))).rowcount > 0


def address_of(secret: str, tenant_name: str, email: str) -> str:
    """What the QR code says to an authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"Échéance · {tenant_name}")


async def _take(
    tx: AsyncConnection, tenant: str, person_id: str, code: str, keyring: Keyring, now: datetime,
    *, confirmed: bool,
) -> bool:  # fmt: skip
    """The row is held, so that of two who show one code at once one is refused."""
    mine = (person_totp.c.tenant_id == tenant) & (person_totp.c.person_id == person_id)
    row = (await tx.execute(select(person_totp).where(mine).with_for_update())).first()
    given = code.replace(" ", "")
    if (
        row is None
        or (row.confirmed_at is not None) != confirmed
        or not (given.isascii() and given.isdigit())
    ):
        return False
    opened = await keyring.open(tx, tenant, bytes(row.secret), f"totp:{person_id}")
    codes, here = pyotp.TOTP(opened.decode()), int(now.timestamp()) // STEP
    for step in range(max(row.last_step + 1, here - DRIFT), here + DRIFT + 1):
        if hmac.compare_digest(codes.generate_otp(step), given):
            await tx.execute(update(person_totp).where(mine).values(last_step=step))
            return True
    return False


def _recovery_code() -> str:
    """120 random bits as four times six letters and digits."""
    text = base64.b32encode(secrets.token_bytes(15)).decode().lower()
    return "-".join(text[at : at + 6] for at in range(0, 24, 6))


def _digest(code: str) -> str:
    """Of 112 random bits or more a plain hash is enough; fewer would need a slow one."""
    return hashlib.sha256(code.strip().lower().replace("-", "").encode()).hexdigest()
