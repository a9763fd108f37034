"""Figures of the fleet as they are shown, and months as they are asked for."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BeforeValidator, Field

from api.fields import Amount, Shown, wrong
from database.fleet.behind import Behind, LedgerLine, Measure, Of
from database.fleet.forecast import Expected
from database.fleet.portfolio import Arrears, Collection
from database.fleet.positions import Position
from database.fleet.revenue import Income
from domain.decision import Bilingual
from domain.money import Money

MONTH = re.compile(r"(\d{4})-(\d{2})")


def _month(value: Any) -> Any:
    if isinstance(value, date):
        return value
    found = MONTH.fullmatch(value) if isinstance(value, str) else None
    if found is None or not 2000 <= int(found[1]) <= 2199 or not 1 <= int(found[2]) <= 12:
        raise wrong("not a month", "write it as YYYY-MM, from 2000 to 2199")
    return date(int(found[1]), int(found[2]), 1)


MonthGiven = Annotated[date, BeforeValidator(_month), Path(examples=["2026-03"])]
MonthAsked = Annotated[date, BeforeValidator(_month), Query(examples=["2026-03"])]


class Said(Shown):
    fr: str
    en: str


class BehindShown(Shown):
    """What opens a number: the query of `/v1/fleet/figures/entries`."""

    measure: Measure
    of: Of
    ref: str
    first: str
    last: str


class ArrearsShown(Shown):
    bucket: str
    first: int
    last: int | None
    contracts: int
    arrears: Amount
    outstanding: Amount


class RiskShown(Shown):
    days: int
    share: str | None = Field(description="A fraction: 0.0312 is 3.12 %.")


class PortfolioShown(Shown):
    on: date
    contracts: int
    outstanding: Amount
    arrears: Amount
    buckets: list[ArrearsShown]
    at_risk: list[RiskShown]


class LateContract(Shown):
    contract_ref: str
    driver_ref: str
    bike_ref: str
    arrears: Amount
    days_late: int
    remaining: Amount


class CollectionShown(Shown):
    month_on: date
    fallen_due: Amount
    collected: Amount
    rate: str | None
    behind: BehindShown


class IncomeShown(Shown):
    """``margin`` = ``collected`` + ``swaps`` - ``costs`` - ``shares``."""

    ref: str
    first_on: date
    last_on: date
    collected: Amount
    swaps: Amount
    costs: Amount
    shares: Amount
    margin: Amount
    behind: list[BehindShown]


class ExpectedShown(Shown):
    month_on: date
    falls_due: Amount
    expected: Amount


class RateShown(Shown):
    bucket: str
    contracts: int
    rate: str | None


class ForecastShown(Shown):
    on: date
    months: list[ExpectedShown]
    rates: list[RateShown]
    method: Said


class EntryShown(Shown):
    """Debit above 0, credit below."""

    transaction: int
    line: int
    posted_on: date
    key: str
    description: str
    account: str
    subject: str
    amount: Amount


def fraction(share: Decimal | None) -> str | None:
    return None if share is None else f"{share:f}"


def said(words: Bilingual) -> Said:
    return Said(fr=words.fr, en=words.en)


def behind_shown(behind: Behind) -> BehindShown:
    return BehindShown.model_validate(behind.query())


def expected_shown(one: Expected) -> ExpectedShown:
    return ExpectedShown(
        month_on=one.month_on, falls_due=Amount.of(one.falls_due), expected=Amount.of(one.expected)
    )


def arrears_shown(one: Arrears) -> ArrearsShown:
    return ArrearsShown(
        bucket=one.bucket.id, first=one.bucket.first, last=one.bucket.last, contracts=one.contracts,
        arrears=Amount.of(one.arrears), outstanding=Amount.of(one.outstanding),
    )  # fmt: skip


def late_shown(one: Position) -> LateContract:
    return LateContract(
        contract_ref=one.contract_ref, driver_ref=one.driver_ref, bike_ref=one.bike_ref,
        arrears=Amount.of(Money(one.currency, one.arrears_minor)), days_late=one.days_late,
        remaining=Amount.of(Money(one.currency, one.remaining_minor)),
    )  # fmt: skip


def collection_shown(one: Collection) -> CollectionShown:
    return CollectionShown(
        month_on=one.month_on, fallen_due=Amount.of(one.fallen_due), collected=Amount.of(one.collected),
        rate=fraction(one.rate), behind=behind_shown(one.behind),
    )  # fmt: skip


def income_shown(one: Income) -> IncomeShown:
    measures = [Measure(name) for name in ("collected", "swaps", "costs", "shares")]
    amounts = {each.value: getattr(one, each.value) for each in measures}
    return IncomeShown(
        ref=one.ref, first_on=one.first_on, last_on=one.last_on, margin=Amount.of(one.margin),
        behind=[behind_shown(one.behind(each)) for each in measures if amounts[each.value].minor],
        **{name: Amount.of(amount) for name, amount in amounts.items()},
    )  # fmt: skip


def entry_shown(one: LedgerLine) -> EntryShown:
    return EntryShown(
        transaction=one.transaction_id, line=one.line, posted_on=one.posted_on, key=one.key,
        description=one.description, account=one.account, subject=one.subject, amount=Amount.of(one.amount),
    )  # fmt: skip
