"""Webhooks to tools outside, by Standard Webhooks 1.0: what is told, how it is signed, when it is tried."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from domain.case import Case
from domain.decision import Bilingual
from domain.errors import Mistake
from domain.network import Outgoing, host_problem, is_internal, is_public

TEST = "webhook.test"
TYPES: Mapping[str, Bilingual] = {
    "case.opened": Bilingual("un dossier s’ouvre", "a case opens"),
    "case.stage_changed": Bilingual("un dossier change d’étape", "a case changes its stage"),
    "case.closed": Bilingual("un dossier se termine", "a case ends"),
    "decision.made": Bilingual("une décision est prise", "a decision is made"),
    "message.accepted": Bilingual("un message est parti", "a message has gone out"),
    "message.delivered": Bilingual("un message est remis", "a message has arrived"),
    "message.failed": Bilingual("un message n’a pas pu être remis", "a message could not be delivered"),
    "message.withheld": Bilingual("un message est retenu", "a message is withheld"),
    "payment.recorded": Bilingual("un paiement est enregistré", "a payment is recorded"),
    "payment.reversed": Bilingual("un paiement est annulé", "a payment is reversed"),
    "document.issued": Bilingual("un document est émis", "a document is issued"),
    "alert.raised": Bilingual("une alerte demande quelqu’un", "an alert asks for somebody"),
    "alert.taken": Bilingual("une alerte est prise en charge", "an alert is taken"),
    "alert.closed": Bilingual("une alerte est close", "an alert is closed"),
    "rules.proposed": Bilingual("une révision de règles est proposée", "a revision of rules is proposed"),
    "rules.approved": Bilingual("une révision de règles est approuvée", "a revision of rules is approved"),
    "rules.rejected": Bilingual("une révision de règles est rejetée", "a revision of rules is rejected"),
    "rules.in_force": Bilingual("une révision de règles entre en vigueur", "a revision of rules is in force"),
}
"""What can be asked for. The triggers of migration 0015 tell it."""

ENABLED, DISABLED, REMOVED = "enabled", "disabled", "removed"
PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"

AGAIN_AFTER = (
    timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30),
    timedelta(hours=2), timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20),
    timedelta(hours=24),
)  # fmt: skip
"""Waits between the tries of one delivery: 11 tries in a little more than three days."""

GIVEN_UP_AFTER = timedelta(days=3)
"""An endpoint that has failed without a break for so long is disabled at its next failure."""

PROBED_AFTER = timedelta(minutes=1)
"""From then on a failing endpoint gets one request at a time, and the others wait without being counted."""

SHORTEST_PROBE, LONGEST_PROBE = timedelta(seconds=30), timedelta(hours=1)
AT_ONCE = 8
LONGEST_URL = 2000
SECRET_BYTES = 32
GONE = 410


@dataclass(frozen=True)
class Round:
    """Bring an endpoint what is due. ``at`` is the workflow's own time (UTC)."""

    case: Case
    at: datetime


@dataclass(frozen=True)
class Receipt:
    """``status`` None: no answer came. ``problem`` is one of a few phrases, with nothing of the answer."""

    status: int | None
    problem: str = ""
    took_ms: int = 0
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def secret_text(secret: bytes) -> str:
    return f"whsec_{base64.b64encode(secret).decode()}"


def body_of(tenant: str, type: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """The same bytes at every try."""
    told = {"type": type, "timestamp": at.isoformat(), "data": {"tenant": tenant, **data}}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def headers_of(id: str, at: datetime, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """One signature for each secret: while one replaces another, receivers may know either."""
    moment = int(at.timestamp())
    signed = f"{id}.{moment}.".encode() + body
    marks = [base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def next_try(attempts: int, at: datetime, retry_after: float | None = None) -> datetime | None:
    """After ``attempts`` that failed; None: it was the last. A receiver may ask for up to a day."""
    if attempts > len(AGAIN_AFTER):
        return None
    asked = timedelta(seconds=min(retry_after or 0, AGAIN_AFTER[-1].total_seconds()))
    return at + max(AGAIN_AFTER[attempts - 1], asked)


def next_probe(failing_since: datetime, at: datetime) -> datetime | None:
    """A tenth of the time that the endpoint has failed; None as long as it has only stumbled."""
    failing = at - failing_since
    if failing < PROBED_AFTER:
        return None
    return at + min(max(failing / 10, SHORTEST_PROBE), LONGEST_PROBE)


def url_mistakes(url: str, outgoing: Outgoing) -> list[Mistake]:
    """What can be seen of an address; where its name leads is looked at with every call."""

    def wrong(problem: str, mend: str) -> list[Mistake]:
        return [Mistake("url", problem, mend)]

    https = "give an address such as https://tool.example/hooks"
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return wrong("it is no address", f"{https}, of {LONGEST_URL} plain characters at most")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return wrong("it cannot be read", https)
    if parts.scheme not in (("https", "http") if outgoing.private else ("https",)):
        return wrong("it does not begin with https://", https)
    if "@" in parts.netloc or parts.fragment:
        return wrong("it has a user, a password or a #", "put a secret into the path or the query")
    if problem := host_problem(host):
        return wrong(f"its host {problem}", https)
    if _is_inside(host) and not (outgoing.private and is_internal(host)):
        return wrong("its host is not on the open internet", https)
    if port == 0 or not (outgoing.private or (port or 443) in outgoing.ports):
        return wrong(f"port {port} is not called", f"use {' or '.join(map(str, outgoing.ports))}")
    return []


def _is_inside(host: str) -> bool:
    """Of an address. A name is looked up with each call, and only ``localhost`` is known beforehand."""
    written = ":" in host or host.replace(".", "").isdecimal()
    return host.rstrip(".").endswith("localhost") or (written and not is_public(host))


def type_mistakes(types: Sequence[str]) -> list[Mistake]:
    unknown = sorted(set(types) - set(TYPES))
    if not unknown:
        return []
    return [Mistake("types", f"not a type: {', '.join(unknown)}", "choose among GET /v1/webhooks/types")]
