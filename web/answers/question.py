"""What a person is asked through a signed link, and what they answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from babel.dates import format_date
from babel.numbers import format_currency
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import Tenant
from database.shared.uploads import Uploads
from domain.calendar import local_date
from domain.decision import Bilingual
from domain.file import FileState
from domain.links import Target
from domain.money import Money
from domain.upload import Checked

REGIONS = {"fr": "fr_FR", "en": "en_GB"}


@dataclass(frozen=True)
class Handed:
    """A file that came with the answer, looked at and scanned."""

    uploads: Uploads
    checked: Checked
    state: FileState


@dataclass(frozen=True)
class Visit:
    """One opening of a link: whose, of what, when (UTC), and in which language it is read."""

    tx: AsyncConnection
    target: Target
    home: Tenant
    now: datetime
    locale: str
    handed: Handed | None = None

    @property
    def today(self) -> date:
        return local_date(self.now, self.home.zone)

    @property
    def by(self) -> str:
        return f"link:{self.target.audience}"


@dataclass(frozen=True)
class Input:
    """A field of an answer; ``kind`` is money, date, text or file. ``first`` and ``last`` bound a date."""

    name: str
    kind: str
    label: Bilingual
    value: str = ""
    unit: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Choice:
    """One answer that may be given, with a button of its own. ``tone`` is main, plain or grave."""

    value: str
    button: Bilingual
    help: Bilingual
    inputs: tuple[Input, ...] = ()
    tone: str = "plain"


@dataclass(frozen=True)
class Question:
    """``answered`` says what was understood, or why nothing is asked any more."""

    title: Bilingual
    lead: Bilingual
    facts: tuple[tuple[Bilingual, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    answered: Bilingual | None = None


class Asker(Protocol):
    """The question of one process. ``take`` writes the answer as a fact; it raises DomainErrors."""

    async def ask(self, visit: Visit) -> Question: ...

    async def take(self, visit: Visit, form: Mapping[str, str]) -> str:
        """What is written, for the audit trail."""
        ...


def money(amount: Money, locale: str) -> str:
    return format_currency(amount.decimal, amount.currency, locale=REGIONS[locale])


def day(on: date, locale: str) -> str:
    return format_date(on, "long", locale=REGIONS[locale])


def money_both(amount: Money) -> tuple[str, str]:
    return money(amount, "fr"), money(amount, "en")


def day_both(on: date) -> tuple[str, str]:
    return day(on, "fr"), day(on, "en")
