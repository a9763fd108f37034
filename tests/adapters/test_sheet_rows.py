"""Workbooks read as CSV files are."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from adapters.csv_fleet import CsvFleetFiles
from adapters.sheet_rows import rows
from domain.errors import BadInput

HEADER = ["payment_ref", "contract_ref", "received_at", "amount_minor", "channel"]


def workbook(*lines: list[Any]) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet, dated = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for number, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, dated)
                else:
                    sheet.write(number, column, value)
    file.seek(0)
    return file


def test_numbers_dates_and_words_are_read_as_a_person_wrote_them() -> None:
    paid = ["P-1", "C-1", datetime(2032, 3, 1, 10, 30), 5000, "mobile_money"]
    text = ["P-2", "C-1", "2032-03-01T10:30:00+01:00", "5000", "cash"]
    midnight = ["P-3", "C-1", datetime(2032, 3, 2), 5000, "mobile_money"]
    file = workbook(HEADER, paid, [], text, midnight)
    assert CsvFleetFiles().most_rows(file) == 4
    made = list(CsvFleetFiles().payments(file, "XAF", "Africa/Douala"))
    assert [(one.number, one.mistakes) for one in made] == [(2, ()), (4, ()), (5, ())]
    first, second, third = (one.entry for one in made)
    assert first
    assert second
    assert third
    assert (first.received_at, first.amount) == (second.received_at, second.amount)
    assert third.received_at.isoformat() == "2032-03-02T00:00:00+01:00"


def test_a_row_says_what_is_wrong_with_it_and_keeps_its_values() -> None:
    [made] = CsvFleetFiles().payments(
        workbook(HEADER, ["P-1", "C-1", "yesterday", 50.5, "cash"]), "XAF", "UTC"
    )
    assert {one.field for one in made.mistakes} == {"received_at", "amount_minor"}
    assert made.values["received_at"] == "yesterday"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 400])
def test_what_is_no_workbook_says_so(content: bytes) -> None:
    with pytest.raises(BadInput, match="no workbook that opens"):
        rows(io.BytesIO(content), HEADER, "UTC")


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="channel: the column is missing"):
        rows(workbook(HEADER[:-1]), HEADER, "UTC")


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "xfd900000"])
def test_a_cell_in_the_farthest_corner_does_not_take_all_memory(place: str) -> None:
    """The reader lays out every cell in between: hundreds of gigabytes, and the process is gone."""
    few = io.BytesIO()
    with xlsxwriter.Workbook(few) as book:
        book.add_worksheet().write_row(0, 0, ["a", "b", "c", "d", "e", "f"])
    far = f'<row r="1048576"><c r="{place}"><v>1</v></c></row></sheetData>'.encode()
    for hidden in (far, far.replace(b"<c r=", b"<c x='>' r="), far.replace(f' r="{place}"'.encode(), b"")):
        packed, made = zipfile.ZipFile(few), io.BytesIO()
        with zipfile.ZipFile(made, "w") as again:
            for name in packed.namelist():
                again.writestr(name, packed.read(name).replace(b"</sheetData>", hidden))
        made.seek(0)
        with pytest.raises(BadInput, match="far away"):
            rows(made, ["a"], "UTC")


def test_other_kinds_of_workbooks_are_refused_unread() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("content.xml", "<table:table-row table:number-rows-repeated='1048576'/>")
    made.seek(0)
    with pytest.raises(BadInput, match="another kind"):
        rows(made, ["a"], "UTC")


def test_a_character_that_is_none_spoils_its_own_row() -> None:
    file = workbook(HEADER, ["P-1", "C-1", "x", "1", "cash"], ["P-NUL-2", "C-1", "x", "1", "cash"])
    sound, spoilt = rows(with_text(file, b"NUL", b"_x0000_"), HEADER, "UTC")
    assert sound.mistake is None
    assert spoilt.mistake is not None
    assert spoilt.values["payment_ref"] == "P--2"


@pytest.mark.parametrize("shown", ["dd/mm/yyyy", "[h]:mm"])
@pytest.mark.parametrize("number", [1e300, -1e300])
def test_a_day_beyond_all_counting_spoils_its_own_row_at_most(shown: str, number: float) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((HEADER, ["P-1"], ["P-2"], ["P-3"])):
            sheet.write_row(line, 0, row)
        sheet.write_number(2, 2, number, book.add_format({"num_format": shown}))
    file.seek(0)
    first, _, last = rows(file, HEADER, "UTC")
    told = [(one.number, one.values["payment_ref"], one.mistake) for one in (first, last)]
    assert told == [(2, "P-1", None), (4, "P-3", None)]


def with_text(file: io.BytesIO, text: bytes, instead: bytes) -> io.BytesIO:
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as book, zipfile.ZipFile(changed, "w") as other:
        for name in book.namelist():
            other.writestr(name, book.read(name).replace(text, instead))
    changed.seek(0)
    return changed
