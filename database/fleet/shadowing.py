"""A contract into a shadow: its schedule, what was paid, what its processes did; no address of anybody."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet import charges
from database.fleet.queries import CONTRACT, DUNNING
from database.session import Database
from database.shared import shadows
from database.shared.rules import Draft
from database.shared.shadows import Row, rows, without, write
from domain.money import Money

PROCESSES = (CONTRACT, DUNNING)
OF_CASES = "ref = :ref and process = any(cast(:processes as text[]))"
NAMED = "ref = any(cast(:refs as text[]))"
NOT_NAMED = "book <> all(cast(:but as text[]))"
OF_CONTRACT = "contract_ref = :ref"
FIRST_BIKE = text("delete from bike_assignment where tenant_id = :shadow and contract_ref = :ref")
FILED = "id = any(cast(:files as text[]))"
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
            earned = await charges.earned_of(tx, self.tenant, ref, self.before)
        async with self.database.tenant(self.shadow) as tx:
            for table, there in found.items():
                if table == "bike_assignment":  # instead of the one that every new contract gets
                    await tx.execute(FIRST_BIKE, {"shadow": self.shadow, "ref": ref})
                await write(tx, self.shadow, table, [self._moved(row) for row in there])
            [agreed] = map(self._moved, found["fleet_contract"])
            began_on = date.fromisoformat(agreed["signed_on"])
            await charges.open_earned(tx, self.shadow, ref, began_on, Money(agreed["currency"], earned))
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
        changes = await self._changes(tx, ref)
        bikes = {contract[0]["bike_ref"], *(row["bike_ref"] for row in changes["bike_assignment"])}
        copied = {
            "contact": people,
            "opt_out": [{**row, "address": stand_ins[row["address"]], "reason": ""} for row in refused],
            "bike": [{"ref": one} for one in sorted(bikes)],
            "fleet_contract": [self._as_signed(row) for row in contract],
            **changes,
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
            **await self._papers(tx, given),
        }
        return {table: [row for row in there if self._known(table, row)] for table, there in copied.items()}

    async def _papers(self, tx: AsyncConnection, given: dict[str, Any]) -> dict[str, list[Row]]:
        """That they were issued counts; what they say stays where it is."""
        issued = await rows(tx, self.tenant, "document", OF_CASES, **given)
        kept = await rows(tx, self.tenant, "file", FILED, files=[row["file_id"] for row in issued])
        gone = {"state": "removed", "removed_for": "shadow", "secret": None, "contact_ref": None}
        return {
            "file": [{**row, **gone, "removed_at": row["kept_at"]} for row in kept], "document": issued
        }  # fmt: skip

    async def _changes(self, tx: AsyncConnection, ref: str) -> dict[str, list[Row]]:
        """What was changed so far and what is offered; not by whom, nor why."""
        untold = {"by": "", "reason": ""}
        made = await rows(tx, self.tenant, "contract_change", OF_CONTRACT, ref=ref)
        known = {row["number"] for row in made if self._known("contract_change", row)}
        before = await rows(tx, self.tenant, "due_before", OF_CONTRACT, ref=ref)
        quotes = await rows(tx, self.tenant, "settlement_quote", OF_CONTRACT, ref=ref)
        return {
            "bike_assignment": await rows(tx, self.tenant, "bike_assignment", OF_CONTRACT, ref=ref),
            "contract_change": [{**row, **untold} for row in made],
            "due_before": [row for row in before if row["change_number"] in known],
            "settlement_quote": [{**row, "by": ""} for row in quotes],
        }

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
        return {name: self._later(value) for name, value in row.items()}

    def _later(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._moved(value)
        if not isinstance(value, str):
            return value
        return DATE.sub(lambda day: str(date.fromisoformat(day[1]) + self.later), value)


STATES = ("standing_order", "process_case")
HAPPENED = {
    "payment": "received_at", "promise": "recorded_at", "refund": "paid_at", "message": "wrote_at",
    "alert": "raised_at", "document": "issued_at", "contract_change": "at", "settlement_quote": "at",
    **dict.fromkeys(STATES, ""),
}  # fmt: skip
"""When the rows of a table came about; dates of schedules are agreed and not awaited."""
