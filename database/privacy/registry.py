"""All that the platform holds of people, table by table; and where a column that is new has to be said."""

from collections import Counter
from collections.abc import Iterable, Mapping

from database.fleet import personal as fleet
from database.internships import personal as internships
from database.maintenance import personal as maintenance
from database.shared import (
    personal,
    personal_access,
    personal_exports,
    personal_foresight,
    personal_tokens,
    personal_views,
)
from database.shared.holding import Act, Ground, Holding
from database.training import personal as training

GROUNDS: Mapping[str, Ground] = {
    "fleet": fleet.GROUND,
    "training": training.GROUND,
    "maintenance": maintenance.GROUND,
    "internships": internships.GROUND,
}
HOLDINGS: tuple[Holding, ...] = (
    *personal.HOLDINGS,
    *personal_access.HOLDINGS,
    *personal_tokens.HOLDINGS,
    *personal_views.HOLDINGS,
    *personal_exports.HOLDINGS,
    *personal_foresight.HOLDINGS,
    *(one for ground in GROUNDS.values() for one in ground.holdings),
)
NOT_OF_TENANTS = frozenset(
    {"tenant", "shipped_rule", "backup_run", "restoration", "signing_key", "alembic_version"}
)
"""Settings of a tenant, shipped rules, the platform's own records: nobody’s data."""

WHERE = "database/shared/personal.py, database/shared/personal_access.py or database/<business>/personal.py"
HOW = """  Holding("{table}", "<processing>", <reach: of_contact(), of_person(), OWN_CASE or "">, <Act>,
          plain="<not personal>", references="<opaque, stay>", secrets="<digests, sealed>",
          wiped={{"<personal>": NAME | ADDRESS | WORDS | …}})"""


def problems(columns: Mapping[str, Iterable[str]], holdings: Iterable[Holding] = HOLDINGS) -> list[str]:
    """What is not classified, or twice, or not there; each with what to write where."""
    known = {one.table: one for one in holdings}
    said = []
    for table, there in sorted(columns.items()):
        if table not in known:
            listed = " ".join(sorted(there))
            said.append(
                f"table {table} ({listed}) is not classified: in {WHERE} add\n" + HOW.format(table=table)
            )
        else:
            said += _of_table(known[table], frozenset(there) - {"tenant_id"})
    said += [f"{table} is classified, and no such table is there: take its Holding out of {WHERE}"
             for table in sorted(known.keys() - columns.keys())]  # fmt: skip
    return said


def _of_table(one: Holding, there: frozenset[str]) -> Iterable[str]:
    counted = Counter(one.columns)
    for column in sorted(there - counted.keys()):
        yield (
            f"{one.table}.{column} is not classified: in {WHERE}, in Holding({one.table!r}, …), "
            f"add {column!r} to plain, references or secrets, or to wiped with what takes its place when "
            "a person is erased"
        )
    for column in sorted(counted.keys() - there):
        yield f"{one.table}.{column} is classified and not there: take it out of Holding({one.table!r}, …)"
    for column, times in sorted(counted.items()):
        if times > 1:
            yield f"{one.table}.{column} is classified {times} times in Holding({one.table!r}, …)"
    if one.wiped and one.act is Act.STAY:
        yield f"{one.table}: it has wiped columns, and its act is stay: say Act.WIPE or Act.DELETE"
    if one.term and not one.dated:
        yield f"{one.table}: its term counts from nothing: give dated"
