"""Notices to drivers and investors: whom a change, a quote or a payout concerns, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import changes, investors, payouts, queries, settling
from database.fleet.queries import ContractFile
from database.session import Database
from database.shared import ledger
from domain.calendar import local_date
from domain.case import Case, Review
from domain.decision import Bilingual, Decision
from domain.fleet.change import Change
from domain.fleet.ending import Quote
from domain.fleet.notice import CHANGES, About, NoticeFacts, NoticeKind, Subject, notice_facts, subject_of
from domain.money import Money

BOOK = "fleet/notice"
DRIVER, INVESTOR = "driver", "investor"


@dataclass(frozen=True)
class Found:
    """``role`` is what the book calls the person."""

    facts: NoticeFacts
    role: str
    person: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class NoticeActivities:
    database: Database
    decisions: Decisions

    @activity.defn(name="fleet.notice.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case, day = review.case, local_date(review.at, review.case.zone)
        found = await _found(tx, case, subject_of(case.ref), day)
        return Collected(
            asks=(Ask(BOOK, found.facts.as_facts()),),
            roles={found.role: (found.person,)},
            data=found.data,
            waiting_for=Bilingual(f"l’envoi de l’avis {case.ref}", f"the notice {case.ref} to be sent"),
            due_on=found.facts.done_on,
        )


async def _found(tx: AsyncConnection, case: Case, subject: Subject, day: date) -> Found:
    match subject.about:
        case About.CHANGE | About.FORMER:
            return await _of_change(tx, case, subject, day)
        case About.QUOTE:
            return await _of_quote(tx, case, subject, day)
        case _:
            return await _of_payout(tx, case, subject, day)


async def _of_change(tx: AsyncConnection, case: Case, subject: Subject, day: date) -> Found:
    """Who drives no more is told nothing of the contract of another; who drives again, not that they left."""
    made = await changes.change_of(tx, case.tenant, subject.ref, subject.number)
    file = await queries.file_of(tx, case.tenant, subject.ref)
    former, drives = subject.about is About.FORMER, file.contract.driver_ref
    kind = NoticeKind.HANDED_OVER if former else CHANGES.get(made.kind)
    who = (made.before if former else made.after).get("driver_ref", drives)
    is_over = who == drives if former else await changes.is_handed_over(tx, case.tenant, made)
    facts = notice_facts(kind, local_date(made.at, case.zone), day=day, overtaken=is_over)
    return Found(
        facts, DRIVER, who, {**_words(file, day), **_of_it(made, file.contract.terms.price.currency)}
    )


async def _of_quote(tx: AsyncConnection, case: Case, subject: Subject, day: date) -> Found:
    """One that was paid, withdrawn or that has run out is told no more."""
    state, made = await settling.quote_of(tx, case.tenant, subject.ref, subject.number)
    file = await queries.file_of(tx, case.tenant, subject.ref)
    over = state != "open" or made.last_on < day
    facts = notice_facts(NoticeKind.QUOTED, made.quoted_on, day=day, overtaken=over)
    return Found(facts, DRIVER, file.contract.driver_ref, {**_words(file, day), **_quoted(made)})


async def _of_payout(tx: AsyncConnection, case: Case, subject: Subject, day: date) -> Found:
    known = await payouts.payout_of(tx, case.tenant, subject.ref)
    given, back = known.payout, subject.about is About.PAYOUT_BACK
    agreed = (await investors.investor_contract_of(tx, case.tenant, given.contract_ref)).contract
    owed = -(
        await ledger.balance(tx, case.tenant, payouts.ACCOUNTS[given.kind], agreed.ref, given.amount.currency)
    )
    at = known.reversed_at if back and known.reversed_at else known.recorded_at
    facts = notice_facts(
        NoticeKind.PAYOUT_BACK if back else NoticeKind.PAID_OUT, local_date(at, case.zone), day=day,
        overtaken=not back and known.reversed_at is not None,
    )  # fmt: skip
    data = {
        "payout": given.ref, "contract": agreed.ref, "amount": given.amount, "paid_on": given.paid_on,
        "channel": given.channel.value, "payout_kind": given.kind.value, "left": owed,
    }  # fmt: skip
    return Found(facts, INVESTOR, agreed.investor_ref, data)


def _words(file: ContractFile, day: date) -> dict[str, Any]:
    """Where the contract stands now; ``next_due_on`` is empty when nothing is to come."""
    agreed, where = file.contract, file.standing
    assert where is not None
    coming = [one for one in where.settlements if one.unpaid.minor and one.due.due_on >= day]
    return {
        "contract": agreed.ref, "bike": agreed.bike_ref, "remaining": where.remaining,
        "arrears": where.arrears_on(day, 0), "next_due_on": coming[0].due.due_on if coming else "",
        "next_amount": coming[0].unpaid if coming else where.remaining,
        "last_due_on": coming[-1].due.due_on if coming else "",
    }  # fmt: skip


def _of_it(made: Change, currency: str) -> dict[str, Any]:
    """Why it was made stays in the file."""
    told = {"changed_on": made.changed_on, "bike_before": made.before.get("bike_ref", "")}
    if "bike_ref" in made.after:
        told["bike"] = made.after["bike_ref"]
    if made.kind == "fee_added":
        told |= {"fee": Money(currency, made.after["fee_minor"]), "due_on": made.after["due_on"]}
    return told


def _quoted(made: Quote) -> dict[str, Any]:
    return {
        "amount": Money(made.currency, made.amount), "last_on": made.last_on,
        "given_back": Money(made.currency, made.given_back),
    }  # fmt: skip
