"""One visit with its place and what may be done about it, and one technician with their days."""

from collections.abc import Sequence
from datetime import timedelta

from starlette.responses import Response

from database.maintenance import technicians, visits
from database.maintenance.board import Card, board_of, card_of, cards_of_customer
from database.maintenance.lists import VISIT_STATES, VISIT_TONES
from database.maintenance.naming import names_of
from database.shared.contacts import contact_of
from domain.errors import NotFound
from domain.maintenance.planning.intake import Worker
from domain.maintenance.planning.naming import Names
from web.console.acts import link_to
from web.console.layout import Deed, Detail, Entry, Grid, Heading, Number, Terms
from web.console.planning import Row, clock, hours, rows_of
from web.console.visit import BASE, Visit

DAYS_SHOWN = 14


async def one_visit(visit: Visit) -> Response:
    ref = visit.path("ref")
    async with visit.database.tenant(visit.tenant.id) as tx:
        card = await card_of(tx, visit.tenant.id, ref)
        if card is None:
            raise NotFound("visit", ref)
        others = await cards_of_customer(tx, visit.tenant.id, card.customer_ref)
        hands = {one.technician for one in (card, *others) if one.technician}
        names = await names_of(tx, visit.tenant.id, hands, [])
    deeds = (
        [Deed(visit.words(key), link) for key, link in _deeds(card)] if visit.may("planning:write") else []
    )
    state = Entry(VISIT_STATES[card.state].to(visit.words.locale), tone=VISIT_TONES[card.state])
    late = [Entry(visit.words("planning.state.late"), tone="late")] if card.is_late else []
    board = f"{BASE}/planning" + (f"?view=day&on={card.on}" if card.on else "")
    return visit.page(
        "detail.html.j2",
        page=Detail(
            card.customer, (visit.words("planning.title"), board), [state, *late],
            [Entry(card.work), Entry(ref)], deeds=deeds,
            main=[_others(visit, card, others, names)], side=[_terms(visit, card, names)],
        ),
    )  # fmt: skip


def _deeds(card: Card) -> list[tuple[str, str]]:
    """What its state allows, the likeliest first."""
    move = ("planning.moving", f"{BASE}/planning/move?visit={card.ref}")
    slot = ("planning.find_slot", f"{BASE}/slots?visit={card.ref}")
    cancel = ("visit.cancel", link_to("cancel-visit", visit=card.ref))
    change = ("visit.change", link_to("change-visit", visit=card.ref))
    by_state = {
        "to_plan": [slot, move, change, cancel],
        "planned": [
            ("visit.start", link_to("start-visit", visit=card.ref)), move, slot,
            ("visit.miss", link_to("miss-visit", visit=card.ref)), change, cancel,
        ],
        "started": [("visit.finish", link_to("finish-visit", visit=card.ref))],
        "missed": [("visit.reopen", link_to("reopen-visit", visit=card.ref)), cancel],
        "cancelled": [("visit.reopen", link_to("reopen-visit", visit=card.ref))],
    }  # fmt: skip
    return by_state.get(card.state, [])


def _terms(visit: Visit, card: Card, names: Names) -> Terms:
    words, moments = visit.words, visit.moments
    rows = [
        (words("visit.work"), Entry(card.work)),
        (words("visit.address"), Entry(card.address or "—")),
        (words("visit.duration"), Entry(hours(card.duration))),
    ]
    if card.on and card.technician:
        where = f"{moments.written(card.on)}, {clock(card.begins)}–{clock(card.ends)}"
        rows.append((words("visit.planned"), Entry(where, f"{BASE}/planning?view=day&on={card.on}")))
        who = names.technician(card.technician)
        rows.append((words("visit.who"), Entry(who, f"{BASE}/technicians/{card.technician}")))
    if card.promised_on:
        told = f"{moments.written(card.promised_on)}, {clock(card.promised)}"
        rows.append((words("visit.promised"), Entry(told)))
    if card.due_on:
        rows.append((words("visit.due"), Entry(moments.written(card.due_on))))
        link = f"{BASE}/cases/maintenance.scheduling/{card.ref}"
        rows.append((words("asset.case"), Entry(card.ref, link)))
    return Terms("terms", words("asset.terms"), rows)


def _others(visit: Visit, card: Card, cards: Sequence[Card], names: Names) -> Grid:
    words = visit.words
    heads = (
        Heading(words("visit.when")), Heading(words("visit.work")), Heading(words("visit.state")),
        Heading(words("visit.who"), narrow_out=True),
    )  # fmt: skip
    rows = [_other(visit, one, names) for one in cards if one.ref != card.ref]
    return Grid("others", words("visit.others"), heads, rows, none=words("visit.others.none"))


