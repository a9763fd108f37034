"""Tables as files: what Excel and other programs read in them."""

import csv
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from adapters.table_files import TableFiles, sheet_name
from domain.decision import Bilingual
from domain.money import Money
from domain.table import Column, Kind, Row, Table, given

COLUMNS = (
    Column("ref", Bilingual("Contrat", "Contract")),
    Column("state", Bilingual("État", "State"), words={"active": Bilingual("en cours", "active")}),
    Column("dues", Bilingual("Échéances", "Instalments"), Kind.INT),
    Column("paid", Bilingual("Payé", "Paid"), Kind.MONEY),
    Column("rate", Bilingual("Taux", "Rate"), Kind.PERCENT),
    Column("signed_on", Bilingual("Signé le", "Signed on"), Kind.DATE),
    Column("seen_at", Bilingual("Vu", "Seen"), Kind.INSTANT),
)
ROWS: list[Row] = [
    ("C-1", "active", 1200, Money("XAF", 1_250_000), Decimal("0.125"), date(2032, 2, 29),
     datetime(2032, 3, 1, 23, 30, tzinfo=UTC)),
    ("=cmd|' /C calc'!A0", "unknown", 0, Money("EUR", -1250), None, None, None),
    ("@SUM(1;2)", None, -3, None, Decimal(1), date(2033, 1, 1), None),
]  # fmt: skip


def table(rows: AsyncIterator[Row], total: int = 0) -> Table:
    return Table("contracts", Bilingual("Contrats", "Contracts"), COLUMNS, rows, "Africa/Douala", total)


async def written(folder: Path, format: str, locale: str = "fr") -> Path:
    into = folder / f"contracts.{format}"
    heard: list[int] = []
    assert await TableFiles().write(table(given(ROWS)), format, locale, str(into), heard.append) == 3
    assert heard == [3]
    return into


async def test_in_a_workbook_numbers_are_numbers_and_days_days(tmp_path: Path) -> None:
    sheet = CalamineWorkbook.from_path(await written(tmp_path, "xlsx")).get_sheet_by_name("Contrats")
    head, first, second, third = sheet.to_python()
    assert head == ["Contrat", "État", "Échéances", "Payé", "Taux", "Signé le", "Vu"]
    # 23:30 in London is half past midnight in Douala.
    assert first == [
        "C-1", "en cours", 1200.0, 1_250_000.0, 0.125, date(2032, 2, 29), datetime(2032, 3, 2, 0, 30),
    ]  # fmt: skip
    assert second == ["'=cmd|' /C calc'!A0", "unknown", 0.0, -12.5, "", "", ""]
    assert third[:4] == ["'@SUM(1;2)", "", -3.0, ""]


async def test_nothing_in_a_workbook_is_a_formula_and_its_head_stays_in_sight(tmp_path: Path) -> None:
    with ZipFile(await written(tmp_path, "xlsx")) as opened:
        sheet, styles = (opened.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    assert 'state="frozen"' in sheet
    assert "autoFilter" in sheet
    assert "#,##0 &quot;FCFA&quot;" in styles
    assert "#,##0.00 &quot;€&quot;" in styles


async def test_a_french_csv_is_what_a_french_excel_reads(tmp_path: Path) -> None:
    text = (await written(tmp_path, "csv")).read_bytes().decode()
    assert text.startswith("\ufeffContrat;État;Échéances;Payé;Taux;Signé le;Vu;Devise\r\n")
    assert "C-1;en cours;1200;1250000;0,125;2032-02-29;2032-03-02T00:30:00+01:00;XAF\r\n" in text
    assert "'=cmd|' /C calc'!A0;unknown;0;-12,50;;;;EUR\r\n" in text


async def test_an_english_csv_is_what_programs_read(tmp_path: Path) -> None:
    with (await written(tmp_path, "csv", "en")).open(encoding="utf-8-sig", newline="") as opened:
        first, second, third = csv.DictReader(opened)
    assert (first["Paid"], first["Rate"], first["Currency"]) == ("1250000", "0.125", "XAF")
    assert (second["Paid"], second["Signed on"]) == ("-12.50", "")
    assert (third["Contract"], third["State"]) == ("'@SUM(1;2)", "")


async def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    async def many(rows: int) -> AsyncIterator[Row]:
        for number in range(rows):
            yield (f"C-{number}", *ROWS[0][1:])

    async def peak(rows: int) -> int:
        tracemalloc.start()
        await TableFiles().write(table(many(rows), rows), "xlsx", "fr", str(tmp_path / f"{rows}.xlsx"), print)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    await peak(600)
    few, more = await peak(600), await peak(6000)
    # Held in memory, as an ordinary workbook holds them, 5,400 rows more take some 5 MB; the rest is the
    # allocator's and the collector's own ups and downs.
    assert more < few + 1_000_000


async def test_what_fails_on_the_way_is_told(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[Row]:
        yield ROWS[0]
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        await TableFiles().write(table(broken()), "xlsx", "fr", str(tmp_path / "broken.xlsx"), print)
    with pytest.raises(ValueError, match="no table is written as ods"):
        await TableFiles().write(table(given(ROWS)), "ods", "fr", str(tmp_path / "a.ods"), print)


def test_the_name_of_a_sheet_is_one_that_excel_takes() -> None:
    assert sheet_name("Rentabilité : stations [2032/01]", 1) == "Rentabilité stations 2032"
    assert sheet_name("", 2) == "Table 2"
