"""The facts of the rule book fleet/notice: something was done, and the person it concerns is to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class NoticeKind(StrEnum):
    BIKE_SWAPPED = "bike_swapped"
    TAKEN_OVER = "taken_over"
    """To whoever drives from now on."""
    HANDED_OVER = "handed_over"
    """To whoever drove until now."""
    RENEGOTIATED = "renegotiated"
    REAGED = "reaged"
    FEE_ADDED = "fee_added"
    SETTLEMENT_UNDONE = "settlement_undone"
    TERMINATED = "terminated"
    QUOTED = "quoted"
    PAID_OUT = "paid_out"
    PAYOUT_BACK = "payout_back"


CHANGES: Mapping[str, NoticeKind] = {
    "bike_swapped": NoticeKind.BIKE_SWAPPED, "driver_changed": NoticeKind.TAKEN_OVER,
    "renegotiated": NoticeKind.RENEGOTIATED, "reaged": NoticeKind.REAGED,
    "fee_added": NoticeKind.FEE_ADDED, "settlement_undone": NoticeKind.SETTLEMENT_UNDONE,
    "terminated": NoticeKind.TERMINATED,
}  # fmt: skip
"""By the kind of a change. Of a contract that is settled its own process tells, with the deed."""


class About(StrEnum):
    """What a notice is about."""

    CHANGE = "change"
    FORMER = "former"
    """The same change, told to the driver of before."""
    QUOTE = "quote"
    PAYOUT = "payout"
    PAYOUT_BACK = "payout_back"


@dataclass(frozen=True)
class Subject:
    """``ref`` is a contract's, of payouts the payout's own; ``number`` is the change's or the quote's."""

    ref: str
    about: About
    number: int = 1

    def __str__(self) -> str:
        """The case's reference."""
        return f"{self.ref}.{self.about.value}.{self.number}"


def subject_of(case_ref: str) -> Subject:
    ref, about, number = case_ref.rsplit(".", 2)
    return Subject(ref, About(about), int(number))


def subjects(contract_ref: str, kind: str, number: int) -> list[Subject]:
    """What is to be told of a change of this kind."""
    told = [About.CHANGE] if kind in CHANGES else []
    former = [About.FORMER] if CHANGES.get(kind) is NoticeKind.TAKEN_OVER else []
    return [Subject(contract_ref, one, number) for one in told + former]


@dataclass(frozen=True)
class NoticeFacts:
    """``kind`` None: of such a change nothing is told. ``done_on`` is the day on which it was written down.
    ``overtaken``: it does not hold any more.
    """

    kind: NoticeKind | None
    done_on: date
    age_days: int
    overtaken: bool

    def as_facts(self) -> dict[str, object]:
        return {
            "kind": self.kind.value if self.kind else None, "done_on": self.done_on,
            "age_days": self.age_days, "overtaken": self.overtaken,
        }  # fmt: skip


def notice_facts(
    kind: NoticeKind | None, done_on: date, *, day: date, overtaken: bool = False
) -> NoticeFacts:
    return NoticeFacts(kind, done_on, max((day - done_on).days, 0), overtaken)
