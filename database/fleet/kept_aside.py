"""What came in and cannot be right: kept aside with its mistakes, corrected and replayed, or dismissed."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.cash_tables import kept_aside
from database.shared.bulk import among
from domain.errors import BadInput, Conflict, DomainError, Mistake, NotFound
from domain.fleet.intake import FleetFiles
from domain.ports import Holidays

SOURCES = ("contracts", "payments", "swaps", "webhook")
OPEN, REPLAYED, DISMISSED = "open", "replayed", "dismissed"
STATES = (OPEN, REPLAYED, DISMISSED)
SAME_THINGS = {"payments": ("payments", "webhook"), "webhook": ("payments", "webhook")}
"""Sources that tell of the same things, under the same references."""
LONGEST, MOST = 2_000, 60
"""Of one value, and of the values of one thing: a row that is longer is cut before it is kept."""


@dataclass(frozen=True)
class KeptAside:
    """``given`` is what came in, by the names of its columns; ``origin`` where it came from."""

    id: str
    source: str
    origin: str
    ref: str
    given: Mapping[str, str]
    mistakes: tuple[Mistake, ...]
    state: str
    at: datetime
    answered_at: datetime | None = None
    by: str = ""
    reason: str = ""
    result_ref: str = ""

    @property
    def file(self) -> str:
        """The sha256 of the file that it stood in; nothing for what came in by itself."""
        return self.origin.partition(":")[0] if self.line else ""

    @property
    def line(self) -> int:
        """In its file, the header being 1."""
        found = re.fullmatch(r"[0-9a-f]{64}:(\d{1,9})", self.origin)
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class Replaying:
    """What a replay needs. ``at`` is its moment; what is entered keeps the moment at which it happened."""

    tx: AsyncConnection
    tenant: str
    at: datetime
    files: FleetFiles
    holidays: Holidays


Replayer = Callable[[Replaying, Mapping[str, str]], Awaitable[str]]
"""Enters the values as the source would have and gives the reference of what they became.

Raises DomainError when they cannot be right.
"""

REPLAYERS: dict[str, Replayer] = {}


def replays(source: str) -> Callable[[Replayer], Replayer]:
    def register(replayer: Replayer) -> Replayer:
        REPLAYERS[source] = replayer
        return replayer

    return register


async def keep_aside(
    tx: AsyncConnection, tenant: str, source: str, origin: str, given: Mapping[str, Any],
    mistakes: Sequence[Mistake], at: datetime, ref: str = "",
) -> str:  # fmt: skip
    """The same origin twice is one. Gives its id."""
    await keep_all_aside(tx, tenant, source, [(origin, given, mistakes, ref)], at)
    return id_of(source, origin)


async def keep_all_aside(
    tx: AsyncConnection, tenant: str, source: str,
    given: Collection[tuple[str, Mapping[str, Any], Sequence[Mistake], str]], at: datetime,
) -> None:  # fmt: skip
    """Many at once: *origin, values, mistakes, reference* of each."""
    rows = [
        {"tenant_id": tenant, "id": id_of(source, origin), "source": source, "origin": origin,
         "ref": ref[:64], "given": _cut(values), "mistakes": [asdict(one) for one in mistakes], "at": at}
        for origin, values, mistakes, ref in given
    ]  # fmt: skip
    if rows:
        await tx.execute(insert(kept_aside).on_conflict_do_nothing(), rows)


def id_of(source: str, origin: str) -> str:
    return f"K-{hashlib.sha256(f'{source}:{origin}'.encode()).hexdigest()[:20]}"


def _cut(values: Mapping[str, Any]) -> dict[str, str]:
    """Without NUL, which no text of the database holds."""
    return {name[:80]: _text(value).replace("\0", "")[:LONGEST] for name, value in [*values.items()][:MOST]}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


async def kept(
    tx: AsyncConnection, tenant: str, *, state: str = OPEN, source: str = "",
    after: tuple[datetime, str] | None = None, limit: int = 50,
) -> list[KeptAside]:  # fmt: skip
    """A page, the oldest first, beginning after the moment and the id ``after``."""
    query = select(kept_aside).where(kept_aside.c.tenant_id == tenant, kept_aside.c.state == state)
    if source:
        query = query.where(kept_aside.c.source == source)
    if after:
        query = query.where(tuple_(kept_aside.c.at, kept_aside.c.id) > after)
    found = await tx.execute(query.order_by(kept_aside.c.at, kept_aside.c.id).limit(limit))
    return [_known(row) for row in found]


async def of_file(
    tx: AsyncConnection, tenant: str, source: str, sha256: str, *, after: int = 0, limit: int = 200
) -> list[KeptAside]:
    """What waits for a person of one file, in the order of its lines, beginning after the line ``after``."""
    place = tuple_(func.length(kept_aside.c.origin), kept_aside.c.origin)
    begin = f"{sha256}:{after}"
    query = select(kept_aside).where(*_open_of(tenant, source, sha256), place > (len(begin), begin))
    return [_known(row) for row in await tx.execute(query.order_by(*place).limit(limit))]


async def count_of_file(tx: AsyncConnection, tenant: str, source: str, sha256: str) -> int:
    query = select(func.count()).select_from(kept_aside).where(*_open_of(tenant, source, sha256))
    return int((await tx.execute(query)).scalar_one())


def _open_of(tenant: str, source: str, sha256: str) -> tuple[ColumnElement[bool], ...]:
    of = kept_aside.c
    file = func.split_part(of.origin, ":", 1)
    return of.tenant_id == tenant, of.source == source, of.state == OPEN, file == sha256


async def open_by_source(tx: AsyncConnection, tenant: str) -> dict[str, int]:
    """How many wait for a person."""
    mine = (kept_aside.c.tenant_id == tenant, kept_aside.c.state == OPEN)
    many = func.count().label("many")
    query = select(kept_aside.c.source, many).where(*mine).group_by(kept_aside.c.source)
    return {row.source: row.many for row in await tx.execute(query)}


async def kept_of(tx: AsyncConnection, tenant: str, id: str, *, held: bool = False) -> KeptAside:
    """``held`` until the transaction's end. Raises NotFound."""
    query = select(kept_aside).where(kept_aside.c.tenant_id == tenant, kept_aside.c.id == id)
    row = (await tx.execute(query.with_for_update() if held else query)).first()
    if row is None:
        raise NotFound("thing kept aside", id)
    return _known(row)


