"""Every minute the ends of the trails go into the anchors, unless a trail is not what it was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.platform.anchoring import Anchoring
from adapters.anchors import AnchorFiles
from database.session import Database
from database.shared.tables import alert
from tests.database.trail import MARKS, Trail, founded

AT = datetime(2031, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def anchoring(database: Database, tmp_path: Path) -> Anchoring:
    return Anchoring(database, AnchorFiles(tmp_path, MARKS), MARKS)


@pytest.fixture
async def trail(database: Database, owner: Database) -> Trail:
    made = await founded(database, owner)
    await made.act("a", "b", "c")
    return made


async def anchored(anchoring: Anchoring, trail: Trail, minutes: int = 0) -> int:
    await ActivityEnvironment().run(anchoring.anchor, AT + timedelta(minutes=minutes))
    assert anchoring.anchors is not None
    latest = anchoring.anchors.latest(trail.tenant)
    return latest.seq if latest else 0


async def alerts(trail: Trail) -> list[str]:
    async with trail.database.tenant(trail.tenant) as tx:
        return list((await tx.execute(select(alert.c.key).order_by(alert.c.id))).scalars())


async def test_what_grew_is_anchored_and_what_did_not_is_not(anchoring: Anchoring, trail: Trail) -> None:
    assert await anchored(anchoring, trail) == 3
    assert await ActivityEnvironment().run(anchoring.anchor, AT) == 0
    await trail.act("d")
    assert await anchored(anchoring, trail) == 4
    assert await alerts(trail) == []


async def test_a_tenant_that_did_nothing_has_no_anchor(
    anchoring: Anchoring, database: Database, owner: Database
) -> None:
    assert await anchored(anchoring, await founded(database, owner)) == 0


@pytest.mark.parametrize(
    "deed",
    [
        "delete from audit_seal where tenant_id = :t and seq > 2",
        "update audit_seal set hash = sha256('x') where tenant_id = :t and seq = 3",
        "update audit set who = 'key:eve' where tenant_id = :t and object = 'd'",
    ],
    ids=["cut", "written anew", "altered since"],
)
async def test_what_is_not_as_it_was_alerts_once_a_day_and_gets_no_anchor(
    anchoring: Anchoring, trail: Trail, deed: str
) -> None:
    assert await anchored(anchoring, trail) == 3
    await trail.act("d")
    await trail.tamper(deed)
    for minutes in (1, 2, 1440):
        assert await anchored(anchoring, trail, minutes) == 3
    assert len(await alerts(trail)) == 2


async def test_without_a_folder_nothing_is_done(database: Database, trail: Trail) -> None:
    assert trail.tenant
    assert await ActivityEnvironment().run(Anchoring(database, None, MARKS).anchor, AT) == 0
