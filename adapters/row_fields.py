"""Values of one row, read as what they should be, with every mistake on the way."""

from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

from domain.errors import Mistake

MOST_DIGITS, LONGEST = 18, 200

Word = TypeVar("Word", bound=StrEnum)


class Fields:
    """Reads the values of one row and gathers every mistake on the way."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self.mistakes: list[Mistake] = []

    def wrong(self, field: str, problem: str, mend: str) -> None:
        self.mistakes.append(Mistake(field, problem, mend))

    def text(self, field: str) -> str:
        value = self.values.get(field, "")
        if not value:
            self.wrong(field, "it is empty", "give a value")
        if len(value) > LONGEST:
            self.wrong(field, f"it is longer than {LONGEST} characters", "shorten it")
        return value

    def number(self, field: str, default: int | None = None) -> int:
        value = self.values.get(field, "")
        if not value and default is not None:
            return default
        if not value.lstrip("-").isascii() or not value.lstrip("-").isdigit() or len(value) > MOST_DIGITS:
            self.wrong(field, f"{value!r} is not a whole number", "write digits only, in the smallest unit")
            return 0
        return int(value)

    def day(self, field: str) -> date:
        value = self.values.get(field, "")
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(field, f"{value!r} is not a date", "write YYYY-MM-DD, a day that exists")
            return date.min

    def moment(self, field: str) -> datetime:
        value = self.values.get(field, "")
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.wrong(field, f"{value!r} is not a moment", "write it as 2026-03-20T10:00:00+01:00")
            return datetime.min

    def word(self, field: str, kind: type[Word], default: Word | None = None) -> Word:
        value = self.values.get(field, "")
        if not value and default is not None:
            return default
        try:
            return kind(value)
        except ValueError:
            self.wrong(field, f"{value!r} is unknown", f"use one of {', '.join(kind)}")
            return next(iter(kind))

    def one_of(self, field: str, known: tuple[str, ...], default: str = "") -> str:
        value = self.values.get(field, "") or default
        if value not in known:
            self.wrong(field, f"{value!r} is unknown", f"use one of {', '.join(known)}")
        return value

    def phone(self, field: str, country: str) -> str | None:
        """E.164."""
        value = self.values.get(field, "")
        if not value:
            return None
        try:
            number = parse(value, country)
            if is_valid_number(number):
                return format_number(number, PhoneNumberFormat.E164)
        except NumberParseException:
            pass
        self.wrong(field, f"{value!r} is not a telephone number", "write it with its country code, +237…")
        return None

    def email(self, field: str) -> str | None:
        value = self.values.get(field, "")
        if not value:
            return None
        try:
            return validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError as wrong:
            self.wrong(field, str(wrong).rstrip("."), "correct the address, or leave it empty")
            return None

    def rest_days(self, field: str) -> frozenset[int]:
        value = self.values.get(field, "").split()
        if not all(day in "0123456" and len(day) == 1 for day in value):
            self.wrong(field, f"{' '.join(value)!r} are not weekdays", "write 0 (Monday) to 6, such as 5 6")
            return frozenset()
        return frozenset(map(int, value))
