"""Takes every decision of a story again, from its record and the texts of its books alone."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.platform.publications import Books
from adapters.holidays import PublicHolidays
from database.shared import replays, rules
from database.shared.contacts import tenant_of
from database.shared.tables import decision
from rules.asking import question
from rules.replay import recorded, replay, revision
from tests.engine import ENGINE
from tests.stories.telling import Story


async def differences(story: Story) -> list[str]:
    """What comes out otherwise than it was recorded. Steps that no book wanted must be acts."""
    ground = story.telling.ground
    await Books(ground.database, ground.library).keep_shipped()
    async with ground.database.tenant(story.tenant) as tx:
        rows = list(await tx.execute(select(decision).order_by(decision.c.id)))
        found = [await _differences(tx, row) for row in rows]
    return [one for many in found for one in many]


async def _differences(tx: AsyncConnection, row: Row[Any]) -> list[str]:
    past = recorded(dict(row._mapping))
    texts = [(name, await rules.any_content(tx, row.tenant_id, name, at)) for name, at in past.books]
    books = [revision(name, text, ENGINE) for name, text in texts]
    firm = await tenant_of(tx, row.tenant_id)
    done = await replays.done_before(tx, row)
    prefix = f"{row.process}:{row.ref}"
    put = question(prefix, row.decided_at, firm.zone, firm.country, PublicHolidays(), done)
    again = replay(past, books, put)
    kinds = {step["key"]: step["kind"] for step in row.steps}
    odd = [f"step {key}" for key in again.own if past.books and kinds[key] != "act"]
    return [f"{prefix} {row.decided_at}: {what}" for what in (*again.differences, *odd)]
