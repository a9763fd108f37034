"""The audit trail's chain of seals: what a row's digest covers, and how a break in the chain is told.

Each row has a digest over all of it; each seal's hash covers the digest and the hash before. Whoever changes
the past has to write every later hash anew, and then no longer agrees with the anchors outside the database.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_FINDINGS = 200


@dataclass(frozen=True)
class Entry:
    """A row of the trail. ``before`` and ``after`` are the text of the stored JSON."""

    tenant: str
    id: int
    at: datetime
    who: str
    action: str
    object: str
    before: str | None
    after: str | None
    ip: str
    agent: str
    origin: bytes | None
    request_id: str


@dataclass(frozen=True)
class Seal:
    seq: int
    audit_id: int
    digest: bytes
    hash: bytes


@dataclass(frozen=True)
class Head:
    """The end of a tenant's chain at some moment; kept outside the database, it is an anchor."""

    tenant: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Anchor(Head):
    at: datetime


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written. ``row`` and ``seq`` are 0 where there is none."""

    kind: str
    says: str
    seq: int = 0
    row: int = 0


class Signer(Protocol):
    """Marks that only the platform's own key makes; a superuser of the database has none."""

    def sign(self, text: str) -> str: ...

    def is_genuine(self, text: str, mark: str) -> bool: ...


class Anchors(Protocol):
    """Where heads are kept outside the database."""

    def append(self, heads: Sequence[Head], at: datetime) -> None: ...

    def latest(self, tenant: str) -> Anchor | None: ...


def digest_of(entry: Entry) -> bytes:
    """The same as the function audit_digest in the database."""
    values = (
        entry.tenant, str(entry.id), str((entry.at - EPOCH) // MICROSECOND), entry.who, entry.action,
        entry.object, entry.before, entry.after, entry.ip, entry.agent,
        None if entry.origin is None else entry.origin.hex(), entry.request_id,
    )  # fmt: skip
    return hashlib.sha256(b"".join(map(_part, values))).digest()


def _part(value: str | None) -> bytes:
    """Length first, so that no two rows read alike."""
    if value is None:
        return b"-"
    text = value.encode()
    return f"{len(text)}:".encode() + text


def beginning(tenant: str) -> bytes:
    return hashlib.sha256(f"echeance audit {tenant}".encode()).digest()


def chained(before: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(before + digest).digest()


@dataclass
class Check:
    """Reads a chain from its beginning, or on from an anchor. Rows up to seal ``pruned`` may be missing."""

    tenant: str
    anchors: Iterable[Head] = ()
    pruned: int = 0
    seq: int = 0
    hash: bytes = b""
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0
    agreed: int = 0
    _expected: dict[int, set[str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.hash = self.hash or beginning(self.tenant)
        for anchor in self.anchors:
            self._expected.setdefault(anchor.seq, set()).add(anchor.hash)

    @property
    def head(self) -> Head:
        return Head(self.tenant, self.seq, self.hash.hex())

    def read(self, seal: Seal, entry: Entry | None) -> None:
        """Seals in the order of their numbers, each with its row."""
        if seal.seq != self.seq + 1:
            lost = f"seals {self.seq + 1} to {seal.seq - 1} are missing"
            self._find("cut", f"{lost}: they were taken out of the chain", seal.seq)
        elif chained(self.hash, seal.digest) != seal.hash:
            says = f"seal {seal.seq} does not continue seal {self.seq}: moved, put in between or changed"
            self._find("broken", says, seal.seq, seal.audit_id)
        self._check_row(seal, entry)
        self._check_anchor(seal)
        self.seq, self.hash = seal.seq, seal.hash

    def close(self, unsealed: Iterable[int] = ()) -> list[Finding]:
        """After the last seal. ``unsealed`` are rows that no seal knows."""
        for id in unsealed:
            self._find("unsealed", f"row {id} has no seal: it was put in past the chain", row=id)
        beyond = sorted(seq for seq in self._expected if seq > self.seq)
        if beyond:
            says = f"the chain ends at seal {self.seq}, and was anchored at seal {beyond[-1]}"
            self._find("tail", f"{says}: its end was cut off", beyond[-1])
        return self.findings

    def _check_row(self, seal: Seal, entry: Entry | None) -> None:
        if entry is None:
            if seal.seq > self.pruned:
                says = f"row {seal.audit_id} (seal {seal.seq}) was deleted"
                self._find("deleted", says, seal.seq, seal.audit_id)
            return
        self.rows += 1
        if digest_of(entry) != seal.digest:
            says = f"row {seal.audit_id} (seal {seal.seq}) is not what was sealed: it was altered"
            self._find("altered", says, seal.seq, seal.audit_id)

    def _check_anchor(self, seal: Seal) -> None:
        known = self._expected.get(seal.seq, set())
        if known - {seal.hash.hex()}:
            says = f"seal {seal.seq} is not the one that was anchored: the chain was written anew"
            since = f"after seal {self.agreed}, row {seal.audit_id} or an earlier one"
            self._find("rewritten", f"{says}, {since}", seal.seq, seal.audit_id)
        elif known:
            self.agreed = seal.seq

    def _find(self, kind: str, says: str, seq: int = 0, row: int = 0) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(kind, says, seq, row))
