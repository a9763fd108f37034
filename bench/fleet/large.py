"""A fleet as large as one gets: daily instalments over two years, written by the database itself.

What triggers keep is computed afterwards from what was written, once, as an import would have left it.
"""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from database.session import Database

DAYS = 730
EACH = 3_000
DOWN = 50_000

PEOPLE = """
insert into tenant (id, name, country, zone, currency, locale, second_factor)
values ('{tenant}', 'Large fleet', 'CM', 'Africa/Douala', 'XAF', 'fr', 'off');
insert into contact (tenant_id, ref, full_name, locale)
select '{tenant}', 'D-' || n, 'Conducteur ' || n, 'fr' from generate_series(1, {drivers}) n;
insert into bike (tenant_id, ref) select '{tenant}', 'M-' || n from generate_series(1, {drivers}) n;
"""

# Signed over two years: of a contract, half of its dues have fallen due on the average.
CONTRACTS = """
insert into fleet_contract (tenant_id, ref, driver_ref, bike_ref, kind, state, currency, price_minor,
    down_payment_minor, instalments, frequency, every_days, first_due_on, signed_on, rest_days, holiday_rule,
    grace_days, charge_kind, charge_value, rounding, total_minor)
select '{tenant}', 'C-' || n, 'D-' || n, 'M-' || n, 'lease_to_own', 'active', 'XAF', {down} + {days} * {each},
    {down}, {days}, 'daily', 0, signed + 1, signed, '{{}}', 'keep', 1, 'none', 0, 1, {down} + {days} * {each}
  from (select n, date '{today}' - 5 - (n * 7919) % ({days} - 5) as signed
          from generate_series(1, {drivers}) n) drawn;
"""

DUES = """
insert into due (tenant_id, contract_ref, number, due_on, amount_minor, principal_minor, charge_minor, kind,
    cumulative_minor)
select '{tenant}', c.ref, n, c.signed_on + n, case n when 0 then {down} else {each} end,
    case n when 0 then {down} else {each} end, 0, case n when 0 then 'down_payment' else 'instalment' end,
    {down} + n * {each}
  from fleet_contract c cross join generate_series(0, {days}) n where c.tenant_id = '{tenant}';
"""

# One driver in four is never late, one in fifty stopped paying a while ago, the others leave a due in thirty
# out and pay some a day or more late.
PAYMENTS = """
insert into payment (tenant_id, ref, contract_ref, received_at, amount_minor, currency, channel, source,
    recorded_at)
select tenant_id, contract_ref || '-' || number, contract_ref, at, amount_minor, 'XAF', 'mobile_money', '', at
  from (
    select d.tenant_id, d.contract_ref, d.number, d.amount_minor,
           (d.due_on + case when habit = 0 then 0 when (d.number * 31 + driver) % 9 = 0 then 1 + driver % 3
                            else 0 end) + time '08:00' + (driver % 600) * interval '1 minute' as at
      from due d
      cross join lateral (select substr(d.contract_ref, 3)::int as driver,
                                 substr(d.contract_ref, 3)::int % 4 as habit) who
     where d.tenant_id = '{tenant}' and d.due_on < date '{today}'
       and not (habit > 0 and d.number > 0 and (d.number * 13 + driver) % 30 = 0)
       and not (driver % 50 = 1 and d.due_on > date '{today}' - 10 - driver % 60)
  ) paid where at < date '{today}';
"""

LEDGER = """
insert into ledger_transaction (tenant_id, key, posted_on, description)
select tenant_id, 'fleet.contract:' || ref, signed_on, 'contract ' || ref || ' signed' from fleet_contract
 where tenant_id = '{tenant}'
union all
select tenant_id, 'fleet.payment:' || ref, received_at::date, 'payment ' || ref from payment
 where tenant_id = '{tenant}';
insert into ledger_entry (tenant_id, transaction_id, line, account, subject, amount_minor, currency)
select c.tenant_id, t.id, line, case line when 1 then 'driver_receivable' else 'bike_sales' end, c.ref,
    case line when 1 then c.total_minor else -c.total_minor end, 'XAF'
  from fleet_contract c join ledger_transaction t on t.tenant_id = c.tenant_id
   and t.key = 'fleet.contract:' || c.ref cross join generate_series(1, 2) line
 where c.tenant_id = '{tenant}';
insert into ledger_entry (tenant_id, transaction_id, line, account, subject, amount_minor, currency)
select p.tenant_id, t.id, line, case line when 1 then 'cash:mobile_money' else 'driver_receivable' end,
    p.contract_ref, case line when 1 then p.amount_minor else -p.amount_minor end, 'XAF'
  from payment p join ledger_transaction t on t.tenant_id = p.tenant_id
   and t.key = 'fleet.payment:' || p.ref cross join generate_series(1, 2) line
 where p.tenant_id = '{tenant}';
"""

