"""Signed links: whoever holds one may answer for its case, and for no other."""

from collections.abc import Sequence
from dataclasses import astuple

from itsdangerous import BadSignature, URLSafeSerializer

from domain.errors import NotFound
from domain.links import Target

SALT = "echeance.answer.1"


class SignedLinks:
    """``secrets`` may hold several, newest first: all verify, the first signs (rotation without downtime).

    A link does not expire by itself: the case's state decides whether an answer is still taken.
    """

    def __init__(self, secrets: Sequence[str], public_base_url: str) -> None:
        self._serializer = URLSafeSerializer(list(reversed(secrets)), salt=SALT)
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
