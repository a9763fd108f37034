"""Letters to people who sign in: which carry a link, and how long each is worth sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.case import Case

WITH_LINK = frozenset({"invitation", "magic_link"})
WORTH_SENDING: dict[str, timedelta] = {"magic_link": timedelta(minutes=15)}
"""Who asked for a link and got none asks again; the others wait a day for their provider."""

ACCOUNT = "/console/account"
PAGES: dict[str, str] = {
    "export_ready": "/console/privacy",
    "erasure_done": "/console/privacy",
    "webhook_disabled": "/console/webhooks",
}
"""What the others lead to; one's account where nothing is said."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Posting:
    """One try to bring a letter. ``at`` is the workflow's own time (UTC)."""

    case: Case
    at: datetime


def is_too_late(kind: str, owed_at: datetime, at: datetime) -> bool:
    return at - owed_at > WORTH_SENDING.get(kind, DAY)
