"""Our rule engine beside hand-written Python and the engines that a user would otherwise take.

One process; the engines take turns, in another order each round, and each gives the right answer for every
fact before anything is timed. Rates are of the best and of the median round; p50 and p99 are of single
evaluations in all rounds. On a machine with other work best rounds say what an engine can do, and p99 says
how long the machine took it away. The collector of garbage rests while engines are timed.

The hand-written functions trust their facts; ours checks each one. No engine is left out: one that cannot
load a table, or would need more than PATIENCE to answer the facts once, has its row and the reason.
"""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median
from typing import Any

from rich.table import Table

from bench.rivals import others, ours
from bench.rule_cases import (
    Facts,
    by_hand,
    by_hand_checked,
    drivers,
    grid,
    grid_by_hand,
    parcels,
)  # fmt: skip
from bench.rule_trials import dry_run, load_times, met

ROUNDS = 9
SECONDS = 0.1
"""What one engine gets in one round."""

SINGLE = 300
"""Evaluations timed one by one in one round, in as much time at most."""

FEW = 20
"""Facts for an engine that cannot answer all of them in the time of one round."""

PATIENCE = 20.0
"""Seconds that an engine may take to load, and to answer the facts once."""

Evaluate = Callable[..., Any]


@dataclass
class Engine:
    """``second`` is what is asked beside the facts: the day, or our question. ``value`` is the number in an
    answer. A ``batch`` is asked for all facts at once.
    """

    name: str
    load: Callable[[], Evaluate]
    second: Any = None
    value: Callable[[Any], int] = int
    batch: bool = False
    evaluate: Evaluate = int
    load_s: float = 0.0
    each: float = 0.0
    note: str = ""
    rates: list[float] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)

    @property
    def best(self) -> float:
        return max(self.rates)

    @property
    def median(self) -> float:
        return median(self.rates)

    def prepare(self, facts: list[Facts], wanted: list[int]) -> None:
        """Loaded, and right on every fact."""
        gc.collect()
        begun = time.perf_counter()
        try:
            self.evaluate = self.load()
        except others.CannotLoad as error:
            self.note = f"cannot load: {error}"
            return
        self.load_s = time.perf_counter() - begun
        self.each = self._right(facts[:FEW], wanted[:FEW]) / FEW
        if max(self.each * len(facts), self.load_s) > PATIENCE:
            self.note = f"cut off: {self.each * 1e3:.1f} ms each"
            return
        self._right(facts, wanted)

    def _right(self, facts: list[Facts], wanted: list[int]) -> float:
        """Seconds that the answers took."""
        begun = time.perf_counter()
        answers = self._answers(facts)
        spent = time.perf_counter() - begun
        if [self.value(one) for one in answers] != wanted:
            raise SystemExit(f"{self.name} gives other answers")
        return spent

    def _answers(self, facts: list[Facts]) -> list[Any]:
        if self.batch:
            return list(self.evaluate(facts))
        more = () if self.second is None else (self.second,)
        return [self.evaluate(one, *more) for one in facts]

    def round(self, facts: list[Facts], turn: int) -> None:
        """Slow engines answer a few of the facts, the same in each round."""
        some = facts if self.batch or self.each * len(facts) < SECONDS else facts[:FEW]
        done, begun = 0, time.perf_counter()
        while (spent := time.perf_counter() - begun) < SECONDS:
            self._pass(some)
            done += len(some)
        self.rates.append(done / spent)
        if not self.batch:
            self._single(list(islice(cycle(facts), turn * SINGLE, (turn + 1) * SINGLE)))

    def _pass(self, facts: list[Facts]) -> None:
        """Nothing but the calls that a user makes."""
        evaluate, second = self.evaluate, self.second
        if self.batch:
            evaluate(facts)
        elif second is None:
            for one in facts:
                evaluate(one)
        else:
            for one in facts:
                evaluate(one, second)

    def _single(self, facts: list[Facts]) -> None:
        evaluate, clock = self.evaluate, time.perf_counter_ns
        more = () if self.second is None else (self.second,)
        until = clock() + int(SECONDS * 1e9)
        for one in facts:
            begun = clock()
            evaluate(one, *more)
            ended = clock()
            self.samples.append(ended - begun)
            if ended > until:
                return

    def percentile(self, part: float) -> float:
        """In microseconds."""
        ordered = sorted(self.samples)
        return ordered[int(len(ordered) * part)] / 1e3


