"""Projects of a client, and the sessions of trainings that consume their budget."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.case import reference_mistakes
from domain.errors import BadInput, Mistake
from domain.money import LARGEST_MINOR, Money
from domain.training.budget import position
from domain.training.client import WHOLE_BP


@dataclass(frozen=True)
class Project:
    """``threshold`` is an amount of consumption or a percentage of the budget.

    ``recipients`` are contacts (the mailing list); when there are none, the client's contact is told.
    """

    ref: str
    client_ref: str
    name: str
    initial_budget: Money
    threshold: Money | Decimal
    starts_on: date
    recipients: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        mistakes = reference_mistakes(ref=self.ref)
        if not self.name.strip():
            mistakes.append(Mistake("name", "it is empty", "give the project's name"))
        if self.initial_budget.minor > LARGEST_MINOR:
            mistakes.append(Mistake("initial_budget", "it is out of range", "check the number of digits"))
        if isinstance(self.threshold, Money) and self.threshold.minor > self.initial_budget.minor:
            mistakes.append(Mistake("threshold", "it is above the budget", "give a smaller amount"))
        if mistakes:
            raise BadInput(*mistakes)
        position(self.initial_budget, self.threshold, ())


@dataclass(frozen=True)
class Training:
    """``number`` counts within its session from 1. ``cost`` is before tax; ``vat_bp`` 2000 is 20 %."""

    number: int
    title: str
    provider: str
    cost: Money
    vat_bp: int

    def __post_init__(self) -> None:
        where = f"trainings[{self.number}]"
        if not 0 <= self.cost.minor <= LARGEST_MINOR:
            raise BadInput(Mistake(f"{where}.cost", "it is out of range", "give 0 or more, before tax"))
        if not 0 <= self.vat_bp <= WHOLE_BP:
            raise BadInput(Mistake(f"{where}.vat_bp", f"{self.vat_bp} is out of range", "20 % is 2000"))
        if not self.provider.strip():
            raise BadInput(Mistake(f"{where}.provider", "it is empty", "name who gives the training"))

    @property
    def vat(self) -> Money:
        return self.cost.share(Decimal(self.vat_bp) / 100)


@dataclass(frozen=True)
class Session:
    ref: str
    held_on: date
    place: str
    trainings: tuple[Training, ...]

    def __post_init__(self) -> None:
        if mistakes := reference_mistakes(ref=self.ref):
            raise BadInput(*mistakes)
        if not self.trainings:
            raise BadInput(Mistake("trainings", "there are none", "give one at least"))
        if [one.number for one in self.trainings] != list(range(1, len(self.trainings) + 1)):
            raise BadInput(Mistake("trainings", "their numbers have gaps", "number them 1, 2, 3…"))
        if len({one.cost.currency for one in self.trainings}) > 1:
            raise BadInput(Mistake("trainings", "costs in several currencies", "use the project's currency"))

    @property
    def cost(self) -> Money:
        """Before tax."""
        currency = self.trainings[0].cost.currency
        return Money(currency, sum(one.cost.minor for one in self.trainings))
