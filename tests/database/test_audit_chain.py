"""The trail as a chain: whatever a superuser of the database does to it is found, with the row."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from database.session import Database
from database.shared import audit_chain
from database.shared.audit import write
from database.shared.keys import of_person
from database.shared.marks import Marks
from database.shared.sealing import MasterKeys
from database.shared.tables import audit, audit_seal
from domain.trail import Head, beginning, chained
from tests.database.trail import ANNE, MARKS, Trail, founded
from tests.ground import KEYRING

LONG_AGO = datetime.now(UTC) - timedelta(days=1500)
REWRITE = "update audit_seal set digest = :d, hash = :h where tenant_id = :t and seq = :n"


@pytest.fixture
async def trail(database: Database, owner: Database) -> Trail:
    made = await founded(database, owner)
    await made.act(*(f"contract:C-{number}" for number in range(1, 7)))
    return made


async def test_an_honest_trail_has_nothing_to_say(trail: Trail) -> None:
    async with trail.database.moment(trail.tenant) as tx:
        checked = await audit_chain.check(tx, trail.tenant, MARKS, [await trail.head()])
        assert await audit_chain.guard(tx) == []
    assert (checked.findings, checked.rows, checked.seq, checked.agreed) == ([], 6, 6, 6)


async def test_python_and_the_database_seal_every_odd_value_alike(trail: Trail) -> None:
    odd = replace(ANNE, who="clé:é\u202f’", ip="", agent="a:1:b\n-", request_id="9:")
    values: Sequence[dict[str, object] | None] = (
        None, {}, {"n": 1e300, "m": 1.10, "z": None}, {"emoji": "🛺", "nested": [1, {"é": "\u2028"}]},
    )  # fmt: skip
    for before in values:
        async with trail.database.tenant(trail.tenant) as tx:
            await write(tx, trail.tenant, odd, "a", "b", before, {"x": "1:-"})
    await trail.acted_at(datetime(1999, 12, 31, 23, 59, 59, 999999, UTC), "old")
    assert await trail.verify() == []


async def test_an_altered_field_names_its_row(trail: Trail) -> None:
    row = await trail.row(3)
    for column, value in [
        ("who", "'key:eve'"), ("action", "'x'"), ("object", "'x'"), ("at", "at + interval '1 microsecond'"),
        ("before", "'{}'"), ("after", "'{\"terms\": {\"n\": 1.51}}'"), ("ip", "'::1'"), ("agent", "'x'"),
        ("request_id", "''"), ("origin", "'\\x00'"),
    ]:  # fmt: skip
        await trail.tamper("create temporary table kept on commit drop as select * from audit where id = :n",
                           f"update audit set {column} = {value} where id = :n", n=row)  # fmt: skip
        (found,) = await trail.verify()
        assert (found.kind, found.row, found.seq) == ("altered", row, 3), column
        await trail.tamper(f"update audit set {column} = {was(column)} where id = :n", n=row)
        assert await trail.verify() == [], column


def was(column: str) -> str:
    return {
        "who": "'key:anne'", "action": "'contract.signed'", "object": "'contract:C-3'", "before": "null",
        "at": "at - interval '1 microsecond'", "after": "'{\"terms\": {\"n\": 1.5}}'", "ip": "'192.0.2.7'",
        "agent": "'curl/8'", "request_id": "'r-1'", "origin": "null",
    }[column]  # fmt: skip


async def test_a_deleted_row_is_missed(trail: Trail) -> None:
    row = await trail.row(4)
    await trail.tamper("delete from audit where id = :n", n=row)
    (found,) = await trail.verify()
    assert (found.kind, found.row) == ("deleted", row)


async def test_a_row_deleted_with_its_seal_leaves_a_gap(trail: Trail) -> None:
    row = await trail.row(4)
    await trail.tamper("delete from audit where id = :n",
                       "delete from audit_seal where tenant_id = :t and audit_id = :n", n=row)  # fmt: skip
    assert await trail.kinds() == ["cut"]


async def test_rows_that_change_places_are_both_named(trail: Trail) -> None:
    first, second = await trail.row(2), await trail.row(5)
    swap = "update audit set object = case id when :a then 'contract:C-5' else 'contract:C-2' end"
    await trail.tamper(f"{swap} where id in (:a, :b)", a=first, b=second)
    assert [one.row for one in await trail.verify()] == [first, second]


async def test_seals_that_change_places_break_the_chain(trail: Trail) -> None:
    move = "update audit_seal set seq = {} where tenant_id = :t and seq = {}"
    await trail.tamper(move.format(99, 2), move.format(2, 3), move.format(3, 99))
    assert await trail.kinds() == ["broken", "broken", "broken"]


async def test_a_row_put_in_the_middle_has_no_seal(trail: Trail) -> None:
    row = "insert into audit (tenant_id, who, action, object, ip, agent, request_id) "
    await trail.tamper(f"{row} values (:t, 'key:eve', 'x', 'y', '', '', '')")
    assert await trail.kinds() == ["unsealed"]


async def test_a_tail_that_is_cut_is_known_by_the_anchors_alone(trail: Trail) -> None:
    anchored = await trail.head()
    await trail.tamper("delete from audit where id in (select audit_id from audit_seal where tenant_id = :t "
                       "and seq > 4)", "delete from audit_seal where tenant_id = :t and seq > 4")  # fmt: skip
    assert await trail.kinds() == []
    assert await trail.kinds([anchored]) == ["tail"]
    await trail.act("contract:C-7", "contract:C-8", "contract:C-9")
    assert await trail.kinds([anchored]) == ["rewritten"]


async def test_a_chain_written_anew_in_itself_agrees_and_not_with_its_anchors(trail: Trail) -> None:
    before, anchored = Head(trail.tenant, 2, await hash_at(trail, 2)), await trail.head()
    row = await trail.row(3)
    await trail.tamper("update audit set who = 'key:eve' where id = :n", n=row)
    await write_anew(trail)
    assert await trail.verify() == []
    (found,) = await trail.verify([before, anchored])
    assert found.kind == "rewritten"
    assert "after seal 2" in found.says


async def test_a_function_or_trigger_put_in_place_of_ours_is_named(owner: Database) -> None:
    async with owner.anyone() as tx:
        await tx.execute(text("create or replace function seal_audit() returns trigger language plpgsql as "
                              "'begin return null; end'"))  # fmt: skip
        await tx.execute(text("alter table audit disable trigger audit_is_append_only"))
        found = [one.says for one in await audit_chain.guard(tx)]
        await tx.rollback()
    assert [says.partition(" is not")[0] for says in found] == [
        "the function seal_audit", "the trigger audit_is_append_only",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set who = 'key:eve'",
        "delete from audit",
        "update audit_seal set seq = seq + 1",
        "delete from audit_seal",
        "insert into audit_seal values (current_setting('app.tenant'), 7, 1, sha256('a'), sha256('b'))",
    ],
)
async def test_the_application_itself_can_do_none_of_it(trail: Trail, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"append-only|permission denied|with the rows of the trail"):
        async with trail.database.tenant(trail.tenant) as tx:
            await tx.execute(text(statement))
    assert await trail.verify() == []


async def test_commands_at_the_same_moment_wait_for_each_other_and_never_in_a_circle(
    database: Database, owner: Database
) -> None:
    """Each writes two rows and a row that others want too, in its own order."""
    trail, other = await founded(database, owner), await founded(database, owner)

    async def command(number: int) -> None:
        for turn in range(6):
            async with database.tenant(trail.tenant) as tx:
                await write(tx, trail.tenant, ANNE, "first", f"{number}.{turn}")
                await write(tx, trail.tenant, ANNE, "second", f"{number}.{turn}")
            await other.act(f"{number}.{turn}")

    await asyncio.wait_for(asyncio.gather(*(command(number) for number in range(8))), 60)
    async with database.tenant(trail.tenant) as tx:
        rows = list(await tx.execute(
            select(audit.c.object).join(audit_seal, audit_seal.c.audit_id == audit.c.id)
            .order_by(audit_seal.c.seq)
        ))  # fmt: skip
    objects = [row.object for row in rows]
    assert len(objects) == 96
    assert objects[::2] == objects[1::2]  # a command's rows stand together
    assert await trail.verify() == await other.verify() == []


async def test_an_undone_command_leaves_no_seal_and_no_gap(trail: Trail) -> None:
    async with trail.database.tenant(trail.tenant) as tx:
        await write(tx, trail.tenant, ANNE, "never", "x")
        await tx.rollback()
    await trail.act("contract:C-7")
    assert await trail.verify() == []
    assert (await trail.head()).seq == 7


async def test_who_sees_only_their_own_continues_the_whole_chain(trail: Trail) -> None:
    async with trail.database.tenant(trail.tenant) as tx:
        await tx.execute(text("select set_config('app.own', 'D-1', true)"))
        await write(tx, trail.tenant, replace(ANNE, owner=of_person("D-1"), keyring=KEYRING), "promised", "x")
    assert await trail.verify() == []
    assert (await trail.head()).seq == 7


async def test_old_rows_go_and_the_chain_still_holds(database: Database, owner: Database) -> None:
    trail = await founded(database, owner)
    await trail.acted_at(LONG_AGO, "a", "b", "c")
    await trail.act("d")
    anchored = await trail.head()
    for expected in (3, 0):
        async with database.tenant(trail.tenant) as tx:
            gone = await audit_chain.prune(tx, trail.tenant, ANNE, MARKS, datetime.now(UTC))
        assert gone == expected
    assert await trail.verify([anchored]) == []
    async with database.tenant(trail.tenant) as tx:
        actions = list((await tx.execute(select(audit.c.action).order_by(audit.c.id))).scalars())
    assert actions == ["contract.signed", audit_chain.PRUNED]
    async with database.moment(trail.tenant) as tx:
        stranger = Marks(MasterKeys(["another master key"]))
        found = (await audit_chain.check(tx, trail.tenant, stranger)).findings
    assert [one.kind for one in found] == ["deleted"] * 3


async def test_nobody_can_say_in_our_place_that_rows_are_out_of_date(trail: Trail) -> None:
    async with trail.database.tenant(trail.tenant) as tx:
        forged = {"through": 6, "mark": MARKS.sign("audit of another pruned through 6")}
        row = {"tenant_id": trail.tenant, "who": "x", "action": audit_chain.PRUNED, "object": "audit",
               "ip": "", "agent": "", "request_id": "", "after": forged}  # fmt: skip
        await tx.execute(insert(audit).values(row))
    await trail.tamper("delete from audit where id = :n", n=await trail.row(1))
    assert await trail.kinds() == ["deleted"]


async def hash_at(trail: Trail, seq: int) -> str:
    async with trail.database.moment(trail.tenant) as tx:
        return [seal.hash.hex() async for seal, _ in audit_chain.pairs(tx, trail.tenant)][seq - 1]


async def write_anew(trail: Trail) -> None:
    """As somebody would who knows how the chain is made."""
    async with trail.owner.tenant(trail.tenant) as tx:
        query = text("select s.seq, audit_digest(a) from audit_seal s join audit a on a.id = s.audit_id "
                     "and a.tenant_id = s.tenant_id where s.tenant_id = :t order by 1")  # fmt: skip
        digests = [(row[0], bytes(row[1])) for row in await tx.execute(query, {"t": trail.tenant})]
    hash = beginning(trail.tenant)
    assert hash == hashlib.sha256(f"echeance audit {trail.tenant}".encode()).digest()
    for seq, digest in digests:
        hash = chained(hash, digest)
        await trail.tamper(REWRITE, d=digest, h=hash, n=seq)
