"""The facts of the rule book fleet/payout: what an investor is owed, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.money import Money


@dataclass(frozen=True)
class PayoutFacts:
    """``payout_due_on`` is the day by which the oldest share that is not paid yet should be."""

    payout_due_on: date
    owed: Money

    def as_facts(self) -> dict[str, object]:
        return {"payout_due_on": self.payout_due_on, "owed": self.owed}


def payout_facts(stated: Iterable[tuple[date, Money]], owed: Money) -> PayoutFacts | None:
    """From *due day, share* of each month stated, the latest first: payouts cover the oldest month first.

    None when nothing was ever stated.
    """
    left, found = owed.minor, None
    for due_on, share in stated:
        if found is None or left > 0:
            found = due_on
        left -= share.minor
    return PayoutFacts(found, owed) if found else None
