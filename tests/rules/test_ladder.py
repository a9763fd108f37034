"""Ladders: each step once, in order, at its local hour, until something stops them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.engine import Book, Question, Ruling
from tests.rules.books import ask, ladder, shipped

DUE = date(2026, 6, 10)


def ids(ruling: Ruling) -> list[str]:
    return [step.key.split(":")[2] for step in ruling.steps]


def walk(
    book: Book, facts: dict[str, object], start: datetime, zone: str, **more: object
) -> list[tuple[datetime, str]]:
    """What fires when every review happens at the moment the last one asked for."""
    at: datetime | None = start
    done: set[str] = set()
    fired = []
    while at is not None:
        question = Question("p.q:C1", at, zone, frozenset(done), **more)  # type: ignore[arg-type]
        ruling = book.decide(facts, question)
        assert not ruling.next_at or ruling.next_at > at
        for step in ruling.steps:
            assert step.key not in done
            done.add(step.key)
            fired.append((at, step.key.split(":")[2]))
        again = book.decide(facts, Question("p.q:C1", at, zone, frozenset(done), **more))  # type: ignore[arg-type]
        assert [step for step in again.steps if step.kind != "act"] == []
        assert again.next_at == ruling.next_at
        at = None if ruling.closes else ruling.next_at
    return fired


offsets = st.lists(st.integers(-60, 60), min_size=1, max_size=8, unique=True)
zones = st.sampled_from(["Europe/Paris", "Africa/Douala", "America/New_York", "Pacific/Auckland", "UTC"])
shifts = st.sampled_from(["none", "next", "previous"])
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@settings(max_examples=60, deadline=None)
@given(offsets, st.integers(0, 23), zones, days)
def test_walking_through_every_next_moment_fires_every_step_once_and_in_order(
    at: list[int], hour: int, zone: str, due: date
) -> None:
    book = ladder(*(f'id: s{n}, at: {day:+d}d, hour: "{hour:02d}:00"' for n, day in enumerate(at)))
    start = datetime(due.year, due.month, due.day, tzinfo=UTC) - timedelta(days=70)
    fired = walk(book, {"due_on": due}, start, zone)
    expected = [f"s{n}" for n, _ in sorted(enumerate(at), key=lambda pair: pair[1])]
    assert [id for _, id in fired] == expected
    for (moment, _), day in zip(fired, sorted(at), strict=True):
        local = moment.astimezone(ZoneInfo(zone))
        assert local.date() == due + timedelta(days=day)
        assert local.hour in (hour, hour + 1)  # the hour after, on the night the clock jumps over it


@settings(max_examples=40, deadline=None)
@given(offsets, shifts, days, st.frozensets(st.integers(0, 6), max_size=3))
def test_shifted_steps_fall_on_open_days_and_still_fire_once(
    at: list[int], shift: str, due: date, closed: frozenset[int]
) -> None:
    book = ladder(*(f"id: s{n}, at: {day:+d}d, shift: {shift}" for n, day in enumerate(at)))
    start = datetime(due.year, due.month, due.day, tzinfo=UTC) - timedelta(days=90)
    fired = walk(book, {"due_on": due}, start, "UTC", is_open=lambda day: day.weekday() not in closed)
    assert sorted(id for _, id in fired) == sorted(f"s{n}" for n in range(len(at)))
    if shift != "none":
        assert all(moment.weekday() not in closed for moment, _ in fired)


@settings(max_examples=60, deadline=None)
@given(offsets, st.lists(st.integers(0, 140 * 24), min_size=1, max_size=12))
def test_at_irregular_reviews_nothing_is_done_twice_or_out_of_order(at: list[int], hours: list[int]) -> None:
    book = ladder(*(f"id: s{n}, at: {day:+d}d" for n, day in enumerate(at)))
    begin = datetime(2026, 4, 1, tzinfo=UTC)
    done: list[str] = []
    for hour in sorted(hours):
        question = Question("p.q:C1", begin + timedelta(hours=hour), "UTC", frozenset(done))
        done += [step.key for step in book.decide({"due_on": DUE}, question).steps]
    assert len(done) == len(set(done))
    days_fired = [at[int(key.split(":")[2][1:])] for key in done]
    assert days_fired == sorted(days_fired)


def test_keys_carry_prefix_step_and_anchor() -> None:
    [step] = ladder("id: first, at: -7d").decide({"due_on": DUE}, ask("2026-06-03 09:00")).steps
    assert step.key == "p.q:C1:first:2026-06-10"
    assert (step.due_on, step.to, step.channels) == (date(2026, 6, 3), "driver", ("sms",))


def test_a_late_review_does_only_the_latest_step_and_those_always_done() -> None:
    book = ladder("id: a, at: -7d", "id: b, at: -5d, always: true", "id: c, at: -3d", "id: d, at: -1d")
    assert ids(book.decide({"due_on": DUE}, ask("2026-06-08 12:00"))) == ["b", "c"]


def test_steps_of_one_moment_do_not_supersede_each_other() -> None:
    book = ladder("id: a, at: -3d", "id: b, at: -3d")
    assert ids(book.decide({"due_on": DUE}, ask("2026-06-07 09:00"))) == ["a", "b"]


def test_repeats_are_numbered_and_end() -> None:
    book = ladder("id: late, at: +1d, repeat: {every: 3d, times: 3}")
    fired = walk(book, {"due_on": DUE}, datetime(2026, 6, 1, tzinfo=UTC), "UTC")
    assert [(f"{at:%m-%d}", id) for at, id in fired] == [
        ("06-11", "late#1"),
        ("06-14", "late#2"),
        ("06-17", "late#3"),
    ]


def test_a_condition_keeps_a_step_back_and_the_near_miss_says_so() -> None:
    book = ladder("id: a, at: -3d, when: {level: high}")
    ruling = book.decide({"due_on": DUE}, ask("2026-06-08 09:00"))
    assert ids(ruling) == []
    [miss] = ruling.near
    assert (miss.rule, miss.fact, miss.actual, miss.needed) == ("a", "level", "low", "high")
    assert ids(book.decide({"due_on": DUE, "level": "high"}, ask("2026-06-08 09:00"))) == ["a"]


def test_a_stop_ends_it_whatever_is_due() -> None:
    ruling = ladder("id: a, at: -3d").decide({"due_on": DUE, "paid": True}, ask("2026-06-08 09:00"))
    assert (ruling.closes, ruling.outcome, ruling.steps, ruling.next_at) == ("paid", "paid", (), None)
    assert ruling.reasons[0].why.fr == "Payé."


def test_a_closing_step_ends_it_and_later_steps_never_come() -> None:
    book = ladder(
        "id: a, at: +1d", "id: end, at: +2d, act: expire, closes: expired", "id: b, at: +3d, shift: next"
    )
    ruling = book.decide({"due_on": DUE}, ask("2026-07-20 09:00"))
    assert (ids(ruling), ruling.closes, ruling.next_at) == (["end"], "expired", None)
    assert [(step.id, step.kind) for step in ruling.steps] == [("expire", "act")]


def test_what_comes_next_is_told_with_its_reason() -> None:
    ruling = ladder("id: a, at: -3d", "id: b, at: +3d").decide({"due_on": DUE}, ask("2026-06-08 09:00"))
    assert ruling.next_at == datetime(2026, 6, 13, 9, tzinfo=UTC)
    assert ruling.awaits is not None
    assert ruling.awaits.rule == "b"


def test_hours_follow_daylight_saving() -> None:
    book = ladder('id: gap, at: 0d, hour: "02:30"')
    spring = book.decide({"due_on": date(2026, 3, 29)}, ask("2026-03-01 00:00", "Europe/Paris"))
    assert spring.next_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 in Paris
    autumn = book.decide({"due_on": date(2026, 10, 25)}, ask("2026-10-01 00:00", "Europe/Paris"))
    assert autumn.next_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first 02:30
    summer = book.decide({"due_on": date(2026, 7, 1)}, ask("2026-06-01 00:00", "Africa/Douala"))
    assert summer.next_at == datetime(2026, 7, 1, 1, 30, tzinfo=UTC)


def test_an_extended_date_moves_what_is_still_to_come() -> None:
    book = ladder("id: week, at: -7d", "id: eve, at: -1d")
    sent = frozenset({"p.q:C1:week:2026-06-10"})
    later = {"due_on": date(2026, 6, 20)}
    waiting = book.decide(later, ask("2026-06-04 12:00", done=sent))
    assert (ids(waiting), waiting.next_at) == ([], datetime(2026, 6, 13, 9, tzinfo=UTC))
    assert ids(book.decide(later, ask("2026-06-13 09:00", done=sent))) == ["week"]


def test_a_message_whose_new_day_is_past_is_not_repeated_after_an_extension() -> None:
    book = ladder("id: week, at: -7d", "id: eve, at: -1d")
    sent = frozenset({"p.q:C1:week:2026-06-10"})
    assert ids(book.decide({"due_on": date(2026, 6, 12)}, ask("2026-06-08 12:00", done=sent))) == []
    assert ids(book.decide({"due_on": date(2026, 6, 12)}, ask("2026-06-08 12:00"))) == ["week"]


def test_a_step_with_two_effects_is_finished_one_by_one() -> None:
    book = shipped("internships/deliverable")
    facts = {"due_on": DUE, "kind": "report"}
    first = book.decide(facts, ask("2026-06-11 09:00"))
    assert [step.to for step in first.steps] == ["student", "tutor"]
    half = book.decide(facts, ask("2026-06-12 09:00", done=frozenset({first.steps[0].key})))
    assert [step.to for step in half.steps] == ["tutor"]
    whole = book.decide(facts, ask("2026-06-12 09:00", done=frozenset({"p.q:C1:late#1:2026-06-10"})))
    assert whole.steps == ()


def test_a_part_ends_without_closing_the_process() -> None:
    book = shipped("training/fund_call")
    ruling = book.decide({"called_on": DUE, "answer": "approved"}, ask("2026-06-12 09:00"))
    assert (ruling.outcome, ruling.closes, ruling.next_at) == ("approved", "", None)


def test_each_part_has_keys_of_its_own_even_when_two_begin_on_one_day() -> None:
    book = shipped("training/fund_call")
    first = book.decide({"called_on": DUE, "number": 1}, ask(f"{DUE} 10:00"))
    done = frozenset(step.key for step in first.steps)
    second = book.decide({"called_on": DUE, "number": 2}, ask(f"{DUE} 10:00", done=done))
    assert [step.key for step in second.steps] == [f"p.q:C1:request#2:{DUE}"]


def test_a_request_that_waits_for_the_morning_is_not_taken_for_one_sent_before() -> None:
    book = shipped("training/fund_call")
    done = frozenset({"p.q:C1:request#1:2026-01-05"})
    ruling = book.decide({"called_on": DUE, "number": 2}, ask("2026-06-11 08:00", done=done))
    assert [step.id for step in ruling.steps] == ["request#2"]
