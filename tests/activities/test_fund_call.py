"""Whatever is spent, granted, refused and taken back: the books balance and each crossing is told once."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from activities.alerts import Alerts
from activities.decisions import Decisions
from activities.training.fund_call import FundCallActivities
from adapters.holidays import PublicHolidays
from database.session import Database
from database.shared import ledger
from database.shared.contacts import Contact, save_contact
from database.shared.tables import alert, ledger_entry, tenant
from database.training import clients, fund_call, projects, sessions
from domain.case import Case, Review
from domain.decision import Step
from domain.effects import Order
from domain.errors import Conflict, NotFound
from domain.money import Money
from domain.training.budget import Position
from domain.training.client import Client
from domain.training.fund_call_answer import Answer
from domain.training.project import Project, Session, Training
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from tests.ground import ROOT

START = datetime(2031, 9, 1, 8, tzinfo=UTC)
INITIAL = Money("EUR", 4_000_00)

EUROS = st.integers(500_00, 4_000_00).map(lambda minor: Money("EUR", minor))
COST = st.tuples(st.just("cost"), EUROS)
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 9))
REQUEST = st.tuples(st.just("request"), EUROS)
APPROVE = st.just(("answer", Answer.APPROVED, None))
REFUSE = st.just(("answer", Answer.REFUSED, None))
ADJUST = st.tuples(st.just("answer"), st.just(Answer.ADJUSTED), EUROS)
MOVES = st.lists(COST | COST | CANCEL | REQUEST | APPROVE | REFUSE | ADJUST, min_size=3, max_size=14)
Move = tuple[str, Money] | tuple[str, int] | tuple[str, Answer, Money | None]


@dataclass
class Life:
    """A project with its process's activities, and the loop of its workflow without the waiting."""

    database: Database
    case: Case
    does: FundCallActivities
    at: datetime = START
    reviews: int = 0
    written: int = 0

    async def move(self, move: Move) -> None:
        self.at += timedelta(hours=7)
        async with self.database.tenant(self.case.tenant) as tx:
            who = self.case.tenant, self.case.ref
            match move:
                case ("cost", Money() as cost):
                    self.written += 1
                    training = Training(1, "Anglais", "Forma", cost, 2000)
                    session = Session(f"S-{self.written}", date(2031, 9, 1), "", (training,))
                    await sessions.record_session(tx, *who, session, self.at)
                case ("cancel", int() as number):
                    with suppress(NotFound):
                        await sessions.cancel_training(tx, who[0], f"S-{number}", 1, "annulée", self.at)
                case ("request", Money() as amount):
                    with suppress(Conflict):
                        await fund_call.request_call(tx, *who, amount, "", "key:1", self.at)
                case ("answer", Answer() as answer, (Money() | None) as amount):
                    with suppress(Conflict, NotFound):
                        await fund_call.answer_call(tx, *who, None, answer, amount, "link:C-1", self.at)
        while await self.look():
            pass

    async def look(self) -> bool:
        """True when the process wrote something, and looks again."""
        self.reviews += 1
        decision = await self.does.review(Review(self.case, self.at, "run", self.reviews))
        acts = [await self.carry_out(step) for step in decision.steps]
        return any(acts)

    async def carry_out(self, step: Step) -> bool:
        order = Order(self.case, step, self.at)
        if step.kind == "alert":
            await Alerts(self.database).raise_alert(order)
        if step.kind != "act":
            return False
        await (self.does.open_call if step.id.startswith("open") else self.does.close_call)(order)
        return True

    async def where(self) -> Position:
        async with self.database.tenant(self.case.tenant) as tx:
            return await projects.position_of(tx, self.case.tenant, self.case.ref)


async def life(database: Database, owner: Database) -> Life:
    name = f"formation-{uuid4().hex[:8]}"
    row = {"id": name, "name": name, "country": "FR", "zone": "Europe/Paris", "currency": "EUR"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    async with database.tenant(name) as tx:
        await save_contact(tx, name, Contact("C-1", "Claire Martin", "c@example.org", None, "fr"))
        await clients.create_client(tx, name, Client("CL-1", "Aubépine", "732829320", "", "", "C-1"))
        plan = Project("P-1", "CL-1", "Plan", INITIAL, Decimal(80), date(2031, 9, 1))
        await projects.create_project(tx, name, plan, START)
    library = Library(ROOT / "rules", shipped_vocabulary(ROOT / "templates"))
    does = FundCallActivities(database, Decisions(library, PublicHolidays()))
    return Life(database, Case(name, projects.PROCESS, "P-1", "Europe/Paris"), does)


@settings(max_examples=40, deadline=None)
@given(MOVES)
async def test_books_balance_and_every_crossing_is_told_once(
    database: Database, owner: Database, moves: list[Move]
) -> None:
    project = await life(database, owner)
    rises, before = 0, await project.where()
    for move in moves:
        await project.move(move)
        now = await project.where()
        rises += now.reached and not before.reached
        before = now
    async with database.tenant(project.case.tenant) as tx:
        calls = await fund_call.calls_of(tx, project.case.tenant, "P-1")
        raised = select(func.count()).where(
            alert.c.tenant_id == project.case.tenant, alert.c.key.like("%:threshold#%")
        )
        alerts = (await tx.execute(raised)).scalar_one()
        off = select(func.coalesce(func.sum(ledger_entry.c.amount_minor), 0))
        assert (await tx.execute(off)).scalar_one() == 0
        owed = await ledger.balance(tx, project.case.tenant, fund_call.RECEIVABLE, "P-1", "EUR")
        spent = await ledger.balance(tx, project.case.tenant, projects.COSTS, "P-1", "EUR")
    granted = sum(call.given.granted.minor for call in calls if call.given)
    assert before.budget == INITIAL + Money("EUR", granted)
    assert (owed, spent) == (Money("EUR", granted), before.consumed)
    assert alerts == rises == before.crossings
    assert [call.number for call in calls] == list(range(1, len(calls) + 1))
    assert all(call.closed for call in calls[:-1])
    crossings = [call.crossing for call in calls if call.opened_by == "rule"]
    assert len(crossings) == len(set(crossings))