KEPT = """
insert into fleet_purse (tenant_id, contract_ref, paid_minor, payments, last_paid_at, unpaid_on)
select tenant_id, contract_ref, paid, payments, last,
       (select min(due_on) from due d where d.tenant_id = had.tenant_id and d.contract_ref = had.contract_ref
           and d.cumulative_minor > paid)
  from (select c.tenant_id, c.ref as contract_ref, coalesce(sum(amount_minor), 0) as paid,
               count(p.ref) as payments, max(received_at) as last
          from fleet_contract c left join payment p on p.tenant_id = c.tenant_id and p.contract_ref = c.ref
         where c.tenant_id = '{tenant}' group by 1, 2) had;
insert into ledger_month (tenant_id, account, subject, month_on, currency, debit_minor, credit_minor)
select e.tenant_id, account, subject, date_trunc('month', posted_on)::date, currency,
       coalesce(sum(amount_minor) filter (where amount_minor > 0), 0),
       coalesce(-sum(amount_minor) filter (where amount_minor < 0), 0)
  from ledger_entry e join ledger_transaction t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
 where e.tenant_id = '{tenant}' group by 1, 2, 3, 4, 5;
insert into collected_month
    (tenant_id, contract_ref, bike_ref, month_on, currency, collected_minor, payments)
select p.tenant_id, c.ref, c.bike_ref, date_trunc('month', received_at at time zone 'Africa/Douala')::date,
       p.currency, sum(amount_minor), count(*)
  from payment p join fleet_contract c on c.tenant_id = p.tenant_id and c.ref = p.contract_ref
 where p.tenant_id = '{tenant}' group by 1, 2, 3, 4, 5;
insert into due_month (tenant_id, contract_ref, month_on, due_minor, dues)
select tenant_id, contract_ref, date_trunc('month', due_on)::date, sum(amount_minor), count(*) from due
 where tenant_id = '{tenant}' group by 1, 2, 3;
"""

# Of most contracts two cases are open; of each there are thirty messages, and alerts, one in a hundred open.
LIFE = """
insert into process_case (tenant_id, process, ref, stage, waiting, review_at, due_on, opened_at, book)
select tenant_id, process, ref, (array['running', 'called', 'watching', 'reminded'])[n % 4 + 1],
    jsonb_build_object('what', jsonb_build_object('en', 'the next due', 'fr', 'la prochaine échéance'),
                       'because', jsonb_build_object('en', 'it is not due yet', 'fr', 'elle n’est pas due')),
    now() + (n % 30) * interval '1 day', date '{today}' + n % 30, now() - interval '90 days', 'book'
  from (select tenant_id, ref, substr(ref, 3)::int as n from fleet_contract where tenant_id = '{tenant}') c
  cross join (values ('fleet.contract'), ('fleet.dunning')) processes (process)
 where process = 'fleet.contract' or n % 4 > 0;
insert into message (tenant_id, id, key, step_key, process, ref, contact_ref, channel, address, template,
    locale, subject, text, html, state, wrote_at, created_at)
select tenant_id, ref || '-' || m, ref || '-' || m, ref || '-' || m, 'fleet.dunning', ref, driver_ref, 'sms',
    '+237670000000', 'fleet/dunning/reminder', 'fr', '', repeat('Votre échéance du jour. ', 5), '',
    case when (substr(ref, 3)::int + m) % 1000 = 0 then 'failed' else 'delivered' end,
    date '{today}' - m * interval '3 days', date '{today}' - m * interval '3 days'
  from fleet_contract cross join generate_series(1, 30) m where tenant_id = '{tenant}';
insert into alert (tenant_id, key, process, ref, team, title, due_on, raised_at, closed_at, closed_by)
select tenant_id, ref || '-' || m, 'fleet.dunning', ref, 'collections',
    jsonb_build_object('en', 'Call the driver', 'fr', 'Appeler le conducteur'), date '{today}' + n % 7, now(),
    case when m > 1 or n % 20 > 0 then now() end, case when m > 1 or n % 20 > 0 then 'somebody' end
  from (select tenant_id, ref, substr(ref, 3)::int as n from fleet_contract where tenant_id = '{tenant}') c
  cross join generate_series(1, 5) m;
"""

STEPS = {
    "people and bikes": PEOPLE,
    "contracts": CONTRACTS,
    "dues": DUES,
    "payments": PAYMENTS,
    "ledger": LEDGER,
    "balances": KEPT,
    "what processes left": LIFE,
}


@dataclass(frozen=True)
class Written:
    step: str
    seconds: float


MANY = {"dues": ("due",), "payments": ("payment",), "ledger": ("ledger_transaction", "ledger_entry")}
"""What a step writes by the million."""

SETTINGS = (
    "set local session_replication_role = replica", "set local maintenance_work_mem = '512MB'",
    "set local work_mem = '128MB'", "set local synchronous_commit = off",
)  # fmt: skip

INDEXES = text(
    "select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index "
    "where indrelid = cast(:table as regclass) and not indisunique"
)


async def write(owner: Database, tenant: str, drivers: int, today: date) -> list[Written]:
    """``owner`` is a superuser: triggers and checks of foreign keys are left out."""
    written = []
    for step, script in STEPS.items():
        began = time.perf_counter()
        async with _indexed_afterwards(owner, MANY.get(step, ())):
            for statement in statements(script, tenant, drivers, today):
                # Else the planner takes the next step for one over an empty tenant.
                await _run(owner, statement, "analyze")
        written.append(Written(step, time.perf_counter() - began))
    return written


@asynccontextmanager
async def _indexed_afterwards(owner: Database, tables: tuple[str, ...]) -> AsyncIterator[None]:
    """An index over all rows at once is written in a fraction of the time that row by row takes."""
    async with owner.anyone() as tx:
        found = [row for table in tables for row in await tx.execute(INDEXES, {"table": table})]
    await _run(owner, *(f"drop index {one.name}" for one in found))
    yield
    await _run(owner, *(one.made for one in found))


async def _run(owner: Database, *said: str) -> None:
    async with owner.anyone() as tx:
        for statement in (*SETTINGS, *said):
            await tx.exec_driver_sql(statement)


def statements(script: str, tenant: str, drivers: int, today: date) -> Iterator[str]:
    for statement in script.split(";\n"):
        if statement.strip():
            yield statement.format(
                tenant=tenant, drivers=drivers, today=today, days=DAYS, each=EACH, down=DOWN
            ).replace("%", "%%")
