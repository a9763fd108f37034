"""docs/values.md tells refusals that are there."""

import re

import pytest

from tests.architecture.sources import ROOT

ROWS = [
    line.strip("| ").split(" | ")
    for line in (ROOT / "docs" / "values.md").read_text("utf-8").splitlines()
    if re.match(r"\| .*\.py` \|$", line)
]


def test_the_table_is_read_whole() -> None:
    assert len(ROWS) > 30


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[-3])[:40])
def test_each_refusal_is_where_the_page_says(row: list[str]) -> None:
    files = re.findall(r"`([a-z_/]+\.py)`", row[-1])
    words = re.findall(r"`([^`]+)`", row[-2])
    assert files
    assert words
    texts = [(ROOT / file).read_text("utf-8") for file in files]
    for one in words:
        assert any(one in text for text in texts), one
    for file, text in zip(files, texts, strict=True):
        assert any(one in text for one in words), file
