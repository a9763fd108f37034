"""How long books of a thousand rules take to load and check, and a dry run of 100,000 subjects."""

import gc
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from rich.table import Table

from bench.rivals import ours
from bench.rule_cases import drivers, grid
from domain.look import Look
from rules.comparison import Comparison
from rules.engine import Book
from rules.library import Library
from rules.reading import Vocabulary
from rules.schema import read_book
from settings import HERE

ROUNDS = 7
DRY_ROUNDS = 3
SUBJECTS = 100_000
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def met(aim: bool) -> str:
    return "met" if aim else "missed"


def times_of(rounds: int, do: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the best and of the median round."""
    times = []
    for _ in range(rounds):
        gc.collect()
        begun = time.perf_counter()
        do()
        times.append(time.perf_counter() - begun)
    return min(times), median(times)


def load_times() -> Table:
    table = Table(title="A file read, checked, compiled and tried on its examples", title_justify="left")
    table.add_column("file")
    table.add_column(f"best of {ROUNDS}, ms", justify="right")
    table.add_column("median, ms", justify="right")
    table.add_column("aim")
    for name, text in (
        ("1,000 thresholds with their sentences", ours.thresholds_text(1_000)),
        ("1,000 rows of a grid", ours.grid_text(grid(1_000))),
        ("10,000 rows of a grid", ours.grid_text(grid(10_000))),
    ):
        best, usual = times_of(ROUNDS, partial(ours.read, text))
        aim = f"under 100 ms: {met(best < 0.1)}" if name.startswith("1,000 ") else ""
        table.add_row(name, f"{best * 1e3:.1f}", f"{usual * 1e3:.1f}", aim)
    return table


def looks(facts: list[dict[str, object]]) -> Iterator[Look]:
    for number in range(SUBJECTS):
        yield Look(f"bench:S-{number}", AT, facts[number % len(facts)])


def late(number: int) -> dict[str, object]:
    """A driver as many days late as the number says."""
    oldest = (AT - timedelta(days=number)).date().isoformat()
    arrears = {"minor": 5_000 if number else 0, "currency": "XAF"}
    none: dict[str, object] = {"promise_until": None, "broken_promises": 0, "terminated": False}
    return {"days_late": number, "arrears": arrears, "oldest_due_on": oldest if number else None, **none}


def changed(book: Book, **cells: str) -> Book:
    """With other cells: points of a rule or days of a stage, by the rule or stage and as it was and is."""
    text = book.content
    for change in cells.values():
        before, _, after = change.partition(" → ")
        assert before in text
        text = text.replace(before, after)
    return read_book(text, "bench.yaml", Vocabulary.anything(), examples=False)


def dry_run() -> Table:
    """Each subject is decided under two books, and what differs is counted."""
    table = Table(title=f"Dry run of {SUBJECTS:,} subjects", title_justify="left")
    for name in ("book", f"best of {DRY_ROUNDS}, s", "median, s", "subjects/s", "who changes", "aim"):
        table.add_column(name, justify="left" if name in ("book", "aim") else "right")
    card, dunning = ours.read(ours.scorecard_text()), Library.load(HERE / "rules").book("fleet/dunning")
    pairs = [
        ("scorecard of 25 rules", card, changed(card, late_now="points: -15 → points: -25"),
         list(drivers(500))),
        ("fleet/dunning", dunning,
         changed(dunning, reminder="days: 4..7 → days: 4..6", firm="days: 8..14 → days: 7..14"),
         [late(number) for number in range(45)]),
    ]  # fmt: skip
    for name, old, new, facts in pairs:
        who: list[int] = []
        best, usual = times_of(DRY_ROUNDS, partial(compare, old, new, facts, who))
        table.add_row(
            name, f"{best:.1f}", f"{usual:.1f}", f"{SUBJECTS / best:,.0f}", f"{who[-1]:,}",
            f"under 5 s: {met(best < 5)}",
        )  # fmt: skip
    return table


def compare(old: Book, new: Book, facts: list[dict[str, object]], who: list[int]) -> None:
    """``who`` gets the number of subjects who change."""
    run = Comparison(old, new, "Africa/Douala", lambda day: day.weekday() < 5)
    run.take(looks(facts))
    tally = run.finish()
    if tally.of("subjects") != SUBJECTS:
        raise SystemExit(f"{tally.of('subjects')} subjects were compared, not {SUBJECTS}")
    who.append(tally.of("subjects", "changed"))
