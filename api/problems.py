"""Every answer that is not a success: a problem document (RFC 9457) that says what to do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from domain.errors import Mistake
from rules.errors import BookError

BASE = "https://echeance.example/problems/"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    title_fr: str


KINDS = {
    "bad-json": Kind(400, "The body is not JSON", "Le corps n’est pas du JSON"),
    "bad-request": Kind(400, "The request cannot be read", "La requête est illisible"),
    "unauthorized": Kind(401, "A valid key or token is needed", "Une clé ou un jeton valable est nécessaire"),
    "bad-signature": Kind(401, "The signature is not valid", "La signature n’est pas valable"),
    "proof-needed": Kind(401, "Show once more that it is you", "Prouvez encore une fois que c’est vous"),
    "invalid-grant": Kind(400, "What was shown opens nothing", "Ce qui a été montré n’ouvre rien"),
    "forbidden": Kind(403, "You may not do that", "Vous n’en avez pas le droit"),
    "not-found": Kind(404, "There is no such thing", "Introuvable"),
    "method-not-allowed": Kind(405, "This address knows no such method", "Méthode inconnue à cette adresse"),
    "conflict": Kind(409, "It does not fit the present state", "Incompatible avec l’état actuel"),
    "slot-taken": Kind(409, "The slot is taken meanwhile", "Ce créneau n’est plus libre"),
    "plan-overtaken": Kind(
        409, "The rounds have changed since the plan", "Les tournées ont changé depuis ce plan"
    ),
    "roads-down": Kind(
        503, "The roads do not answer; try again", "Le serveur des trajets ne répond pas ; réessayez"
    ),
    "unopenable": Kind(410, "It cannot be opened any more", "Illisible désormais"),
    "too-large": Kind(413, "The body is too large", "Le corps est trop volumineux"),
    "unsupported-media-type": Kind(415, "This content type is not read here", "Type de contenu non accepté"),
    "bad-input": Kind(422, "Something in the request is wrong", "La requête contient une erreur"),
    "broken-book": Kind(422, "The rule book has mistakes", "Le livre de règles contient des erreurs"),
    "idempotency-key-reused": Kind(
        422, "This Idempotency-Key was used for another request", "Clé d’idempotence déjà utilisée autrement"
    ),
    "too-busy": Kind(503, "Try again in a moment", "Réessayez dans un instant"),
    "time-not-skippable": Kind(
        501, "This installation cannot look ahead", "Cette installation ne peut pas anticiper"
    ),
    "rules-engine-down": Kind(
        503, "The rules engine does not answer; try again", "Le moteur de règles ne répond pas ; réessayez"
    ),
    "files-down": Kind(
        503, "The store of files does not answer; try again", "Le stockage ne répond pas ; réessayez"
    ),
    "internal": Kind(500, "Something went wrong on our side", "Une erreur est survenue de notre côté"),
}

BY_STATUS = {kind.status: slug for slug, kind in reversed(KINDS.items())}


class Refused(Exception):
    """A request refused by the API itself; domain errors are refused by what they are. ``more`` are members
    of the answer that help to go on.
    """

    def __init__(
        self, slug: str, detail: str, headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def document(
    slug: str, detail: str, request_id: str = "", mistakes: Sequence[Mistake | BookError] = ()
) -> dict[str, Any]:
    kind = KINDS.get(slug, KINDS["bad-request"])
    said: dict[str, Any] = {
        "type": BASE + slug, "title": kind.title, "title_fr": kind.title_fr, "status": kind.status,
        "detail": detail,
    }  # fmt: skip
    if request_id:
        said["request_id"] = request_id
    if mistakes:
        said["errors"] = [asdict(mistake) for mistake in mistakes]
    return said


class ProblemAnswer(JSONResponse):
    """Repeats what was wrong, which may be half a character: that has no bytes."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def problem(
    request: Request, slug: str, detail: str, mistakes: Sequence[Mistake | BookError] = (),
    headers: Mapping[str, str] | None = None, status: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:  # fmt: skip
    said = document(slug, detail, getattr(request.state, "request_id", ""), mistakes)
    said["status"] = status or said["status"]
    said.update(more or {})
    return ProblemAnswer(said, said["status"], headers=dict(headers or {}))
