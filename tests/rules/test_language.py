"""Broken books: every mistake at once, each with its place, in two languages, with the nearest right word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.errors import BrokenBook
from rules.reader import read_nodes
from tests.rules.books import SHIPPED, errors_of, read

DUNNING = (SHIPPED / "fleet" / "dunning.yaml").read_text("utf-8")
CONTRACT = (SHIPPED / "fleet" / "contract.yaml").read_text("utf-8")
RENEWAL = (SHIPPED / "maintenance" / "renewal.yaml").read_text("utf-8")


def place(text: str, needle: str) -> tuple[int, int]:
    before = text[: text.index(needle)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(
    ("book", "right", "wrong", "french", "suggestion"),
    [
        (DUNNING, 'arrears: "<= 0"', 'arears: "<= 0"', "fait inconnu « arears »", "arrears"),
        (DUNNING, "measure: days_late", "mesure: days_late", "mot inconnu « mesure »", "measure"),
        (
            DUNNING,
            "fleet/dunning/firm,",
            "fleet/dunning/frim,",
            "modèle de message inconnu",
            "fleet/dunning/firm",
        ),
        (DUNNING, "team: collections", "team: colections", "équipe inconnue", "collections"),
        (DUNNING, "channels: [sms,", "channels: [smss,", "canal inconnu", "sms"),
        (DUNNING, "days: 4..7", "days: 5..7", "aucun palier pour les jours 4", ""),
        (DUNNING, "days: 4..7", "days: 3..7", "chevauche « courtesy »", ""),
        (DUNNING, "days: 4..7", "days: 7..4", "n’est pas une plage de jours", ""),
        (DUNNING, "type: money", "type: monye", "type inconnu « monye »", "money"),
        (DUNNING, "until: promise_until", "until: arrears", "est de type money, il faut date", ""),
        (DUNNING, "every: 30d", "every: a month", "n’est pas un nombre de jours", ""),
        (DUNNING, 'broken_promises: "< 2"', 'broken_promises: "< two"', "n’est pas une case", ""),
        (CONTRACT, "act: open_dunning", "act: open_duning", "acte inconnu", "open_dunning"),
        (CONTRACT, "policy: thresholds", "policy: threshold", "sorte de livre inconnue", "thresholds"),
        (
            CONTRACT,
            "past_grace: true, dunning_open",
            "past_grace: vrai, dunning_open",
            "n’est pas une case",
            "",
        ),
        (
            RENEWAL,
            "answer: refused}\n    outcome",
            "answer: refusd}\n    outcome",
            "valeur inconnue",
            "refused",
        ),
        (RENEWAL, "shift: previous", "shift: before", "décalage inconnu", ""),
        (
            RENEWAL,
            "given: {decide_by: 2026-05-30",
            "given: {decide_by: 9999-12-31",
            "impossible pour « decide_by »",
            "",
        ),
        (DUNNING, "every: 30d", "every: 9999d", "de 1 à 366 jours", ""),
        (RENEWAL, "at: -30d", "at: -30 days", "n’est pas un nombre de jours", ""),
    ],
)
def test_mistake_is_placed_and_mended(
    book: str, right: str, wrong: str, french: str, suggestion: str
) -> None:
    assert right in book
    broken = book.replace(right, wrong, 1)
    errors = errors_of(broken)
    found = [error for error in errors if french in error.to("fr")]
    assert found, [str(error) for error in errors]
    line = place(broken, wrong)[0]
    assert line in [error.line for error in found]
    assert suggestion in [error.suggestion for error in found]
    assert all(error.to("en") != error.to("fr") for error in found)


def test_error_reads_like_a_sentence() -> None:
    text = DUNNING.replace('arrears: "<= 0"', 'arears: "<= 0"')
    line, column = place(text, 'arears: "<= 0"')
    [error] = errors_of(text, "fleet/dunning.yaml")
    start = f"fleet/dunning.yaml:{line}:{column} "
    assert error.to("fr") == start + "fait inconnu « arears », vouliez-vous dire « arrears » ?"
    assert error.to("en") == start + "unknown fact 'arears', did you mean 'arrears'?"


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    text = DUNNING.replace("days: 4..7", "days: 5..7").replace("team: operations", "team: operation")
    text = text.replace('arrears: "<= 0"', 'arears: "<= 0"')
    errors = errors_of(text)
    assert len(errors) == 3
    assert list(errors) == sorted(errors, key=lambda error: error.line)


def test_hidden_row_is_refused() -> None:
    text = CONTRACT.replace("when: {past_grace: true, dunning_open: true}", "when: {past_grace: true}")
    errors = errors_of(text)
    assert any("n’est jamais atteinte : « arrears_followed »" in str(error) for error in errors)


def test_missing_otherwise_is_refused() -> None:
    head, _, tail = CONTRACT.partition("otherwise:")
    text = head + "examples:" + tail.partition("examples:")[2]
    assert any("il manque « otherwise »" in str(error) for error in errors_of(text))


def test_same_id_twice_is_refused() -> None:
    errors = errors_of(RENEWAL.replace("- id: reminder_letter", "- id: reminder"))
    assert any("« reminder » existe déjà à la ligne" in str(error) for error in errors)


def test_last_stage_must_be_open_ended() -> None:
    errors = errors_of(DUNNING.replace("days: 30..", "days: 30..60"))
    assert any("doit rester ouvert" in str(error) for error in errors)


def test_failing_example_is_placed_and_says_what_came_out() -> None:
    text = DUNNING.replace("{stage: courtesy, steps: [courtesy]", "{stage: courtesy, steps: [reminder]")
    [error] = errors_of(text)
    assert error.line == place(text, "steps: [reminder]")[0]
    assert "attend steps = [reminder], le livre donne [courtesy]" in error.to("fr")


@pytest.mark.parametrize(
    ("text", "french"),
    [
        ("", "vide"),
        ("a: 1\na: 2\n", "écrit deux fois"),
        ("a: &x [1]\nb: *x\n", "ancres"),
        ("a: !!python/object:os.system x\n", "étiquettes"),
        ("a: 1\n---\nb: 2\n", "un seul document"),
        ("a: {b: >= 5}\n", "guillemets"),
        ("a: " + "[" * 500 + "]" * 500, "trop imbriqué"),
        ("- 1\n", "doit être une table"),
        ("a: \x07\n", "caractère interdit"),
        ("? [a]\n: 1\n", "une clé doit être un mot"),
        ("a: " + "x" * 1_000_001, "1 Mo"),
    ],
)
def test_yaml_tricks_are_refused_with_a_place(text: str, french: str) -> None:
    with pytest.raises(BrokenBook) as caught:
        read_nodes(text, "book.yaml")
    assert french in str(caught.value)
    assert caught.value.errors[0].line >= 1


def test_words_are_not_guessed_to_be_something_else() -> None:
    assert "no" in str(read_nodes("answer: no", "book.yaml").entries["answer"])


def test_revision_ignores_comments_and_layout_and_follows_content() -> None:
    plain = read(DUNNING).revision
    assert read("# commentaire\n" + DUNNING.replace("mode: first", "mode:   first")).revision == plain
    assert read(DUNNING.replace('version: "1"', "version: '1'")).revision == plain
    assert read(DUNNING.replace('broken_promises: "< 2"', 'broken_promises: "< 1"')).revision != plain
    assert len(plain) == 12


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_book_is_read_or_refused_with_a_place(data: st.DataObject) -> None:
    book = data.draw(st.sampled_from([DUNNING, CONTRACT, RENEWAL]))
    start = data.draw(st.integers(0, len(book) - 1))
    end = min(len(book), start + data.draw(st.integers(0, 30)))
    insert = data.draw(
        st.sampled_from(["", "\n", ":", "- ", "{", "]", "&a ", "*a", "!!x ", "9" * 5000, "\t", "é", "none"])
    )
    for error in errors_of(book[:start] + insert + book[end:]):
        assert error.line >= 1
        assert error.column >= 1
        assert error.fr
        assert error.en


ROW = "  - {{id: r{id}, when: {when}, outcome: out, why: {{fr: Oui., en: Yes.}}}}"
NUMBERS = """\
policy: thresholds
name: book
title: {{fr: Livre, en: Book}}
version: "1"
facts:
  a: {{type: int, label: {{fr: a, en: a}}}}
  b: {{type: int, label: {{fr: b, en: b}}}}
