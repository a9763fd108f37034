"""A contract into a shadow: its schedule, what was paid, what its processes did; no address of anybody."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.queries import CONTRACT, DUNNING
from database.session import Database
from database.shared import shadows
from database.shared.rules import Draft
from database.shared.shadows import Row, rows, without, write

PROCESSES = (CONTRACT, DUNNING)
OF_CASES = "ref = :ref and process = any(cast(:processes as text[]))"
NAMED = "ref = any(cast(:refs as text[]))"
NOT_NAMED = "book <> all(cast(:but as text[]))"
OF_CONTRACT = "contract_ref = :ref"
DATE = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Shadowing:
    """Copies from ``tenant`` to ``shadow`` in two transactions, each of which sees one of them.

    ``later`` moves every date on; ``before`` leaves out what had not happened by that day.
    """

    database: Database
    tenant: str
    shadow: str
    later: timedelta = timedelta(0)
    before: date | None = None

    async def contract(self, ref: str) -> datetime | None:
        """When the last thing happened that the shadow knows of."""
        async with self.database.moment(self.tenant) as tx:
            found = await self._read(tx, ref)
        async with self.database.tenant(self.shadow) as tx:
            for table, there in found.items():
                await write(tx, self.shadow, table, [self._moved(row) for row in there])
        moments = [row[HAPPENED[table]] for table in ("message", "alert") for row in found[table]]
        return max(map(datetime.fromisoformat, moments), default=None)

    async def books(self, but: Sequence[str] = ()) -> None:
        """What the owner has published, without the books ``but``."""
        for table, order in (("rule_revision", ""), ("rule_publication", "order by t.id")):
            async with self.database.moment(self.tenant) as tx:
                found = await rows(tx, self.tenant, table, NOT_NAMED, order, but=list(but))
            async with self.database.tenant(self.shadow) as tx:
                await write(tx, self.shadow, table, found)

    async def drafts(self, drafts: Sequence[Draft], at: datetime, today: date) -> None:
        """In force from today."""
        by = {"note": "", "created_at": at.isoformat(), "author": "foresight"}
        kept = [{**asdict(one), "sha256": one.sha256, **by} for one in drafts]
        published = [
            {"book": one.book, "revision": one.revision, "effective_on": str(today), "state": "approved",
             "note": "", "proposed_by": "foresight", "proposed_at": at.isoformat(), "decided_by": "foresight",
             "decided_at": at.isoformat(), "rung_at": at.isoformat()}
            for one in drafts
        ]  # fmt: skip
        async with self.database.tenant(self.shadow) as tx:
            await write(tx, self.shadow, "rule_revision", kept)
            await write(tx, self.shadow, "rule_publication", published)

    async def _read(self, tx: AsyncConnection, ref: str) -> dict[str, list[Row]]:
        """In the order in which they can be written."""
        given: dict[str, Any] = {"ref": ref, "processes": list(PROCESSES)}
        contract = await rows(tx, self.tenant, "fleet_contract", "ref = :ref", **given)
        said = await rows(tx, self.tenant, "message", OF_CASES, "order by t.created_at, t.id", **given)
        refs = sorted({contract[0]["driver_ref"], *(row["contact_ref"] for row in said)})
        people, stand_ins = shadows.unnamed(await rows(tx, self.tenant, "contact", NAMED, refs=refs))
        refused = await rows(
            tx, self.tenant, "opt_out", "address = any(cast(:had as text[]))", had=list(stand_ins)
        )
        copied = {
            "contact": people,
            "opt_out": [{**row, "address": stand_ins[row["address"]], "reason": ""} for row in refused],
            "bike": [{"ref": contract[0]["bike_ref"]}],
            "fleet_contract": [self._as_signed(row) for row in contract],
            "due": await rows(tx, self.tenant, "due", OF_CONTRACT, "order by t.number", **given),
            "payment": [
                without(row, "agent_ref", source="")
                for row in await rows(tx, self.tenant, "payment", OF_CONTRACT, **given)
            ],
            "promise": [
                {**row, "by": ""} for row in await rows(tx, self.tenant, "promise", OF_CONTRACT, **given)
            ],
            "refund": await rows(tx, self.tenant, "refund", OF_CONTRACT, **given),
            "standing_order": await rows(tx, self.tenant, "standing_order", OF_CASES, **given),
            "process_case": await rows(tx, self.tenant, "process_case", OF_CASES, **given),
            "message": [self._said(row) for row in said],
            "alert": await rows(tx, self.tenant, "alert", OF_CASES, **given),
        }
        return {table: [row for row in there if self._known(table, row)] for table, there in copied.items()}

    def _as_signed(self, row: Row) -> Row:
        """A past quarter begins with the contract as it was then: running."""
        running = {"state": "active", "end_reason": "", "ended_at": None} if self.before else {}
        return without(row, "agency_ref", "end_kind", **running)

    def _said(self, row: Row) -> Row:
        """That it was said counts, not in which words, nor to which address."""
        id = row["id"].replace(self.tenant, self.shadow, 1)
        return {**row, "id": id, "address": "", "subject": "", "text": "", "html": "", "reason": ""}

    def _known(self, table: str, row: Row) -> bool:
        if self.before is None or table not in HAPPENED:
            return True
        if table in STATES:  # the processes find out anew where they stand
            return False
        return str(row[HAPPENED[table]])[:10] < str(self.before)

    def _moved(self, row: Row) -> Row:
        """Keys say dates too."""
        if not self.later:
            return row
        return {name: self._later(value) if isinstance(value, str) else value for name, value in row.items()}

    def _later(self, value: str) -> str:
        return DATE.sub(lambda day: str(date.fromisoformat(day[1]) + self.later), value)


STATES = ("standing_order", "process_case")
HAPPENED = {
    "payment": "received_at", "promise": "recorded_at", "refund": "paid_at", "message": "wrote_at",
    "alert": "raised_at", **dict.fromkeys(STATES, ""),
}  # fmt: skip
"""When the rows of a table came about; dates of schedules are agreed and not awaited."""
