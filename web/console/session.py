"""Cookies of the console, and a token against forged forms.

``__Host-`` cookies are of this host alone and only ever sent over TLS, or to this machine.
"""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit

from itsdangerous import Signer
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "__Host-echeance"
NEXT_COOKIE = "__Host-echeance-next"
STEP_COOKIE = "__Host-echeance-step"
DEVICE_COOKIE = "__Host-echeance-device"
WORKSPACE_COOKIE = "__Host-echeance-workspace"
"""Where this browser signed in last, so that nobody types it twice."""

FORM_SALT = "echeance.console.form.2"


class Forms:
    """``secrets`` may hold several, newest first: all verify, the first signs."""

    def __init__(self, secrets: Sequence[str]) -> None:
        newest_last = list(reversed(secrets))
        self._forms = Signer(newest_last, FORM_SALT, key_derivation="hmac", digest_method=sha256)

    def token(self, session: str) -> str:
        """What every form of a session must carry."""
        return self._forms.get_signature(session).decode()

    def is_token(self, session: str, token: str) -> bool:
        return token.isascii() and self._forms.verify_signature(session.encode(), token)


def told_by(request: Request, header: str) -> SplitResult:
    """Where a browser says that a form comes from; an empty address for what is none."""
    try:
        return urlsplit(request.headers.get(header, ""))
    except ValueError:
        return urlsplit("")


def give(answer: Response, name: str, value: str, lasts: timedelta | None = None) -> None:
    """Without ``lasts`` until the browser is closed; the server ends a session by itself."""
    age = None if lasts is None else int(lasts.total_seconds())
    answer.set_cookie(name, value, max_age=age, path="/", httponly=True, samesite="strict", secure=True)


def take_away(answer: Response, name: str) -> None:
    answer.delete_cookie(name, path="/", httponly=True, samesite="strict", secure=True)
