"""What an exchange with a message provider proves, from its HTTP status or its broken connection."""

from datetime import UTC, datetime

from domain.message import Answer, Verdict


def utc_now() -> datetime:
    return datetime.now(UTC)


def verdict_of(status: int) -> Verdict:
    """The verdict of a send. Only an answer that proves a refusal is one; anything odd is UNKNOWN."""
    if 200 <= status < 300:
        return Verdict.ACCEPTED
    if status == 429:
        return Verdict.BUSY
    if status in {401, 403}:
        return Verdict.BLOCKED
    if 400 <= status < 500 and status != 408:
        return Verdict.REFUSED
    return Verdict.UNKNOWN


def failed_look_up(status: int, detail: str = "", retry_after: float | None = None) -> Answer:
    """A look-up that was not answered with 2xx: ask again later, or the provider will never tell."""
    if status == 429:
        verdict = Verdict.BUSY
    elif status >= 500 or status == 408:
        verdict = Verdict.UNREACHABLE
    else:
        verdict = Verdict.UNANSWERABLE
    return Answer(verdict, code=str(status), detail=detail, retry_after=retry_after)


def not_found(last_tried_at: datetime | None, now: datetime, settles_after: float) -> Answer:
    """The verdict when a look-up finds nothing.

    A provider's list trails its sending, and a request may still be under way when its sender died:
    before ``settles_after`` seconds an empty list proves nothing.
    """
    if last_tried_at is None:
        return Answer(Verdict.UNANSWERABLE, detail="nothing found, and no time of a try")
    left = settles_after - (now - last_tried_at).total_seconds()
    if left > 0:
        return Answer(Verdict.BUSY, detail="too early to conclude that it was not sent", retry_after=left)
    return Answer(Verdict.ABSENT)


def seconds(retry_after: str | None) -> float | None:
    """The seconds form of a Retry-After header; the date form is ignored, neither provider uses it."""
    if retry_after is None or not retry_after.strip().isdigit():
        return None
    return float(retry_after)
