"""Who calls: an API key, with its tenant and its scopes."""

from datetime import datetime

from fastapi import Request
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection

from api.problems import Refused
from database.shared.api_keys import Key, Token, key_of, read_token
from domain.decision import Bilingual

SCOPES = {
    "contacts:read": Bilingual("lire les contacts", "read contacts"),
    "contacts:write": Bilingual("écrire les contacts", "write contacts"),
    "fleet:read": Bilingual("lire contrats et paiements", "read contracts and payments"),
    "fleet:write": Bilingual("écrire contrats et paiements", "write contracts and payments"),
    "training:read": Bilingual("lire projets et appels de fonds", "read projects and fund calls"),
    "training:write": Bilingual("écrire projets et appels de fonds", "write projects and fund calls"),
    "maintenance:read": Bilingual("lire les contrats d’entretien", "read maintenance contracts"),
    "maintenance:write": Bilingual("écrire les contrats d’entretien", "write maintenance contracts"),
    "internships:read": Bilingual("lire stages et livrables", "read placements and deliverables"),
    "internships:write": Bilingual("écrire stages et livrables", "write placements and deliverables"),
    "processes:read": Bilingual("voir les dossiers et leur histoire", "see cases and their timelines"),
    "processes:operate": Bilingual("suspendre, reprendre, arrêter", "pause, resume, stop"),
    "rules:read": Bilingual("lire les livres de règles", "read rule books"),
    "rules:write": Bilingual("écrire et publier des livres de règles", "write and publish rule books"),
    "rules:approve": Bilingual(
        "approuver la publication d’une autre personne", "approve what another publishes"
    ),
    "events:write": Bilingual("envoyer des événements", "send events"),
    "imports:write": Bilingual("importer des fichiers", "import files"),
}
"""Everything a key may be allowed; ``*`` is all of it."""

SCHEME = HTTPBearer(
    auto_error=False, scheme_name="API key", description="`Authorization: Bearer ech_<tenant>_<id>_<secret>`"
)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="echeance"'}


def token_of(request: Request) -> Token:
    """The token of the request, whose tenant a transaction is opened for. Raises Refused."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    token = read_token(credentials.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        detail = "Send “Authorization: Bearer <key>”; an operator makes a key with `echeance key create`."
        raise Refused("unauthorized", detail, CHALLENGE)
    return token


async def key_for(tx: AsyncConnection, token: Token, scope: str, now: datetime) -> Key:
    """The genuine key, if it has the scope. Raises Refused, the same way whatever is wrong with a key."""
    key = await key_of(tx, token, now)
    if key is None:
        detail = "The key is unknown, revoked or expired; ask an operator for a new one."
        raise Refused("unauthorized", detail, CHALLENGE)
    if not key.allows(scope):
        raise Refused("forbidden", f"It needs the scope {scope}; ask an operator for a key that has it.")
    return key
