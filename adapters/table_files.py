"""Tables as files, XLSX or CSV, written row by row: memory does not grow with them.

A row is read, brought into a batch and written; the file grows on disk. Nothing in a cell is a formula.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TextIO
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain.decision import Bilingual
from domain.money import DIGITS, Money
from domain.spreadsheet import csv_lines, harmless
from domain.table import Column, Kind, Row, Table, plain, shown

BATCH = 500
MOST_ROWS = 1_000_000
"""On one sheet; Excel takes 1,048,576. What is more goes on to the next sheet."""
LONGEST = 32_000
"""Characters in a cell; Excel takes 32,767."""
BOM = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
CURRENCY = {"fr": "Devise", "en": "Currency"}
PATTERNS = {
    Kind.INT: Bilingual("#,##0", "#,##0"), Kind.PERCENT: Bilingual("0.0%", "0.0%"),
    Kind.DATE: Bilingual("dd/mm/yyyy", "yyyy-mm-dd"),
    Kind.INSTANT: Bilingual("dd/mm/yyyy hh:mm", "yyyy-mm-dd hh:mm"),
}  # fmt: skip

Tell = Callable[[int], None]
"""Hears how many rows are written."""


class Writer(Protocol):
    def turn_to(self, table: Table) -> None: ...

    def write(self, rows: Sequence[Row]) -> None: ...

    def close(self) -> None: ...


class TableFiles:
    """Implements the port TableWriter."""

    async def write(
        self, table: Table, format: str, locale: str, into: str, tell: Tell, more: Sequence[Table] = ()
    ) -> int:
        """How many rows were written. Raises ValueError for a format that is not ``xlsx`` or ``csv``."""
        writer = await asyncio.to_thread(open_writer, table, format, locale, Path(into))
        done = 0
        try:
            for one in (table, *(more if isinstance(writer, Workbook) else ())):
                writer.turn_to(one)
                async for batch in batches(one.rows):
                    await asyncio.to_thread(writer.write, batch)
                    done += len(batch)
                    tell(done)
        finally:
            await asyncio.to_thread(writer.close)
        return done


def open_writer(table: Table, format: str, locale: str, into: Path) -> Writer:
    if format == "xlsx":
        return Workbook(table, locale, into)
    if format == "csv":
        return CsvFile(table, locale, into)
    raise ValueError(f"no table is written as {format}")


async def batches(rows: AsyncIterator[Row]) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class CsvFile:
    """With decimal points and commas between cells; in French decimal commas and semicolons, as Excel reads
    them there. Amounts are bare numbers, so that their currency has a column of its own."""

    def __init__(self, table: Table, locale: str, into: Path) -> None:
        self.table, self.locale = table, locale
        self.has_money = any(column.kind is Kind.MONEY for column in table.columns)
        self.file: TextIO = into.open("w", encoding="utf-8", newline="")
        head: list[Any] = [column.label.to(locale) for column in table.columns]
        self.file.write(BOM)
        self._put([[*head, CURRENCY[locale]] if self.has_money else head])

    def turn_to(self, table: Table) -> None:
        """It has one."""

    def write(self, rows: Sequence[Row]) -> None:
        self._put([self._line(row) for row in rows])

    def close(self) -> None:
        self.file.close()

    def _put(self, lines: Sequence[Sequence[Any]]) -> None:
        self.file.writelines(csv_lines(lines, separator=";" if self.locale == "fr" else ","))

    def _line(self, row: Row) -> list[Any]:
        told = [self._cell(*pair) for pair in zip(self.table.columns, row, strict=True)]
        if not self.has_money:
            return told
        return [*told, next((value.currency for value in row if isinstance(value, Money)), "")]

    def _cell(self, column: Column, value: Any) -> Any:
        made = plain(column, value, self.locale, self.table.zone)
        return f"{made:f}".replace(".", ",") if self.locale == "fr" and isinstance(made, Decimal) else made


class Workbook:
    """Numbers stay numbers and days days, each shown in its way; the head of every sheet stays in sight."""

    def __init__(self, table: Table, locale: str, into: Path) -> None:
        self.table, self.locale, self.zone = table, locale, ZoneInfo(table.zone)
        options = {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "remove_timezone": True, "tmpdir": str(into.parent),
        }  # fmt: skip
        self.book = xlsxwriter.Workbook(str(into), options)
        self.book.set_properties({"title": table.title.to(locale), "comments": table.note.to(locale)})
        self.bold = self.book.add_format(
            {"bold": True, "font_color": "#ffffff", "bg_color": "#0f5c63", "valign": "vcenter"}
        )
        self.right = self.book.add_format(
            {"bold": True, "font_color": "#ffffff", "bg_color": "#0f5c63", "align": "right"}
        )
        self.formats = {kind: self._format(kind) for kind in Kind}
        self.amounts: dict[str, Format] = {}
        self.done = self.sheets = 0
        self.sheet: Worksheet = None

    def turn_to(self, table: Table) -> None:
        self._end()
        self.table, self.sheets = table, 0
        self.sheet = self._begin()

    def write(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if self.done == MOST_ROWS:
                self._end()
                self.sheet = self._begin()
            self.done += 1
            for place, (column, value) in enumerate(zip(self.table.columns, row, strict=True)):
                self._cell(place, column, value)

    def close(self) -> None:
        self._end()
        self.book.close()

    def _end(self) -> None:
        if self.sheet and self.done:
            self.sheet.autofilter(0, 0, self.done, len(self.table.columns) - 1)
        self.done = 0

    def _begin(self) -> Worksheet:
        self.sheets += 1
        sheet = self.book.add_worksheet(sheet_name(self.table.title.to(self.locale), self.sheets))
        for place, column in enumerate(self.table.columns):
            sheet.set_column(place, place, max(column.characters, len(column.label.to(self.locale)) + 3))
        sheet.set_row(0, 22)
        for place, column in enumerate(self.table.columns):
            number = column.kind in (Kind.INT, Kind.MONEY, Kind.PERCENT)
            sheet.write_string(0, place, column.label.to(self.locale), self.right if number else self.bold)
        sheet.freeze_panes(1, 0)
        return sheet

    def _cell(self, place: int, column: Column, value: Any) -> None:
        row, form = self.done, self.formats[column.kind]
        match value:
            case None:
                return
            case Money():
                self.sheet.write_number(row, place, float(value.decimal), self._amount(value.currency))
            case datetime():
                local = value.astimezone(self.zone).replace(tzinfo=None)
                self.sheet.write_datetime(row, place, local, form)
            case date():
                self.sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), form)
            case int() | Decimal() if not isinstance(value, bool):
                self.sheet.write_number(row, place, float(value), form)
            case _:
                text = shown(column, value, self.locale, self.table.zone)
                self.sheet.write_string(row, place, harmless(text)[:LONGEST])

    def _format(self, kind: Kind) -> Format | None:
        pattern = PATTERNS.get(kind)
        return self.book.add_format({"num_format": pattern.to(self.locale)}) if pattern else None

    def _amount(self, currency: str) -> Format:
        """The currency belongs to the number: amounts of several may stand in one column."""
        if currency not in self.amounts:
            digits = DIGITS[currency]
            sign = {"XAF": "FCFA" if self.locale == "fr" else "XAF", "EUR": "€"}[currency]
            pattern = f'#,##0{"." + "0" * digits if digits else ""} "{sign}"'
            self.amounts[currency] = self.book.add_format({"num_format": pattern})
        return self.amounts[currency]


def sheet_name(title: str, number: int) -> str:
    """Excel takes 31 characters, and none of these."""
    taken = "".join(" " if one in "[]:*?/\\'" else one for one in title)
    name = " ".join(taken.split())[:26].strip() or "Table"
    return name if number == 1 else f"{name} {number}"
