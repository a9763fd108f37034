"""A review: facts of a case, put to its rule books, give a decision that is kept with its reasons."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import cases, effects, messages, rules
from database.shared.cases import StandingOrder
from database.shared.contacts import Tenant
from database.shared.rules import Versions
from domain.calendar import at_local, local_date
from domain.case import Review
from domain.decision import Bilingual, Decision, Reason, Step, Waiting
from domain.ports import Holidays
from rules.asking import question
from rules.engine import Book
from rules.errors import FactsRefused
from rules.facts import recorded
from rules.library import Library
from rules.ruling import Question, Ruling

MORNING = time(7)
NOTHING = Bilingual("rien de plus", "nothing more")
NOT_YET = "waiting"
"""The stage of a case of which no book has been asked."""


Knowing = Callable[[Sequence[Step]], Mapping[str, object]]
"""Facts that depend on what the other books want done now."""


@dataclass(frozen=True)
class Ask:
    """Put these facts to this book. One with ``knowing`` is asked after the others, with facts of its own."""

    book: str
    facts: Mapping[str, object] = field(default_factory=dict)
    knowing: Knowing | None = None


@dataclass(frozen=True)
class Collected:
    """What a process found out about its case.

    ``roles`` gives the contacts behind each role its books write to; ``data`` the values for the words of
    its templates (no personal data: it is kept in histories); ``review_on`` a local date on which the facts
    change by themselves; ``due_on`` the obligation's date. Without ``asks`` nothing is judged yet.
    """

    asks: tuple[Ask, ...]
    roles: Mapping[str, tuple[str, ...]]
    data: Mapping[str, Any]
    waiting_for: Bilingual
    due_on: date | None = None
    review_on: date | None = None
    review_at: datetime | None = None
    """An instant at which they do, where the day is not exact enough."""
    extra: tuple[Step, ...] = field(default=())
    """Steps that follow from the facts alone, without a rule."""


Collect = Callable[[AsyncConnection, Review], Awaitable[Collected]]


@dataclass(frozen=True)
class Decisions:
    library: Library
    holidays: Holidays

    async def conclude(self, tx: AsyncConnection, review: Review, collect: Collect) -> Decision:
        """Decide and keep the decision in the caller's transaction."""
        on = local_date(review.at, review.case.zone)
        tenant, order, versions = await cases.situation_of(tx, review.case, on)
        known = await effects.effects_of(tx, review.case)
        asked = ""
        if order:
            made = held_by(order)
        else:
            collected = await collect(tx, review)
            books = [await self._in_force(tx, tenant.id, ask.book, versions) for ask in collected.asks]
            asked = "+".join(ask.book for ask in collected.asks)
            try:
                question = self._question(review, tenant, known.done)
                made = await asyncio.to_thread(self._decide, review, collected, books, question)
            except FactsRefused as refused:
                made = blocked(review, refused)
        overtaken = known.waiting - {step.key for step in made.steps}
        # A case that is paused or blocked asked no book: what waits may still be wanted afterwards.
        if overtaken and (made.book or made.closes):
            await messages.withdraw(tx, review.case, sorted(overtaken), f"{messages.OVERTAKEN}: {made.stage}")
        await cases.record(tx, review, made, asked)
        return made

    async def book(self, tx: AsyncConnection, review: Review, name: str) -> Book:
        """The revision in force for the review, the tenant's own or the shipped one."""
        on = local_date(review.at, review.case.zone)
        versions = await rules.in_force(tx, review.case.tenant, on)
        return await self._in_force(tx, review.case.tenant, name, versions)

    async def _in_force(self, tx: AsyncConnection, tenant: str, name: str, versions: Versions) -> Book:
        fetch = partial(rules.revision_content, tx, tenant, name)
        return await self.library.in_force(name, versions.get(name, ()), fetch)

    def _decide(
        self, review: Review, collected: Collected, books: list[Book], question: Question
    ) -> Decision:
        rulings, facts = _ruled(collected.asks, books, question)
        steps = [self._addressed(step, collected) for ruling in rulings for step in ruling.steps]
        moments = [ruling.next_at for ruling in rulings if ruling.next_at]
        if collected.review_at:
            moments.append(collected.review_at)
        if collected.review_on:
            moments.append(at_local(collected.review_on, MORNING, review.case.zone))
        reasons = tuple(reason for ruling in rulings for reason in ruling.reasons)
        return Decision(
            stage=rulings[-1].stage if rulings else NOT_YET,
            waiting=Waiting(collected.waiting_for, because(rulings)),
            steps=(*steps, *(s for s in collected.extra if s.key not in question.done)),
            review_at=min(moments, default=None),
            due_on=collected.due_on,
            closes=next((ruling.closes for ruling in rulings if ruling.closes), ""),
            book="+".join(book.name for book in books),
            revision="+".join(book.revision for book in books),
            facts={name: recorded(value) for given in facts for name, value in given.items()},
            reasons=reasons,
            near=tuple(miss for ruling in rulings for miss in ruling.near),
        )

    def _question(self, review: Review, tenant: Tenant, done: frozenset[str]) -> Question:
        case = review.case
        prefix = f"{case.process}:{case.ref}"
        return question(prefix, review.at, case.zone, tenant.country, self.holidays, done)

    @staticmethod
    def _addressed(step: Step, collected: Collected) -> Step:
        """The people behind the step's role, and the values of its words."""
        return replace(
            step,
            contacts=collected.roles.get(step.to, ()),
            data={name: recorded(value) for name, value in {**collected.data, **step.data}.items()},
        )


