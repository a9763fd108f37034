"""Scorecards: points, bands, reasons, levers, and what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.errors import FactsRefused
from rules.schema import read_book
from tests.rules.books import VOCABULARY, ask, errors_of, read

CARD = """\
policy: scorecard
name: book
title: {fr: Note, en: Score}
version: "1"
start: 60
clamp: 0..100
facts:
  late: {type: int, label: {fr: retards, en: late payments}}
  share: {type: percent, label: {fr: part à l’heure, en: share on time}}
  plan: {type: enum, values: [short, long], label: {fr: durée, en: plan}, missing: none}
  since: {type: date, label: {fr: depuis, en: since}}
rules:
  - {id: never_late, when: {late: 0}, points: 20, why: {fr: Jamais en retard., en: Never late.}}
  - {id: often_late, when: {late: 3..5}, points: -25, why: {fr: Souvent en retard., en: Often late.}}
  - {id: always_late, when: {late: ">= 6"}, points: -70, why: {fr: Toujours en retard., en: Always late.}}
  - {id: prompt, when: {share: ">= 97.5", plan: not short}, points: 15, why: {fr: Ponctuel., en: Prompt.}}
  - {id: faithful, when: {since: "<= today-365d"}, points: 10, why: {fr: Fidèle., en: Faithful.}}
bands:
  - {id: a, points: 80..100, why: {fr: Très bon., en: Very good.}}
  - {id: b, points: 50..79, why: {fr: Bon., en: Good.}}
  - {id: c, points: 0..49, why: {fr: À suivre., en: To be watched.}}
examples:
  - on: 2026-01-15
    given: {late: 0, share: 99, plan: long, since: 2020-01-01}
    expect: {outcome: a, points: 100}
    why: La somme reste dans les bornes.
  - given: {late: 4, share: 50, since: 2026-01-01}
    expect: {outcome: c, points: 35}
    why: Les retards pèsent.
  - given: {late: 6, share: 50, since: 2026-01-01}
    expect: {outcome: c, points: 0}
    why: Jamais moins que zéro.
  - given: {late: 1, share: 50, since: 2026-01-01}
    expect: {outcome: b, points: 60}
    why: Au départ.
"""


def facts(**changed: Any) -> dict[str, Any]:
    return {"late": 3, "share": Decimal("97.4"), "plan": "long", "since": date(2026, 1, 1), **changed}


def test_points_and_reasons() -> None:
    ruling = read(CARD).decide(facts(), ask("2026-01-15 12:00"))
    assert (ruling.outcome, ruling.result) == ("c", {"points": 35})
    assert [(reason.rule, reason.line, reason.effect) for reason in ruling.reasons] == [
        ("c", 21, ""),
        ("often_late", 14, "-25"),
    ]


def test_a_near_miss_says_where_it_leads() -> None:
    ruling = read(CARD).decide(facts(), ask("2026-01-15 12:00"))
    assert [(miss.rule, miss.fact, miss.actual, miss.needed, miss.then) for miss in ruling.near] == [
        ("prompt", "share", "97.4", "97.5", "50 · b"),
        ("always_late", "late", "3", "6", "0 · c"),
        ("never_late", "late", "3", "0", "80 · a"),
    ]


def test_the_quick_answer_is_the_explained_one() -> None:
    book = read(CARD)
    for late in range(9):
        for share in (Decimal(97), Decimal("97.5")):
            for plan in ("short", "long", None):
                given = facts(late=late, share=share, plan=plan, since=date(2024, 2, 1))
                ruling = book.decide(given, ask("2026-01-15 12:00"))
                assert book.outcome(given, date(2026, 1, 15)) == (ruling.outcome, ruling.result)


def test_a_value_written_twice_counts_once_in_a_large_table() -> None:
    rule = "  - {{id: r{0}, when: {{late: [{0}, {0}]}}, points: 7, why: {{fr: Un., en: One.}}}}\n"
    rules = CARD[CARD.index("rules:") : CARD.index("bands:")]
    many = "rules:\n" + "".join(rule.format(n) for n in range(300))
    book = read_book(CARD.replace(rules, many), "book.yaml", VOCABULARY, examples=False)
    given = {"late": 4, "share": Decimal(50), "since": date(2026, 1, 1)}
    assert book.outcome(given, date(2026, 1, 15))[1] == {"points": 67}
    assert book.decide(given, ask("2026-01-15 12:00")).result == {"points": 67}


@pytest.mark.parametrize(
    ("given", "fact"),
    [
        (facts(late=True), "late"),
        (facts(late="3"), "late"),
        (facts(share=97.5), "share"),
        (facts(share=Decimal("NaN")), "share"),
        (facts(plan="medium"), "plan"),
        (facts(since=date(1066, 10, 14)), "since"),
        (facts(more=1), "more"),
        ({"late": 1}, "share"),
    ],
)
def test_the_quick_answer_refuses_what_the_explained_one_refuses(given: dict[str, Any], fact: str) -> None:
    book = read(CARD)
    with pytest.raises(FactsRefused) as quick:
        book.outcome(given, date(2026, 1, 15))
    with pytest.raises(FactsRefused) as explained:
        book.decide(given, ask("2026-01-15 12:00"))
    assert (quick.value.fact, str(quick.value)) == (fact, str(explained.value))


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("points: 50..79", "points: 50..78", 19, "aucune classe pour 79..79 points"),
        ("points: 50..79", "points: 50..80", 19, "la classe « a » en chevauche une autre"),
        ("points: 80..100", "points: 80..99", 19, "les classes vont jusqu’à 99 et « clamp » jusqu’à 100"),
        ("points: -25", "points: 2.5", 14, "« 2.5 » n’est pas un nombre de points"),
        ("clamp: 0..100", "clamp: 100..0", 6, "« 100..0 » n’est pas une plage de points"),
        ("id: prompt", "id: often_late", 16, "existe déjà à la ligne 14"),
        ("points: 60}", "points: 61}", 34, "l’exemple attend points = 61, le livre donne 60"),
    ],
)
def test_refused(before: str, after: str, line: int, said: str) -> None:
    errors = errors_of(CARD.replace(before, after))
    assert any(error.line == line and said in error.fr for error in errors), [str(one) for one in errors]


def test_an_author_is_told_what_no_example_shows_and_what_is_never_used() -> None:
    text = (
        CARD.replace(", plan: not short", "")
        .replace("late: 4", "late: 2")
        .replace("points: 35", "points: 60")
    )
    warnings = read(text.replace("c, points: 60", "b, points: 60")).warnings
    assert [(warning.line, warning.fr) for warning in warnings] == [
        (10, "le fait « plan » ne sert à aucune règle (sinon : use: record)"),
        (14, "aucun exemple ne montre « often_late »"),
    ]
