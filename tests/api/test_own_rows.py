"""Whoever is narrowed to their own sees no other row, in any table, whatever a query asks for."""

import json
import re

import pytest
from fastapi import FastAPI

from database.session import Database
from tests.api.conftest import Clock
from tests.api.world import MINE, THEIRS, World, two_people

OTHERS = re.compile(rf"{THEIRS}|\b[A-Z]+-2\b")
"""How everything of the second person is called."""

OF_A_DRIVER_AND_CLIENT = {
    "bike", "bike_assignment", "contact", "contract_change", "deliverable", "driver_class", "driver_score",
    "due", "file", "fleet_contract", "fleet_purse", "investor_contract", "investor_payout", "payment",
    "placement", "project", "service_contract", "service_round", "technician", "technician_absence",
    "training", "training_client", "training_session", "visit",
}  # fmt: skip

MACHINERY = {"audit_seal", "data_key"}
"""Digests and wrapped keys: every transaction goes on with the whole chain and seals with the same keys."""


@pytest.fixture
async def world(app: FastAPI, database: Database, owner: Database, clock: Clock) -> World:
    return await two_people(app, database, owner, clock)


async def seen(world: World, database: Database, contact: str = "") -> dict[str, list[dict[str, object]]]:
    rows = await world.rows(database, contact)
    return {name: found for name, found in rows.items() if found and name not in MACHINERY}


async def test_a_person_sees_their_own_rows_in_every_table_and_nobody_elses(
    world: World, database: Database
) -> None:
    wide, own = await seen(world, database), await seen(world, database, "X-1")
    for name, rows in own.items():
        assert OTHERS.search(json.dumps(rows, ensure_ascii=False)) is None, name
        assert len(rows) < len(wide[name]), name
    assert set(own) == OF_A_DRIVER_AND_CLIENT
    assert MINE in json.dumps(own["contact"])


async def test_a_tutor_sees_their_student_and_nothing_of_their_other_dealings(
    world: World, database: Database
) -> None:
    own = await seen(world, database, "T-1")
    refs = {name: {row["ref"] for row in rows} for name, rows in own.items()}
    assert refs == {"contact": {"X-1", "T-1"}, "deliverable": {"R-1"}, "placement": {"S-1"}}


async def test_whoever_is_nobody_sees_nothing(world: World, database: Database) -> None:
    for stranger in ("X-9", "%", "' or true --"):
        assert await seen(world, database, stranger) == {}
