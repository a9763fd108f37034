"""The rules engine crashes, hangs and talks rubbish; the answers stay right."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest

from adapters.durable.client import DurableRules
from domain.errors import RulesEngineDown

WIDTH = 5


def clause(*terms: dict[str, Any]) -> dict[str, Any]:
    return {"all": [{"m": {"$and": [{"mark": 1}, *terms]}}]}


ALWAYS = clause()


def bands(key: str = "bands", count: int = 40) -> dict[str, Any]:
    """Rules that overlap: `c7` holds from 7 to 12."""
    rules = {f"c{low}": clause({"$gte": {"x": low}}, {"$lte": {"x": low + WIDTH}}) for low in range(count)}
    return {"key": key, "rulesets": [{**rules, "asked": ALWAYS}]}


BANDS = bands()


def expected(x: int) -> frozenset[str]:
    return frozenset(f"c{low}" for low in range(40) if low <= x <= low + WIDTH)


def fact(x: int) -> list[dict[str, int | str]]:
    return [{"mark": 1, "x": x}]


@pytest.fixture
def engine() -> Iterator[DurableRules]:
    made = DurableRules()
    yield made
    made.close()


def memory_kb(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4


def is_alive(pid: int) -> bool:
    """A zombie is alive to ``kill``: it must have been reaped as well."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def fake(script: str, timeout: float = 5.0) -> DurableRules:
    return DurableRules(timeout=timeout, command=(sys.executable, "-c", script))


def test_the_process_is_started_at_the_first_question(engine: DurableRules) -> None:
    assert engine.pid is None
    assert engine.fired(BANDS, fact(3)) == expected(3)
    assert engine.pid


def test_several_subjects_in_one_question_are_told_apart(engine: DurableRules) -> None:
    numbers = list(range(-2, 60))
    assert engine.fired_each(BANDS, [fact(x) for x in numbers]) == [expected(x) for x in numbers]


def test_nothing_is_kept_and_memory_stays_flat_over_100_000_questions(engine: DurableRules) -> None:
    numbers = random.Random(7)
    asked = [[numbers.randrange(50) for _ in range(500)] for _ in range(200)]
    sizes = []
    for xs in asked:
        assert engine.fired_each(BANDS, [fact(x) for x in xs]) == [expected(x) for x in xs]
        assert engine.pid
        sizes.append(memory_kb(engine.pid))
    assert sizes[-1] - sizes[20] < 1_000


def test_killed_in_the_middle_of_questions_every_answer_is_right(engine: DurableRules) -> None:
    """Some hundred kills, never two within one question: of those the second one would be told."""
    done, answered = Event(), [0]

    def kill_now_and_then() -> None:
        next_time = 20
        while not done.wait(0.000_3):
            pid = engine.pid
            if pid and answered[0] >= next_time:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                next_time = answered[0] + 50

    killer = Thread(target=kill_now_and_then)
    killer.start()
    try:
        for number in range(5_000):
            assert engine.fired(BANDS, fact(number % 50)) == expected(number % 50)
            answered[0] += 1
    finally:
        done.set()
        killer.join()
    assert engine.restarts > 10


def test_many_threads_ask_at_once(engine: DurableRules) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda x: engine.fired(BANDS, fact(x)), [x % 50 for x in range(2_000)]))
    assert answers == [expected(x % 50) for x in range(2_000)]


def test_a_crash_leaves_no_zombie(engine: DurableRules) -> None:
    engine.fired(BANDS, fact(1))
    before = engine.pid
    assert before
    os.kill(before, signal.SIGKILL)
    assert engine.fired(BANDS, fact(1)) == expected(1)
    assert engine.pid != before
    assert not is_alive(before)


def test_closing_ends_the_process_and_a_question_starts_it_again(engine: DurableRules) -> None:
    engine.fired(BANDS, fact(1))
    pid = engine.pid
    assert pid
    engine.close()
    assert not is_alive(pid)
    assert engine.fired(BANDS, fact(1)) == expected(1)
    engine.close()
    engine.close()


def test_a_process_with_many_definitions_is_replaced_and_goes_on(engine: DurableRules) -> None:
    engine.fired(bands("first", 1), fact(0))
    pid = engine.pid
    for number in range(600):
        assert engine.fired(bands(f"k{number}", 1), fact(0)) == {"c0"}
    assert engine.pid != pid
    assert engine.restarts == 0


