"""A file goes in on the real engine, is stopped in the middle, and given again goes on from there."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pytest

from activities.fleet.intake import Intakes
from adapters.csv_fleet import CsvFleetFiles
from adapters.holidays import PublicHolidays
from database.fleet import intake, kept_aside
from database.fleet.imports import import_payments
from database.fleet.intake import Intake, Wish
from database.shared.audit import Actor
from database.shared.files import known_file
from domain.file import FileState
from domain.fleet.intake import Line, PaymentEntry
from tests.stories.fleet import signed
from tests.stories.telling import Story, Telling

ANNE = Actor("person:anne")
HEADER = "payment_ref,contract_ref,received_at,amount_minor,channel"
CALLED = {"kind": "payments", "name": "février.csv", "media_type": "text/csv"}


def wish(*rows: str, **other: Any) -> Wish:
    content = "\n".join((HEADER, *rows)).encode()
    given = {**CALLED, "content": content, "sha256": hashlib.sha256(content).hexdigest(), "total": len(rows)}
    return Wish(**{**given, **other})


def row(number: int, contract: str) -> str:
    return f"Q-{number},{contract},2032-02-04T09:00:00+01:00,100,cash"


class PressesStop(CsvFleetFiles):
    """For the person, when so many rows are read."""

    def __init__(self, rows: int, stop: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.rows, self.stop, self.loop = rows, stop, loop

    def payments(self, source: BinaryIO, currency: str, zone: str = "UTC") -> Iterator[Line[PaymentEntry]]:
        for number, line in enumerate(super().payments(source, currency, zone), 1):
            if number == self.rows:
                asyncio.run_coroutine_threadsafe(self.stop(), self.loop).result()
            yield line


async def given(story: Story, local: str, file: Wish) -> str:
    async with story.fact(local) as (tx, moment):
        return (await intake.begin(tx, story.telling.ground.files, story.tenant, ANNE, file, moment)).id


async def now(story: Story, id: str) -> Intake:
    async with story.telling.database.tenant(story.tenant) as tx:
        return await intake.intake_of(tx, story.tenant, id)


async def state_of_file(story: Story, found: Intake) -> FileState:
    async with story.telling.database.tenant(story.tenant) as tx:
        return (await known_file(tx, story.tenant, found.file)).state


async def test_a_file_goes_in_and_what_is_wrong_is_kept_aside(telling: Telling) -> None:
    story = await signed(telling)
    file = wish(row(1, "C-1"), row(2, "C-9"), "Q-3,C-1,yesterday,100,cash", "Q\0-4,C-1,yesterday,100,cash")
    found = await now(story, await given(story, "2032-02-05 09:00", file))
    assert (found.state, found.done, found.total, found.percent) == ("done", 4, 4, 100)
    assert (found.created, found.unchanged, found.refused, found.repeated) == (1, 0, 3, False)
    assert await state_of_file(story, found) is FileState.REMOVED
    async with telling.database.tenant(story.tenant) as tx:
        aside = await kept_aside.of_file(tx, story.tenant, "payments", found.sha256)
    assert [(one.ref, one.line, one.given.get("contract_ref")) for one in aside] == [
        ("Q-2", 3, "C-9"), ("Q-3", 4, "C-1"), ("Q-4", 5, None),
    ]  # fmt: skip
    again = await now(story, await given(story, "2032-02-05 10:00", file))
    assert (again.state, again.repeated, again.created) == ("done", True, 1)


async def test_a_file_that_is_none_says_why_and_is_gone(telling: Telling) -> None:
    story = await signed(telling)
    found = await now(story, await given(story, "2032-02-05 09:00", wish(content=b"a,b\n1,2\n")))
    assert found.state == "failed"
    assert ("payment_ref", "the column is missing") in [(m.field, m.problem) for m in found.mistakes]
    assert await state_of_file(story, found) is FileState.REMOVED


async def test_what_is_stopped_stays_in_and_goes_on_when_it_is_given_again(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.fleet.imports.BATCH", 2)
    story = await signed(telling)
    database, files = telling.database, telling.ground.files
    file, moment = wish(*(row(number, "C-1") for number in range(7))), story.instant("2032-02-05 09:00")
    async with database.tenant(story.tenant) as tx:
        begun = await intake.begin(tx, files, story.tenant, ANNE, file, moment)

    async def stop() -> None:
        async with database.tenant(story.tenant) as tx:
            await intake.stop(tx, story.tenant, ANNE, begun.id)

    reader = PressesStop(5, stop, asyncio.get_running_loop())
    heard: list[int] = []
    ended = await Intakes(database, files, reader, PublicHolidays()).go_on(
        story.tenant, begun.id, heard.append
    )
    assert (ended.state, ended.created, heard) == ("stopped", 6, [0, 2, 4])
    assert await state_of_file(story, ended) is FileState.REMOVED
    # The process that was owed meanwhile finds it stopped, and leaves it so.
    again = await now(story, await given(story, "2032-02-05 10:00", file))
    assert (await now(story, begun.id)).state == "stopped"
    assert (again.state, again.created, again.unchanged, again.repeated) == ("done", 7, 0, False)


async def test_what_was_read_before_a_worker_was_lost_is_no_repetition(telling: Telling) -> None:
    story = await signed(telling)
    file, moment = wish(row(1, "C-1"), row(2, "C-1")), story.instant("2032-02-05 09:00")
    async with telling.database.tenant(story.tenant) as tx:
        begun = await intake.begin(tx, telling.ground.files, story.tenant, ANNE, file, moment)
    source = BytesIO(file.content)
    await import_payments(telling.database, CsvFleetFiles(), story.tenant, source, moment)
    async with telling.database.tenant(story.tenant) as tx:
        await intake.advance(tx, story.tenant, begun.id, 2)
    intakes = Intakes(telling.database, telling.ground.files, CsvFleetFiles(), PublicHolidays())
    ended = await intakes.go_on(story.tenant, begun.id, lambda _: None)
    assert (ended.state, ended.done, ended.created, ended.repeated) == ("done", 2, 2, False)
