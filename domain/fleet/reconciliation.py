"""An operator's statement against our payments: matched, unmatched, different, or perhaps told twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from domain.fleet.intake import FleetFiles, Line, check_references, check_years
from domain.money import LARGEST_MINOR, Money

CLOSE = timedelta(hours=2)
"""Two payments of the same amount that are no further apart are suspected on either side of midnight."""


class LineState(StrEnum):
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    DIFFERS = "differs"
    DOUBLE = "double"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


TO_ANSWER = (LineState.UNMATCHED, LineState.DIFFERS, LineState.DOUBLE)


@dataclass(frozen=True)
class StatementEntry:
    """A line of the operator's. ``contract_hint`` is the reference that the payer gave, if any."""

    transaction_id: str
    occurred_at: datetime
    amount: Money
    contract_hint: str = ""

    def __post_init__(self) -> None:
        check_references(transaction_id=self.transaction_id)
        if not 0 < self.amount.minor <= LARGEST_MINOR:
            raise BadInput(Mistake("amount_minor", "not a believable amount", "give money that came in"))
        if self.occurred_at.tzinfo is None:
            raise BadInput(Mistake("occurred_at", "no time zone", "add one, such as +01:00"))
        check_years(occurred_at=self.occurred_at)


class StatementFiles(Protocol):
    """Reads statements row by row. Raises BadInput when the whole is no such file."""

    def statement(self, source: BinaryIO, currency: str, zone: str) -> Iterator[Line[StatementEntry]]: ...


class MoneyFiles(FleetFiles, StatementFiles, Protocol):
    """All that the fleet reads from files."""


@dataclass(frozen=True)
class Taken:
    """A live payment of ours, or a line that was compared before."""

    ref: str
    contract_ref: str
    amount: Money
    at: datetime


@dataclass(frozen=True)
class Compared:
    entry: StatementEntry
    state: LineState
    payment_ref: str | None = None
    twin_ref: str | None = None


def compare(
    entries: Sequence[StatementEntry], ours: Mapping[str, Taken], beside: Iterable[Taken], zone: str
) -> list[Compared]:
    """Each line against the payment of its own id, ``ours``, and what came in ``beside`` it.

    A second payment of the same amount for the same contract on the same local day, or within two hours, is
    perhaps the same money told twice. Of two lines the later is suspected.
    """
    known = {one.ref: one for one in beside}
    lines = {entry.transaction_id: _as_taken(entry, ours.get(entry.transaction_id)) for entry in entries}
    by_money: dict[tuple[str, Money], list[Taken]] = {}
    for one in {**known, **lines}.values():
        if one.contract_ref:
            by_money.setdefault((one.contract_ref, one.amount), []).append(one)
    compared = []
    for entry in entries:
        me, our = lines[entry.transaction_id], ours.get(entry.transaction_id)
        near = by_money.get((me.contract_ref, me.amount), ())
        twins = [one for one in near if _twins(one, me, zone) and not _later(one, me, lines)]
        twin = min(twins, key=lambda one: (abs(one.at - me.at), one.ref), default=None)
        compared.append(_judged(entry, our, twin))
    return compared


def _as_taken(entry: StatementEntry, our: Taken | None) -> Taken:
    contract = our.contract_ref if our else entry.contract_hint
    return Taken(entry.transaction_id, contract, entry.amount, entry.occurred_at)


def _twins(one: Taken, me: Taken, zone: str) -> bool:
    if one.ref == me.ref:
        return False
    return local_date(one.at, zone) == local_date(me.at, zone) or abs(one.at - me.at) <= CLOSE


def _later(one: Taken, me: Taken, lines: Mapping[str, Taken]) -> bool:
    """Another line of the same statement that came after this one: that one is suspected."""
    return one.ref in lines and (one.at, one.ref) > (me.at, me.ref)


def _judged(entry: StatementEntry, our: Taken | None, twin: Taken | None) -> Compared:
    ref, other = our.ref if our else None, twin.ref if twin else None
    if our and our.amount != entry.amount:
        return Compared(entry, LineState.DIFFERS, ref, other)
    if twin:
        return Compared(entry, LineState.DOUBLE, ref, other)
    return Compared(entry, LineState.MATCHED if our else LineState.UNMATCHED, ref)
