"""AES-256-GCM: data keys under master keys, and data under data keys.

NIST SP 800-38D with random 96-bit nonces: a data key seals far fewer than 2^32 values. ``about`` names the
place a value stands in, so that a sealed value moved to another row or tenant does not open there.
"""

import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import DomainError

NONCE = 12
VERSION = b"\x01"


class Unopenable(DomainError):
    """Not sealed under this key, or not for this place, or changed since."""

    slug = "unopenable"


@dataclass(frozen=True)
class DataKey:
    id: str
    secret: bytes = field(repr=False)


def new_secret() -> bytes:
    return AESGCM.generate_key(256)


def encrypt(key: bytes, plain: bytes, about: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def decrypt(key: bytes, sealed: bytes, about: str) -> bytes:
    """Raises Unopenable."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
    except (InvalidTag, ValueError):
        raise Unopenable("a sealed value does not open here") from None


def seal_under(key: DataKey, plain: bytes, about: str) -> bytes:
    """Says itself which key opens it."""
    name = key.id.encode()
    return VERSION + bytes([len(name)]) + name + encrypt(key.secret, plain, about)


def key_id_of(sealed: bytes) -> str:
    """Raises Unopenable for what `seal_under` did not make."""
    if sealed[:1] != VERSION or len(sealed) < 2 + sealed[1] + NONCE:
        raise Unopenable("not a sealed value")
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def open_with(key: DataKey, sealed: bytes, about: str) -> bytes:
    """Raises Unopenable."""
    return decrypt(key.secret, sealed[2 + sealed[1] :], about)


class MasterKeys:
    """``secrets`` may hold several, newest first: all unwrap, the first wraps (rotation without downtime)."""

    def __init__(self, secrets: Sequence[str]) -> None:
        made = [_master(secret) for secret in secrets]
        self._keys = dict(made)
        self.first = made[0][0]

    def wrap(self, secret: bytes, about: str) -> tuple[str, bytes]:
        """The master key's id, and the wrapped secret."""
        return self.first, encrypt(self._keys[self.first], secret, about)

    def unwrap(self, master: str, wrapped: bytes, about: str) -> bytes:
        """Raises Unopenable, too when the master key was taken away."""
        if master not in self._keys:
            raise Unopenable(f"master key {master} is not among ECHEANCE_MASTER_KEYS; put it back")
        return decrypt(self._keys[master], wrapped, about)

    def derived(self, purpose: str) -> DataKey:
        """A key of the platform's own, which belongs to no tenant; of the newest master key."""
        return DataKey(f"{purpose}.{self.first}", _derive(self._keys[self.first], purpose))

    def derived_by(self, name: str) -> DataKey:
        """The one that `derived` named so. Raises Unopenable."""
        purpose, _, master = name.rpartition(".")
        if master not in self._keys:
            raise Unopenable(f"master key {master} is not among ECHEANCE_MASTER_KEYS; put it back")
        return DataKey(name, _derive(self._keys[master], purpose))


def _master(secret: str) -> tuple[str, bytes]:
    digest = Hash(SHA256())
    digest.update(b"echeance master id 1\n" + secret.encode())
    return b32encode(digest.finalize())[:8].decode().lower(), _derive(secret.encode(), "master")


def _derive(secret: bytes, purpose: str) -> bytes:
    """HKDF (RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=f"echeance {purpose} 1".encode()).derive(secret)
