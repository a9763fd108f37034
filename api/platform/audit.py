"""The audit trail: who did what, when, from where, and what changed. Nothing of it can be written."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, Field
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Reading, reads
from api.fields import RuleDay, Shown, printable
from api.pages import Cursor, Limit, Page, begin_after, page
from api.parts import Parts
from database.shared import audit
from database.shared.audit_search import LARGEST_ID, Openers, Wanted, find
from database.shared.contacts import tenant_of
from domain.calendar import at_local
from domain.errors import BadInput, Mistake
from domain.spreadsheet import csv_lines

router = APIRouter(prefix="/v1/audit", tags=["Audit"])

Reads = Annotated[Reading, reads("audit:read")]
Text = Annotated[str, Query(max_length=200), AfterValidator(printable)]
HEAD = ("seal", "row", "at", "who", "action", "object", "before", "after", "ip", "agent", "erased", "request")
BATCH = 500
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


class Entry(Shown):
    seal: int | None = Field(description="Its number in the chain that `echeance audit verify` checks.")
    id: int
    at: datetime
    who: str = Field(description="`person:…`, `key:…`, `link:<contact>`, `webhook:…`, `operator:…`")
    action: str
    object: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str
    agent: str
    erased: bool = Field(description="Address and browser were a person’s who has been erased.")
    request_id: str


@dataclass(frozen=True)
class Asked:
    """The filters, as they were given."""

    who: Annotated[Text, Query(examples=["key:5e0c2a91"])] = ""
    action: Annotated[Text, Query(description="A whole one, or a kind with its dot: `rule.`")] = ""
    object: Annotated[Text, Query(examples=["contract:C-1"])] = ""
    text: Annotated[Text, Query(description="Anywhere in what was done.")] = ""
    from_on: Annotated[RuleDay | None, Query(description="A local day, included.")] = None
    until_on: Annotated[RuleDay | None, Query(description="A local day, included.")] = None


Filters = Annotated[Asked, Depends()]


@router.get("")
async def search_trail(here: Reads, asked: Filters, limit: Limit = 50, cursor: Cursor = "") -> Page[Entry]:
    """The latest first."""
    filters = tuple(asdict(asked).values())
    (before,) = begin_after(cursor, filters)
    number = int(before) if before.isdecimal() and int(before) <= LARGEST_ID else LARGEST_ID
    rows = await find(here.tx, here.tenant, await wanted(here, asked), number, limit + 1)
    opener = Openers(here.parts.keyring)
    shown = {row.id: await entry(here.tx, here.tenant, opener, row) for row in rows}
    return page(rows, limit, lambda row: shown[row.id], lambda row: (str(row.id),), filters)


@router.get("/export.csv", response_class=StreamingResponse, responses=CSV)
async def export_trail(here: Reads, asked: Filters) -> StreamingResponse:
    """All that is found, the latest first, for a spreadsheet. The export itself is a line of the trail."""
    sought = await wanted(here, asked)
    period = {"from_on": asked.from_on, "until_on": asked.until_on}
    await audit.write(here.tx, here.tenant, here.actor, "audit.exported", "audit", after=period)
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    lines = csv_lines_of(here.parts, here.tenant, sought)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


async def wanted(here: Reading, asked: Asked) -> Wanted:
    """Raises BadInput."""
    zone = (await tenant_of(here.tx, here.tenant)).zone
    return wanted_in(zone, asked)


def wanted_in(zone: str, asked: Asked) -> Wanted:
    """Days are local to the tenant. Raises BadInput."""
    if asked.from_on and asked.until_on and asked.until_on < asked.from_on:
        raise BadInput(Mistake("until_on", "it lies before from_on", "exchange the two days"))
    return Wanted(
        asked.who, asked.action, asked.object, asked.text, _begins(asked.from_on, zone),
        _begins(asked.until_on + timedelta(days=1) if asked.until_on else None, zone),
    )  # fmt: skip


def _begins(on: date | None, zone: str) -> datetime | None:
    return at_local(on, time(), zone) if on else None


async def csv_lines_of(parts: Parts, tenant: str, sought: Wanted) -> AsyncIterator[str]:
    """A batch in a transaction of its own, so that a slow reader holds no connection."""
    yield "".join(csv_lines([HEAD]))
    before, opener = LARGEST_ID, Openers(parts.keyring)
    while before:
        async with parts.database.tenant(tenant) as tx:
            rows = await find(tx, tenant, sought, before, BATCH)
            lines = "".join(csv_lines([await _cells(tx, tenant, opener, row) for row in rows]))
        before = rows[-1].id if len(rows) == BATCH else 0
        yield lines


async def _cells(tx: AsyncConnection, tenant: str, opener: Openers, row: Row[Any]) -> list[Any]:
    shown = (await entry(tx, tenant, opener, row)).model_dump(mode="json")
    return [_cell(value) for value in shown.values()]


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


async def entry(tx: AsyncConnection, tenant: str, opener: Openers, row: Row[Any]) -> Entry:
    origin = await opener.origin(tx, tenant, row)
    before, after = await opener.states(tx, tenant, row)
    return Entry(
        seal=row.seq, id=row.id, at=row.at, who=row.who, action=row.action, object=row.object,
        before=before, after=after, ip=origin.ip, agent=origin.agent, erased=origin.erased,
        request_id=row.request_id,
    )  # fmt: skip
