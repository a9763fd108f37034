"""docs/security.md leaves no requirement out, and names tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
LEVELS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2
2.1:3 2.2:3 2.3:4 2.4:1
3.2:2 3.3:4 3.4:6 3.5:5 3.7:2
4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3
6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4
7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
8.1:2 8.2:3 8.3:1 8.4:1
9.1:3 9.2:4
10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3
11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1
12.1:3 12.2:2 12.3:4
13.1:1 13.2:5 13.3:2 13.4:5
14.1:2 14.2:4 14.3:3
15.1:3 15.2:3 15.3:7
16.1:1 16.2:5 16.3:4 16.4:3 16.5:3
17.1:1 17.2:4 17.3:2
"""
"""Of each section of ASVS 5.0.0 how many requirements are of level 1 or 2; they come first in it."""
CHAPTERS = dict(re.findall(r"^### V(\d+) [^\n]+\n(.*?)(?=^### |\Z)", TEXT, re.MULTILINE | re.DOTALL))
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
ELSEWHERE = re.compile(r"(\d+)\.(\d+)\.(\d+)(?: to (\d+)\.(\d+)\.(\d+))?")


def asked() -> set[str]:
    sections = (one.split(":") for one in LEVELS.split())
    return {f"{section}.{number}" for section, last in sections for number in range(1, int(last) + 1)}


def not_ours() -> list[str]:
    """What a chapter says does not apply to us, ranges written out."""
    said = re.findall(r"^Does not apply: (.*)$", TEXT, re.MULTILINE)
    return [
        f"{one[0]}.{one[1]}.{number}"
        for line in said for one in ELSEWHERE.findall(line)
        for number in range(int(one[2]), int(one[5] or one[2]) + 1)
    ]  # fmt: skip


def test_every_chapter_and_every_requirement_is_there_once() -> None:
    assert list(CHAPTERS) == [str(number) for number in range(1, 18)]
    told = [number for number, _, _ in ROWS] + not_ours()
    assert len(told) == len(set(told))
    assert set(told) == asked()
    assert len(told) == 253


@pytest.mark.parametrize("number", CHAPTERS)
def test_a_requirement_stands_in_its_chapter_in_order(number: str) -> None:
    found = re.findall(r"^\| (\d+)\.(\d+)\.(\d+) ", CHAPTERS[number], re.MULTILINE)
    assert [one for one in found if one[0] != number] == []
    places = [tuple(map(int, one)) for one in found]
    assert places == sorted(places)


def test_every_row_names_tests_that_are_there_or_a_reason() -> None:
    assert len(ROWS) == len(re.findall(r"^\| \d", TEXT, re.MULTILINE))
    for number, what, shown in ROWS:
        assert what.strip(), number
        reason = re.fullmatch(r"not yet: (.{10,})", shown)
        named = re.findall(r"`([^`]+)`", shown)
        assert reason or (named and all(is_test(one) for one in named)), (number, shown)


def is_test(named: str) -> bool:
    path, _, name = named.partition("::")
    file = ROOT / path
    if not (path.startswith("tests/") and file.is_file()):
        return False
    return (
        not name or re.search(rf"^(async )?def {name}\(", file.read_text("utf-8"), re.MULTILINE) is not None
    )


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert not is_test("tests/docs/test_security.py::test_nothing_of_the_kind")
    assert not is_test("docs/security.md")
