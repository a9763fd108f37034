"""What is told to drivers and investors: owed with the fact itself, and read when it is told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from database.fleet.change_tables import contract_change, settlement_quote
from database.shared import outbox
from database.shared.contacts import Tenant
from domain.fleet.notice import About, Subject, subjects

NOTICE = "fleet.notice"


async def owe(tx: AsyncConnection, home: Tenant, subjects: Iterable[Subject], at: datetime) -> None:
    """A process of its own tells each, once."""
    cases = {f"notice:{one}": home.case(NOTICE, str(one)) for one in subjects}
    await outbox.owe_all(tx, outbox.START, cases, "notice.owed", at)


async def notices_of(tx: AsyncConnection, tenant: str, contract_ref: str) -> list[str]:
    """The references under which a contract's changes and quotes were told."""
    changed, quoted = contract_change.c, settlement_quote.c
    made = select(changed.kind, changed.number).where(
        changed.tenant_id == tenant, changed.contract_ref == contract_ref
    )
    numbers = select(quoted.number).where(quoted.tenant_id == tenant, quoted.contract_ref == contract_ref)
    told = [one for row in await tx.execute(made) for one in subjects(contract_ref, row.kind, row.number)]
    told += [Subject(contract_ref, About.QUOTE, number) for number in (await tx.execute(numbers)).scalars()]
    return [str(one) for one in told]
