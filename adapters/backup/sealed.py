"""A stream sealed frame by frame with AES-256-GCM: written and read in one pass, whatever its size.

Every archive has a key of its own, derived (HKDF, RFC 5869) from the backup key and a random salt, so the
nonce may be a plain counter. It ends in a mark for the last frame: a stream that was cut, or whose frames
were exchanged, does not open. The head is readable by anybody, holds no personal data, and is authenticated.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import DomainError

MAGIC = b"ECHEANCE BACKUP 1\n"
FRAME = 1 << 20
TAG = 16
LONGEST_HEAD = 1 << 16
SHORTEST_KEY = 32


class BrokenArchive(DomainError):
    """Not one of our archives, not whole, changed since, or sealed under a key that is not here."""

    slug = "broken-archive"


class BackupKeys:
    """``secrets`` may hold several, newest first: all open, the first seals."""

    def __init__(self, given: Sequence[str]) -> None:
        if any(len(one) < SHORTEST_KEY for one in given):
            raise BrokenArchive(f"a key of ECHEANCE_BACKUP_KEYS has fewer than {SHORTEST_KEY} characters")
        self._keys = {_name(one): one.encode() for one in given}
        self.first = next(iter(self._keys), "")

    def __contains__(self, name: object) -> bool:
        return name in self._keys

    def of(self, name: str, salt: bytes) -> AESGCM:
        """Raises BrokenArchive."""
        if name not in self._keys:
            raise BrokenArchive(
                f"the archive is sealed under the backup key {name}, which is not in ECHEANCE_BACKUP_KEYS"
            )
        derived = HKDF(SHA256(), 32, salt=salt, info=b"echeance backup archive 1")
        return AESGCM(derived.derive(self._keys[name]))


def _name(key: str) -> str:
    """Tells keys apart and gives nothing away."""
    digest = hashlib.sha256(b"echeance backup key id 1\n" + key.encode()).digest()
    return base64.b32encode(digest)[:8].decode().lower()


class SealedWriter:
    """What is written goes to ``file``; only after `finish` does it open again."""

    def __init__(self, file: BinaryIO, keys: BackupKeys, head: Mapping[str, Any]) -> None:
        salt = secrets.token_bytes(32)
        told = {**head, "key": keys.first, "salt": base64.b64encode(salt).decode()}
        content = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        self._file = file
        self._cipher = keys.of(keys.first, salt)
        self._about = hashlib.sha256(content).digest()
        self._number = 0
        self._waiting = bytearray()
        file.write(MAGIC + len(content).to_bytes(4, "big") + content)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > FRAME:
            self._seal(bytes(self._waiting[:FRAME]), last=False)
            del self._waiting[:FRAME]

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), plain, self._about)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class SealedReader:
    """Gives nothing that was not authenticated. Every method raises BrokenArchive."""

    def __init__(self, file: BinaryIO, keys: BackupKeys) -> None:
        content = _content_of_head(file)
        self.head = _told(content)
        try:
            salt = base64.b64decode(str(self.head["salt"]), validate=True)
        except (KeyError, ValueError):
            raise BrokenArchive("the head of the archive is damaged") from None
        self._cipher = keys.of(str(self.head.get("key")), salt)
        self._about = hashlib.sha256(content).digest()
        self._frames = self._opened(file)
        self._ready = bytearray()

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        while len(self._ready) < size:
            frame = next(self._frames, None)
            if frame is None:
                raise BrokenArchive("the archive ends in the middle of its content")
            self._ready += frame
        given = bytes(self._ready[:size])
        del self._ready[:size]
        return given

    def finish(self) -> None:
        """After the last byte that was wanted there must be no other."""
        if self._ready or next(self._frames, None) is not None:
            raise BrokenArchive("the archive goes on after its end")

    def _opened(self, file: BinaryIO) -> Iterator[bytes]:
        number, last = 0, False
        while not last:
            size = int.from_bytes(_exactly(file, 4), "big")
            if not TAG <= size <= FRAME + TAG:
                raise BrokenArchive(f"frame {number} of the archive has an impossible length")
            sealed = _exactly(file, size)
            here = file.read(1)
            last = not here
            if here:
                file.seek(-1, 1)
            try:
                yield self._cipher.decrypt(_nonce(number, last), sealed, self._about)
            except InvalidTag:
                raise BrokenArchive(
                    f"frame {number} of the archive was changed, or the end is cut off"
                ) from None
            number += 1


def head_of(file: BinaryIO) -> dict[str, Any]:
    """What anybody may read; not authenticated. Raises BrokenArchive."""
    return _told(_content_of_head(file))


def _content_of_head(file: BinaryIO) -> bytes:
    if file.read(len(MAGIC)) != MAGIC:
        raise BrokenArchive("this is not an archive of Échéance")
    size = int.from_bytes(_exactly(file, 4), "big")
    if size > LONGEST_HEAD:
        raise BrokenArchive("the head of the archive is damaged")
    return _exactly(file, size)


def _told(content: bytes) -> dict[str, Any]:
    try:
        head = json.loads(content)
    except ValueError:
        head = None
    if not isinstance(head, dict):
        raise BrokenArchive("the head of the archive is damaged")
    return head


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise BrokenArchive("the archive is cut off")
    return data


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
