"""Contents of files: AES-256-GCM in chunks, so that a part of a large file proves itself (STREAM).

Each content has a key of its own, derived from the file's secret and a random salt: nonces are counters, and
the last chunk is marked, so that nothing can be moved, cut or added.
"""

import asyncio
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from database.shared.sealing import Unopenable

MAGIC = b"ECHF\x01"
SALT = 32
CHUNK = 1024 * 1024
TAG = 16


async def seal(secret: bytes, content: bytes, about: str) -> bytes:
    return await asyncio.to_thread(sealed, secret, content, about)


async def unseal(secret: bytes, content: bytes, about: str) -> bytes:
    """Raises Unopenable."""
    return await asyncio.to_thread(opened, secret, content, about)


def sealed(secret: bytes, content: bytes, about: str) -> bytes:
    salt = secrets.token_bytes(SALT)
    key = _key(secret, salt, about)
    last = max(0, (len(content) - 1) // CHUNK)
    out = bytearray(MAGIC + salt)
    view = memoryview(content)
    for number in range(last + 1):
        part = view[number * CHUNK : (number + 1) * CHUNK]
        out += key.encrypt(_nonce(number, number == last), part, None)
    return bytes(out)


def opened(secret: bytes, content: bytes, about: str) -> bytes:
    """Raises Unopenable."""
    begin = len(MAGIC) + SALT
    if content[: len(MAGIC)] != MAGIC or len(content) < begin + TAG:
        raise Unopenable("not the content of a sealed file")
    key = _key(secret, content[len(MAGIC) : begin], about)
    view = memoryview(content)[begin:]
    step = CHUNK + TAG
    last = (len(view) - 1) // step
    out = bytearray()
    try:
        for number in range(last + 1):
            part = view[number * step : (number + 1) * step]
            out += key.decrypt(_nonce(number, number == last), part, None)
    except (InvalidTag, ValueError):
        raise Unopenable("a file does not open: it was changed, or belongs elsewhere") from None
    return bytes(out)


def _key(secret: bytes, salt: bytes, about: str) -> AESGCM:
    info = f"echeance file 1\n{about}".encode()
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=info).derive(secret))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
