"""What waits in the database for the outside world: nothing that fails again and again holds up the rest."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from database.session import Database
from database.shared import messages, outbox
from database.shared.tables import message, tenant
from domain.case import Case

AT = datetime(2032, 3, 10, 10, tzinfo=UTC)


@pytest.fixture
async def firm(owner: Database) -> str:
    name = f"waits-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values(row))
    return name


async def test_a_hundred_rows_that_cannot_be_delivered_hold_up_none(database: Database, firm: str) -> None:
    async with database.tenant(firm) as tx:
        for ref in [f"X-{number}" for number in range(100)] + ["C-1"]:
            await outbox.owe(tx, outbox.RING, Case(firm, "fleet.contract", ref, "Europe/Paris"), "f", AT, "1")
        for owed in await outbox.take(tx, firm):
            await outbox.postpone(tx, firm, owed.id, "refused")
        assert (await outbox.take(tx, firm))[0].case.ref == "C-1"


async def test_messages_that_no_provider_can_tell_of_keep_no_other_waiting(
    database: Database, firm: str
) -> None:
    def row(number: int, state: str) -> dict[str, object]:
        return {
            "tenant_id": firm, "id": f"{firm}.{number}", "key": str(number), "step_key": "s",
            "process": "fleet.dunning", "ref": "C-1", "contact_ref": "D-1", "channel": "sms",
            "address": "+33612000000", "template": "t", "locale": "fr", "subject": "", "text": "", "html": "",
            "state": state, "wrote_at": AT,
        }  # fmt: skip

    ages = text(
        "update message set claimed_at = now() - make_interval(days => case id when :new then 1 else 2 end), "
        "settled_at = case id when :new then null else now() - interval '1 hour' end"
    )
    async with database.tenant(firm) as tx:
        known = [row(number, "unknown") for number in range(500)]
        await tx.execute(insert(message), [*known, row(500, "sending")])
        await tx.execute(ages, {"new": f"{firm}.500"})
        asked = await messages.lost(tx, firm, timedelta(minutes=5))
    assert asked[0].id == f"{firm}.500"
