"""The demonstration data: what is there, that the books balance, and that a second load changes nothing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import is_valid_number, parse
from sqlalchemy import func, select, text

from database.fleet import cash, kept_aside, queries, reconciling
from database.maintenance.renewal import terms
from database.session import Database
from database.shared.contacts import page_of_contacts
from database.shared.tables import outbox
from database.training.projects import position_of
from domain.fleet.intake import Contract
from domain.fleet.payments import allocate
from domain.fleet.schedule import schedule
from domain.maintenance.renewal import Answer
from seeds import fleet, internships, maintenance, training
from seeds.load import load_all

ON = date(2026, 11, 20)
FLEET, TRAINING, MAINTENANCE, INTERNSHIPS = (
    one.FIRM.id for one in (fleet, training, maintenance, internships)
)  # fmt: skip
TABLES = (
    "contact", "fleet_contract", "due", "payment", "training_client", "project", "training_session",
    "service_contract", "placement", "deliverable", "outbox", "ledger_transaction",
    "technician", "visit", "plan",
)  # fmt: skip


@dataclass
class Loaded:
    owner: Database
    database: Database
    suffix: str = field(default_factory=lambda: f"-{uuid4().hex[:8]}")
    said: list[str] = field(default_factory=list)

    async def load(self, on: date) -> list[str]:
        said: list[str] = []
        await load_all(self.owner, self.database, on, said.append, self.suffix)
        return said

    async def counts(self, firm: str) -> dict[str, int]:
        async with self.database.tenant(firm + self.suffix) as tx:
            tenant = {"tenant": firm + self.suffix}
            found = {
                name: (
                    await tx.execute(text(f"select count(*) from {name} where tenant_id = :tenant"), tenant)
                ).scalar_one()
                for name in TABLES
            }
        return {name: count for name, count in found.items() if count}


@pytest.fixture(scope="module")
async def loaded(owner: Database, database: Database) -> Loaded:
    once = Loaded(owner, database)
    once.said = await once.load(ON)
    return once


async def test_the_four_businesses_are_there(loaded: Loaded) -> None:
    counts = {firm: await loaded.counts(firm) for firm in (FLEET, TRAINING, MAINTENANCE, INTERNSHIPS)}
    assert counts[FLEET].items() >= {"fleet_contract": 24}.items()
    assert counts[TRAINING].items() >= {"training_client": 3, "project": 4, "training_session": 9}.items()
    assert (
        counts[MAINTENANCE].items()
        >= {"service_contract": 15, "contact": 50, "technician": 6, "visit": 44, "plan": 1}.items()
    )
    assert counts[INTERNSHIPS].items() >= {"placement": 8, "deliverable": 16}.items()
    assert len(loaded.said) == 4


async def test_a_second_load_changes_nothing_even_on_another_day(loaded: Loaded) -> None:
    before = [await loaded.counts(firm) for firm in (FLEET, TRAINING, MAINTENANCE, INTERNSHIPS)]
    said = await loaded.load(ON + timedelta(days=9))
    assert all(line.endswith("is there already") for line in said)
    assert [await loaded.counts(firm) for firm in (FLEET, TRAINING, MAINTENANCE, INTERNSHIPS)] == before


async def test_every_obligation_owes_the_start_of_its_process(loaded: Loaded) -> None:
    started: Counter[str] = Counter()
    for firm in (FLEET, TRAINING, MAINTENANCE, INTERNSHIPS):
        async with loaded.database.tenant(firm + loaded.suffix) as tx:
            query = select(outbox.c.process, func.count().label("owed")).where(outbox.c.kind == "start")
            mine = query.where(outbox.c.tenant_id == firm + loaded.suffix).group_by(outbox.c.process)
            started.update({row.process: row.owed for row in await tx.execute(mine)})
    assert started.items() >= {
        "fleet.contract": 24, "fleet.report": 5, "training.fund_call": 4, "maintenance.renewal": 15,
        "internships.deliverable": 16,
    }.items()  # fmt: skip


async def test_the_ledger_is_balanced_and_agrees_with_the_schedules(loaded: Loaded) -> None:
    firm = FLEET + loaded.suffix
    query = text("select account, sum(amount_minor) from ledger_entry where tenant_id = :tenant group by 1")
    async with loaded.database.tenant(firm) as tx:
        accounts = {account: int(total) for account, total in await tx.execute(query, {"tenant": firm})}
        files = [await queries.file_of(tx, firm, f"CT-{number:03}") for number in range(1, 25)]
    standings = [file.standing for file in files if file.standing]
    assert sum(accounts.values()) == 0
    assert accounts["driver_receivable"] == sum(standing.remaining.minor for standing in standings)
    assert all(standing.overpayment.minor == 0 for standing in standings)


async def test_the_budgets_are_near_at_and_below_their_thresholds(loaded: Loaded) -> None:
    firm = TRAINING + loaded.suffix
    async with loaded.database.tenant(firm) as tx:
        at = {plan.ref: await position_of(tx, firm, plan.ref) for plan in training.PLANS}
    assert {ref: (str(one.consumed_percent), one.reached) for ref, one in at.items()} == {
        "CYBER": ("78.00", False), "MANAGEMENT": ("78.33", True), "GESTES": ("39.16", False),
        "ANGLAIS": ("20.00", False),
    }  # fmt: skip


async def test_some_renewals_are_in_their_window(loaded: Loaded) -> None:
    async with loaded.database.tenant(MAINTENANCE + loaded.suffix) as tx:
        known = await terms(tx, MAINTENANCE + loaded.suffix)
    left = sorted((term.facts.decide_by - ON).days for term in known)
    assert (left[0], left[-1]) == (4, 301)
    assert sum(days <= 60 for days in left) == 10
    assert [term.contract.ref for term in known if term.answer is Answer.RENEWED] == ["ENT-006"]


async def test_everybody_can_be_reached_and_nobody_is_real(loaded: Loaded) -> None:
    for firm in (FLEET, TRAINING, MAINTENANCE, INTERNSHIPS):
        async with loaded.database.tenant(firm + loaded.suffix) as tx:
            people = await page_of_contacts(tx, firm + loaded.suffix, "", 100)
        assert all(one.phone and is_valid_number(parse(one.phone)) for one in people)
        assert all(one.email is None or one.email.endswith("@example.org") for one in people)
        assert len({one.phone for one in people}) == len(people)


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)))
def test_on_any_day_drivers_stand_where_the_deals_say(on: date) -> None:
    """On time, or late at every stage of dunning; payments lie in the past and no one pays too much."""
    late = []
    for number, deal in enumerate(fleet.DEALS, start=1):
        agreed = Contract(f"CT-{number}", f"CH-{number}", f"MOTO-{number}", fleet.terms_of(deal, on))
        entries = list(fleet.entries_of(fleet.FIRM, agreed, deal, on))
        paid = [entry.payment() for entry in entries]
        standing = allocate(schedule(agreed.terms), paid, fleet.FIRM.zone)
        assert all(entry.received_at < fleet.FIRM.at(on) for entry in entries)
        assert standing.overpayment.minor == 0
        assert standing.remaining.minor
        late.append(standing.days_late(on))
    assert all((days > 0) == (deal.since > 0) for days, deal in zip(late, fleet.DEALS, strict=True))
    stages = Counter(sum(days >= first for first in (1, 4, 8, 15, 30)) for days in late)
    assert stages == {0: 10, 1: 3, 2: 3, 3: 2, 4: 3, 5: 3}


async def test_a_statement_and_agents_wait_for_a_person(loaded: Loaded) -> None:
    tenant = FLEET + loaded.suffix
    async with loaded.database.tenant(tenant) as tx:
        states = Counter(one.state.value for one in await reconciling.lines_to_answer(tx, tenant))
        [stated] = await reconciling.statements(tx, tenant)
        assert states["unmatched"] == 1
        assert states["double"]
        assert len(await reconciling.missing_of(tx, tenant, stated.id)) == 1
        held = await cash.held(tx, tenant, ["AGT-01", "AGT-02"])
        assert held["AGT-01"] == 0 < held["AGT-02"]
        assert await kept_aside.open_by_source(tx, tenant) == {"webhook": 1}
