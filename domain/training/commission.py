"""What a client is invoiced: the facts of the rule book training/commission, and the sum that follows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from domain.errors import BadInput, Mistake
from domain.money import Money
from domain.training.budget import Position
from domain.training.client import WHOLE_BP
from domain.training.project import Session


class Terms(StrEnum):
    """What the client agreed to be invoiced on, and when."""

    SERVICE_BY_SESSION = "service_by_session"
    SERVICE_AT_END = "service_at_end"
    UNSPENT_AT_END = "unspent_at_end"
    MIXED = "mixed"
    """The service after each session, then the funds left unspent at the end of the project."""


class Occasion(StrEnum):
    SESSION = "session"
    PROJECT_END = "project_end"


class Basis(StrEnum):
    """What the commission is a share of."""

    NONE = "none"
    SERVICE = "service"
    UNSPENT = "unspent"


@dataclass(frozen=True)
class CommissionFacts:
    """``service`` is the cost before tax of the sessions that this invoice would be about; ``year_volume``
    that of all the client's sessions of the calendar year, these included.
    """

    terms: Terms
    occasion: Occasion
    service: Money
    unspent: Money
    consumed_percent: Decimal
    year_volume: Money
    client_percent: Decimal

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def amount_of(self, basis: Basis) -> Money:
        nothing = Money(self.service.currency, 0)
        return {Basis.NONE: nothing, Basis.SERVICE: self.service, Basis.UNSPENT: self.unspent}[basis]


def commission_facts(
    terms: Terms,
    occasion: Occasion,
    sessions: Sequence[Session],
    where: Position,
    *,
    year_volume: Money,
    commission_bp: int,
) -> CommissionFacts:
    """``sessions`` are those not invoiced yet. A budget that is exceeded leaves nothing unspent."""
    nothing = Money(where.budget.currency, 0)
    return CommissionFacts(
        terms=terms,
        occasion=occasion,
        service=sum((one.cost for one in sessions), nothing),
        unspent=max(where.left, nothing),
        consumed_percent=where.consumed_percent,
        year_volume=year_volume,
        client_percent=Decimal(commission_bp) / 100,
    )


@dataclass(frozen=True)
class Commission:
    """``amount`` is before tax. ``raised``: it is the minimum of an invoice, the rate gave less."""

    basis: Basis
    base: Money
    percent: Decimal
    amount: Money
    raised: bool = False


def commission(facts: CommissionFacts, *, basis: Basis, share: Decimal, at_least: Money) -> Commission:
    """What the book gave, worked out: ``share`` is the part of the client's own rate that applies, in
    percent. The rate is exact and the amount is rounded once, half up. Raises BadInput on ``share``,
    ``at_least`` or ``client_percent``.
    """
    _check(facts, share, at_least)
    base = facts.amount_of(basis)
    percent = facts.client_percent * share / 100
    exact = Decimal(base.minor) * percent / 100
    amount = Money(base.currency, int(exact.quantize(Decimal(1), ROUND_HALF_UP)))
    raised = amount.minor > 0 and amount < at_least
    return Commission(basis, base, percent, at_least if raised else amount, raised)


def _check(facts: CommissionFacts, share: Decimal, at_least: Money) -> None:
    mistakes = []
    if not 0 <= share <= 100:
        mistakes.append(Mistake("share", f"{share} % of the client's rate", "give 0 to 100"))
    if at_least.currency != facts.service.currency or at_least.minor < 0:
        mistakes.append(
            Mistake("at_least", str(at_least.decimal), f"give 0 {facts.service.currency} or more")
        )
    if not 0 <= facts.client_percent * 100 <= WHOLE_BP:
        mistakes.append(Mistake("client_percent", f"{facts.client_percent} %", "give 0 to 100"))
    if mistakes:
        raise BadInput(*mistakes)
