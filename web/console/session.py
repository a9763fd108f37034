"""Who is signed in: a signed cookie that names a key, and a token against forged forms.

The cookie carries no secret of the key. The key itself is looked up on every request, so that a revoked one
ends its sessions at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer, URLSafeSerializer

COOKIE = "echeance_console"
LASTS = timedelta(hours=8)
SESSION_SALT = "echeance.console.session.1"
FORM_SALT = "echeance.console.form.1"


@dataclass(frozen=True)
class Session:
    tenant: str
    key_id: str


class Sessions:
    """``secrets`` may hold several, newest first: all verify, the first signs."""

    def __init__(self, secrets: Sequence[str]) -> None:
        ordered = list(reversed(secrets))
        self._sessions = URLSafeSerializer(ordered, salt=SESSION_SALT)
        self._forms = Signer(ordered, salt=FORM_SALT)

    def seal(self, session: Session, at: datetime) -> str:
        sealed = self._sessions.dumps([session.tenant, session.key_id, int((at + LASTS).timestamp())])
        return sealed.decode() if isinstance(sealed, bytes) else sealed

    def open(self, cookie: str, at: datetime) -> Session | None:
        """Nothing for a cookie that we did not seal, or that has expired."""
        try:
            tenant, key_id, until = self._sessions.loads(cookie)
        except (BadSignature, TypeError, ValueError):
            return None
        return Session(tenant, key_id) if at.timestamp() < until else None

    def form_token(self, cookie: str) -> str:
        """What every form of a session must carry."""
        return self._forms.get_signature(cookie).decode()

    def is_form_token(self, cookie: str, token: str) -> bool:
        return token.isascii() and self._forms.verify_signature(cookie.encode(), token)
