"""The keys that sign access tokens: ES256 (RFC 7518), published before they sign, verified long after."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm
from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.session import Database
from database.shared.sealing import MasterKeys, decrypt, encrypt
from database.shared.token_tables import signing_key

OVERLAP = timedelta(minutes=15)
"""A new key is published for so long before it signs, so that whoever verifies knows it by then."""

VERIFIED_FOR = timedelta(hours=1)
"""A key verifies for so long after the next one signs: longer than any token lives."""

LOOKS_AGAIN = timedelta(minutes=1)
"""After so long a process reads the keys anew."""

OLDEST = timedelta(days=90)
"""A key that has signed for so long is followed by the next one, whether or not an operator remembers."""

PURPOSE = "signing"
LOCK = 0x6563_6865_7369_676E
"""Of who makes a key, among all processes."""


@dataclass(frozen=True)
class SigningKey:
    """``public`` is a JWK (RFC 7517) without private members; ``private`` is PEM."""

    kid: str
    public: Mapping[str, Any]
    private: bytes = field(repr=False)
    created_at: datetime
    signs_at: datetime
    retires_at: datetime | None

    def verifies(self, now: datetime) -> bool:
        return self.retires_at is None or now < self.retires_at


@dataclass
class SigningKeys:
    database: Database
    master: MasterKeys
    _known: tuple[SigningKey, ...] = field(default=(), repr=False)
    _read_at: datetime | None = None

    async def current(self, now: datetime) -> SigningKey:
        """The one that signs now. The first is made when it is first asked for; on a machine whose clock is
        a little behind its maker's, it signs a little early.
        """
        known = [key for key in await self._keys(now, anew=True) if key.verifies(now)]
        if not known or now - max(key.signs_at for key in known) > OLDEST:
            await self.rotate(now, unless_since=now - OLDEST)
            known = [key for key in await self._keys(now, anew=True) if key.verifies(now)]
        ready = [key for key in known if key.signs_at <= now]
        by_start = sorted(ready or known, key=lambda key: key.signs_at)
        return by_start[-1 if ready else 0]

    async def named(self, kid: str, now: datetime) -> SigningKey | None:
        """One that verifies now. Another process may have made it a moment ago: who asks pays one query."""
        known = [key for key in await self._keys(now) if key.kid == kid]
        found = known or [key for key in await self._keys(now, anew=True) if key.kid == kid]
        return found[0] if found and found[0].verifies(now) else None

    async def published(self, now: datetime) -> list[Mapping[str, Any]]:
        """From the first question on there is one."""
        await self.current(now)
        return [key.public for key in self._known if key.verifies(now)]

    async def all(self, now: datetime) -> tuple[SigningKey, ...]:
        """The retired ones, too, in the order in which they sign."""
        return await self._keys(now, anew=True)

    async def rotate(
        self, now: datetime, at_once: bool = False, unless_since: datetime | None = None
    ) -> str:  # fmt: skip
        """A new key takes over after the overlap; ``at_once`` when the old one is known to others.

        Of several processes that do it at the same moment, one makes a key for all.
        """
        async with self.database.anyone() as tx:
            await tx.execute(select(func.pg_advisory_xact_lock(LOCK)))
            known = [self._key(row) for row in await self._rows(tx)]
            valid = [key for key in known if key.verifies(now)]
            if unless_since and valid and valid[-1].signs_at >= unless_since:
                return valid[-1].kid
            first = at_once or not valid
            made = self._new(now, now if first else now + OVERLAP)
            ends = now if at_once else made["signs_at"] + VERIFIED_FOR
            in_use = signing_key.c.retires_at.is_(None)
            longer = or_(in_use, signing_key.c.retires_at > now) if at_once else in_use
            await tx.execute(update(signing_key).where(longer).values(retires_at=ends))
            await tx.execute(insert(signing_key).values(made))
        self._read_at = None
        return str(made["kid"])

    async def rewrap(self) -> int:
        """Put private keys that an older master key seals under the newest. Returns how many there were."""
        under = self.master.derived(PURPOSE)
        async with self.database.anyone() as tx:
            old = [key for key in await self._rows(tx) if key.master != under.id]
            for row in old:
                sealed = encrypt(under.secret, self._opened(row), f"signing key {row.kid}")
                new = {"private": sealed, "master": under.id}
                await tx.execute(update(signing_key).where(signing_key.c.kid == row.kid).values(new))
        return len(old)

    def _new(self, now: datetime, signs_at: datetime) -> dict[str, Any]:
        private = ec.generate_private_key(ec.SECP256R1())
        kid = secrets.token_hex(8)
        public = json.loads(ECAlgorithm.to_jwk(private.public_key()))
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        under = self.master.derived(PURPOSE)
        return {
            "kid": kid, "public": {**public, "kid": kid, "use": "sig", "alg": "ES256"},
            "private": encrypt(under.secret, pem, f"signing key {kid}"), "master": under.id,
            "created_at": now, "signs_at": signs_at,
        }  # fmt: skip

    async def _keys(self, now: datetime, anew: bool = False) -> tuple[SigningKey, ...]:
        if anew or self._read_at is None or abs(now - self._read_at) > LOOKS_AGAIN:
            async with self.database.anyone() as tx:
                self._known = await self._read(tx)
            self._read_at = now
        return self._known

    async def _read(self, tx: AsyncConnection) -> tuple[SigningKey, ...]:
        return tuple(self._key(row) for row in await self._rows(tx))

    async def _rows(self, tx: AsyncConnection) -> list[Row[Any]]:
        return list(await tx.execute(select(signing_key).order_by(signing_key.c.signs_at)))

    def _opened(self, row: Row[Any]) -> bytes:
        """Raises Unopenable when the master key was taken away before `rewrap`."""
        under = self.master.derived_by(row.master)
        return decrypt(under.secret, bytes(row.private), f"signing key {row.kid}")

    def _key(self, row: Row[Any]) -> SigningKey:
        private = self._opened(row)
        return SigningKey(row.kid, row.public, private, row.created_at, row.signs_at, row.retires_at)
