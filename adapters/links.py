"""Signed links: whoever holds one may answer for its case, and for no other."""

import hmac
from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer
from itsdangerous.signer import SigningAlgorithm

from domain.errors import NotFound
from domain.links import FileTarget, PersonTarget, Target

SALT = "echeance.answer.1"
FILE_SALT = "echeance.file.1"
PERSON_SALT = "echeance.person.1"


class Mac(SigningAlgorithm):
    """HMAC-SHA-256, of which the first 160 bits stand in the link: it goes by SMS, where letters cost."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")[:20]


def _signed(secrets: Sequence[str], salt: str) -> URLSafeSerializer:
    how = {"key_derivation": "hmac", "digest_method": sha256, "algorithm": Mac()}
    return URLSafeSerializer(list(reversed(secrets)), salt=salt, signer_kwargs=how)


class SignedLinks:
    """``secrets`` may hold several, newest first: all verify, the first signs (rotation without downtime).

    A link does not expire by itself: the case's state decides whether an answer is still taken.
    """

    def __init__(self, secrets: Sequence[str], public_base_url: str) -> None:
        self._serializer = _signed(secrets, SALT)
        self._base = public_base_url.rstrip("/")

    def to(self, target: Target) -> str:
        token = self._serializer.dumps(astuple(target))
        return f"{self._base}/a/{token.decode() if isinstance(token, bytes) else token}"

    def read(self, token: str) -> Target:
        """Raises NotFound for anything that we did not sign."""
        try:
            return Target(*self._serializer.loads(token))
        except (BadSignature, TypeError, ValueError):
            raise NotFound("answer link", token[:12]) from None


class SignedFileLinks:
    """Links to one file for one person until an instant; the secrets are those of `SignedLinks`."""

    def __init__(self, secrets: Sequence[str], public_base_url: str) -> None:
        self._serializer = _signed(secrets, FILE_SALT)
        self._base = public_base_url.rstrip("/")

    def to(self, target: FileTarget) -> str:
        values = [target.tenant, target.file, target.audience, target.key, int(target.until.timestamp())]
        token = self._serializer.dumps(values)
        return f"{self._base}/f/{token.decode() if isinstance(token, bytes) else token}"

    def read(self, token: str) -> FileTarget:
        """Raises NotFound for anything that we did not sign. Whether it has expired, its reader sees."""
        try:
            tenant, file, audience, key, until = self._serializer.loads(token)
            return FileTarget(tenant, file, audience, key, datetime.fromtimestamp(until, UTC))
        except (BadSignature, TypeError, ValueError, OverflowError):
            raise NotFound("file link", token[:12]) from None


class SignedPersonLinks:
    """Links to a page of one's own until an instant; the secrets are those of `SignedLinks`."""

    def __init__(self, secrets: Sequence[str], public_base_url: str) -> None:
        self._serializer = _signed(secrets, PERSON_SALT)
        self._base = public_base_url.rstrip("/")

    def to(self, target: PersonTarget) -> str:
        values = [target.tenant, target.kind, target.audience, target.key, int(target.until.timestamp())]
        token = self._serializer.dumps(values)
        return f"{self._base}/p/{token.decode() if isinstance(token, bytes) else token}"

    def read(self, token: str) -> PersonTarget:
        """Raises NotFound for anything that we did not sign. Whether it has expired, its reader sees."""
        try:
            tenant, kind, audience, key, until = self._serializer.loads(token)
            return PersonTarget(tenant, kind, audience, key, datetime.fromtimestamp(until, UTC))
        except (BadSignature, TypeError, ValueError, OverflowError):
            raise NotFound("page link", token[:12]) from None