def _ruled(
    asks: Sequence[Ask], books: Sequence[Book], question: Question
) -> tuple[list[Ruling], list[Mapping[str, object]]]:
    """What each book says and of which facts, in the order of the asks."""
    rulings: dict[int, Ruling] = {}
    facts: dict[int, Mapping[str, object]] = {}
    for number in sorted(range(len(asks)), key=lambda number: asks[number].knowing is not None):
        wanted = [step for ruling in rulings.values() for step in ruling.steps]
        knowing = asks[number].knowing
        facts[number] = knowing(wanted) if knowing else asks[number].facts
        rulings[number] = books[number].decide(facts[number], question)
    return [rulings[number] for number in range(len(asks))], [facts[number] for number in range(len(asks))]


def because(rulings: list[Ruling]) -> Bilingual:
    """Why the case waits: what the last book said, else what it will say next."""
    said = [ruling.reasons[0] for ruling in reversed(rulings) if ruling.reasons]
    awaited = [ruling.awaits for ruling in reversed(rulings) if ruling.awaits]
    return next((reason.why for reason in [*said, *awaited]), NOTHING)


def held_by(order: StandingOrder) -> Decision:
    """Operations hold or end the process: rules are not asked."""
    what = Bilingual("la reprise par l’exploitation", "operations to resume it")
    why = Bilingual(f"{order.ordered_by} : {order.reason}", f"{order.ordered_by}: {order.reason}")
    reason = Reason(f"operations.{order.state}", 0, why)
    closes = "stopped" if order.state == "stopped" else ""
    return Decision(stage=order.state, waiting=Waiting(what, why), closes=closes, reasons=(reason,))


def blocked(review: Review, refused: FactsRefused) -> Decision:
    """The book refuses the facts: a person is asked; the next look is tomorrow or when rung."""
    case, day = review.case, local_date(review.at, review.case.zone)
    title = Bilingual(
        f"Dossier {case.ref} en attente : {refused.said.fr}", f"Case {case.ref} waits: {refused.said.en}"
    )
    step = Step(
        "blocked", "alert", f"{case.process}:{case.ref}:blocked:{day}", day, to="operations", title=title
    )
    what = Bilingual("la correction d’un fait", "a fact to be mended")
    return Decision(
        stage="blocked", waiting=Waiting(what, title), steps=(step,), review_at=review.at + timedelta(days=1)
    )