def measured(engines: list[Engine], facts: list[Facts], wanted: list[int]) -> None:
    for engine in engines:
        engine.prepare(facts, wanted)
    timed = [engine for engine in engines if not engine.note]
    gc.collect()
    gc.disable()
    try:
        for turn in range(ROUNDS):
            random.Random(turn).shuffle(timed)
            for engine in timed:
                engine.round(facts, turn)
    finally:
        gc.enable()


def our_own(text: str, value: str) -> tuple[Engine, Engine]:
    """Without and with the explanation."""
    quick = Engine("ours", lambda: ours.read(text).outcome, ours.DAY, lambda answer: int(answer[1][value]))
    explained = Engine(
        "ours, fully explained", lambda: ours.read(text).decide, ours.QUESTION,
        lambda ruling: int(ruling.result[value]),
    )  # fmt: skip
    return quick, explained


def zen(make: Callable[[], others.Zen]) -> list[Engine]:
    return [
        Engine("zen-engine, one by one", make),
        Engine("zen-engine, batch of 200", lambda: make().batch, batch=True),
        Engine("zen-engine, one by one, with trace", lambda: make().traced),
        Engine("zen-engine, batch of 200, with trace", lambda: make().traced_batch, batch=True),
    ]


def scorecard() -> Table:
    facts = drivers(200)
    hand = Engine("by hand (the limit)", lambda: by_hand, ours.DAY, lambda answer: int(answer[1]))
    checked = Engine("by hand, facts checked", lambda: by_hand_checked, ours.DAY, hand.value)
    plain, explained = our_own(ours.scorecard_text(), "points")
    zens = zen(others.zen_scorecard)
    engines = [
        hand, checked, plain, explained, *zens, Engine("CEL (Rust)", others.cel_scorecard),
        Engine("rule-engine", others.rule_engine_scorecard),
        Engine("business-rules", others.business_scorecard),
        Engine("durable-rules", others.durable_scorecard),
    ]  # fmt: skip
    measured(engines, facts, [by_hand(one, ours.DAY)[1] for one in facts])
    table = shown("Scorecard of 25 rules, 10 facts", engines, hand)
    table.caption = "\n".join(
        [aimed(plain, hand, 0.8), aimed(plain, checked), *(aimed(explained, one, 5) for one in zens)]
    )
    return table


def grids(rows: int) -> Table:
    lines = grid(rows)
    facts, right = parcels(lines, 200), grid_by_hand(lines)
    hand = Engine("by hand (the limit)", lambda: grid_by_hand(lines))
    plain, explained = our_own(ours.grid_text(lines), "price")
    zens = zen(lambda: others.zen_grid(lines))
    engines = [
        hand, plain, explained, *zens, Engine("CEL (Rust)", lambda: others.cel_grid(lines)),
        Engine("rule-engine", lambda: others.rule_engine_grid(lines)),
        Engine("business-rules", lambda: others.business_grid(lines)),
        Engine("durable-rules", lambda: others.durable_grid(lines)),
    ]  # fmt: skip
    measured(engines, facts, [right(one) for one in facts])
    table = shown(f"Grid of {rows:,} rows", engines, hand)
    each = 1e6 / plain.best
    aim = f" (aim under 2: {met(each < 2)})" if rows == 10_000 else ""
    table.caption = "\n".join(
        [f"ours: {each:.2f} µs an evaluation{aim}", *(aimed(explained, one) for one in zens)]
    )
    return table


def aimed(one: Engine, other: Engine, aim: float = 0) -> str:
    """How many times as fast, in the best and in the median round."""
    best, usual = one.best / other.best, one.median / other.median
    verdict = f" (aim {aim:g}: {met(best >= aim)})" if aim else ""
    return f"{one.name} / {other.name}: {best:.2f}, median {usual:.2f}{verdict}"


def shown(title: str, engines: list[Engine], limit: Engine) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.add_column("engine")
    for name in ("best/s", "median/s", "of the limit", "p50 µs", "p99 µs", "load ms"):
        table.add_column(name, justify="right")
    for one in engines:
        loaded = f"{one.load_s * 1e3:,.1f}" if one.load_s else ""
        if one.note:
            table.add_row(one.name, one.note, "", "", "", "", loaded)
            continue
        parts = [f"{one.percentile(part):,.2f}" for part in (0.5, 0.99)] if one.samples else ["", ""]
        share = f"{one.best / limit.best:.4f}"
        table.add_row(one.name, f"{one.best:,.0f}", f"{one.median:,.0f}", share, *parts, loaded)
    return table


async def main() -> list[Table]:
    return [scorecard(), *(grids(rows) for rows in (10, 100, 1_000, 10_000)), load_times(), dry_run()]
