"""Public holidays from the ``holidays`` package, corrected by what a tenant knows better."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from holidays import country_holidays

from domain.errors import BadInput, Mistake


@lru_cache(maxsize=256)
def _published(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(country_holidays(country, years=year, language="fr"))
    except NotImplementedError:
        raise BadInput(
            Mistake("country", f"no holidays are known for {country!r}", "use an ISO 3166 code, such as FR")
        ) from None


@dataclass(frozen=True)
class PublicHolidays:
    """Implements ``domain.ports.Holidays``.

    The dates of Muslim feasts are estimates until they are announced: a tenant adds and removes days.
    A day that is in both sets is a holiday.
    """

    extra: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()

    def of(self, country: str, year: int) -> frozenset[date]:
        """Raises BadInput on ``country``."""
        added = frozenset(day for day in self.extra if day.year == year)
        return (_published(country, year) - self.removed) | added
