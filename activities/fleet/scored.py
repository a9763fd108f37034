"""One driver put to the books: points and class, where that leaves the driver, and what would raise it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from database.fleet.score_nights import Scored
from database.fleet.scoring import Driver, Past, Ridden
from domain.decision import Reason
from domain.fleet import risk
from domain.fleet.levers import levers
from domain.fleet.risk import Band, RiskFacts, Seen, facts_of
from domain.fleet.score import ScoreFacts
from rules.engine import Book
from rules.facts import recorded
from rules.ruling import Question


@dataclass(frozen=True)
class Books:
    """Those of one tenant in force on one night. ``at`` is in the local day ``day``."""

    score: Book
    risk: Book
    zone: str
    day: date
    at: datetime

    @property
    def revision(self) -> str:
        return f"{self.score.revision}+{self.risk.revision}"

    def question(self, process: str, ref: str) -> Question:
        return Question(f"{process}:{ref}", self.at, self.zone, near=False)

    def ask(self, facts: ScoreFacts, day: int) -> tuple[int, Band]:
        band, gives = self.score.outcome(vars(facts), date.fromordinal(day))
        return int(gives["points"]), Band(band)


@dataclass(frozen=True)
class Standing:
    """The contract that decides: of several running ones, that with the fewest points."""

    ridden: Ridden
    facts: ScoreFacts
    points: int
    band: Band
    reasons: tuple[Reason, ...]


def score_all(books: Books, found: Sequence[Driver]) -> list[Scored]:
    """Raises FactsRefused, and ValueError for a class that fleet/risk does not know."""
    return [score(books, one) for one in found]


def score(books: Books, driver: Driver) -> Scored:
    day = books.day.toordinal()
    standing = min((_standing(books, one, day) for one in driver.contracts), key=lambda one: one.points)
    past = driver.past
    since = (past.band_since if past.band == standing.band else None) or books.day
    facts = _risk_facts(books.day, standing, past, since)
    ruling = books.risk.decide(vars(facts), books.question("fleet.risk", driver.ref))
    rule = ruling.reasons[0]
    outcome_since = (past.outcome_since if past.outcome == ruling.outcome else None) or books.day
    money = standing.facts.arrears
    row: dict[str, Any] = {
        "driver_ref": driver.ref, "contract_ref": standing.ridden.ref, "points": standing.points,
        "band": standing.band.value, "since_on": since.isoformat(), "outcome": ruling.outcome,
        "outcome_since_on": outcome_since.isoformat(), "rule": rule.rule, "why": asdict(rule.why),
        "points_week_ago": past.week_points, "band_week_ago": past.week_band,
        "outcome_week_ago": past.week_outcome, "days_late": standing.facts.days_late,
        "arrears_minor": money.minor, "currency": money.currency,
        "facts": {name: recorded(value) for name, value in vars(standing.facts).items()},
        "reasons": [asdict(one) for one in standing.reasons],
        "levers": [one.as_record() for one in _levers(books, standing, day)],
        "revision": books.revision,
    }  # fmt: skip
    return Scored(row, _is_new(row, past), _moved(row, past))


def _standing(books: Books, ridden: Ridden, day: int) -> Standing:
    facts = ridden.course.facts(day)
    ruling = books.score.decide(vars(facts), books.question("fleet.score", ridden.ref))
    return Standing(ridden, facts, int(ruling.result["points"]), Band(ruling.outcome), ruling.reasons)


def _risk_facts(day: date, standing: Standing, past: Past, since: date) -> RiskFacts:
    """Without what a person said of the driver: the lists say what the payments say."""
    now = risk.Scored(day, standing.points, standing.band)
    before = None
    if past.quarter_points is not None and past.quarter_band is not None:
        before = risk.Scored(day - risk.QUARTER, past.quarter_points, Band(past.quarter_band))
    return facts_of(
        Seen(now, before, since), day=day, days_late=standing.facts.days_late,
        signed_on=standing.ridden.signed_on,
    )  # fmt: skip


def _levers(books: Books, standing: Standing, day: int) -> list[Any]:
    return levers(standing.ridden.course, day, standing.band, books.ask)


def _is_new(row: dict[str, Any], past: Past) -> bool:
    return any(row[name] != getattr(past, name) for name in COMPARED)


def _moved(row: dict[str, Any], past: Past) -> bool:
    """The first score of all moves nobody, unless it is a bad one."""
    if past.points is None:
        return bool(row["outcome"] == AT_RISK)
    return any(row[name] != getattr(past, name) for name in ("band", "outcome", "rule"))


COMPARED = ("points", "band", "outcome", "rule", "contract_ref", "revision")
AT_RISK = "at_risk"

Tell = Callable[[int, int], None]
"""Hears how many drivers are done, and of how many."""
