"""Files of contracts and payments: every row is entered once, or says what is wrong with it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.csv_fleet import CONTRACT_COLUMNS, CsvFleetFiles
from adapters.holidays import PublicHolidays
from database.fleet import imports, queries
from database.fleet.contract import Written
from database.fleet.imports import Report, RowReport
from database.fleet.tables import fleet_contract
from database.session import Database
from database.shared import ledger
from database.shared.tables import outbox, tenant
from domain.errors import BadInput
from domain.fleet.intake import ContractEntry, Line
from domain.money import Money

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
HEADER = ",".join(CONTRACT_COLUMNS)
PAYMENTS = "payment_ref,contract_ref,received_at,amount_minor,channel"
FILES, HOLIDAYS = CsvFleetFiles(), PublicHolidays()


@pytest.fixture
async def firm(owner: Database) -> str:
    name = f"import-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(**row, locale="fr"))
    return name


def contract_row(number: int, **other: str) -> str:
    values = {
        "contract_ref": f"C-{number}", "driver_ref": f"D-{number}", "full_name": "Mireille Nguéma",
        "phone": "+237679284212", "email": f"d{number}@example.com", "locale": "fr",
        "bike_ref": f"M-{number}", "currency": "XAF", "price_minor": "28400", "down_payment_minor": "20000",
        "instalment_minor": "1400", "frequency": "monthly", "instalments": "6",
        "first_due_on": "2026-04-05", "signed_on": "2026-03-20", **other,
    }  # fmt: skip
    return ",".join(values[name] for name in CONTRACT_COLUMNS)


def payment_row(number: int, contract: int = 1, amount: str = "1400") -> str:
    return f"P-{number},C-{contract},2026-04-02T06:12:00+01:00,{amount},bank"


def file(*lines: str) -> BytesIO:
    return BytesIO("\n".join(lines).encode())


async def contracts(database: Database, firm: str, source: BytesIO) -> Report:
    return await imports.import_contracts(database, FILES, firm, source, AT, HOLIDAYS)


async def payments(database: Database, firm: str, source: BytesIO) -> Report:
    return await imports.import_payments(database, FILES, firm, source, AT)


async def report_of(database: Database, firm: str, made: Report, outcome: str = "") -> list[RowReport]:
    async with database.tenant(firm) as tx:
        return await imports.rows_of(tx, firm, made.kind, made.sha256, limit=20_000, outcome=outcome)


def counts(made: Report) -> tuple[int, int, int, bool]:
    return made.created, made.unchanged, made.refused, made.repeated


async def test_contracts_and_payments_come_in_and_the_ledger_agrees(database: Database, firm: str) -> None:
    given = file(HEADER, *(contract_row(n) for n in range(1, 451)))
    assert counts(await contracts(database, firm, given)) == (450, 0, 0, False)
    money = file(PAYMENTS, *(payment_row(n, n % 450 + 1) for n in range(900)))
    assert counts(await payments(database, firm, money)) == (900, 0, 0, False)
    async with database.tenant(firm) as tx:
        owed = await ledger.balance(tx, firm, "driver_receivable", "C-7", "XAF")
        known = await queries.file_of(tx, firm, "C-7")
        starts = await tx.execute(select(func.count()).where(outbox.c.kind == "start"))
    assert owed == Money("XAF", 28_400 - 2_800)
    assert known.standing is not None
    assert known.standing.remaining == owed
    assert starts.scalar_one() == 450


async def test_the_same_file_twice_changes_nothing_and_says_so(database: Database, firm: str) -> None:
    text = [HEADER, *(contract_row(n) for n in range(1, 4))]
    await contracts(database, firm, file(*text))
    assert counts(await contracts(database, firm, file(*text))) == (3, 0, 0, True)
    longer = file(*text, contract_row(4))
    assert counts(await contracts(database, firm, longer)) == (1, 3, 0, False)


async def test_a_broken_row_among_good_ones_stops_nothing(database: Database, firm: str) -> None:
    bad = [
        contract_row(2, price_minor="-5"),
        contract_row(3, currency="EUR"),
        contract_row(4, first_due_on="2026-02-30", phone="12"),
        contract_row(5, email="not an address"),
        contract_row(6, frequency="yearly"),
        contract_row(7, instalment_minor="1500"),
        contract_row(8, contract_ref="C:8"),
        contract_row(1, price_minor="29000", instalment_minor="1500"),
        '"unclosed,' + contract_row(9),
        "too,few",
        contract_row(10, signed_on="2026-04-06"),
        contract_row(11, price_minor="28400.50"),
        contract_row(12, full_name="".join(map(chr, range(0x4E00, 0x4E00 + 3000)))),
    ]
    given = file(HEADER, contract_row(1), *bad, contract_row(20))
    made = await contracts(database, firm, given)
    assert counts(made) == (2, 0, len(bad), False)
    refused = await report_of(database, firm, made, "refused")
    assert [one.line for one in refused] == list(range(3, 3 + len(bad)))
    named = [[mistake.field for mistake in one.mistakes] for one in refused]
    assert named == [
        ["price", "down_payment"], ["currency"], ["phone", "first_due_on"], ["email"], ["frequency"],
        ["instalment_minor"], ["ref"], ["reference"], ["row"], ["row"], ["first_due_on"], ["price_minor"],
        ["full_name"],
    ]  # fmt: skip
    assert all(mistake.mend for one in refused for mistake in one.mistakes)


async def test_what_is_wrong_with_a_payment_is_said(database: Database, firm: str) -> None:
    await contracts(database, firm, file(HEADER, contract_row(1)))
    made = await payments(
        database, firm,
        file(
            PAYMENTS, payment_row(1), payment_row(1), payment_row(1, amount="9"), payment_row(2, contract=99),
            payment_row(3, amount="0"), "P-4,C-1,2026-04-02T06:12:00,5,bank",
            "P-5,C-1,2027-04-02T06:12:00+01:00,5,bank", "P-6,C-1,0001-01-01T00:00:00+01:00,5,bank",
            "P-7,C-1,2026-04-02T06:12:00+01:00,5,barter",
        ),
    )  # fmt: skip
    assert counts(made) == (1, 1, 7, False)
    said = {one.line: one.mistakes[0] for one in await report_of(database, firm, made, "refused")}
    assert "amount_minor is 1400, not 9" in said[4].problem
    assert "no contract with the reference 'C-99'" in said[5].problem
    assert [said[n].field for n in (6, 7, 8, 9, 10)] == [
        "amount", "received_at", "received_at", "received_at", "channel"
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";"])
async def test_spreadsheets_write_as_they_like(
    database: Database, firm: str, encoding: str, separator: str
) -> None:
    text = "\r\n".join([HEADER, contract_row(1), "", contract_row(2)]).replace(",", separator)
    assert counts(await contracts(database, firm, BytesIO(text.encode(encoding)))) == (2, 0, 0, False)


async def test_a_wrong_encoding_is_named(database: Database, firm: str) -> None:
    text = "\n".join([HEADER, contract_row(1), contract_row(2, full_name="Jean")])
    made = await contracts(database, firm, BytesIO(text.encode("cp1252")))
    assert counts(made) == (1, 0, 1, False)
    [refused] = await report_of(database, firm, made, "refused")
    assert "0xE9 is not UTF-8 (Windows-1252" in refused.mistakes[0].problem
    with pytest.raises(BadInput, match="UTF-16"):
        await contracts(database, firm, BytesIO(text.encode("utf-16")))


async def test_a_missing_column_is_named(database: Database, firm: str) -> None:
    with pytest.raises(BadInput, match="bike_ref: the column is missing"):
        await contracts(database, firm, file(HEADER.replace("bike_ref", "bike"), contract_row(1)))


async def test_an_interrupted_file_goes_on_where_it_stopped(database: Database, firm: str) -> None:
    """The source fails after the first batch; the second attempt enters the rest, and nothing twice."""

    class Cut(BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            if self.tell() > self.getbuffer().nbytes * 2 // 3:
                raise OSError("the disk is gone")
            return super().readline(size)

    text = "\n".join([HEADER, *(contract_row(n) for n in range(1, 501))]).encode()
    with pytest.raises(OSError, match="disk"):
        await contracts(database, firm, Cut(text))
    async with database.tenant(firm) as tx:
        entered = (await tx.execute(select(func.count()).select_from(fleet_contract))).scalar_one()
    assert entered == 200
    assert counts(await contracts(database, firm, BytesIO(text))) == (500, 0, 0, False)


async def test_what_only_the_database_refuses_costs_its_own_row(database: Database, firm: str) -> None:
    """The text of a name may hold what PostgreSQL cannot store."""

    class Nasty(CsvFleetFiles):
        def contracts(
            self, source: BinaryIO, country: str, zone: str = "UTC"
        ) -> Iterator[Line[ContractEntry]]:
            for line in super().contracts(source, country, zone):
                if line.entry and line.number == 3:
                    driver = replace(line.entry.driver, full_name="Mi\x00reille")
                    line = replace(line, entry=replace(line.entry, driver=driver))
                yield line

    given = file(HEADER, contract_row(1), contract_row(2), contract_row(3))
    made = await imports.import_contracts(database, Nasty(), firm, given, AT, HOLIDAYS)
    assert counts(made) == (2, 0, 1, False)
    [refused] = await report_of(database, firm, made, "refused")
    assert (refused.line, refused.mistakes[0].field) == (3, "row")


async def test_a_deadlock_is_not_taken_for_a_fault_of_its_row(database: Database, firm: str) -> None:
    """Its batch is undone, and the file goes on there when it is sent again."""

    given = file(HEADER, contract_row(1), contract_row(2))
    digest = hashlib.sha256(given.getvalue()).hexdigest()

    async def enter(tx: AsyncConnection, entries: Sequence[ContractEntry]) -> list[Written]:
        await tx.execute(
            text("do $$ begin raise exception 'now' using errcode = 'deadlock_detected'; end $$")
        )  # fmt: skip
        return [True for _ in entries]

    work = imports.Work(database, firm, imports.CONTRACTS, digest, AT, enter)
    with pytest.raises(OperationalError, match="now"):
        await work.through(FILES.contracts(given, "CM"))
    given.seek(0)
    assert counts(await contracts(database, firm, given)) == (2, 0, 0, False)
