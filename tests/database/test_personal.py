"""Every column of every table is classified: what it holds of a person, and what becomes of it."""

from collections import defaultdict

from sqlalchemy import text

from database.privacy.registry import HOLDINGS, NOT_OF_TENANTS, problems
from database.session import Database
from database.shared.holding import Act, Data, Holding
from database.shared.trail_words import WORDS

COLUMNS = text("""
    select c.relname as table, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0
       and not a.attisdropped
""")

ANYBODY = ("contacts", "persons", "addresses", "actors", "processes", "refs", "case_refs", "mentions",
           "digits", "spoken", "owners", "names")  # fmt: skip


async def columns_of(database: Database) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    async with database.anyone() as tx:
        for row in await tx.execute(COLUMNS):
            found[row.table].add(row.column)
    return found


async def test_every_column_of_every_table_is_classified(database: Database) -> None:
    found = await columns_of(database)
    owned = {table for table, there in found.items() if "tenant_id" in there}
    loose = found.keys() - owned - NOT_OF_TENANTS
    assert not loose, f"say in database/privacy/registry.py that {sorted(loose)} hold nobody's data"
    wrong = problems({table: found[table] for table in owned})
    assert not wrong, "\n" + "\n".join(wrong)


def test_what_is_not_classified_is_told_with_what_to_write() -> None:
    [said] = problems({"parcel": ["tenant_id", "ref", "receiver"]}, [])
    assert "table parcel (receiver ref tenant_id)" in said
    assert 'Holding("parcel"' in said
    held = Holding("parcel", "cases", plain="ref ref weight")
    told = problems({"parcel": ["tenant_id", "ref", "receiver"]}, [held])
    assert [line.partition(":")[0] for line in told] == [
        "parcel.receiver is not classified", "parcel.weight is classified and not there",
        "parcel.ref is classified 2 times in Holding('parcel', …)",
    ]  # fmt: skip
    assert problems({}, [held]) == [
        "parcel is classified, and no such table is there: take its Holding out of database/shared/"
        "personal.py, database/shared/personal_access.py or database/<business>/personal.py"
    ]  # fmt: skip


def test_rows_that_are_deleted_or_wiped_say_of_whom() -> None:
    """Without a reach nothing of a row is erased with a person: then it goes by its term."""
    silent = [one.table for one in HOLDINGS if not one.reach and one.act is not Act.STAY and not one.term]
    assert silent == []


async def test_every_condition_is_sql_that_the_database_takes(database: Database) -> None:
    empty: dict[str, list[str]] = {name: [] for name in ANYBODY}
    async with database.tenant("nobody") as tx:
        for one in HOLDINGS:
            for condition in filter(None, (one.reach, one.over)):
                await tx.execute(text(f"select count(*) from {one.table} where {condition}"), empty)
            for expression in filter(None, (one.dated, *(wiped.value for wiped in one.wiped.values()))):
                await tx.execute(text(f"select {expression} from {one.table}"), empty)


def test_the_trail_seals_what_a_column_of_words_or_of_names_holds() -> None:
    """What is wiped from a row would stay in the trail, which never changes."""
    told = {"title", "name", "reason", "note"}  # in the answers that the trail keeps, by their own names
    shown = {
        column for one in HOLDINGS for column, wiped in one.wiped.items()
        if wiped.data in (Data.IDENTITY, Data.ADDRESS, Data.WORDS) and column not in NEVER_SHOWN
    }  # fmt: skip
    assert shown - WORDS == set()
    assert told <= WORDS


NEVER_SHOWN = {
    "channels", "waiting", "reasons", "near", "steps", "subject", "text", "html", "body", "data", "roles",
    "mistakes", "answer", "query", "given", "problem", "latitude", "longitude", "start_latitude",
    "start_longitude", "end_latitude", "end_longitude",
}  # fmt: skip
"""No command answers with these, or they are no text."""
