"""Thresholds: the first row, or each of them; keys by day, by anchor, by crossing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.money import Money
from rules.engine import Ruling
from rules.errors import FactsRefused
from tests.rules.books import SHIPPED, ask, read, shipped

CONTRACT = shipped("fleet/contract")
TEXT = (SHIPPED / "fleet" / "contract.yaml").read_text("utf-8")
BUDGET = shipped("training/budget")
CROSSED: dict[str, object] = {
    "consumed_percent": Decimal(82),
    "threshold_reached": True,
    "crossing": 1,
    "crossed_on": date(2026, 3, 2),
}

SCORES = """\
policy: thresholds
name: book
title: {fr: Livre, en: Book}
version: "1"
facts:
  misses: {type: int, label: {fr: retards, en: misses}}
  share: {type: percent, label: {fr: part, en: share}}
rules:
  - {id: bad, when: {misses: "> 5"}, outcome: bad, why: {fr: Trop de retards., en: Too many misses.}}
  - {id: fair, when: {misses: 2..5, share: "> 50"}, outcome: fair, why: {fr: Quelques-uns., en: Some misses.}}
otherwise: {outcome: good, why: {fr: Rien à signaler., en: Nothing to report.}}
examples:
  - {given: {misses: 0, share: 10}, expect: {outcome: good}, why: Aucun retard.}
"""


def ids(ruling: Ruling) -> list[str]:
    return [step.key.split(":")[2] for step in ruling.steps]


def owing(minor: int, **more: object) -> dict[str, object]:
    return {"remaining": Money("XAF", minor), "past_grace": False, **more}


def test_only_the_first_row_that_holds_counts() -> None:
    ruling = CONTRACT.decide(owing(0, past_grace=True, terminated=True), ask("2026-03-02 12:00"))
    assert (ruling.outcome, ruling.closes, [reason.rule for reason in ruling.reasons]) == (
        "terminated",
        "terminated",
        ["terminated"],
    )


def test_otherwise_is_said_with_its_reason() -> None:
    ruling = CONTRACT.decide(owing(100), ask("2026-03-02 12:00"))
    assert (ruling.outcome, ruling.steps, ruling.next_at, ruling.closes) == ("on_schedule", (), None, "")
    assert ruling.reasons[0].rule == "otherwise"
    assert ruling.reasons[0].line > 1


def test_without_an_anchor_keys_have_the_local_day_and_come_back_the_next() -> None:
    late = owing(100, past_grace=True)
    book = read(TEXT.replace("\nanchor: settled_on", ""))
    ruling = book.decide(late, ask("2026-03-02 23:30", "Africa/Douala"))
    assert [step.key for step in ruling.steps] == ["p.q:C1:arrears_new:2026-03-03"]
    again = book.decide(late, ask("2026-03-03 12:00", "Africa/Douala", frozenset({ruling.steps[0].key})))
    assert (again.steps, again.next_at) == ((), datetime(2026, 3, 4, 8, tzinfo=UTC))


def test_each_row_that_holds_counts_and_crossings_have_keys_of_their_own() -> None:
    first = BUDGET.decide({**CROSSED, "exceeded": True}, ask("2026-03-02 12:00"))
    assert [reason.rule for reason in first.reasons] == ["exceeded", "threshold", "call"]
    done = frozenset(step.key for step in first.steps)
    assert BUDGET.decide({**CROSSED, "exceeded": True}, ask("2026-03-09 12:00", done=done)).steps == ()
    second = BUDGET.decide({**CROSSED, "crossing": 2}, ask("2026-03-09 12:00", done=done))
    assert ids(second) == ["threshold#2.alert", "threshold#2.mailing_list", "call#2"]


def test_a_crossing_without_its_day_is_refused_by_name() -> None:
    with pytest.raises(FactsRefused, match="crossed_on"):
        BUDGET.decide(
            {"consumed_percent": 90, "threshold_reached": True, "crossing": 1}, ask("2026-03-02 12:00")
        )


def test_near_misses_are_true_and_the_smallest_change_comes_first() -> None:
    book = read(SCORES)
    ruling = book.decide({"misses": 4, "share": Decimal("49.5")}, ask("2026-03-02 12:00"))
    assert [(miss.rule, miss.fact, miss.needed) for miss in ruling.near] == [
        ("fair", "share", "50.01"),
        ("bad", "misses", "6"),
    ]
    for miss in ruling.near:
        needed = int(miss.needed) if miss.fact == "misses" else Decimal(miss.needed)
        changed = {"misses": 4, "share": Decimal("49.5"), miss.fact: needed}
        assert book.decide(changed, ask("2026-03-02 12:00")).outcome == miss.rule


def test_near_misses_say_amounts_in_their_currency() -> None:
    given = {"remaining": Money("EUR", 1250), "past_grace": False}
    misses = CONTRACT.decide(given, ask("2026-03-02 12:00")).near
    assert ("12.50 EUR", "0.00 EUR") in [(miss.actual, miss.needed) for miss in misses]


def test_the_record_of_the_facts_is_json_with_defaults() -> None:
    assert CONTRACT.record(owing(5)) == {
        "remaining": {"currency": "XAF", "minor": 5},
        "past_grace": False,
        "dunning_open": False,
        "terminated": False,
        "settled_on": None,
    }
