"""What differs between two revisions, as people say it and as editors show it."""

import pytest

from rules.diff import Change, changes, text_diff
from rules.reader import fingerprint, read_nodes
from tests.rules.books import SHIPPED

TEXT = (SHIPPED / "fleet" / "dunning.yaml").read_text("utf-8")


def changed(before: str, after: str) -> tuple[Change, ...]:
    assert before in TEXT
    return changes(TEXT, TEXT.replace(before, after, 1))


def test_layout_and_comments_do_not_count() -> None:
    assert changes(TEXT, "# a comment\n" + TEXT.replace("days: 4..7", "days:   4..7")) == ()


def test_a_rule_is_named_by_its_id() -> None:
    [one] = changed("days: 4..7", "days: 4..6")
    assert (one.where, one.kind, one.before, one.after) == ("stages/reminder/days", "changed", "4..7", "4..6")


def test_what_is_new_and_what_is_gone_is_told_whole() -> None:
    gone, _, rest = TEXT.partition("  - id: firm")
    without = gone + rest[rest.index("  - id: suspended") :]
    [one] = changes(TEXT, without)
    assert (one.where, one.kind, one.after) == ("stages/firm", "removed", None)
    [one] = changes(without, TEXT)
    assert (one.where, one.kind, one.after["days"]) == ("stages/firm", "added", "8..14")


def test_rows_of_a_grid_are_named_by_their_facts() -> None:
    grid = "gives: {price: {}}\ncolumns: [reference, level, price]\n"
    rows = grid + "rows:\n  - [r01, bronze, 45.00]\n  - [r01, silver, 40.00]\n"
    [one] = changes(rows, rows.replace("40.00", "41.00"))
    assert one.where == "rows/r01/silver"
    assert (one.kind, one.before, one.after) == (
        "changed", ["r01", "silver", "40.00"], ["r01", "silver", "41.00"],
    )  # fmt: skip


@pytest.mark.parametrize("file", sorted(SHIPPED.rglob("*.yaml")), ids=lambda file: file.stem)
def test_two_texts_differ_when_their_revisions_do(file: object) -> None:
    text = file.read_text("utf-8")  # type: ignore[attr-defined]
    assert changes(text, text) == ()
    other = text.replace("version: ", 'version: "x" # ')
    assert fingerprint(read_nodes(other, "")) != fingerprint(read_nodes(text, ""))
    assert [one.where for one in changes(text, other)] == ["version"]


def test_the_text_is_a_patch() -> None:
    said = text_diff("a\nb\n", "a\nc\n", ("old", "new"))
    assert said == "--- old\n+++ new\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    assert text_diff("a\n", "a\n", ("old", "new")) == ""
