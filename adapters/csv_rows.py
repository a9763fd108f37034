"""Rows of a CSV file of unknown make: UTF-8 with or without BOM, separated by commas or semicolons.

One line is one row: an unclosed quotation mark spoils its own row and no other.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from domain.errors import BadInput, Mistake

LONGEST_LINE = 64 * 1024
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_UTF8 = "save the file as “CSV UTF-8”"


@dataclass(frozen=True)
class RawRow:
    """``number`` is the line in the file. With a ``mistake`` there are no ``values``."""

    number: int
    values: dict[str, str]
    mistake: Mistake | None = None


def rows(source: BinaryIO, columns: Sequence[str]) -> Iterator[RawRow]:
    """Every row with its values by column name; other columns are left out.

    Raises BadInput naming what makes the whole file unreadable: its encoding, or columns it lacks.
    """
    header = source.readline(LONGEST_LINE)
    separator, names = _header(header, columns)
    return _rows(source, separator, names)


def _header(line: bytes, columns: Sequence[str]) -> tuple[str, list[str]]:
    if line.startswith(UTF16) or b"\0" in line:
        raise BadInput(Mistake("file", "it is UTF-16 or no text at all", SAVE_AS_UTF8))
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(Mistake("file", "it is not UTF-8 (Windows-1252, perhaps)", SAVE_AS_UTF8)) from None
    separator = ";" if text.count(";") > text.count(",") else ","
    names = [name.strip().lower() for name in text.strip().replace('"', "").split(separator)]
    if mistakes := wrong_columns(names, columns):
        raise BadInput(*mistakes)
    return separator, names


def wrong_columns(names: Sequence[str], columns: Sequence[str]) -> list[Mistake]:
    missing = [name for name in columns if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [
        *(Mistake(name, "the column is missing", "add it to the first line") for name in missing),
        *(Mistake(name, "the column is there twice", "keep one") for name in twice),
    ]


def _rows(source: BinaryIO, separator: str, names: list[str]) -> Iterator[RawRow]:
    number = 1
    while line := source.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := source.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield RawRow(number, {}, Mistake("row", "it is longer than 64 KiB", "check its quotation marks"))
        elif line.strip(b" \t\r\n,;"):
            yield _row(number, line, separator, names)


def _row(number: int, line: bytes, separator: str, names: list[str]) -> RawRow:
    try:
        [values] = csv.reader([line.decode("utf-8").rstrip("\r\n")], delimiter=separator, strict=True)
    except UnicodeDecodeError as wrong:
        found = f"byte 0x{line[wrong.start]:02X} is not UTF-8 (Windows-1252, perhaps)"
        return RawRow(number, {}, Mistake("row", found, SAVE_AS_UTF8))
    except (csv.Error, ValueError) as wrong:
        return RawRow(
            number, {}, Mistake("row", str(wrong), "close every quotation mark on the line that opens it")
        )
    if len(values) != len(names):
        found = f"{len(values)} values for {len(names)} columns"
        return RawRow(
            number, {}, Mistake("row", found, f"separate with {separator!r}; quote values that hold one")
        )
    return RawRow(number, {name: value.strip() for name, value in zip(names, values, strict=True)})
