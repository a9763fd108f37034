"""Our rule engine beside hand-written Python and the engines that a user would otherwise take.

One process; the engines take turns, in another order each round, and give identical results before anything
is timed. Evaluations a second are the best of the rounds; p50 and p99 are of single evaluations.
"""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice

from rich.table import Table

from bench.rivals import others, ours
from bench.rule_cases import Facts, Line, by_hand, drivers, grid, grid_by_hand, parcels
from bench.rule_trials import dry_run, load_times

ROUNDS = 7
SECONDS = 0.1
"""What one engine gets in one round."""

SINGLE = 2_000
PATIENCE = 5.0
"""Seconds that an engine may take to load, and to answer the facts once; slower ones are left out."""

Evaluate = Callable[[Facts], int]


@dataclass
class Engine:
    """``many`` is a batch of evaluations, for an engine that has a call of its own for it."""

    name: str
    load: Callable[[], Evaluate]
    most: int = 10**9
    """Rows beyond which it is known not to load."""
    evaluate: Evaluate | None = None
    many: Callable[[list[Facts]], list[int]] | None = None
    load_s: float = 0.0
    best: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    note: str = ""
    samples: list[int] = field(default_factory=list)

    def prepare(self, facts: list[Facts], wanted: list[int]) -> None:
        """Loaded, and right on every fact."""
        begun = time.perf_counter()
        self.evaluate = self.load()
        self.load_s = time.perf_counter() - begun
        few = facts[:20]
        begun = time.perf_counter()
        assert [self.evaluate(one) for one in few] == wanted[:20], f"{self.name} disagrees"
        spent = time.perf_counter() - begun
        if spent / len(few) * len(facts) > PATIENCE or self.load_s > PATIENCE:
            self.note = f"{spent / len(few) * 1e3:.1f} ms each"
            return
        assert [self.evaluate(one) for one in facts] == wanted, f"{self.name} disagrees"

    def round(self, facts: list[Facts]) -> None:
        evaluate = self.evaluate
        assert evaluate
        done, begun = 0, time.perf_counter()
        while (spent := time.perf_counter() - begun) < SECONDS:
            if self.many:
                self.many(facts)
            else:
                for one in facts:
                    evaluate(one)
            done += len(facts)
        self.best = max(self.best, done / spent)

    def single(self, facts: list[Facts]) -> None:
        evaluate, clock = self.evaluate, time.perf_counter_ns
        assert evaluate
        count = min(SINGLE, max(50, int(self.best * 0.3)))
        for one in islice(cycle(facts), count):
            begun = clock()
            evaluate(one)
            self.samples.append(clock() - begun)
        ordered = sorted(self.samples)
        self.p50, self.p99 = (ordered[int(len(ordered) * part)] / 1e3 for part in (0.5, 0.99))


def measured(engines: list[Engine], facts: list[Facts], wanted: list[int]) -> list[Engine]:
    for engine in engines:
        engine.prepare(facts, wanted)
    timed = [engine for engine in engines if not engine.note]
    gc.collect()
    gc.disable()
    try:
        for turn in range(ROUNDS):
            random.Random(turn).shuffle(timed)
            for engine in timed:
                engine.round(facts)
        for engine in timed:
            engine.single(facts)
    finally:
        gc.enable()
    return engines


def scorecard() -> Table:
    facts = drivers(200)
    book = ours.scorecard()
    batch = others.zen_scorecard()
    hand = Engine("by hand (the limit)", lambda: by_hand)
    plain = Engine("ours", lambda: ours.quick(ours.scorecard(), "points"))
    explained = Engine("ours, fully explained", lambda: ours.explained(book, "points"))
    traced = Engine("zen-engine, with trace", lambda: others.zen_scorecard().traced)
    zen_all = Engine("zen-engine, batch of 200", lambda: batch, many=batch.batch)
    engines = [
        hand, plain, explained, Engine("zen-engine, one by one", others.zen_scorecard), traced, zen_all,
        Engine("CEL (Rust)", others.cel_scorecard), Engine("rule-engine", others.rule_engine_scorecard),
        Engine("business-rules", others.business_scorecard),
        Engine("durable-rules", others.durable_scorecard),
    ]  # fmt: skip
    measured(engines, facts, [by_hand(one) for one in facts])
    table = shown("Scorecard of 25 rules, 10 facts", engines, hand)
    ratio, over = plain.best / hand.best, explained.best / traced.best
    table.caption = (
        f"ours / by hand {ratio:.2f} (aim 0.8: {met(ratio >= 0.8)}); explained / zen with trace {over:.1f} "
        f"(aim 5: {met(over >= 5)}), / zen batch {explained.best / zen_all.best:.1f}"
    )
    return table


def grids(rows: int) -> Table:
    lines = grid(rows)
    facts = parcels(lines, 200)
    right = grid_by_hand(lines)
    hand = Engine("by hand (the limit)", lambda: grid_by_hand(lines))
    plain = Engine("ours", lambda: ours.quick(ours.read(ours.grid_text(lines)), "price"))
    book = ours.read(ours.grid_text(lines))
    engines = [
        hand,
        plain,
        Engine("ours, fully explained", lambda: ours.explained(book, "price")),
        *rivals(lines),
    ]
    measured([one for one in engines if one.most >= rows], facts, [right(one) for one in facts])
    table = shown(f"Grid of {rows:,} rows", engines, hand)
    each = 1e6 / plain.best
    table.caption = f"ours: {each:.2f} µs an evaluation" + (
        f" (aim under 2 µs: {met(each < 2)})" if rows == 10_000 else ""
    )
    return table


def rivals(lines: list[Line]) -> list[Engine]:
    return [
        Engine("zen-engine, one by one", lambda: others.zen_grid(lines)),
        Engine("CEL (Rust)", lambda: others.cel_grid(lines), most=1_000),
        Engine("rule-engine", lambda: others.rule_engine_grid(lines), most=1_000),
        Engine("business-rules", lambda: others.business_grid(lines), most=1_000),
        Engine("durable-rules", lambda: others.durable_grid(lines), most=100),
    ]


def shown(title: str, engines: list[Engine], limit: Engine) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.add_column("engine")
    for name in ("evaluations/s", "of the limit", "p50 µs", "p99 µs", "load ms"):
        table.add_column(name, justify="right")
    for one in engines:
        if one.evaluate is None:
            table.add_row(one.name, "not loaded at this size", "", "", "", "")
        elif one.note:
            table.add_row(one.name, one.note, "", "", "", f"{one.load_s * 1e3:,.1f}")
        else:
            single = ("", "") if one.many else (f"{one.p50:,.2f}", f"{one.p99:,.2f}")
            table.add_row(
                one.name, f"{one.best:,.0f}", f"{one.best / limit.best:.3f}", *single,
                f"{one.load_s * 1e3:,.1f}",
            )  # fmt: skip
    return table


def met(aim: bool) -> str:
    return "met" if aim else "missed"


async def main() -> list[Table]:
    return [scorecard(), *(grids(rows) for rows in (10, 100, 1_000, 10_000)), load_times(), dry_run()]
