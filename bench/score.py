"""Does the score of a contract's first four months tell who will be in arrears in the last two?

    python -m bench.score FOLDER        (or ECHEANCE_SCORE_DATA=FOLDER)

FOLDER holds contracts.csv and payments.csv as `echeance demo` takes them: six monthly instalments each.
"""

import os
import random
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from adapters.holidays import PublicHolidays
from domain.calendar import DAY, add_months
from domain.errors import BadInput
from domain.fleet.intake import Contract
from domain.fleet.payments import Standing, allocate
from domain.fleet.schedule import schedule
from domain.fleet.score import score_facts
from rules.engine import Book
from rules.library import Library
from seeds.dataset import read
from settings import HERE

FOLDER = "ECHEANCE_SCORE_DATA"
ZONE, COUNTRY = "Africa/Douala", "CM"
MONTHS, SAMPLES, SEED = 4, 2000, 20261121
UNMOVED = date(1970, 1, 1)

METHOD = """\
Of {contracts} contracts. Scored by the shipped book on the eve of the fifth due, from what was known by then;
beside it the share of the first four months' dues that were paid late. AUC: of two contracts, one that then
was in arrears and one that was not, how often the first has the worse score; ties count half (mid-ranks). In
brackets the middle 95 % of {samples} samples drawn with replacement; the difference is taken within each
sample. The book's weights for long delays and months in advance were fitted to the contracts with an even
number; those with an odd one only test them. Which facts to fit was decided with all of them in sight."""


@dataclass(frozen=True)
class Asked:
    """``by_book`` and ``by_share``: the higher, the worse. ``became`` by the definitions of arrears."""

    even: bool
    by_book: float
    by_share: float
    became: dict[str, bool]


@dataclass(frozen=True)
class Auc:
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}–{self.high:.3f}]"


def look(contract: Contract, standing: Standing, book: Book) -> Asked:
    """Monthly dues, the down payment beside them."""
    terms, first = contract.terms, contract.terms.first_due_on
    day = add_months(first, MONTHS) - DAY
    facts = score_facts(standing, day=day, signed_on=terms.signed_on, grace_days=terms.grace_days)
    points = int(book.outcome(facts.as_facts(), day)[1]["points"])
    ends = [add_months(first, number) - DAY for number in (MONTHS + 1, MONTHS + 2)]
    late = [standing.days_late(end, terms.grace_days) for end in ends]
    last = [one for one in standing.settlements if one.due.due_on > day]
    week = timedelta(days=7)
    became = {
        "in arrears at the end of either month": any(late),
        "a month late or more then": any(days >= 30 for days in late),
        "in arrears at the very end": bool(late[-1]),
        "one of the two dues a week late or more": any(
            one.paid_on is None or one.paid_on > one.due.due_on + week for one in last
        ),
    }
    return Asked(int(contract.ref[-1]) % 2 == 0, -points, -float(facts.on_time_12m or 0), became)


def auc(scores: Sequence[float], became: Sequence[bool]) -> float:
    """By the ranks of those in arrears among the others."""
    others = sorted(score for score, yes in zip(scores, became, strict=True) if not yes)
    those = [score for score, yes in zip(scores, became, strict=True) if yes]
    if not others or not those:
        return 0.5
    below = sum(bisect_left(others, score) + bisect_right(others, score) for score in those)
    return below / 2 / len(others) / len(those)


def measured(asked: Sequence[Asked], name: str) -> tuple[Auc, Auc, Auc]:
    """The book's, the share's, and the difference."""
    columns = [[one.by_book for one in asked], [one.by_share for one in asked]]
    became = [one.became[name] for one in asked]
    dice, drawn = random.Random(SEED), []
    for _ in range(SAMPLES):
        who = dice.choices(range(len(asked)), k=len(asked))
        yes = [became[number] for number in who]
        both = [auc([column[number] for number in who], yes) for column in columns]
        drawn.append((*both, both[0] - both[1]))
    book, share = (auc(column, became) for column in columns)
    return (
        _interval(book, [one[0] for one in drawn]), _interval(share, [one[1] for one in drawn]),
        _interval(book - share, [one[2] for one in drawn]),
    )  # fmt: skip


def _interval(value: float, drawn: list[float]) -> Auc:
    ordered = sorted(drawn)
    return Auc(value, ordered[len(ordered) * 25 // 1000], ordered[len(ordered) * 975 // 1000])


def asked_of(folder: Path) -> list[Asked]:
    """Raises BadInput."""
    book, holidays = Library.load(HERE / "rules").book("fleet/score"), PublicHolidays()
    data = read(folder, UNMOVED)
    found = []
    for contract in data.contracts:
        plan = schedule(contract.terms, lambda year: holidays.of(COUNTRY, year))
        paid = [entry.payment(False) for entry in data.payments.get(contract.ref, [])]
        found.append(look(contract, allocate(plan, paid, ZONE), book))
    return found


GROUPS: dict[str, Callable[[Asked], bool]] = {
    "all": lambda _: True, "odd (test)": lambda one: not one.even, "even (fitted)": lambda one: one.even,
}  # fmt: skip


def tables(asked: Sequence[Asked]) -> list[Table]:
    made = []
    for group, among in GROUPS.items():
        those = [one for one in asked if among(one)]
        table = Table("what it is to tell", "became so", "score", "share of late payments", "difference",
                      title=f"Arrears in the last two months: AUC, {group}, {len(those)}")  # fmt: skip
        for name in those[0].became:
            said = [str(one) for one in measured(those, name)]
            table.add_row(name, str(sum(one.became[name] for one in those)), *said)
        made.append(table)
    return made


def main() -> int:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get(FOLDER, "")
    if not given:
        print(f"give the folder of contracts.csv and payments.csv, or set {FOLDER}", file=sys.stderr)
        return 2
    try:
        asked = asked_of(Path(given))
    except BadInput as wrong:
        print(wrong, file=sys.stderr)
        return 1
    console = Console(width=150)
    for table in tables(asked):
        console.print(table)
    console.print(METHOD.format(contracts=len(asked), samples=SAMPLES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
