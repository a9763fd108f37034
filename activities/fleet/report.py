"""A report of profitability: waited for, made in every format that is wanted, kept; the next one planned."""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.decisions import Ask, Collected, Decisions
from database.fleet import reports
from database.fleet.profits import profitability
from database.fleet.reports import AWAITED, DROPPED, FAILED, MADE, Report
from database.session import Database
from database.shared import effects
from database.shared.contacts import Tenant, tenant_of
from database.shared.effects import Issued
from database.shared.exports import MEDIA_TYPES
from database.shared.files import FileStore
from domain.calendar import local_date
from domain.case import Review
from domain.decision import Bilingual, Decision, Step
from domain.effects import Order
from domain.errors import BadInput, NotFound
from domain.file import NewFile
from domain.fleet.profit import MONTH_COLUMNS, Profit, Profitability, cells, columns, month_cells
from domain.fleet.report import Format, report_facts
from domain.fleet.report_page import page
from domain.ports import TableWriter, Typesetter
from domain.table import Table, given
from rules.asking import open_days

BOOK = "fleet/report"
TEMPLATE = "fleet/report/profit"
TYPES = {**MEDIA_TYPES, "pdf": "application/pdf"}
BY_MONTH = Bilingual("Par mois", "By month")


class MadeBefore(Exception):
    """By another attempt, meanwhile; what this one wrote is rolled back."""


@dataclass(frozen=True)
class ReportActivities:
    database: Database
    decisions: Decisions
    typesetter: Typesetter
    tables: TableWriter
    files: FileStore

    @activity.defn(name="fleet.report.review")
    async def review(self, review: Review) -> Decision:
        async with self.database.tenant(review.case.tenant) as tx:
            return await self.decisions.conclude(tx, review, self.collect_facts)

    async def collect_facts(self, tx: AsyncConnection, review: Review) -> Collected:
        case = review.case
        known = await reports.report_of(tx, case.tenant, case.ref)
        ended = known.state == DROPPED or (known.state == AWAITED and await _ended(tx, case.tenant, known))
        facts = report_facts(
            known.due_on, day=local_date(review.at, case.zone), recipients=len(known.wish.recipients),
            ended=ended,
        )  # fmt: skip
        return Collected(
            asks=(Ask(BOOK, facts.as_facts()),),
            roles={"recipients": known.wish.recipients},
            data=words(known),
            waiting_for=waiting_for(known),
            due_on=known.due_on,
            review_on=known.due_on if facts.days_left else None,
        )

    @activity.defn(name="fleet.report.make")
    async def make(self, order: Order) -> bool:
        """True when it is made, now or before; False when it cannot be, and why is told to operations."""
        case = order.case
        async with self.database.tenant(case.tenant) as tx:
            known, firm = await reports.report_of(tx, case.tenant, case.ref), await tenant_of(tx, case.tenant)
        if known.state != AWAITED:
            return known.state == MADE
        today = local_date(order.at, case.zone)
        try:
            found = await self._figures(firm, known, today)
            made = await self._contents(firm, known, found, today)
        except (BadInput, NotFound) as wrong:
            await self._fail(order, firm, known, str(wrong))
            return False
        with suppress(MadeBefore):
            await self._keep(order, firm, known, found, made)
        return True

    @activity.defn(name="fleet.report.drop")
    async def drop(self, order: Order) -> None:
        async with self.database.tenant(order.case.tenant) as tx:
            await reports.settle(tx, order.case.tenant, order.case.ref, DROPPED, order.at)

    async def _figures(self, firm: Tenant, known: Report, today: date) -> Profitability:
        wish = known.wish
        async with self.database.moment(firm.id) as tx:
            return await profitability(tx, firm.id, wish.kind, wish.subject, known.period, today)

    async def _contents(
        self, firm: Tenant, known: Report, found: Profitability, today: date
    ) -> dict[Format, bytes]:
        made: dict[Format, bytes] = {}
        for format in known.wish.formats:
            if format is Format.PDF:
                data = page(found, alone(found), firm.name, today, known.wish.locale)
                made[format] = await self.typesetter.render(TEMPLATE, data, known.wish.locale)
            else:
                made[format] = await self._sheet(firm, known, found, format)
        return made

    async def _sheet(self, firm: Tenant, known: Report, found: Profitability, format: Format) -> bytes:
        with tempfile.TemporaryDirectory(prefix="echeance-report-") as folder:
            into = Path(folder) / f"report.{format}"
            first, *more = sheets(found, firm.zone)
            await self.tables.write(first, format.value, known.wish.locale, str(into), _quietly, more)
            return await asyncio.to_thread(into.read_bytes)

    async def _keep(
        self, order: Order, firm: Tenant, known: Report, found: Profitability, made: dict[Format, bytes]
    ) -> None:
        case, locale = order.case, known.wish.locale
        title = f"{found.title.to(locale)} {found.period.told.to(locale)}"
        async with self.database.tenant(firm.id) as tx:
            for format, content in made.items():
                new = NewFile(
                    f"{title}.{format}", TYPES[format], content, case.process, case.ref, "report",
                    known.asked_by, order.at,
                )  # fmt: skip
                kept = await self.files.keep(tx, firm.id, new)
                issued = Issued(kept.name, kept.media_type, kept.sha256, kept.id, locale)
                step = replace(order.step, key=reports.document_key(case.ref, format), template=TEMPLATE)
                if not await effects.keep_document(tx, case, step, order.at, issued):
                    raise MadeBefore
            settled = await reports.settle(
                tx, firm.id, case.ref, MADE, order.at, figures=figures(found.total, found.currency)
            )
            if not settled:
                raise MadeBefore
            await self._plan_next(tx, order, firm, known)

    async def _fail(self, order: Order, firm: Tenant, known: Report, problem: str) -> None:
        title = Bilingual(
            f"Rapport non établi : {known.ref}", f"Report not made: {known.ref}"
        )  # fmt: skip
        step = Step(
            "failed", "alert", f"{order.step.key}:failed", known.due_on, to="operations", title=title
        )  # fmt: skip
        async with self.database.tenant(firm.id) as tx:
            if await reports.settle(tx, firm.id, known.ref, FAILED, order.at, problem=problem):
                await effects.raise_alert(tx, order.case, step, order.at)
                await self._plan_next(tx, order, firm, known)

    async def _plan_next(self, tx: AsyncConnection, order: Order, firm: Tenant, known: Report) -> None:
        is_open = open_days(firm.country, self.decisions.holidays)
        await reports.plan_next(tx, firm.id, known, order.at, is_open)


