"""A statement's lines against our payments."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.cash import CashDay, cash_facts
from domain.fleet.reconciliation import LineState, StatementEntry, Taken, compare
from domain.money import Money

ZONE = "Africa/Douala"
NOON = datetime(2032, 3, 1, 11, tzinfo=UTC)


def xaf(minor: int) -> Money:
    return Money("XAF", minor)


def line(ref: str, minor: int = 5000, hours: float = 0, hint: str = "") -> StatementEntry:
    return StatementEntry(ref, NOON + timedelta(hours=hours), xaf(minor), hint)


def ours(ref: str, minor: int = 5000, hours: float = 0, contract: str = "C-1") -> Taken:
    return Taken(ref, contract, xaf(minor), NOON + timedelta(hours=hours))


def judged(lines: list[StatementEntry], *known: Taken) -> list[tuple[str, str | None, str | None]]:
    by_ref = {one.ref: one for one in known}
    return [(one.state.value, one.payment_ref, one.twin_ref) for one in compare(lines, by_ref, known, ZONE)]


def test_a_line_of_our_id_and_amount_is_matched_and_others_are_not() -> None:
    made = judged([line("A"), line("B", 7000), line("C")], ours("A"), ours("B", 700, contract="C-2"))
    assert made == [("matched", "A", None), ("differs", "B", None), ("unmatched", None, None)]


def test_a_daily_payment_of_the_same_amount_is_no_double() -> None:
    """Yesterday's at noon and today's at ten: less than a day apart, but another day's instalment."""
    assert judged([line("A"), line("B", hours=22)], ours("A"), ours("B", hours=22)) == [
        ("matched", "A", None), ("matched", "B", None),
    ]  # fmt: skip


def test_the_later_of_two_lines_of_one_day_is_suspected() -> None:
    made = judged([line("B", hours=3), line("A")], ours("A"), ours("B", hours=3))
    assert made == [("double", "B", "A"), ("matched", "A", None)]


def test_two_minutes_before_and_after_midnight_are_suspected_as_well() -> None:
    made = judged(
        [line("A", hours=11.9), line("B", hours=12.1)], ours("A", hours=11.9), ours("B", hours=12.1)
    )
    assert [state for state, *_ in made] == ["matched", "double"]


def test_cash_that_an_agent_wrote_for_the_same_contract_is_suspected() -> None:
    assert judged([line("A")], ours("A"), ours("CASH-1", hours=1)) == [("double", "A", "CASH-1")]
    assert judged([line("A", hint="C-1")], ours("CASH-1", hours=1)) == [("double", None, "CASH-1")]
    assert judged([line("A")], ours("A"), ours("CASH-1", hours=1, contract="C-2"))[0][0] == "matched"


MOVES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=25)


@given(MOVES, st.integers(1, 30))
def test_the_oldest_cash_and_the_ceiling_are_those_of_a_purse_of_coins(
    moves: list[tuple[int, int]], ceiling: int
) -> None:
    """Beside a purse that holds each coin with its day, and gives the oldest away first."""
    first, coins, over_on, days = NOON.date(), [], None, []
    for number, (taken, wanted) in enumerate(moves):
        day = first + timedelta(days=number)
        coins += [day] * taken
        deposited = min(wanted, len(coins))
        coins = coins[deposited:]
        over_on = (over_on or day) if len(coins) > ceiling else None
        days.append(CashDay(day, taken, deposited))
    facts = cash_facts(xaf(len(coins)), xaf(ceiling), days[::-1])
    assert facts is not None
    assert (facts.held_on, facts.over_on) == (coins[0] if coins else None, over_on)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 3), st.booleans()), max_size=12, unique=True))
def test_each_line_is_answered_once_and_one_of_a_pair_stays_unsuspected(
    given_: list[tuple[int, int, bool]],
) -> None:
    lines = [line(f"T{n}", minor, hours, "C-1") for n, (hours, minor, _) in enumerate(given_)]
    known = [
        ours(f"T{n}", minor, hours) for n, (hours, minor, paid) in enumerate(given_) if paid
    ]  # fmt: skip
    made = compare(lines, {one.ref: one for one in known}, known, ZONE)
    assert [one.entry for one in made] == lines
    suspected = {one.entry.transaction_id for one in made if one.state is LineState.DOUBLE}
    if lines:
        assert (
            min(lines, key=lambda one: (one.occurred_at, one.transaction_id)).transaction_id not in suspected
        )
