"""Rows of a file, CSV or XLSX, by the names in its first line. An XLSX file's first sheet counts."""

import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from python_calamine import CalamineError, CalamineSheet, load_workbook

from adapters.csv_rows import RawRow, wrong_columns
from adapters.csv_rows import rows as csv_rows
from adapters.sheet_area import widest_area
from domain.errors import BadInput, Mistake

ZIP = b"PK\x03\x04"
LARGEST = 200 * 1024 * 1024
"""Bytes that a workbook may unfold to."""
WIDEST = 200
MOST_CELLS = 6_000_000
OTHER_KINDS = frozenset({"content.xml", "xl/workbook.bin"})
"""What the reader would open as well, and what is not measured: ODS and XLSB."""


def rows(
    source: BinaryIO, columns: Sequence[str], zone: str, moments: Collection[str] = ()
) -> Iterator[RawRow]:  # fmt: skip
    """Every row with its values by column name. Days and hours of an XLSX file are those of ``zone``; in the
    columns ``moments`` a day is its midnight, because a workbook keeps the two alike.

    Raises BadInput naming what makes the whole file unreadable.
    """
    begin = source.tell()
    magic = source.read(len(ZIP))
    source.seek(begin)
    found = (
        _sheet_rows(_sheet(source), columns, ZoneInfo(zone), moments)
        if magic == ZIP
        else csv_rows(source, columns)
    )
    return map(_without_nul, found)


def _without_nul(row: RawRow) -> RawRow:
    """No text of the database holds it: unseen, one row would keep the whole file out."""
    if not any("\0" in value for value in row.values.values()):
        return row
    values = {name: value.replace("\0", "") for name, value in row.values.items()}
    return RawRow(row.number, values, Mistake("row", "it has a character that is none (NUL)", "type it anew"))


def most_rows(source: BinaryIO) -> int:
    """How many rows there may be, found out without reading them. Raises BadInput."""
    begin = source.tell()
    magic = source.read(len(ZIP))
    source.seek(begin)
    found = _sheet(source).height if magic == ZIP else sum(1 for _ in source)
    source.seek(begin)
    return max(0, found - 1)


def _sheet(source: BinaryIO) -> CalamineSheet:
    content = source.read()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise _unreadable("it unfolds to more than 200 MiB", "split it")
            if not OTHER_KINDS.isdisjoint(packed.namelist()):
                raise _unreadable("it is another kind of workbook", "save it again as XLSX, or as CSV UTF-8")
            if widest_area(packed) > MOST_CELLS:
                raise _unreadable(
                    "a cell lies far away from the others", "delete what lies beyond the table, or split it"
                )
        workbook = load_workbook(io.BytesIO(content))
        return workbook.get_sheet_by_index(0)
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError):
        raise _unreadable("it is no workbook that opens", "save it again as XLSX, or as CSV UTF-8") from None
    except BaseException as wrong:
        if not _broke_off(wrong):
            raise
        raise _unreadable("it is no workbook that opens", "save it again as CSV UTF-8") from None


def _broke_off(wrong: BaseException) -> bool:
    """The reader is compiled: where it breaks off it raises something that is no Exception."""
    return isinstance(wrong, OverflowError) or type(wrong).__name__ == "PanicException"


def _unreadable(problem: str, mend: str) -> BadInput:
    return BadInput(Mistake("file", problem, mend))


def _sheet_rows(
    sheet: CalamineSheet, columns: Sequence[str], zone: ZoneInfo, moments: Collection[str]
) -> Iterator[RawRow]:  # fmt: skip
    if sheet.width > WIDEST:
        raise _unreadable(f"it has {sheet.width} columns", "keep those with values")
    lines = _lines(sheet)
    names = [_text(cell, zone).lower() for cell in next(lines, None) or []]
    while names and not names[-1]:
        names.pop()
    names = [name or f"column {number}" for number, name in enumerate(names, 1)]
    if mistakes := wrong_columns(names, columns):
        raise BadInput(*mistakes)
    places = [place for place, name in enumerate(names) if name in moments]
    return _rows(lines, names, zone, places)


def _lines(sheet: CalamineSheet) -> Iterator[list[Any] | None]:
    """None for one at which the reader breaks off: a day or a duration beyond all that it can count."""
    found = iter(sheet.iter_rows())
    while True:
        line: list[Any] | None = None
        try:
            line = next(found)
        except StopIteration:
            return
        except BaseException as wrong:
            if not _broke_off(wrong):
                raise
        yield line


def _rows(
    lines: Iterator[list[Any] | None], names: list[str], zone: ZoneInfo, moments: Sequence[int]
) -> Iterator[RawRow]:  # fmt: skip
    for number, cells in enumerate(lines, 2):
        if cells is None:
            mistake = Mistake("row", "a day or duration in it is beyond all counting", "type it as text")
            yield RawRow(number, {}, mistake)
            continue
        for place in moments:
            cells[place] = _moment(cells[place], zone)
        values = [_text(cell, zone) for cell in cells]
        if any(values):
            yield RawRow(number, dict(zip(names, values, strict=False)))


def _moment(cell: Any, zone: ZoneInfo) -> Any:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=zone).isoformat()
    return datetime.combine(cell, time(), zone).isoformat() if isinstance(cell, date) else cell


def _text(cell: Any, zone: ZoneInfo) -> str:
    """As a CSV file would say it: whole numbers without a point, moments with their offset."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.replace(tzinfo=zone).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