def _other(visit: Visit, one: Card, names: Names) -> list[Entry]:
    when = f"{visit.moments.short(one.on)}, {clock(one.begins)}" if one.on else visit.words("visit.nowhere")
    state = VISIT_STATES[one.state].to(visit.words.locale)
    return [
        Entry(when, f"{BASE}/visits/{one.ref}"), Entry(one.work), Entry(state, tone=VISIT_TONES[one.state]),
        Entry(names.technician(one.technician) if one.technician else "—"),
    ]  # fmt: skip


async def one_technician(visit: Visit) -> Response:
    ref, today = visit.path("ref"), visit.moments.today
    days = [today + timedelta(days=number) for number in range(DAYS_SHOWN)]
    async with visit.database.tenant(visit.tenant.id) as tx:
        worker = await technicians.technician_of(tx, visit.tenant.id, ref)
        person = await contact_of(tx, visit.tenant.id, worker.contact_ref)
        board = await board_of(tx, visit.tenant.id, days[0], days[-1])
        waiting = await visits.visits_named(tx, visit.tenant.id, [card.ref for card in board.tray])
    row = next((one for one in rows_of(board, days) if one.hand.ref == ref), None)
    wanted = sum(one.order.preferred == ref for one in waiting.values())
    gone = [] if worker.active else [Entry(visit.words("technician.left"), tone="off")]
    deeds = [
        Deed(visit.words("technician.absence"), link_to("technician-absence", technician=ref)),
        Deed(visit.words("technician.change"), link_to("change-technician", technician=ref)),
    ]
    return visit.page(
        "detail.html.j2",
        page=Detail(
            person.full_name, (visit.words("nav.technicians"), f"{BASE}/technicians"), gone, [Entry(ref)],
            deeds=deeds if visit.may("planning:write") and worker.active else [],
            numbers=_numbers(visit, row, wanted), main=[_days(visit, row)], side=[_worker(visit, worker)],
        ),
    )  # fmt: skip


def _numbers(visit: Visit, row: Row | None, wanted: int) -> list[Number]:
    cells = row.cells if row else []
    words = visit.words
    return [
        Number(words("technician.ahead"), visit.count(sum(len(cell.cards) for cell in cells))),
        Number(words("plan.hours"), hours(sum(cell.paid for cell in cells))),
        Number(words("plan.km"), visit.count(sum(cell.km for cell in cells))),
        Number(words("technician.wanted"), visit.count(wanted)),
    ]


def _days(visit: Visit, row: Row | None) -> Grid:
    words = visit.words
    heads = (
        Heading(words("visit.when")), Heading(words("plan.round.visits"), True),
        Heading(words("plan.round.leaves")), Heading(words("plan.round.returns")),
        Heading(words("plan.round.paid"), True), Heading(words("plan.round.km"), True, narrow_out=True),
    )  # fmt: skip
    rows = []
    for cell in row.cells if row else []:
        if not cell.cards and not cell.absence:
            continue
        link = f"{BASE}/planning?view=day&on={cell.day}"
        away = words(f"planning.away.{cell.absence}") if cell.absence else ""
        rows.append([
            Entry(visit.moments.short(cell.day), link), Entry(away or visit.count(len(cell.cards))),
            Entry(clock(cell.round.leaves) if cell.round else "—"),
            Entry(clock(cell.round.returns) if cell.round else "—"),
            Entry(hours(cell.paid), tone="late" if cell.too_long else ""), Entry(visit.count(cell.km)),
        ])  # fmt: skip
    return Grid("days", words("technician.days"), heads, rows, none=words("technician.free"))


def _worker(visit: Visit, worker: Worker) -> Terms:
    words = visit.words
    skills = ", ".join(f"{name} {level}" for name, level in sorted(worker.skills.items())) or "—"
    shifts = [
        (visit.moments.weekday_named(day), Entry(f"{clock(shift.begin)}–{clock(shift.end)}"))
        for day, shift in sorted(worker.week.items())
    ]
    rows = [
        (words("technician.skills"), Entry(skills)),
        (words("technician.zones"), Entry(", ".join(sorted(worker.zones)) or words("technician.anywhere"))),
        *shifts,
    ]
    return Terms("terms", words("asset.terms"), rows)
