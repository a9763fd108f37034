"""Who somebody is, as their organisation's own identity provider says (OpenID Connect)."""

from dataclasses import dataclass, field

from domain.errors import DomainError


class NotIdentified(DomainError):
    """The provider's answer does not hold, or there was none. Says why to operations, never to a browser."""

    slug = "unauthorized"


@dataclass(frozen=True)
class Provider:
    """``domains`` are those whose addresses come in without an invitation, with these ``roles``."""

    id: str
    name: str
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    domains: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Begun:
    """What one sign-in is held to: the way back, the token, and the code (PKCE)."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """``subject`` never changes at its issuer; the address may, and says something only when ``verified``."""

    issuer: str
    subject: str
    email: str
    verified: bool
    name: str