rules:
{rows}
otherwise: {{outcome: other, why: {{fr: Non., en: No.}}}}
examples:
  - {{given: {{a: 99, b: 99}}, expect: {{outcome: other}}, why: Rien.}}
"""

small = st.integers(0, 3)
whens = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.one_of(small.map(str), small.map(lambda low: f"{low}..4"), st.just("[0, 2]")),
    min_size=1,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(whens, min_size=2, max_size=5))
def test_a_row_is_refused_exactly_when_those_above_cover_it(rows: list[dict[str, str]]) -> None:
    lines = [ROW.format(id=n, when=str(when).replace("'", "")) for n, when in enumerate(rows)]
    refused = {error.line - 9 for error in errors_of(NUMBERS.format(rows="\n".join(lines)))}
    assert refused == {n for n, row in enumerate(rows) if _points(row) <= _points(*rows[:n])}


def _points(*rows: dict[str, str]) -> set[tuple[int, int]]:
    """Every pair of small numbers that one of the rows takes."""
    return {
        (a, b) for row in rows for a in _meant(row.get("a", "0..9")) for b in _meant(row.get("b", "0..9"))
    }


def _meant(cell: str) -> set[int]:
    if cell.startswith("["):
        return {0, 2}
    low, _, high = cell.partition("..")
    return set(range(int(low), int(high or low) + 1))
