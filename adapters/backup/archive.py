"""What a sealed stream holds: named members one after the other, then a manifest with their digests."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from adapters.backup.sealed import BackupKeys, BrokenArchive, SealedReader, SealedWriter

MEMBER, CHUNK, END = b"M", b"C", b"E"
MANIFEST = "manifest.json"
CHUNK_SIZE = 1 << 18
LONGEST_CHUNK = 1 << 24
LONGEST_NAME = 1 << 14


@dataclass(frozen=True)
class Member:
    """``size`` and ``sha256`` are of what it holds, not of what that takes in the archive."""

    name: str
    size: int
    sha256: str


class ArchiveWriter:
    """Members in the order in which they are added. The manifest comes last: nothing is read twice."""

    def __init__(self, file: BinaryIO, keys: BackupKeys, head: Mapping[str, Any]) -> None:
        self._sealed = SealedWriter(file, keys, head)
        self.members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes], packed: bool = True) -> Member:
        """``packed`` saves room; it gains nothing on what is encrypted already."""
        self._begin(name, packed)
        digest, size = hashlib.sha256(), 0
        packer = zlib.compressobj(3) if packed else None
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            self._chunk(packer.compress(chunk) if packer else chunk)
        if packer:
            self._chunk(packer.flush())
        self._sealed.write(END)
        self.members.append(Member(name, size, digest.hexdigest()))
        return self.members[-1]

    def finish(self, facts: Mapping[str, Any]) -> None:
        members = [asdict(member) for member in self.members]
        self.add(MANIFEST, [json.dumps({**facts, "members": members}).encode()])
        self._sealed.finish()

    def _begin(self, name: str, packed: bool) -> None:
        head = json.dumps({"name": name, "packed": packed}).encode()
        self._sealed.write(MEMBER + len(head).to_bytes(4, "big") + head)

    def _chunk(self, data: bytes) -> None:
        for start in range(0, len(data), LONGEST_CHUNK):
            part = data[start : start + LONGEST_CHUNK]
            self._sealed.write(CHUNK + len(part).to_bytes(4, "big") + part)


class ArchiveReader:
    """Iterate over `members`; what of a member was not read is passed over. Raises BrokenArchive.

    ``manifest`` is there when all members were passed, and has been compared with them.
    """

    def __init__(self, file: BinaryIO, keys: BackupKeys) -> None:
        self._sealed = SealedReader(file, keys)
        self.head = self._sealed.head
        self.manifest: dict[str, Any] = {}
        self._seen: list[Member] = []

    def members(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        while True:
            name, packed = self._next()
            content = self._content(name, packed)
            if name == MANIFEST:
                self._compare(b"".join(content))
                return
            yield name, content
            for _ in content:
                pass

    def _next(self) -> tuple[str, bool]:
        if self._sealed.read(1) != MEMBER:
            raise BrokenArchive("the archive holds something unknown")
        size = int.from_bytes(self._sealed.read(4), "big")
        if size > LONGEST_NAME:
            raise BrokenArchive("a member of the archive has an impossible name")
        head = json.loads(self._sealed.read(size))
        return str(head["name"]), bool(head["packed"])

    def _content(self, name: str, packed: bool) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for chunk in self._unpacked() if packed else self._chunks():
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        self._seen.append(Member(name, size, digest.hexdigest()))

    def _unpacked(self) -> Iterator[bytes]:
        """In pieces: what was packed a thousandfold is never whole in memory."""
        unpacker = zlib.decompressobj()
        try:
            for chunk in self._chunks():
                rest = chunk
                while rest:
                    yield unpacker.decompress(rest, CHUNK_SIZE)
                    rest = unpacker.unconsumed_tail
            yield unpacker.flush()
        except zlib.error as error:
            raise BrokenArchive(f"a member of the archive cannot be unpacked: {error}") from None

    def _chunks(self) -> Iterator[bytes]:
        while (mark := self._sealed.read(1)) == CHUNK:
            size = int.from_bytes(self._sealed.read(4), "big")
            if size > LONGEST_CHUNK:
                raise BrokenArchive("a part of the archive has an impossible length")
            yield self._sealed.read(size)
        if mark != END:
            raise BrokenArchive("the archive holds something unknown")

    def _compare(self, content: bytes) -> None:
        """What was read against what was written."""
        self._sealed.finish()
        manifest = json.loads(content)
        told = [Member(**one) for one in manifest["members"]]
        seen = self._seen[:-1]
        for expected, found in zip(told, seen, strict=False):
            if expected != found:
                raise BrokenArchive(f"{found.name} is not what the manifest says")
        if len(told) != len(seen):
            raise BrokenArchive(f"the manifest names {len(told)} members, the archive has {len(seen)}")
        self.manifest = manifest


def read_through(file: BinaryIO, keys: BackupKeys) -> dict[str, Any]:
    """Opens everything, compares every digest, and gives the manifest. Raises BrokenArchive."""
    reader = ArchiveReader(file, keys)
    for _ in reader.members():
        pass
    return reader.manifest
