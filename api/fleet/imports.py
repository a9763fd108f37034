"""Files of contracts, payments and swaps: sent whole as CSV or XLSX, reported row by row."""

import io
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Shown
from api.pages import Cursor, Limit, Page, begin_after, page
from database.fleet import imports
from database.fleet.imports import Report, RowReport

router = APIRouter(prefix="/v1/fleet/imports", tags=["Fleet"])


class MistakeShown(Shown):
    field: str
    problem: str
    mend: str


class RowShown(Shown):
    line: int = Field(description="The header is line 1.")
    ref: str
    outcome: Literal["created", "unchanged", "refused"]
    mistakes: list[MistakeShown]


class ReportShown(Shown):
    """``repeated``: the same file was imported completely before, and nothing was changed now."""

    kind: str
    sha256: str = Field(description="Of the file; it is the address of the report.")
    rows: int
    created: int
    unchanged: int
    refused: int
    repeated: bool
    first_refused: list[RowShown] = Field(description="At most 50; the report has them all.")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
Kind = Literal["contracts", "payments", "swaps"]
Sha256 = Annotated[str, Query(pattern="^[0-9a-f]{64}$")]
Reads = Annotated[Reading, reads("fleet:read")]
Imports = Annotated[Command, writes("imports:write", "text/csv", XLSX)]


@router.post("/contracts", response_model=ReportShown, openapi_extra=FILE)
async def import_contracts(request: Request, command: Imports) -> Response:
    """Signed contracts with their drivers. An interrupted import goes on when the file is sent again."""
    parts, source = command.parts, io.BytesIO(await request.body())
    report = await imports.import_contracts(
        parts.database, parts.fleet_files, command.tenant, source, command.now, parts.holidays
    )
    return await _reply(command, report)


@router.post("/payments", response_model=ReportShown, openapi_extra=FILE)
async def import_payments(request: Request, command: Imports) -> Response:
    """Payments. The same payment in two files is one."""
    parts, source = command.parts, io.BytesIO(await request.body())
    report = await imports.import_payments(
        parts.database, parts.fleet_files, command.tenant, source, command.now
    )
    return await _reply(command, report)


@router.post("/swaps", response_model=ReportShown, openapi_extra=FILE)
async def import_swaps(request: Request, command: Imports) -> Response:
    """Battery swaps. The same swap in two files is one; batteries are where the latest swap says."""
    parts, source = command.parts, io.BytesIO(await request.body())
    report = await imports.import_swaps(
        parts.database, parts.fleet_files, command.tenant, source, command.now
    )
    return await _reply(command, report)


@router.get("/{kind}/{sha256}")
async def read_report(
    here: Reads, kind: Kind, sha256: str, outcome: Literal["", "created", "unchanged", "refused"] = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[RowShown]:  # fmt: skip
    """What became of each row of a file, in the order of its lines."""
    filters = (kind, sha256, outcome)
    (after,) = begin_after(cursor, filters)
    line = int(after) if after.isdecimal() else 0
    rows = await imports.rows_of(
        here.tx, here.tenant, kind, sha256, after=line, limit=limit + 1, outcome=outcome
    )
    return page(rows, limit, shown, lambda row: (str(row.line),), filters)


async def _reply(command: Command, report: Report) -> Response:
    refused = await imports.rows_of(
        command.tx, command.tenant, report.kind, report.sha256, limit=50, outcome="refused"
    )
    made = ReportShown(
        **vars(report), rows=report.rows, first_refused=[shown(row) for row in refused]
    )  # fmt: skip
    kept = {name: value for name, value in vars(report).items() if name != "kind"}
    return await command.reply(Result(f"fleet.{report.kind}.imported", "fleet.import", made, after=kept))


def shown(row: RowReport) -> RowShown:
    return RowShown(
        line=row.line, ref=row.ref, outcome=row.outcome,
        mistakes=[MistakeShown(**vars(one)) for one in row.mistakes],
    )  # fmt: skip
