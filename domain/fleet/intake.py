"""What comes in from outside: contracts to enter with their drivers, and payments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Generic, Protocol, TypeVar

from domain.errors import BadInput, Mistake
from domain.fleet.payments import Payment
from domain.fleet.references import check_references as check_references
from domain.fleet.references import check_years as check_years
from domain.fleet.swap import SwapEntry
from domain.fleet.terms import Terms
from domain.money import LARGEST_MINOR, Money

Entry = TypeVar("Entry")


class Reversal(StrEnum):
    """Why a payment counts no more: only what was refused says something about who paid."""

    REFUSED = "refused"
    DOUBLE = "double"
    CORRECTED = "corrected"


class PaidBy(StrEnum):
    MOBILE_MONEY = "mobile_money"
    BANK = "bank"
    CASH = "cash"


@dataclass(frozen=True)
class Driver:
    """``phone`` is E.164, ``locale`` fr or en; None where there is no address."""

    ref: str
    full_name: str
    phone: str | None
    email: str | None
    locale: str


@dataclass(frozen=True)
class Contract:
    """What was agreed with one driver about one bike. Raises BadInput on its references."""

    ref: str
    driver_ref: str
    bike_ref: str
    terms: Terms

    def __post_init__(self) -> None:
        check_references(ref=self.ref, driver_ref=self.driver_ref, bike_ref=self.bike_ref)
        check_years(signed_on=self.terms.signed_on, first_due_on=self.terms.first_due_on)


@dataclass(frozen=True)
class ContractEntry:
    """A signed contract and its driver, as a row of a file gives them."""

    contract: Contract
    driver: Driver


@dataclass(frozen=True)
class PaymentEntry:
    """Money that came in for a contract. ``received_at`` is aware; ``source`` names who reported it.

    ``agent_ref`` is who took the cash; None: it came to the till.
    """

    ref: str
    contract_ref: str
    received_at: datetime
    amount: Money
    channel: PaidBy
    source: str = ""
    agent_ref: str | None = None

    def __post_init__(self) -> None:
        named = {"agent_ref": self.agent_ref} if self.agent_ref is not None else {}
        check_references(ref=self.ref, contract_ref=self.contract_ref, **named)
        if named and self.channel is not PaidBy.CASH:
            mend = "leave the agent out, or write the payment as cash"
            raise BadInput(Mistake("agent_ref", f"agents take cash, not {self.channel.value}", mend))
        if self.amount.minor > LARGEST_MINOR:
            raise BadInput(Mistake("amount", "not a believable amount", "check the number of digits"))
        self.payment()
        check_years(received_at=self.received_at)

    def payment(self, reversed: bool = False) -> Payment:
        return Payment(self.ref, self.received_at, self.amount, reversed, self.channel.value)


@dataclass(frozen=True)
class Line(Generic[Entry]):
    """One row of a file. ``number`` is its line, the header being 1; with mistakes it has no ``entry``.

    ``values`` is what stood there, by column.
    """

    number: int
    ref: str
    entry: Entry | None
    mistakes: tuple[Mistake, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


class FleetFiles(Protocol):
    """Reads files row by row. Raises BadInput when the whole is no such file.

    Hours that a file gives without a time zone, as spreadsheets do, are those of ``zone``. ``contract``,
    ``payment`` and ``swap`` read one row's values. ``most_rows`` there may be, known before they are read.
    """

    def most_rows(self, source: BinaryIO) -> int: ...

    def contracts(self, source: BinaryIO, country: str, zone: str) -> Iterator[Line[ContractEntry]]: ...

    def payments(self, source: BinaryIO, currency: str, zone: str) -> Iterator[Line[PaymentEntry]]: ...

    def swaps(self, source: BinaryIO, currency: str, zone: str) -> Iterator[Line[SwapEntry]]: ...

    def contract(self, values: Mapping[str, str], country: str) -> Line[ContractEntry]: ...

    def payment(self, values: Mapping[str, str], currency: str) -> Line[PaymentEntry]: ...

    def swap(self, values: Mapping[str, str], currency: str) -> Line[SwapEntry]: ...
