"""Facts about deliverables: announced, extended, handed in or cancelled, and the rings they owe."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from database.internships.placement import ACTIVE, CANCELLED, KnownPlacement, placement_of
from database.internships.tables import deliverable as deliverables
from database.internships.tables import due_date_change, placement
from database.shared import outbox
from database.shared.contacts import tenant_of
from database.shared.files import known_file
from database.shared.uploads import Found, Place, Uploads
from domain.case import Case
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.internships.deliverable import Deliverable, DeliverableFacts, Kind

PROCESS = "internships.deliverable"
RETENTION = "report"


@dataclass(frozen=True)
class DueDateChange:
    """An extension, as it was granted."""

    from_on: date
    to_on: date
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class KnownDeliverable:
    """``state`` is announced, handed_in or cancelled; the other fields are empty until they are so."""

    deliverable: Deliverable
    handed_in_at: datetime | None = None
    handed_in_by: str = ""
    file_name: str = ""
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    file_id: str = ""

    @property
    def state(self) -> str:
        if self.cancelled_at:
            return "cancelled"
        return "handed_in" if self.handed_in_at else "announced"

    @property
    def facts(self) -> DeliverableFacts:
        it = self.deliverable
        return DeliverableFacts(it.due_on, bool(self.handed_in_at), bool(self.cancelled_at), it.kind)


async def announce(tx: AsyncConnection, tenant: str, given: Deliverable, at: datetime) -> Case:
    """Say what is to be handed in and by when; the watch over it starts. The same twice is one.

    Raises NotFound (placement), BadInput and Conflict.
    """
    known = await placement_of(tx, tenant, given.placement_ref)
    _check(given, known)
    made = await tx.execute(
        insert(deliverables)
        .values({"tenant_id": tenant, **asdict(given)})
        .on_conflict_do_nothing()
        .returning(deliverables.c.ref)
    )
    case = await case_of(tx, tenant, given.ref)
    if made.first() is None:
        await _same(tx, tenant, given)
        return case
    await outbox.owe(tx, outbox.START, case, "deliverable.announced", at, given.ref)
    return case


def _check(given: Deliverable, known: KnownPlacement) -> None:
    if known.state != ACTIVE:
        raise Conflict(f"the placement {given.placement_ref} is {known.state}")
    if given.due_on < known.placement.starts_on:
        start = known.placement.starts_on
        raise BadInput(Mistake("due_on", f"before the placement starts ({start})", "give a later day"))


async def _same(tx: AsyncConnection, tenant: str, given: Deliverable) -> None:
    """Compared with the date first announced: an extension does not make it another deliverable."""
    known = (await deliverable_of(tx, tenant, given.ref)).deliverable
    changes = await changes_of(tx, tenant, given.ref)
    first = changes[0].from_on if changes else known.due_on
    if Deliverable(**{**asdict(known), "due_on": first}) != given:
        raise Conflict(f"the deliverable {given.ref} exists already and is another one")


async def hand_in(
    tx: AsyncConnection, tenant: str, ref: str, file_name: str, by: str, at: datetime
) -> bool:  # fmt: skip
    """Write that it is handed in. False if the same file was. Raises NotFound, BadInput and Conflict."""
    if not file_name.strip():
        raise BadInput(Mistake("file_name", "it is empty", "name the file"))
    known = await deliverable_of(tx, tenant, ref, lock=True)
    if known.handed_in_at and known.file_name == file_name:
        return False
    values = {"handed_in_at": at, "handed_in_by": by, "file_name": file_name}
    await _turn(tx, tenant, ref, values)
    await _ring(tx, tenant, ref, "deliverable.handed_in", at, "handed_in")
    return True


async def hand_in_file(
    tx: AsyncConnection, uploads: Uploads, tenant: str, ref: str, found: Found, by: str, at: datetime
) -> bool:
    """Keep the file and write that it is handed in. False if the same file was.

    Raises NotFound, Conflict and FilesDown.
    """
    known = await deliverable_of(tx, tenant, ref, lock=True)
    if known.file_id and (await known_file(tx, tenant, known.file_id)).sha256 == found[0].sha256:
        return False
    if known.state != "announced":
        raise Conflict(f"the deliverable {ref} is {known.state.replace('_', ' ')} already")
    student = (await placement_of(tx, tenant, known.deliverable.placement_ref)).placement.student_ref
    kept = await uploads.accept(tx, tenant, found, Place(PROCESS, ref, RETENTION, by, at, student))
    values = {"handed_in_at": at, "handed_in_by": by, "file_name": kept.name, "file_id": kept.id}
    await _turn(tx, tenant, ref, values)
    await _ring(tx, tenant, ref, "deliverable.handed_in", at, "handed_in")
    return True


async def extend(
    tx: AsyncConnection, tenant: str, ref: str, to_on: date, reason: str, by: str, at: datetime
) -> bool:  # fmt: skip
    """Grant a later date. False if it is the date in force. Raises NotFound, BadInput and Conflict."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why the date is moved"))
    due_on = (await deliverable_of(tx, tenant, ref, lock=True)).deliverable.due_on
    if to_on == due_on and await changes_of(tx, tenant, ref):
        return False
    if to_on <= due_on:
        raise BadInput(Mistake("to_on", f"not after the date in force ({due_on})", "give a later day"))
    await _turn(tx, tenant, ref, {"due_on": to_on})
    row = {
        "tenant_id": tenant, "deliverable_ref": ref, "from_on": due_on, "to_on": to_on, "reason": reason,
        "by": by, "at": at,
    }  # fmt: skip
    await tx.execute(insert(due_date_change).values(row))
    await _ring(tx, tenant, ref, "deliverable.extended", at, f"extended:{to_on}")
    return True


