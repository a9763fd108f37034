"""Payments against a schedule: oldest due first, whatever the order in which they became known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.calendar import local_date
from domain.errors import BadInput, Mistake
from domain.fleet.schedule import Due
from domain.money import Money


@dataclass(frozen=True)
class Payment:
    """``received_at`` is aware. A reversed payment stays on record and counts for nothing."""

    ref: str
    received_at: datetime
    amount: Money
    reversed: bool = False
    channel: str = ""

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise BadInput(Mistake("amount", f"{self.ref}: {self.amount.decimal}", "give an amount above 0"))
        if self.received_at.tzinfo is None:
            raise BadInput(Mistake("received_at", f"{self.ref}: no time zone", "add one, such as +01:00"))


@dataclass(frozen=True)
class Receipt:
    """A live payment on its local date, without what of it was given back.

    Below zero, on no day of the calendar's, when more was given back than is paid now.
    """

    on: date
    amount: Money


@dataclass(frozen=True)
class Settlement:
    """How far one due is paid; ``paid_on`` is the local date on which the last of it came in."""

    due: Due
    paid: Money
    paid_on: date | None = None

    @property
    def unpaid(self) -> Money:
        return self.due.amount - self.paid


@dataclass(frozen=True)
class Standing:
    """Where a contract stands. ``allocated`` + ``overpayment`` is the sum of the live payments.

    Questions about a ``day`` mean its end and count only what had come in by then; a due is late once
    its date plus the days of grace lies before ``day``.
    """

    settlements: tuple[Settlement, ...]
    receipts: tuple[Receipt, ...]
    allocated: Money
    overpayment: Money

    @property
    def total(self) -> Money:
        return _sum((one.due.amount for one in self.settlements), self.allocated.currency)

    @property
    def remaining(self) -> Money:
        """Still to pay until the end of the contract, due already or not."""
        return self.total - self.allocated

    def received_between(self, first: date, last: date) -> Money:
        """What came in on these days, both included."""
        inside = (one.amount for one in self.receipts if first <= one.on <= last)
        return _sum(inside, self.allocated.currency)

    def arrears_on(self, day: date, grace_days: int = 0) -> Money:
        """The unpaid part of every late due."""
        late = _sum((due.amount for due in self._late(day, grace_days)), self.allocated.currency)
        return max(late - self.received_between(date.min, day), Money(late.currency, 0))

    def oldest_unpaid_due_on(self, day: date, grace_days: int = 0) -> date | None:
        """The date of the oldest late due that was not paid in full."""
        left = self.received_between(date.min, day)
        for due in self._late(day, grace_days):
            left -= due.amount
            if left.minor < 0:
                return due.due_on
        return None

    def days_late(self, day: date, grace_days: int = 0) -> int:
        """Whole days since the oldest late due's date, the days of grace included; 0 when none is late."""
        oldest = self.oldest_unpaid_due_on(day, grace_days)
        return (day - oldest).days if oldest else 0

    def next_due_after(self, day: date) -> Due | None:
        """The first due after ``day`` that is not paid in full."""
        later = (one.due for one in self.settlements if one.due.due_on > day and one.unpaid.minor)
        return next(later, None)

    def _late(self, day: date, grace_days: int) -> Iterable[Due]:
        before = day - timedelta(days=grace_days)
        return (one.due for one in self.settlements if one.due.due_on < before)


def allocate(
    dues: Sequence[Due], payments: Iterable[Payment], zone: str, refunded: int = 0
) -> Standing:  # fmt: skip
    """Spread the live payments over the dues, the oldest due and the earliest payment first.

    ``refunded`` (minor units) was given back of the latest of them: what was too much came last. The same
    payment given twice counts once. ``zone`` gives the payments their local dates. Raises BadInput when two
    different payments share a reference or a currency is not the schedule's.
    """
    if not dues:
        raise BadInput(Mistake("dues", "the schedule is empty", "compute it from the contract's terms"))
    currency = dues[0].amount.currency
    live = sorted(_live(payments, currency), key=lambda payment: (payment.received_at, payment.ref))
    receipts = _kept(
        [Receipt(local_date(one.received_at, zone), one.amount) for one in live], refunded, currency
    )
    ordered = sorted(dues, key=lambda due: (due.due_on, due.number))
    settlements = _settle(ordered, receipts)
    allocated = _sum((one.paid for one in settlements), currency)
    overpayment = _sum((one.amount for one in receipts), currency) - allocated
    return Standing(tuple(settlements), tuple(receipts), allocated, overpayment)


def _live(payments: Iterable[Payment], currency: str) -> list[Payment]:
    known: dict[str, Payment] = {}
    for payment in payments:
        if known.setdefault(payment.ref, payment) != payment:
            raise BadInput(
                Mistake("ref", f"two payments named {payment.ref!r}", "give each its own reference")
            )
        if payment.amount.currency != currency:
            found = f"{payment.ref}: {payment.amount.currency}"
            raise BadInput(Mistake("currency", found, f"pay in {currency}"))
    return [payment for payment in known.values() if not payment.reversed]


def _kept(receipts: list[Receipt], refunded: int, currency: str) -> list[Receipt]:
    for place in reversed(range(len(receipts)) if refunded else range(0)):
        amount = receipts[place].amount
        back = min(refunded, amount.minor)
        refunded -= back
        receipts[place] = Receipt(receipts[place].on, amount - Money(amount.currency, back))
    if refunded:
        # The payment that was too much was taken back after all: what was given back is owed again.
        receipts.insert(0, Receipt(date.min, Money(currency, -refunded)))
    return receipts


def _settle(dues: Sequence[Due], receipts: Sequence[Receipt]) -> list[Settlement]:
    """One pass over both lists: ``purse`` is what has been received and not yet spent."""
    coming, purse, on = iter(receipts), 0, None
    settlements, nothing = [], Money(dues[0].amount.currency, 0)
    for due in dues:
        while purse < due.amount.minor and (receipt := next(coming, None)):
            purse, on = purse + receipt.amount.minor, receipt.on
        paid = min(purse, due.amount.minor)
        purse -= paid
        if paid == due.amount.minor:
            settlements.append(Settlement(due, due.amount, on))
        else:
            settlements.append(Settlement(due, Money(due.amount.currency, paid) if paid else nothing))
    return settlements


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return Money(currency, sum(amount.minor for amount in amounts))
