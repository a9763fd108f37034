"""The proof of a renewal notice."""

from datetime import UTC, datetime

from sqlalchemy import insert

from database.shared.tables import message
from tests.api.conftest import Caller, is_problem
from tests.api.samples import contract

PATH = "/v1/maintenance/contracts/K-1/proof"


async def test_a_notice_that_was_sent_can_be_proved(caller: Caller) -> None:
    await caller.contact()
    await caller.post("/v1/maintenance/contracts", json=contract())
    is_problem(await caller.get(PATH), 404, "not-found")
    at = datetime(2031, 12, 1, 8, 0, tzinfo=UTC)
    row = {
        "tenant_id": caller.tenant, "id": f"{caller.tenant}.m1", "key": "k", "step_key": "s",
        "process": "maintenance.renewal", "ref": "K-1.20320229", "contact_ref": "CL-1", "channel": "email",
        "template": "maintenance/renewal/notice", "address": "cl-1@example.org", "locale": "fr",
        "subject": "Votre contrat", "text": "Il prend fin…", "html": "", "state": "accepted",
        "provider_id": "sg-1", "wrote_at": at, "claimed_at": at,
    }  # fmt: skip
    async with caller.database.tenant(caller.tenant) as tx:
        await tx.execute(insert(message).values(row))
    found = (await caller.get(PATH)).json()
    assert (found["address"], found["provider_id"], found["decide_by"]) == (
        "cl-1@example.org", "sg-1", "2032-01-30",
    )  # fmt: skip
    printed = await caller.get(f"{PATH}.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    is_problem(await caller.get(PATH, params={"term": "20330228"}), 404, "not-found")
    is_problem(await caller.get(PATH, params={"term": "never"}), 422, "bad-input")
