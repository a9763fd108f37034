"""Patterns on durable-rules say what the definition of the language says, on random histories."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.durable.client import DurableRules
from domain.decision import Bilingual
from domain.event import Event
from rules.matches import Pattern, definition_of, facts_of, kind_sets
from tests.profile import tries
from tests.rules.oracle import holds

TODAY = date(2026, 3, 1)
WHY = Bilingual("", "")
KINDS = ("missed", "paid", "promised", "told")
HISTORIES = 20
"""For each set of patterns: 250 sets make 5,000 histories, nightly 100,000."""

kinds = st.sampled_from(KINDS)
several = st.lists(kinds, min_size=1, max_size=3, unique=True).map(tuple)
within = st.integers(1, 40)


@st.composite
def patterns(draw: st.DrawFn) -> tuple[Pattern, ...]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        id, days = f"p{number}", draw(within)
        if draw(st.booleans()):
            made.append(Pattern(id, 1, WHY, draw(several), days, at_least=draw(st.integers(1, 5))))
            continue
        sequence = tuple(draw(st.lists(kinds, min_size=1, max_size=3)))
        without = draw(st.one_of(st.just(()), several))
        made.append(
            Pattern(id, 1, WHY, sequence, days, without=without, after=draw(st.integers(0, days - 1)))
        )
    return tuple(made)


days = st.integers(-45, 4).map(lambda n: TODAY + timedelta(days=n))
history = st.lists(st.tuples(kinds, days), max_size=14).map(
    lambda found: [
        Event(kind, on, f"E{n}") for n, (kind, on) in enumerate(sorted(found, key=lambda one: one[1]))
    ]
)


@settings(
    max_examples=tries(250, 5_000), deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(patterns=patterns(), histories=st.lists(history, min_size=HISTORIES, max_size=HISTORIES))
def test_a_pattern_holds_when_its_definition_says_so(
    engine: DurableRules, patterns: tuple[Pattern, ...], histories: list[list[Event]]
) -> None:
    sets = kind_sets(patterns)
    answers = engine.fired_each(
        definition_of(patterns), [facts_of(events, TODAY, sets) for events in histories]
    )
    for events, fired in zip(histories, answers, strict=True):
        assert fired == {pattern.id for pattern in patterns if holds(pattern, events, TODAY)}


def test_a_long_history_is_no_worse(engine: DurableRules) -> None:
    """Every second day for a year: some 30,000 pairs."""
    pairs = Pattern("pairs", 1, WHY, ("missed", "paid"), 366, without=("told",))
    many = Pattern("many", 1, WHY, ("missed",), 366, at_least=90)
    events = [Event(KINDS[n % 2], TODAY - timedelta(days=365 - n), f"E{n}") for n in range(366)]
    sets = kind_sets([pairs, many])
    definition = definition_of([pairs, many])
    assert engine.fired(definition, facts_of(events, TODAY, sets)) == {"pairs", "many"}
    told = [*events, Event("told", TODAY, "T")]
    assert engine.fired(definition, facts_of(told, TODAY, sets)) == {"many"}
    assert engine.restarts == 0
