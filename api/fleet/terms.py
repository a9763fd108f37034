"""What a driver signs, as it is sent and shown."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.fields import Amount, Day, Given, Price, Ref, Shown, Whole, examples
from database.fleet.queries import KnownContract
from domain.errors import BadInput, Mistake
from domain.fleet.intake import Contract
from domain.fleet.terms import FlatFee, Frequency, HolidayRule, Interest, Kind, Terms
from domain.money import Money

EXAMPLE = {
    "ref": "C-0001", "driver_ref": "D-0001", "bike_ref": "M-0001", "kind": "lease_to_own",
    "price": {"amount": "450000", "currency": "XAF"}, "down_payment": {"amount": "50000", "currency": "XAF"},
    "instalments": 200, "frequency": "daily", "signed_on": "2026-03-20", "first_due_on": "2026-03-23",
    "rest_days": [6], "holiday_rule": "skip", "grace_days": 2,
}  # fmt: skip


class ChargeGiven(Given):
    """A fixed ``fee``, or yearly interest on what is left, in hundredths of a percent: 1250 is 12.50 %."""

    fee: Amount | None = None
    annual_bp: Annotated[Whole, Field(ge=0, le=10_000)] | None = None

    def charge(self) -> FlatFee | Interest:
        if (self.fee is None) == (self.annual_bp is None):
            raise BadInput(Mistake("charge", "not exactly one charge", "give fee or annual_bp"))
        return FlatFee(self.fee.money) if self.fee else Interest(self.annual_bp or 0)


class ContractGiven(Given):
    """``down_payment`` is due at the signature. Days of rest are 0 (Monday) to 6 (Sunday)."""

    ref: Ref
    driver_ref: Ref
    bike_ref: Ref
    kind: Kind = Kind.PURCHASE
    price: Price
    down_payment: Amount | None = None
    instalments: Whole = Field(ge=1)
    frequency: Frequency
    every_days: Whole = Field(0, ge=0)
    signed_on: Day
    first_due_on: Day
    rest_days: frozenset[Whole] = frozenset()
    holiday_rule: HolidayRule = HolidayRule.KEEP
    grace_days: Whole = Field(0, ge=0)
    charge: ChargeGiven | None = None
    rounding: Whole = Field(1, ge=1, description="The step of an instalment, in minor units.")

    model_config = examples(EXAMPLE)

    def contract(self) -> Contract:
        """Raises BadInput with all that does not fit together."""
        price = self.price.money
        down = self.down_payment.money if self.down_payment else Money(price.currency, 0)
        terms = Terms(
            self.kind, price, down, self.instalments, self.frequency, self.first_due_on, self.signed_on,
            self.every_days, self.rest_days, self.holiday_rule, self.grace_days,
            self.charge.charge() if self.charge else None, self.rounding,
        )  # fmt: skip
        return Contract(self.ref, self.driver_ref, self.bike_ref, terms)


class ChargeShown(Shown):
    fee: Amount | None = None
    annual_bp: int | None = None


class ContractShown(Shown):
    ref: str
    driver_ref: str
    bike_ref: str
    state: Literal["draft", "active", "completed", "terminated"]
    end_reason: str
    end_kind: Literal["", "paid", "settled", "agreement", "default", "theft"]
    kind: Kind
    price: Amount
    down_payment: Amount
    instalments: int
    frequency: Frequency
    every_days: int
    signed_on: date
    first_due_on: date
    rest_days: list[int]
    holiday_rule: HolidayRule
    grace_days: int
    charge: ChargeShown | None
    rounding: int
    process: str = Field(examples=["fleet.contract:C-0001"])


def shown(known: KnownContract) -> ContractShown:
    contract, terms = known.contract, known.contract.terms
    return ContractShown(
        ref=contract.ref, driver_ref=contract.driver_ref, bike_ref=contract.bike_ref,
        state=known.state, end_reason=known.end_reason, end_kind=known.end_kind,
        kind=terms.kind, price=Amount.of(terms.price), down_payment=Amount.of(terms.down_payment),
        instalments=terms.instalments, frequency=terms.frequency, every_days=terms.every_days,
        signed_on=terms.signed_on, first_due_on=terms.first_due_on, rest_days=sorted(terms.rest_days),
        holiday_rule=terms.holiday_rule, grace_days=terms.grace_days, charge=_charge(terms),
        rounding=terms.rounding, process=f"fleet.contract:{contract.ref}",
    )  # fmt: skip


def _charge(terms: Terms) -> ChargeShown | None:
    match terms.charge:
        case FlatFee(fee):
            return ChargeShown(fee=Amount.of(fee))
        case Interest(rate):
            return ChargeShown(annual_bp=rate)
    return None
