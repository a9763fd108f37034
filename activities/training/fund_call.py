"""A project's budget and its fund calls: what is known, and the process's own writes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.session import Database
from database.training import clients, fund_call, projects
from domain.calendar import local_date
from domain.case import Review
from domain.decision import Bilingual, Decision, Step
from domain.effects import Done, Order
from domain.money import Money
from domain.training.budget import Position, budget_facts
from domain.training.fund_call import FundCall, call_facts
from domain.training.fund_call_answer import Answer, AnswerFacts
from domain.training.project import Project
from rules.ladder import Ladder

BUDGET = "training/budget"
CALL = "training/fund_call"
ANSWER = "training/fund_call_answer"


@dataclass(frozen=True)
class FundCallActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="training.fund_call.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case = review.case
        known = await projects.project_of(tx, case.tenant, case.ref)
        client = await clients.client_of(tx, case.tenant, known.project.client_ref)
        where = await projects.position_of(tx, case.tenant, case.ref)
        calls = await fund_call.calls_of(tx, case.tenant, case.ref)
        request = await fund_call.requested(tx, case.tenant, case.ref, len(calls) + 1)
        last = calls[-1] if calls else None
        waits = last if last and last.open else None
        facts = budget_facts(
            where, call_open=waits is not None, closed=known.closed_on is not None,
            called=fund_call.answered_for(calls, where.crossings),
        )  # fmt: skip
        ladder = (await self.decisions.book(tx, review, CALL)).table if waits else None
        ends_on = expires_on(ladder, waits) if waits else None
        return Collected(
            asks=asks(Ask(BUDGET, facts.as_facts()), None if known.closed_on else last),
            roles={
                "client": (client.contact_ref,),
                "mailing_list": known.project.recipients or (client.contact_ref,),
            },
            data={**budget_words(known.project, where), **call_words(last, ends_on)},
            waiting_for=waiting_for(known.project, waits),
            due_on=ends_on,
            extra=own_steps(review, last, request is not None, known.closed_on is not None),
        )  # fmt: skip

    @activity.defn(name="training.fund_call.open")
    async def open_call(self, order: Order) -> Done:
        async with self.database.tenant(order.case.tenant) as tx:
            await fund_call.open_call(tx, order.case, order.at)
        return Done()

    @activity.defn(name="training.fund_call.close")
    async def close_call(self, order: Order) -> Done:
        """As the client answered; without an answer it expired, or ends with its project."""
        otherwise = Answer.EXPIRED if order.step.id == "expire" else Answer.WITHDRAWN
        async with self.database.tenant(order.case.tenant) as tx:
            await fund_call.close_call(tx, order.case, order.at, otherwise)
        return Done()


def asks(budget: Ask, last: FundCall | None) -> tuple[Ask, ...]:
    """The last book asked names the stage: the call's while it is open, else the budget's."""
    if last is None:
        return (budget,)
    if last.closed is None or last.closed_on is None:
        return (budget, Ask(CALL, call_facts(last).as_facts()))
    return (Ask(ANSWER, AnswerFacts(last.number, last.closed_on, last.closed).as_facts()), budget)


def own_steps(review: Review, last: FundCall | None, requested: bool, closed: bool) -> tuple[Step, ...]:
    """An answer or the end of the project closes a call, a request opens one: no rule is needed."""
    if last and last.open and (last.given or closed):
        return (_act(review, "close_call", last.number),)
    if requested and not closed:
        return (_act(review, "open_requested", last.number + 1 if last else 1),)
    return ()


def _act(review: Review, verb: str, number: int) -> Step:
    case, day = review.case, local_date(review.at, review.case.zone)
    return Step(verb, "act", f"{case.process}:{case.ref}:{verb}#{number}:{day}", day)


def expires_on(ladder: object, call: FundCall) -> date | None:
    """The day on which the book in force lets the call expire, if it does."""
    steps = ladder.steps if isinstance(ladder, Ladder) else ()
    days = [step.day for step in steps if step.closes]
    return call.opened_on + timedelta(days=min(days)) if days else None


def budget_words(project: Project, where: Position) -> dict[str, Any]:
    return {
        "project": project.ref, "project_name": project.name, "budget": where.budget,
        "consumed": where.consumed, "left": where.left, "exceeded": where.exceeded,
        "excess": -where.left if where.exceeded else Money(where.left.currency, 0),
        "percent": int(where.consumed_percent),
    }  # fmt: skip


def call_words(call: FundCall | None, ends_on: date | None) -> dict[str, Any]:
    """``answer_by`` is the last whole day on which the client may answer."""
    if call is None:
        return {}
    return {
        "amount": call.requested, "called_on": call.opened_on, "answer": call.answer,
        "granted": call.given.granted if call.given else None,
        "expires_on": ends_on, "answer_by": ends_on - timedelta(days=1) if ends_on else None,
    }  # fmt: skip


def waiting_for(project: Project, call: FundCall | None) -> Bilingual:
    if call is None:
        return Bilingual(
            f"un mouvement du budget du projet {project.ref}",
            f"a movement of the budget of the project {project.ref}",
        )
    return Bilingual(
        f"la réponse du client à l’appel de fonds n° {call.number} du projet {project.ref}",
        f"the client's answer to the fund call {call.number} of the project {project.ref}",
    )