async def correct_and_replay(
    replaying: Replaying, id: str, corrections: Mapping[str, str], by: str
) -> KeptAside:  # fmt: skip
    """Enter it with other values: those that are not named stay as they came in.

    Raises NotFound, Conflict (answered already, or it stands in another's way) and BadInput.
    """
    known = await _open(replaying.tx, replaying.tenant, id)
    unknown = set(corrections) - set(known.given) - set(columns_of(known.source))
    if unknown:
        mend = f"it has {', '.join(sorted(known.given))}"
        raise BadInput(*(Mistake(name[:60], "no such value", mend) for name in sorted(unknown)))
    given = _cut({**known.given, **corrections})
    async with replaying.tx.begin_nested():
        result = await REPLAYERS[known.source](replaying, given)
        await _answer(replaying, id, {"state": REPLAYED, "given": given, "result_ref": result, "by": by})
    return await kept_of(replaying.tx, replaying.tenant, id)


async def replay_all(
    replaying: Replaying, waiting: Sequence[KeptAside], by: str
) -> list[KeptAside]:  # fmt: skip
    """Enter, as they came in, those that are right by now; the others go on waiting."""
    made = []
    for one in waiting:
        with suppress(DomainError, DataError, IntegrityError):
            made.append(await correct_and_replay(replaying, one.id, {}, by))
    return made


async def dismiss(
    tx: AsyncConnection, tenant: str, id: str, reason: str, at: datetime, by: str
) -> KeptAside:  # fmt: skip
    """It is nothing, or was done elsewhere. Raises NotFound, Conflict and BadInput."""
    if not reason.strip():
        raise BadInput(Mistake("reason", "it is empty", "say why nothing is to be done"))
    await _open(tx, tenant, id)
    mine = (kept_aside.c.tenant_id == tenant, kept_aside.c.id == id)
    values = {"state": DISMISSED, "reason": reason.strip(), "by": by, "answered_at": at}
    await tx.execute(update(kept_aside).where(*mine).values(values))
    return await kept_of(tx, tenant, id)


async def entered_elsewhere(
    tx: AsyncConnection, tenant: str, sources: Collection[str], refs: Collection[str], at: datetime
) -> None:
    """What was kept aside under these references came in again and was right: nobody needs to answer it.

    What somebody answers at this moment is left to them: they hold it, and await what is held here.
    """
    if not refs:
        return
    mine = (
        kept_aside.c.tenant_id == tenant, kept_aside.c.state == OPEN, kept_aside.c.source.in_(sources),
        among(kept_aside.c.ref, refs), kept_aside.c.ref != "",
    )  # fmt: skip
    free = select(kept_aside.c.id).where(*mine).order_by(kept_aside.c.id).with_for_update(skip_locked=True)
    ids = (await tx.execute(free)).scalars().all()
    values = {"state": REPLAYED, "result_ref": kept_aside.c.ref, "answered_at": at}
    change = update(kept_aside).where(kept_aside.c.tenant_id == tenant, among(kept_aside.c.id, ids))
    await tx.execute(change.values(values))


async def _open(tx: AsyncConnection, tenant: str, id: str) -> KeptAside:
    known = await kept_of(tx, tenant, id, held=True)
    if known.state != OPEN:
        raise Conflict(f"{id} is {known.state} since {known.answered_at}")
    return known


async def _answer(replaying: Replaying, id: str, values: Mapping[str, Any]) -> None:
    mine = (kept_aside.c.tenant_id == replaying.tenant, kept_aside.c.id == id)
    change = {**values, "mistakes": [], "answered_at": replaying.at}
    await replaying.tx.execute(update(kept_aside).where(*mine).values(change))


COLUMNS: dict[str, tuple[str, ...]] = {}
"""Values that a source knows and a row may lack, in the order in which people give them."""


def columns_of(source: str) -> tuple[str, ...]:
    return COLUMNS.get(source, ())


def _known(row: Any) -> KeptAside:
    return KeptAside(
        row.id, row.source, row.origin, row.ref, row.given, tuple(Mistake(**one) for one in row.mistakes),
        row.state, row.at, row.answered_at, row.by, row.reason, row.result_ref,
    )  # fmt: skip


def mistakes_of(wrong: DomainError) -> tuple[Mistake, ...]:
    if isinstance(wrong, BadInput):
        return wrong.mistakes
    return (Mistake("reference", str(wrong), "correct the reference or the row"),)
