"""The kinds of values that the API takes and shows."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StrictInt,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.mistakes import as_schema_error
from domain.case import REFERENCE
from domain.errors import BadInput
from domain.money import Money, parse_money
from rules.fitness import EARLIEST, LATEST

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AMOUNT = re.compile(r"-?\d{1,16}(\.\d{1,6})?")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Given(BaseModel):
    """What a caller sends: nothing unknown, nothing guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """What a caller is shown."""

    model_config = ConfigDict(frozen=True)


def examples(*given: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(given)})


def wrong(problem: str, mend: str) -> PydanticCustomError:
    return PydanticCustomError("value", "{problem}", {"problem": problem, "mend": mend})


def _ref(text: str) -> str:
    if not REFERENCE.fullmatch(text):
        mend = "use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit"
        raise wrong("not a reference", mend)
    return text


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise wrong("not a date", "write it as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise wrong(f"{value} does not exist", "give a day of the calendar, as YYYY-MM-DD") from None


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    mend = "write it as 2026-03-20T10:00:00+01:00"
    if not isinstance(value, str) or len(value) < 11:
        raise wrong("not a date with a time", mend)
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise wrong("not a date with a time that exists", mend) from None
    if read.tzinfo is None:
        raise wrong("it has no time zone", "add one, such as +01:00 or Z")
    return read


def _in_reach(value: date) -> date:
    """A datetime stays one."""
    if not EARLIEST.year <= value.year <= LATEST.year:
        raise wrong(f"it is not between {EARLIEST.year} and {LATEST.year}", "check the year")
    return value


def _text(text: str) -> str:
    if not text.strip():
        raise wrong("it is empty", "write something")
    return printable(text).strip()


def printable(text: str) -> str:
    if UNPRINTABLE.search(text):
        raise wrong("it has an unprintable character", "leave it out")
    return text


def _line(text: str) -> str:
    text = _text(text)
    if len(text.splitlines()) > 1:
        raise wrong("it has a line break", "write it on one line")
    return text


Ref = Annotated[str, AfterValidator(_ref), Field(examples=["C-0001"])]
Day = Annotated[date, BeforeValidator(_day), Field(examples=["2026-03-20"])]
Instant = Annotated[datetime, BeforeValidator(_instant), Field(examples=["2026-03-20T10:00:00+01:00"])]
RuleDay = Annotated[Day, AfterValidator(_in_reach)]
"""Rule books count days on both sides of it, so that it cannot be an end of the calendar."""
RuleInstant = Annotated[Instant, AfterValidator(_in_reach)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_line)]
Paragraph = Annotated[str, Field(max_length=2000), AfterValidator(_text)]
Whole = StrictInt


class Amount(Given):
    """Major units as a decimal text: "12500" XAF, "12.50" EUR."""

    amount: str = Field(examples=["12500"])
    currency: str = Field(examples=["XAF"])

    model_config = examples({"amount": "12500", "currency": "XAF"})

    @model_validator(mode="wrap")
    @classmethod
    def _readable(cls, given: Any, made_of: ModelWrapValidatorHandler[Self]) -> Self:
        made = made_of(given)
        if isinstance(given, cls):  # read before, or ours
            return made
        if not AMOUNT.fullmatch(made.amount):
            raise wrong("not a number", "write digits and at most one point, such as 12.50")
        try:
            parse_money(made.amount, made.currency)
        except BadInput as mistake:
            raise as_schema_error(mistake) from None
        return made

    @property
    def money(self) -> Money:
        return parse_money(self.amount, self.currency)

    @classmethod
    def of(cls, money: Money) -> "Amount":
        """As it is: a sum may be greater than what may be sent."""
        return cls.model_construct(amount=f"{money.decimal:f}", currency=money.currency)


def _positive(amount: Amount) -> Amount:
    if amount.money.minor <= 0:
        raise wrong("not above 0", "give an amount above 0")
    return amount


Price = Annotated[Amount, AfterValidator(_positive)]


class ReasonGiven(Given):
    """Why something is ended, taken back or held; it stays on record."""

    reason: Paragraph

    model_config = examples({"reason": "Agreed with the customer on the phone."})
