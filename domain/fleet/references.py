"""What references and dates of the fleet look like."""

from datetime import date

from domain.case import reference_mistakes
from domain.errors import BadInput, Mistake

FIRST_YEAR, LAST_YEAR = 2000, 2199


def check_years(**dates: date) -> None:
    wrong = [name for name, day in dates.items() if not FIRST_YEAR <= day.year <= LAST_YEAR]
    mend = f"give a year from {FIRST_YEAR} to {LAST_YEAR}"
    if wrong:
        raise BadInput(*(Mistake(name, f"not in the year {dates[name].year}", mend) for name in wrong))


def check_references(**references: str) -> None:
    if mistakes := reference_mistakes(**references):
        raise BadInput(*mistakes)
