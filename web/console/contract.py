"""One contract with a driver: where it stands, its curve, its schedule, what came in, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.fleet.notice import NOTICE, notices_of
from database.fleet.queries import CONTRACT, DUNNING, ContractFile, KnownPayment, file_of
from database.shared.cases import standing_order_of
from database.shared.contacts import contact_of
from database.shared.search import latest_decision
from database.shared.tables import message, process_case
from database.shared.timeline import Happening, timeline
from database.shared.worklist import CASES
from domain.case import Case
from domain.chart import Chart, Series, figure
from domain.fleet.payments import Settlement, Standing
from domain.money import Money
from web.console.case import coming, commands, execution, handed_in
from web.console.story import Narrator, without_keys
from web.console.visit import Visit
from web.console.why import Why, why_of

AROUND = 6
"""Dues shown on either side of today."""
LATEST = 8
POINTS = 120
"""Of a curve: more of them are not seen."""
AHEAD = 30
"""Days of the schedule beyond today that a curve shows."""


@dataclass(frozen=True)
class Watch:
    """One process that watches the contract: its row, and what its last decision nearly did."""

    case: Case
    state: Row[object]
    near: list[tuple[str, str]]
    temporal: str


async def contract(visit: Visit) -> Response:
    ref = visit.path("ref")
    async with visit.database.tenant(visit.tenant.id) as tx:
        file = await file_of(tx, visit.tenant.id, ref)
        driver = await contact_of(tx, visit.tenant.id, file.contract.driver_ref)
        watches = await _watches(visit, tx, ref)
        letters = await _letters(tx, visit.tenant.id, ref)
    return visit.page(
        "contract.html.j2", file=file, contract=file.contract, driver=driver, watches=watches,
        standing=file.standing, today=visit.moments.today, shown=_around(file.standing, visit.moments.today),
        payments=_latest(file.payments), curves=curves(visit, file), letters=letters,
        without_keys=without_keys, coming=_coming(file.standing, visit.moments.today), tab="overview",
    )  # fmt: skip


async def story(visit: Visit) -> Response:
    """All that happened around a contract, of both processes and its notices, and the question why."""
    ref = visit.path("ref")
    async with visit.database.tenant(visit.tenant.id) as tx:
        file = await file_of(tx, visit.tenant.id, ref)
        driver = await contact_of(tx, visit.tenant.id, file.contract.driver_ref)
        watches = await _watches(visit, tx, ref)
        happened = [one for watch in watches for one in await _happened(visit, tx, watch.case)]
        for notice in await notices_of(tx, visit.tenant.id, ref):
            told = await timeline(tx, visit.tenant.case(NOTICE, notice))
            happened += [one for one in told if one.kind != "decision"]
        asking = await _why(visit, tx, watches)
        orders = [await standing_order_of(tx, watch.case) for watch in watches]
    narrator = Narrator(visit.desk.parts.library, visit.words, visit.moments)
    return visit.page(
        "contract_story.html.j2", file=file, contract=file.contract, driver=driver, watches=watches,
        days=narrator.days([*happened, *_money(file)]), narrator=narrator, why=asking, tab="story",
        orders=[one for one in orders if one], without_keys=without_keys,
    )  # fmt: skip


async def schedule(visit: Visit) -> Response:
    ref = visit.path("ref")
    async with visit.database.tenant(visit.tenant.id) as tx:
        file = await file_of(tx, visit.tenant.id, ref)
        driver = await contact_of(tx, visit.tenant.id, file.contract.driver_ref)
    shown = file.standing.settlements if file.standing else ()
    return visit.page(
        "contract_schedule.html.j2", file=file, contract=file.contract, driver=driver, shown=shown,
        today=visit.moments.today, standing=file.standing, tab="schedule",
    )  # fmt: skip


async def _watches(visit: Visit, tx: AsyncConnection, ref: str) -> list[Watch]:
    of = process_case.c
    query = CASES.where(of.tenant_id == visit.tenant.id, of.ref == ref, of.process.in_((CONTRACT, DUNNING)))
    rows = list(await tx.execute(query.order_by(of.process.desc())))
    narrator = Narrator(visit.desk.parts.library, visit.words, visit.moments)
    found = []
    for row in rows:
        case = visit.tenant.case(row.process, ref)
        last = await latest_decision(tx, case)
        near = coming(narrator, last) if last and not row.closed_at else []
        found.append(Watch(case, row, near, execution(visit, case)))
    return found


async def _happened(visit: Visit, tx: AsyncConnection, case: Case) -> list[Happening]:
    told = await commands(tx, visit.desk.parts.api.keyring, case)
    return [*await timeline(tx, case), *told, *await handed_in(tx, case)]


def _money(file: ContractFile) -> list[Happening]:
    """Payments belong to the story, too."""
    came = [
        Happening(one.entry.received_at, "payment", one.entry.ref, {"payment": one}) for one in file.payments
    ]
    gone = [
        Happening(one.reversed_at, "reversal", one.entry.ref, {"payment": one})
        for one in file.payments
        if one.reversed_at
    ]
    return came + gone


async def _why(visit: Visit, tx: AsyncConnection, watches: Sequence[Watch]) -> Why | None:
    """Of the dunning where there is one, for that is who writes."""
    if not watches:
        return None
    asked = visit.asked("process") or watches[0].case.process
    case = next((one.case for one in watches if one.case.process == asked), watches[0].case)
    return await why_of(visit, tx, case)


async def _letters(tx: AsyncConnection, tenant: str, ref: str) -> list[Row[object]]:
    of = message.c
    watched = and_(of.ref == ref, of.process.in_((CONTRACT, DUNNING)))
    told = and_(of.ref.in_(await notices_of(tx, tenant, ref)), of.process == NOTICE)
    query = (
        select(message)
        .where(of.tenant_id == tenant, or_(watched, told))
        .order_by(of.wrote_at.desc(), of.id.desc())
        .limit(4)
    )
    return list(await tx.execute(query))


def _latest(payments: Sequence[KnownPayment]) -> list[KnownPayment]:
    return sorted(payments, key=lambda one: (one.entry.received_at, one.entry.ref), reverse=True)[:LATEST]


def _coming(standing: Standing | None, today: date) -> Settlement | None:
    """The first due from today on that is not paid in full."""
    dues = standing.settlements if standing else ()
    return next((one for one in dues if one.due.due_on >= today and one.unpaid.minor), None)


def _around(standing: Standing | None, today: date) -> Sequence[Settlement]:
    """What is unpaid and late comes with it, as far as there is room."""
    if standing is None:
        return ()
    dues = standing.settlements
    unpaid = next((n for n, one in enumerate(dues) if one.unpaid.minor), len(dues))
    now = next((n for n, one in enumerate(dues) if one.due.due_on >= today), len(dues))
    first = max(min(unpaid - 2, now - AROUND), now - 2 * AROUND, 0)
    return dues[first : max(now, first) + AROUND]


def curves(visit: Visit, file: ContractFile) -> list[str]:
    """Due and paid, both summed up, and the distance between them: how late, how early, how regular."""
    if file.standing is None:
        return []
    days = _days(file.standing, file.contract.terms.signed_on, visit.moments.today)
    if len(days) < 2:
        return []
    return [figure(one) for one in (_summed(visit, file.standing, days), _apart(visit, file.standing, days))]


def _summed(visit: Visit, standing: Standing, days: list[date]) -> Chart:
    words, today = visit.words, visit.moments.today
    due = [_whole(visit, _due_by(standing, day)) for day in days]
    paid = [_whole(visit, _paid_by(standing, day)) if day <= today else None for day in days]
    return Chart(
        words("contract.curve"), tuple(days),
        (
            Series(words("contract.curve.due"), tuple(due), True),
            Series(words("contract.curve.paid"), tuple(paid), True),
        ),
        visit.sign, words.locale, words("contract.curve.about"),
    )  # fmt: skip


def _apart(visit: Visit, standing: Standing, days: list[date]) -> Chart:
    """Below zero money is missing, above it is ahead."""
    words, past = visit.words, [day for day in days if day <= visit.moments.today]
    apart = [_whole(visit, _paid_by(standing, day) - _due_by(standing, day)) for day in past]
    return Chart(
        words("contract.apart"), tuple(past), (Series(words("contract.apart"), tuple(apart), True),),
        visit.sign, words.locale, words("contract.apart.about"),
    )  # fmt: skip


def _due_by(standing: Standing, day: date) -> int:
    return sum(one.due.amount.minor for one in standing.settlements if one.due.due_on <= day)


def _paid_by(standing: Standing, day: date) -> int:
    return standing.received_between(date.min, day).minor


def _whole(visit: Visit, minor: int) -> int:
    """In whole units of the currency: a curve shows no cents."""
    return round(Money(visit.tenant.currency, minor).decimal)


def _days(standing: Standing, first: date, today: date) -> list[date]:
    """From the signature to a month beyond today, at most `POINTS` and evenly apart, today among them."""
    last = min(standing.settlements[-1].due.due_on, today + timedelta(days=AHEAD))
    last = max(last, min(today, standing.receipts[-1].on) if standing.receipts else last)
    step = max((last - first).days // POINTS, 1)
    days = {first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)} | {last}
    return sorted(days | {today} if first <= today <= last else days)
