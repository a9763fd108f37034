"""How long each kind of data is kept: the question to the rule book, and the day that follows."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import add_months, months_before
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake

LAW_YEARS = 10
LAWS: dict[str, Bilingual] = {
    "accounting": Bilingual(
        "dix ans (Code de commerce, art. L123-22 ; Acte uniforme OHADA, art. 24)",
        "ten years (Code de commerce, art. L123-22; OHADA Uniform Act, art. 24)",
    )
}


class Category(StrEnum):
    """What is kept for the same time. Files name theirs in their row."""

    ENDED_RELATION = "ended_relation"
    INACTIVE = "inactive"
    CASE = "case"
    MESSAGE = "message"
    DOCUMENT = "document"
    REPORT = "report"
    EXPORT = "export"
    REQUEST = "request"
    AUDIT = "audit"
    LETTER = "letter"
    SESSION = "session"
    SIGN_IN = "sign_in"
    WEBHOOK = "webhook"
    IMPORT = "import"
    TRIAL = "trial"
    IDEMPOTENCY = "idempotency"


AT_LEAST_MONTHS: dict[Category, int] = {Category.DOCUMENT: 120, Category.REPORT: 120, Category.AUDIT: 12}
"""No book goes below what a law asks for."""
LEAST_DAYS = 1


@dataclass(frozen=True)
class RetentionFacts:
    """The facts of the rule book platform/retention."""

    category: Category

    def as_facts(self) -> dict[str, object]:
        return {"category": self.category.value}


@dataclass(frozen=True)
class Term:
    """Calendar months, then days."""

    category: Category
    months: int
    days: int

    def __post_init__(self) -> None:
        if self.months < 0 or self.days < 0 or self.months * 28 + self.days < LEAST_DAYS:
            raise BadInput(Mistake(self.category, "kept for no time at all", "give a month or a day"))
        if self.months < (least := AT_LEAST_MONTHS.get(self.category, 0)):
            problem = f"{self.months} months are less than the law asks for"
            raise BadInput(Mistake(self.category, problem, f"give {least} months or more"))

    @property
    def told(self) -> Bilingual:
        fr = [f"{self.months} mois"] if self.months else []
        en = [f"{self.months} months"] if self.months else []
        if self.days:
            fr.append(f"{self.days} jours")
            en.append(f"{self.days} days")
        return Bilingual(" et ".join(fr), " and ".join(en))

    def over_before(self, today: date) -> date:
        """What is dated before this day has been kept long enough."""
        return months_before(today, self.months) - timedelta(days=self.days)


def kept_until(dated: date) -> date:
    """Of what a law keeps."""
    return add_months(dated, LAW_YEARS * 12)
