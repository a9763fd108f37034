"""The facts of thousands, in plain numbers, are those of the domain; and a lever that is pulled does lift."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.course import Around, Course, Word, settle
from domain.fleet.dunning import Promise
from domain.fleet.levers import Lever, levers
from domain.fleet.payments import Payment, Standing, allocate
from domain.fleet.risk import RANK, Band
from domain.fleet.schedule import Due
from domain.fleet.score import ScoreFacts, score_facts
from domain.money import Money
from tests.rules.books import shipped

BOOK = shipped("fleet/score")
SIGNED = date(2026, 1, 5)

Paid = list[tuple[int, int]]


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


def plan(every: int, number: int, down: int) -> list[Due]:
    days = [(SIGNED, down)] if down else []
    days += [(SIGNED + timedelta(days=every * n), 1000) for n in range(1, number + 1)]
    return [Due(n, on, xaf(minor), xaf(minor), xaf(0)) for n, (on, minor) in enumerate(days)]


def payments(paid: Paid) -> list[Payment]:
    return [
        Payment(f"P{n}", datetime.combine(SIGNED + timedelta(days=day), time(9), UTC), xaf(minor))
        for n, (day, minor) in enumerate(paid)
    ]


def course(dues: list[Due], paid: Paid, around: Around) -> Course:
    come = sorted(paid, key=lambda one: one[0])
    came_on = [SIGNED.toordinal() + day for day, _ in come]
    owed, got = ([*accumulate(of)] for of in ([d.amount.minor for d in dues], [m for _, m in come]))
    return Course(
        [d.due_on.toordinal() for d in dues], owed, came_on, got, settle(owed, came_on, got), around
    )


def around(
    dues: list[Due], grace: int = 0, words: tuple[Word, ...] = (), back: tuple[int, ...] = ()
) -> Around:
    total = sum(one.amount.minor for one in dues)
    return Around(SIGNED.toordinal(), grace, "XAF", total, words, back)


def said(standing: Standing, day: date, grace: int = 0) -> tuple[int, Band]:
    facts = score_facts(standing, day=day, signed_on=SIGNED, grace_days=grace)
    return asked(facts, day.toordinal())


def asked(facts: ScoreFacts, day: int) -> tuple[int, Band]:
    band, gives = BOOK.outcome(facts.as_facts(), date.fromordinal(day))
    return int(gives["points"]), Band(band)


PLANS = st.builds(plan, st.sampled_from([1, 7, 30]), st.integers(1, 60), st.sampled_from([0, 5000]))
PAID = st.lists(st.tuples(st.integers(-3, 420), st.integers(1, 9000)), max_size=25)
PROMISES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 20), st.integers(1, 4000)), max_size=4)


BACK = st.lists(st.integers(0, 400), max_size=3)
TAKEN_OVER = st.sampled_from([0, 0, 45, 200])
"""Days after which another driver took the contract over."""


@given(PLANS, PAID, st.integers(0, 4), PROMISES, BACK, st.tuples(st.integers(0, 420), TAKEN_OVER))
def test_the_numbers_say_what_the_domain_says(
    dues: list[Due], paid: Paid, grace: int, promised: list[tuple[int, int, int]], back: list[int],
    days: tuple[int, int],
) -> None:  # fmt: skip
    after, taken_over = days
    first, day = SIGNED.toordinal(), SIGNED + timedelta(days=after)
    standing = allocate(dues, payments(paid), "UTC")
    given_words = [(first + on, first + on + more, minor) for on, more, minor in promised]
    expected = score_facts(
        standing, day=day, signed_on=SIGNED + timedelta(days=taken_over), grace_days=grace,
        promises=[Promise(date.fromordinal(a), date.fromordinal(b), xaf(m)) for a, b, m in given_words],
        reversed_on=[date.fromordinal(first + on) for on in back],
    )  # fmt: skip
    more = around(dues, grace, tuple(Word(*one) for one in given_words), tuple(first + on for on in back))
    more = replace(more, signed_on=first + taken_over)
    assert course(dues, paid, more).facts(day.toordinal()) == expected


@given(PLANS, PAID, st.integers(0, 3), st.integers(1, 400))
def test_a_lever_does_what_it_says(dues: list[Due], paid: Paid, grace: int, after: int) -> None:
    """Who really pays what it asks, and then each due on its day, is scored as it said."""
    day = SIGNED + timedelta(days=after)
    known = [one for one in paid if one[0] <= after]
    before = allocate(dues, payments(known), "UTC")
    now = said(before, day, grace)[1]
    for lever in levers(course(dues, known, around(dues, grace)), day.toordinal(), now, asked):
        assert RANK[lever.band] < RANK[now] or (lever.band is now and lever.pay.minor)
        further = [*known, (after, lever.pay.minor)] if lever.pay.minor else known
        have = sum(minor for _, minor in further)
        for one, owed in zip(dues, accumulate(one.amount.minor for one in dues), strict=True):
            if lever.days and owed > have and one.due_on <= day + timedelta(days=lever.days):
                further = [*further, (max((one.due_on - SIGNED).days, after), owed - have)]
                have = owed
        then = allocate(dues, payments(further), "UTC")
        assert said(then, day + timedelta(days=lever.days), grace) == (lever.points, lever.band)


@given(PLANS, PAID, st.integers(1, 400))
def test_the_cheapest_come_first_and_dearer_ones_bring_more(dues: list[Due], paid: Paid, after: int) -> None:
    day = SIGNED + timedelta(days=after)
    known = [one for one in paid if one[0] <= after]
    now = said(allocate(dues, payments(known), "UTC"), day)[1]
    found = levers(course(dues, known, around(dues)), day.toordinal(), now, asked)
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    assert [RANK[one.band] for one in found] == sorted({RANK[one.band] for one in found}, reverse=True)
    assert len(found) == 1 or now not in [one.band for one in found]
    assert bool(found) <= (now is not Band.A)


def daily(paid_days: int, after: int) -> list[Lever]:
    """1000 F a day for sixty days, of which the first ``paid_days`` were paid on their day."""
    dues, paid = plan(1, 60, 0), [(n, 1000) for n in range(1, paid_days + 1)]
    day = SIGNED + timedelta(days=after)
    now = said(allocate(dues, payments(paid), "UTC"), day)[1]
    return levers(course(dues, paid, around(dues)), day.toordinal(), now, asked)


def test_what_is_late_is_named_and_the_days_that_follow() -> None:
    first, *_ = daily(paid_days=30, after=36)
    assert first.pay.minor <= 5000
    assert "en retard" in first.text.fr
    assert "late" in first.text.en
    assert f"classe {first.band.upper()}" in first.text.fr
    assert all(str(one.days) in one.text.en for one in daily(30, 36) if one.days)


def test_who_pays_every_day_is_told_how_many_days_are_left() -> None:
    """A class that wants three months is promised after three months, not before."""
    soon, later = daily(paid_days=0, after=0)
    assert (soon.pay.minor, soon.days, soon.band) == (0, 2, Band.B)
    assert soon.text.fr == "2 jours à l’heure et vous êtes en classe B."
    assert soon.text.en == "2 days on time and you are in class B."
    assert (later.pay.minor, later.days, later.band) == (0, 90, Band.A)


def test_who_cannot_leave_the_last_class_is_told_what_paying_brings() -> None:
    dues = plan(1, 200, 0)
    course_of = course(dues, [(1, 1000)], around(dues))
    [lever] = levers(course_of, SIGNED.toordinal() + 150, Band.E, asked)
    assert (lever.pay.minor, lever.band) == (148_000, Band.E)
    assert lever.text.en == f"Pay the 148,000\u00a0XAF that are late and your score rises to {lever.points}."


def test_the_best_class_needs_no_lever() -> None:
    dues = plan(1, 200, 0)
    paid = [(n, 1000) for n in range(1, 181)]
    assert levers(course(dues, paid, around(dues)), SIGNED.toordinal() + 180, Band.A, asked) == []
