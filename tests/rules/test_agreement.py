"""A tenant's book must fit the process that reads it: its facts, its acts, its people."""

from pathlib import Path

import pytest

from rules.errors import BrokenBook
from rules.library import Library
from rules.reading import Vocabulary
from tests.ground import ROOT

LIBRARY = Library.load(ROOT / "rules")
TEXTS = {book.name: book.content for book in LIBRARY.books()}


def wrong(name: str, *changes: tuple[str, str]) -> list[str]:
    """What is said of a shipped book with these changes."""
    text = TEXTS[name]
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    with pytest.raises(BrokenBook) as caught:
        LIBRARY.check(text)
    return [str(error) for error in caught.value.errors]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_shipped_book_agrees_with_itself(name: str) -> None:
    assert LIBRARY.check(TEXTS[name]).revision == LIBRARY.book(name).revision


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("fleet/dunning", "name: fleet/dunning", "name: fleet/duning", "aucun processus ne lit"),
        ("fleet/dunning", "days_late:\n    type: int", "days_late:\n    type: decimal", "est de type int"),
        ("fleet/dunning", "    missing: 0\n", "", "« broken_promises » peut manquer"),
        ("fleet/dunning", "promised by}\n    missing: none", "promised by}\n    missing: 2026-01-01",
         "gardez « missing: none »"),
        ("fleet/dunning", "to: driver", "to: guarantor", "personne inconnue du processus « guarantor »"),
        ("fleet/dunning", "send: {template: fleet/dunning/courtesy, to: driver, channels: [sms, email]}",
         "act: open_dunning", "acte inconnu du processus « open_dunning »"),
        ("fleet/dunning", "  terminated:\n    type: bool", "  age: {type: int, label: {fr: âge, en: age}}\n"
         "  terminated:\n    type: bool", "il lui faut « missing » : « age »"),
        ("training/fund_call", "ends: part", "ends: process", "« ends » doit rester « part »"),
        ("internships/deliverable", "report, ", "", "peut valoir « report », qui manque ici"),
    ],
)  # fmt: skip
def test_what_the_process_relies_on_must_stay(name: str, before: str, after: str, said: str) -> None:
    found = wrong(name, (before, after))
    assert any(said in one for one in found), found


def test_a_fact_that_the_process_gives_must_be_declared() -> None:
    begins, _, rest = TEXTS["fleet/dunning"].partition("  broken_promises:")
    ends = rest.index("  terminated:")
    with pytest.raises(BrokenBook) as caught:
        LIBRARY.check(begins + rest[ends:])
    said = [error.en for error in caught.value.errors]
    assert "the process gives the fact 'broken_promises': declare it (int)" in said


def test_a_fact_of_the_tenants_own_may_be_missing() -> None:
    own = "  bonus: {type: int, label: {fr: prime, en: bonus}, missing: 0, use: record}\n"
    text = TEXTS["fleet/dunning"].replace(
        "  terminated:\n    type: bool", own + "  terminated:\n    type: bool"
    )
    assert LIBRARY.check(text).facts["bonus"].optional


def test_another_kind_of_book_is_refused_with_its_place() -> None:
    [*_, said] = wrong("fleet/contract", ("policy: thresholds", "policy: ladder"))
    assert any("« policy » doit rester « thresholds »" in one for one in wrong(
        "fleet/contract", ("policy: thresholds", "policy: ladder")
    ))  # fmt: skip
    assert said.startswith("fleet/contract.yaml:")


PATTERNS = """policy: pattern
name: fleet/misses
title: {fr: Échéances manquées, en: Missed instalments}
version: "1"
events: {missed: {fr: manquée, en: missed}, paid: {fr: payée, en: paid}}
patterns:
  - {id: repeated, count: missed, at_least: 3, within: 30d, why: {fr: Trois fois., en: Three times.}}
  - {id: silent, sequence: [missed], without: [paid], after: 14d, within: 90d, why: {fr: Rien., en: Nothing.}}
otherwise: {outcome: nothing, why: {fr: Rien., en: Nothing.}}
examples:
  - {given: {events: "missed 2026-01-02"}, on: 2026-01-03, expect: {outcome: nothing}, why: Une seule.}
"""


def test_patterns_count_what_the_process_tells_under_the_names_that_are_awaited(tmp_path: Path) -> None:
    (tmp_path / "fleet").mkdir()
    (tmp_path / "fleet" / "misses.yaml").write_text(PATTERNS, "utf-8")
    library = Library(tmp_path, Vocabulary.anything())
    assert library.check(PATTERNS.replace("at_least: 3", "at_least: 4")).policy == "pattern"
    other = PATTERNS.replace("paid", "failed").replace("id: silent", "id: quiet")
    with pytest.raises(BrokenBook) as caught:
        library.check(other)
    assert [error.en for error in caught.value.errors] == [
        "the process tells 'paid': declare it",
        "the process never tells 'failed'",
        "the pattern 'silent' is awaited by other books",
    ]


def test_text_that_is_no_book_is_refused() -> None:
    for text in ("", "[", "a: b", "name: [x]"):
        with pytest.raises(BrokenBook):
            LIBRARY.check(text)
