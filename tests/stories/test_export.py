"""A list becomes a file on the real engine, and is stopped in the middle."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from activities.platform.export import Exports
from adapters.table_files import TableFiles
from database.listings import LISTINGS
from database.shared import exports
from database.shared.audit import Actor
from database.shared.exports import Export, Wish
from domain.ports import TableWriter
from domain.table import Row, Table
from tests.stories.fleet import pay, signed
from tests.stories.telling import Story, Telling

ANNE = Actor("person:anne")
LATE = Wish("payments", {"channel": "mobile_money"}, "received_at", "xlsx", "fr")


async def asked(story: Story, wish: Wish, local: str) -> str:
    async with story.fact(local) as (tx, moment):
        return (await exports.begin(tx, story.tenant, ANNE, wish, moment)).id


async def now(story: Story, id: str) -> Export:
    async with story.telling.database.tenant(story.tenant) as tx:
        return await exports.export_of(tx, story.tenant, id)


async def content(story: Story, found: Export) -> bytes:
    async with story.telling.database.tenant(story.tenant) as tx:
        return await story.telling.ground.files.read(tx, story.tenant, found.file)


async def test_a_list_is_asked_for_and_is_there(telling: Telling) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-04 09:00")
    found = await now(story, await asked(story, LATE, "2032-02-05 09:00"))
    assert (found.state, found.done, found.total, found.percent) == ("done", 2, 2, 100)
    data = await content(story, found)
    assert len(data) == found.size
    head, *rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    amount = head.index("Montant")
    assert [row[amount] for row in rows] == [20_000.0, 10_000.0]


async def test_a_list_that_is_gone_says_so(telling: Telling) -> None:
    story = await signed(telling)
    found = await now(story, await asked(story, replace(LATE, listing="gone"), "2032-02-05 09:00"))
    assert (found.state, found.file) == ("failed", "")
    assert "no list is called 'gone'" in found.problem


class StopsAfter(TableFiles):
    """The person presses *stop* when so many rows are written."""

    def __init__(self, rows: int, stop: Any) -> None:
        self.rows, self.stop = rows, stop

    async def write(
        self, table: Table, format: str, locale: str, into: str, tell: Any, more: Sequence[Table] = ()
    ) -> int:
        async def many() -> AsyncIterator[Row]:
            [row] = [one async for one in table.rows]
            for number in range(self.rows):
                yield row
                if number == 10:
                    await self.stop()

        return await super().write(replace(table, rows=many()), format, locale, into, tell, more)


async def test_what_is_stopped_leaves_nothing_behind(telling: Telling) -> None:
    story = await signed(telling)
    database = telling.database
    async with database.tenant(story.tenant) as tx:
        begun = await exports.begin(tx, story.tenant, ANNE, LATE, story.instant("2032-02-05 09:00"))

    async def stop() -> None:
        async with database.tenant(story.tenant) as tx:
            await exports.stop(tx, story.tenant, ANNE, begun.id)

    writer: TableWriter = StopsAfter(50, stop)
    runner = Exports(database, telling.ground.files, writer, LISTINGS)
    heard: list[Export] = []
    ended = await runner.go_on(story.tenant, begun.id, heard.append)
    assert (ended.state, ended.file) == ("stopped", "")
    assert [(one.done, one.total) for one in heard] == [(0, 1)]
    # The process that was owed meanwhile finds it stopped, and leaves it so.
    await story.until("2032-02-05 10:00")
    assert (await now(story, begun.id)).state == "stopped"