def test_one_that_hangs_is_killed_after_one_retry() -> None:
    engine = fake("import sys\nfor _ in sys.stdin: pass", timeout=0.3)
    with pytest.raises(RulesEngineDown, match="in time"):
        engine.fired(BANDS, fact(1))
    assert engine.pid is None
    assert engine.restarts == 2


@pytest.mark.parametrize(
    "script",
    [
        "",
        "import sys\nsys.exit(3)",
        "for _ in open(0): print('rubbish', flush=True)",
        "for _ in open(0): print('{}', flush=True)",
        "for _ in open(0): print('[1]', flush=True)",
        """for n, _ in enumerate(open(0), 1): print('{"n": %d, "fired": [["a"], ["b"]]}' % n, flush=True)""",
        """for n, _ in enumerate(open(0), 1): print('{"n": %d, "fired": [[1]]}' % n, flush=True)""",
        """for n, _ in enumerate(open(0), 9): print('{"n": %d, "fired": [[]]}' % n, flush=True)""",
        "import sys\nfor _ in open(0): sys.stdout.buffer.write(bytes(9)); sys.stdout.flush(); break",
    ],
)
def test_what_answers_rubbish_is_believed_in_nothing(script: str) -> None:
    engine = fake(script)
    with pytest.raises(RulesEngineDown):
        engine.fired(BANDS, fact(1))
    assert engine.restarts == 2


def test_one_that_cannot_be_started_is_told() -> None:
    with pytest.raises(RulesEngineDown, match="cannot be started"):
        DurableRules(command=("/nowhere/engine",)).fired(BANDS, fact(1))


def test_no_secret_of_the_environment_reaches_it(engine: DurableRules) -> None:
    os.environ["ECHEANCE_LINK_SECRETS"] = "a-secret-that-must-not-travel"
    try:
        engine.fired(BANDS, fact(1))
        given = Path(f"/proc/{engine.pid}/environ").read_text()
    finally:
        del os.environ["ECHEANCE_LINK_SECRETS"]
    assert "ECHEANCE" not in given
    limits = Path(f"/proc/{engine.pid}/limits").read_text()
    assert "Max address space         1073741824" in limits


def refused(rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": "refused", "rulesets": [{"r": rule, "asked": ALWAYS, **more}]}


@pytest.mark.parametrize(
    "definition",
    [
        {"key": "refused", "rulesets": []},
        {"key": "refused", "rulesets": [{"r": ALWAYS}]},
        refused({"all": []}),
        refused({"all": [{"m": {"$or": [{"mark": 1}]}}]}),
        refused({"all": [{"m": {"$and": [{"x": 1}]}}]}),
        refused(clause({"x": 1.5})),
        refused(clause({"x": True})),
        refused(clause({"x": None})),
        refused(clause({"x": 2**53})),
        refused(clause({"x": 'a"b'})),
        refused(clause({"$gt": {"x": "a"}})),
        refused(clause({"$neq": {"x": 1}})),
        refused(clause({"$gt": {"x": {"$div": {"$l": {"m": "y"}, "$r": 0}}}})),
        refused(clause({"x": {"e": "x"}})),
        refused({**clause(), "count": 0}),
        refused({"all": [{"n$not": {"$and": [{"mark": 1}]}}, {"m": {"$and": [{"mark": 1}]}}]}),
        bands("refused", 50),
    ],
)
def test_what_is_outside_the_safe_part_is_refused_before_it_is_loaded(
    engine: DurableRules, definition: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="durable-rules"):
        engine.fired(definition, fact(1))
    assert engine.fired(BANDS, fact(1)) == expected(1)
    assert engine.restarts == 0


@pytest.mark.parametrize(
    "facts", [[], [{"x": 1}], [{"mark": 1, "x": 1.5}], [{"mark": 1, "x": True}], [{"mark": 1, "id": 7}]]
)
def test_facts_of_other_types_are_refused(engine: DurableRules, facts: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="durable-rules"):
        engine.fired(BANDS, facts)


def test_it_ends_with_whoever_started_it() -> None:
    script = (
        "import os; from tests.adapters.durable.test_client import BANDS, DurableRules, fact;"
        "engine = DurableRules(); engine.fired(BANDS, fact(1)); print(engine.pid, flush=True); os._exit(9)"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    stat = Path(f"/proc/{int(out.stdout)}/stat")
    until = monotonic() + 5
    while (gone := not stat.exists() or " Z " in stat.read_text()) is False and monotonic() < until:
        pass
    assert gone