async def _ended(tx: AsyncConnection, tenant: str, known: Report) -> bool:
    if not known.subscription:
        return False
    return (await reports.subscription_of(tx, tenant, known.subscription)).ended_at is not None


def words(known: Report) -> dict[str, object]:
    """``files`` are the keys of documents: whoever is written to gets a link to each."""
    told = known.period.told
    return {
        "report": known.wish.kind.value, "period": {"fr": told.fr, "en": told.en},
        "files": {one.value: reports.document_key(known.ref, one.value) for one in known.wish.formats},
    }  # fmt: skip


def waiting_for(known: Report) -> Bilingual:
    told = known.period.told
    return Bilingual(f"la fin de la période ({told.fr})", f"the end of the period ({told.en})")


def alone(found: Profitability) -> Profit | None:
    """The one that is reported, when it is no list."""
    return found.profits[0] if found.subject and found.profits else None


def sheets(found: Profitability, zone: str) -> Sequence[Table]:
    note, name = found.period.told, found.kind.value
    return (
        Table(name, found.title, columns(found.kind), given([cells(one) for one in found.profits]), zone,
              len(found.profits), note),
        Table("months", BY_MONTH, MONTH_COLUMNS, given([month_cells(one) for one in found.months]), zone,
              len(found.months), note),
    )  # fmt: skip


def figures(total: Profit, currency: str) -> dict[str, object]:
    return {
        "currency": currency, "revenue": total.revenue.minor, "costs": total.costs.minor,
        "shares": total.shares.minor, "margin": total.margin.minor,
    }  # fmt: skip


def _quietly(done: int) -> None:
    """A report is short."""