async def cancel(tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime) -> bool:
    """It is no longer required. False if it was cancelled before. Raises NotFound, BadInput and Conflict."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why it is no longer required"))
    if (await deliverable_of(tx, tenant, ref, lock=True)).cancelled_at:
        return False
    await _turn(tx, tenant, ref, {"cancelled_at": at, "cancel_reason": reason})
    await _ring(tx, tenant, ref, "deliverable.cancelled", at, "cancelled")
    return True


async def cancel_placement(tx: AsyncConnection, tenant: str, ref: str, reason: str, at: datetime) -> bool:
    """With it, all that is still to be handed in. False if it was cancelled before."""
    if (await placement_of(tx, tenant, ref)).state == CANCELLED:
        return False
    mine = (placement.c.tenant_id == tenant, placement.c.ref == ref)
    await tx.execute(update(placement).where(*mine).values(state=CANCELLED))
    for known in await deliverables_of(tx, tenant, ref):
        if known.state == "announced":
            await cancel(tx, tenant, known.deliverable.ref, reason, at)
    return True


async def _turn(tx: AsyncConnection, tenant: str, ref: str, values: dict[str, Any]) -> None:
    """Only what is still expected changes; of two who write at once, the second meets the first's state."""
    open_ = update(deliverables).where(
        deliverables.c.tenant_id == tenant, deliverables.c.ref == ref,
        deliverables.c.handed_in_at.is_(None), deliverables.c.cancelled_at.is_(None),
    )  # fmt: skip
    if not (await tx.execute(open_.values(values))).rowcount:
        state = (await deliverable_of(tx, tenant, ref)).state
        raise Conflict(f"the deliverable {ref} is {state.replace('_', ' ')} already")


async def _ring(tx: AsyncConnection, tenant: str, ref: str, fact: str, at: datetime, key: str) -> None:
    await outbox.owe(tx, outbox.RING, await case_of(tx, tenant, ref), fact, at, key)


async def case_of(tx: AsyncConnection, tenant: str, ref: str) -> Case:
    return (await tenant_of(tx, tenant)).case(PROCESS, ref)


async def deliverable_of(
    tx: AsyncConnection, tenant: str, ref: str, lock: bool = False
) -> KnownDeliverable:  # fmt: skip
    """``lock`` holds it until the transaction ends. Raises NotFound."""
    query = select(deliverables).where(deliverables.c.tenant_id == tenant, deliverables.c.ref == ref)
    row = (await tx.execute(query.with_for_update() if lock else query)).first()
    if row is None:
        raise NotFound("deliverable", ref)
    return _known(row)


async def deliverables_of(tx: AsyncConnection, tenant: str, placement_ref: str) -> list[KnownDeliverable]:
    """By due date."""
    query = select(deliverables).where(
        deliverables.c.tenant_id == tenant, deliverables.c.placement_ref == placement_ref
    )
    rows = await tx.execute(query.order_by(deliverables.c.due_on, deliverables.c.ref))
    return [_known(row) for row in rows]


async def deliverables_page(
    tx: AsyncConnection, tenant: str, *, after: str = "", limit: int = 50, placement_ref: str = "",
    state: str = "",
) -> list[KnownDeliverable]:  # fmt: skip
    """A page in the order of references, beginning after the reference ``after``."""
    mine = deliverables.c
    query = select(deliverables).where(mine.tenant_id == tenant, mine.ref > after)
    if placement_ref:
        query = query.where(mine.placement_ref == placement_ref)
    match state:
        case "announced":
            query = query.where(mine.handed_in_at.is_(None), mine.cancelled_at.is_(None))
        case "handed_in":
            query = query.where(mine.handed_in_at.is_not(None), mine.cancelled_at.is_(None))
        case "cancelled":
            query = query.where(mine.cancelled_at.is_not(None))
    return [_known(row) for row in await tx.execute(query.order_by(mine.ref).limit(limit))]


async def changes_of(tx: AsyncConnection, tenant: str, ref: str) -> list[DueDateChange]:
    """The extensions in the order in which they were granted."""
    query = select(due_date_change).where(
        due_date_change.c.tenant_id == tenant, due_date_change.c.deliverable_ref == ref
    )
    rows = await tx.execute(query.order_by(due_date_change.c.to_on))
    return [DueDateChange(row.from_on, row.to_on, row.reason, row.by, row.at) for row in rows]


def _known(row: Row[Any]) -> KnownDeliverable:
    return KnownDeliverable(
        Deliverable(row.ref, row.placement_ref, Kind(row.kind), row.title, row.due_on),
        row.handed_in_at, row.handed_in_by or "", row.file_name or "", row.cancelled_at,
        row.cancel_reason or "", row.file_id or "",
    )  # fmt: skip
