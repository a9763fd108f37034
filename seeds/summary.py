"""The table at the end of `echeance demo`: what became of the contracts, what was said, and what holds."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from database.session import Database
from seeds.invariants import Check

CONTRACTS = """
    select case when c.state = 'completed' then 'completed'
                when d.stage = 'suspended' then 'suspended'
                when d.stage = 'handed_over' then 'handed over to a person'
                when d.stage is not null then 'in arrears'
                else 'on schedule' end as became,
           count(*) as contracts
      from fleet_contract c
      left join process_case d on d.tenant_id = c.tenant_id and d.ref = c.ref
                              and d.process = 'fleet.dunning' and d.closed_at is null
     where c.tenant_id = :tenant group by 1 order by 2 desc
"""

MESSAGES = """
    select template, channel, count(*), count(distinct ref), string_agg(distinct state, ', ')
      from message where tenant_id = :tenant group by 1, 2 order by 1, 2
"""

REVIEWS = "select process, count(*), count(distinct ref) from decision where tenant_id = :tenant group by 1"

ALERTS = (
    "select team, title->>'en', count(*) from alert where tenant_id = :tenant group by 1, 2 order by 3 desc"
)

MONEY = """
    select account, sum(amount_minor), currency from ledger_entry
     where tenant_id = :tenant group by account, currency order by 1
"""

TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Contracts": (CONTRACTS, ("became", "contracts")),
    "Messages": (MESSAGES, ("template", "channel", "messages", "contracts", "states")),
    "Alerts to people": (ALERTS, ("team", "alert", "times")),
    "Reviews": (REVIEWS, ("process", "decisions kept", "cases")),
    "Ledger": (MONEY, ("account", "balance (minor units)", "currency")),
}


async def show(screen: Console, database: Database, tenant: str, on: date, checks: Iterable[Check]) -> None:
    for title, (query, columns) in TABLES.items():
        async with database.tenant(tenant) as tx:
            rows = (await tx.execute(text(query), {"tenant": tenant})).all()
        screen.print(table(f"{title} on {on}", columns, rows))
    for check in checks:
        mark = "[red]✗" if check.broken_by else "[green]✓"
        screen.print(f"{mark}[/] {check.name}")
        for thing in check.broken_by[:10]:
            screen.print(f"    {thing}")


def table(title: str, columns: Iterable[str], rows: Iterable[Any]) -> Table:
    made = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        made.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        made.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row))
    return made
